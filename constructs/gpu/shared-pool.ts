import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { LABEL } from '../core/labels';
import { type Manifest, manifest } from '../core/manifest';
import { stampFor } from '../core/stamp';

const CONTROLS = { 'GPU-1': 'tenants without nodes of their own share one pool, each within its quota' } as const;

interface ResourceFlavor extends Manifest {
  readonly spec: { readonly nodeLabels: Readonly<Record<string, string>> };
}

/** The Kueue flavour of the nodes that tenants share. */
export class SharedPool extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    manifest<ResourceFlavor>(this, 'Flavor', {
      apiVersion: 'kueue.x-k8s.io/v1beta2',
      kind: 'ResourceFlavor',
      metadata: stampFor({ component: 'gpu' }, CONTROLS)('shared'),
      spec: { nodeLabels: { [LABEL.pool]: 'shared' } },
    });
  }
}

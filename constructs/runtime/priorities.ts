import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { manifest, type PriorityClass } from '../core/manifest';
import { stampFor } from '../core/stamp';

const CONTROLS = { 'SCN-1': 'work of one priority cannot push aside work of a higher one' } as const;

const PRIORITIES = [
  {
    name: 'drun-batch',
    value: 1_000,
    preemptionPolicy: 'Never',
    description: 'waits for room; never pushes others aside',
  },
  {
    name: 'drun-standard',
    value: 10_000,
    preemptionPolicy: 'PreemptLowerPriority',
    description: 'ordinary tenant work',
  },
  {
    name: 'drun-high',
    value: 100_000,
    preemptionPolicy: 'PreemptLowerPriority',
    description: 'services of trusted tenants',
  },
  {
    name: 'drun-platform',
    value: 1_000_000,
    preemptionPolicy: 'PreemptLowerPriority',
    description: 'the platform itself',
  },
] as const;

/** Scheduling priorities; a tenant's trust level caps which of them it may use. */
export class Priorities extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const stamp = stampFor({ component: 'runtime' }, CONTROLS);
    for (const { name, value, preemptionPolicy, description } of PRIORITIES) {
      manifest<PriorityClass>(this, name, {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: stamp(name),
        value,
        preemptionPolicy,
        description,
      });
    }
  }
}

import type { Construct } from 'constructs';
import { admissionLayer } from './admission';
import type { ClusterPlan } from './cluster';
import { controllersLayer } from './controllers';
import { edgeLayer } from './edge';
import { foundationLayer } from './foundation';
import { meshLayer } from './mesh';
import { networkLayer } from './network';
import { tenantsLayer } from './tenants';
import { vaultLayer } from './vault';

/** A part of a cluster that must be there before the next one. */
export interface Layer {
  readonly name: string;
  /** What must be true of the layer before the next one starts, in one line. */
  readonly ready: string;
  /** Places the layer's chart, with the layer's name as its id, below the cluster. */
  readonly place: (cluster: Construct, plan: ClusterPlan) => void;
}

/**
 * The layers of a cluster in the order in which they land. This table is the only order there is: charts never depend on
 * charts, because cdk8s expands such an edge to every pair of their objects.
 */
export const LAYERS: readonly Layer[] = [
  foundationLayer,
  controllersLayer,
  admissionLayer,
  vaultLayer,
  meshLayer,
  networkLayer,
  edgeLayer,
  tenantsLayer,
];

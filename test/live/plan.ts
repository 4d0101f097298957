import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import type { RegionPlan } from '../../cluster/apply/plan';
import { type Manifest, manifest } from '../../constructs/core/manifest';
import { Platform } from '../../constructs/core/platform';
import { type ObjectRegistration, type Registration, registrationsOf } from '../../stacks/sinks/pulumi/registration';

/** A namespace of a tenant. */
export const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): Manifest => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name, labels },
});

/** A config map. */
export const config = (
  name: string,
  place: string,
  data: Readonly<Record<string, string>> = {},
): Manifest & { data: object } => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: place },
  data,
});

/** A plan of stacks, each of layers, each of objects in order: registered as Pulumi would. */
export function planWith(stacks: Readonly<Record<string, readonly (readonly Manifest[])[]>>): RegionPlan {
  return {
    region: 'eu',
    context: 'eu',
    stacks: Object.entries(stacks).map(([stack, layers]) => ({
      stack,
      leftOut: { releases: [], vault: [] },
      layers: layers.map((objects, at) => {
        const chart = new Chart(new Construct(new Platform(), 'eu'), `layer-${at}`);
        for (const object of objects) manifest(chart, `${object.kind}-${object.metadata.name}`, object);
        const { registrations } = registrationsOf(chart, { stack, vault: false, protect: true });
        return { path: `eu/layer-${at}`, objects: registrations.filter(isObject) };
      }),
    })),
  };
}

function isObject(registration: Registration): registration is ObjectRegistration {
  return registration.type === 'object';
}

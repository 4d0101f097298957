import * as pulumi from '@pulumi/pulumi';
import { LAYER_TYPE } from '../../identity';
import type { LayerContent } from './content';
import { KubernetesObject, VaultResource } from './resources';

/** Fields that commands raise at run time and that the provider would set back to its own default. */
const RAISED_AT_RUN_TIME: Readonly<Record<string, readonly string[]>> = {
  'vault:transit/secretBackendKey:SecretBackendKey': ['minDecryptionVersion'],
};

/**
 * One layer of one region, every object a resource of its own. Only the layer depends on the previous one: its objects
 * wait for it as their parent, so that two layers of N and M objects need N edges and not N x M.
 */
export class Layer extends pulumi.ComponentResource {
  readonly resources: readonly pulumi.CustomResource[];

  constructor(
    { path, registrations }: LayerContent,
    providers: readonly pulumi.ProviderResource[],
    previous: Layer | undefined,
  ) {
    super(LAYER_TYPE, path, {}, { providers: [...providers], dependsOn: previous === undefined ? [] : [previous] });
    const made = new Map<string, pulumi.CustomResource>();
    for (const registration of registrations) {
      const { id, type, dependsOn, inside, protect, retainOnDelete } = registration;
      const within = inside === undefined ? undefined : made.get(inside);
      const Resource = type === 'vault' ? VaultResource : KubernetesObject;
      const first = dependsOn.flatMap((other) => made.get(other) ?? []);
      const held = { protect, retainOnDelete, ...(within === undefined ? {} : { deletedWith: within }) };
      const ignoreChanges = [...(RAISED_AT_RUN_TIME[registration.token] ?? [])];
      made.set(id, new Resource(registration, { parent: this, dependsOn: first, ignoreChanges, ...held }));
    }
    this.resources = [...made.values()];
    this.registerOutputs();
  }
}

import { recordAt, stringAt } from './json';
import { LABEL, MANAGER } from './labels';
import { type Leaf, vaultObjectsOf } from './leaves';
import type { Manifest } from './manifest';
import { VAULT_GROUP, VAULT_NAMING } from './vault-kinds';

/** A Vault object in the form of a manifest, so that the rules and the comparison read it like any other. */
export interface VaultManifest extends Manifest {
  readonly spec: object;
}

/** The Vault objects of a leaf, each as a manifest; its owner is the tenant of the group, or the component `vault`. */
export function vaultManifestsOf(leaf: Leaf): readonly VaultManifest[] {
  return vaultObjectsOf(leaf).map(({ type, args, tenant }) => {
    const { kind, by } = VAULT_NAMING[type];
    const owner = tenant === undefined ? { [LABEL.component]: 'vault' } : { [LABEL.tenant]: tenant };
    return {
      apiVersion: `${VAULT_GROUP}/v1`,
      kind,
      metadata: {
        name: by.map((field) => stringAt(recordAt(args), field) ?? '').join('/'),
        labels: { [LABEL.managedBy]: MANAGER, ...owner },
      },
      spec: args,
    };
  });
}

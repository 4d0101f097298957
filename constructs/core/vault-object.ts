import { Construct } from 'constructs';
import type { JsonObject } from './json';

/** Resource types of `@pulumi/vault` that the platform places; each is `<module>/<name>:<Type>` of that provider. */
export type VaultType =
  | 'vault:index/mount:Mount'
  | 'vault:index/policy:Policy'
  | 'vault:index/authBackend:AuthBackend'
  | 'vault:kubernetes/authBackendRole:AuthBackendRole';

/** One Vault object: a mount, policy, role or key. Never a secret value. */
export interface VaultObjectProps {
  readonly type: VaultType;
  /** Arguments of the resource, as `@pulumi/vault` names them. */
  readonly args: JsonObject;
}

/** A Vault object as a leaf of the tree. It is registered through `@pulumi/vault` once `vault:address` is configured. */
export class VaultObject extends Construct {
  readonly object: VaultObjectProps;

  constructor(scope: Construct, id: string, object: VaultObjectProps) {
    super(scope, id);
    this.object = object;
  }
}

/** Places a Vault object in the tree. */
export function vaultObject(scope: Construct, id: string, props: VaultObjectProps): VaultObject {
  return new VaultObject(scope, id, props);
}

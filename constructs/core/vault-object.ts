import { Construct } from 'constructs';
import type { JsonObject } from './json';
import type { VaultArgs } from './vault-args';

/** Resource types of `@pulumi/vault` that the platform places; each is `<module>/<name>:<Type>` of that provider. */
export type VaultType = keyof VaultArgs;

/** One Vault object of a known type, with the arguments of that type as `@pulumi/vault` names them. Never a secret value. */
export type VaultObjectProps = {
  [T in VaultType]: { readonly type: T; readonly args: VaultArgs[T] };
}[VaultType];

/** A Vault object as sinks read it. */
export interface VaultResourceData {
  readonly type: VaultType;
  readonly args: JsonObject;
}

/** A Vault object with its place in the tree and the tenant that it is there for: what a group stands for. Names are unique within the group. */
export type NamedVaultObject = VaultObjectProps & { readonly name: string; readonly tenant: string };

/** A Vault object as a leaf of the tree. It is registered through `@pulumi/vault` once `vault:address` is configured. */
export class VaultObject extends Construct {
  readonly object: VaultResourceData;

  constructor(scope: Construct, id: string, object: VaultObjectProps) {
    super(scope, id);
    this.object = object;
  }
}

/** Places a Vault object in the tree. */
export function vaultObject(scope: Construct, id: string, props: VaultObjectProps): VaultObject {
  return new VaultObject(scope, id, props);
}

import type { Construct } from 'constructs';
import { type VaultObject, vaultObject } from '../core/vault-object';

/** Name of the policy for passwords of database accounts. */
export const DATABASE_PASSWORDS = 'database';

/**
 * How Vault makes passwords: 40 characters, of which 62 kinds give 238 bits. `@pulumi/vault` has no resource for it. Without
 * signs, because some drivers read them as part of an address.
 */
export function passwordPolicy(scope: Construct, id: string): VaultObject {
  const rule = (charset: string, least: number): string =>
    `rule "charset" {\n  charset = "${charset}"\n  min-chars = ${least}\n}\n`;
  const lower = 'abcdefghijklmnopqrstuvwxyz';
  const policy = `length = 40\n${rule(lower, 1)}${rule(lower.toUpperCase(), 1)}${rule('0123456789', 1)}`;
  return vaultObject(scope, id, {
    type: 'vault:generic/endpoint:Endpoint',
    args: {
      path: `sys/policies/password/${DATABASE_PASSWORDS}`,
      dataJson: JSON.stringify({ policy }),
      ignoreAbsentFields: true,
    },
  });
}

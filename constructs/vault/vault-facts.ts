import type { Construct } from 'constructs';
import type { PeopleFacts } from './login';

/** What tenants must know of their region's Vault. */
export interface VaultFacts {
  readonly region: string;
  /** Life of a workload's login, in seconds. */
  readonly tokens: { readonly ttl: number; readonly maxTtl: number };
  readonly people: PeopleFacts;
  /** Accounts of databases by `<tenant>.<database>.<role>`: whether each has a password that stays for a while. */
  readonly databaseRoles: Readonly<Record<string, 'lease' | 'account'>>;
}

const CONTEXT = 'drun:vault';

/** Says which Vault everything below `scope` reads from; call it before `scope` has children. */
export function provideVaultFacts(scope: Construct, facts: VaultFacts): void {
  scope.node.setContext(CONTEXT, facts);
}

/** The facts provided above `construct`; undefined where the region has no Vault. */
export function vaultFactsOf(construct: Construct): VaultFacts | undefined {
  return construct.node.tryGetContext(CONTEXT);
}

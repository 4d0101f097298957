import { listAt, numberAt, stringAt } from '../../constructs/core/json';
import {
  type Administrators,
  admitAdministrators,
  FIRST_ADMIN,
  revokeRootTokens,
  rootTokens,
  signOn,
} from './administrator';
import type { VaultClient } from './client';
import { vaultError } from './problem';
import { awaitUnsealed, sealState } from './seal-state';

/** Steps from an empty Vault to one that people administer, in their order. */
export type BootstrapStep = 'init' | 'unseal' | 'administrator' | 'sign-on' | 'revoke-root';

/** What came of a step: done now, or found done. */
export interface StepOutcome {
  readonly step: BootstrapStep;
  readonly done: 'now' | 'before';
  readonly detail: string;
}

/** Where sealed recovery keys go. */
export interface Keeper {
  /** Makes sure that they can be kept, before Vault makes them: it tells them once. Throws where they cannot. */
  ready(): void;
  /** Keeps them, in the order of the holders. */
  keep(sealed: readonly string[]): void;
}

/** What the procedure needs. */
export interface BootstrapOptions {
  /** The Vault, for nobody. */
  readonly vault: VaultClient;
  readonly administrators: Administrators;
  /** OpenPGP public keys of those who will hold the recovery keys, base64; three at least. */
  readonly holders: readonly string[];
  readonly keeper: Keeper;
  /** Token of a person at the identity provider who is to be an administrator. */
  readonly idToken: string;
  /** A root token that holders of the recovery keys made: only where an earlier run stopped before the third step. */
  readonly rootToken?: string;
  readonly onStep?: (step: BootstrapStep) => void;
}

const FEWEST_HOLDERS = 3;

/**
 * Initializes a Vault whose seal opens it, lets people of the identity provider in, and leaves no root token. What each step
 * finds done it leaves alone, so that a run that stopped anywhere may be started again. No secret is returned: recovery keys
 * are sealed by Vault for their holders, and the root token lives in memory until the last step. Throws a `ProblemError`
 * (VB001 to VB006).
 */
export async function bootstrapVault(options: BootstrapOptions): Promise<readonly StepOutcome[]> {
  const { vault, idToken, onStep = () => undefined } = options;
  if (idToken === '') throw notSignedOn(options, 'no token');
  const outcomes: StepOutcome[] = [];
  onStep('init');
  const init = await initialize(options);
  outcomes.push(init.outcome);
  onStep('unseal');
  const waited = await awaitUnsealed(vault);
  outcomes.push({ step: 'unseal', done: waited ? 'now' : 'before', detail: 'open' });
  onStep('administrator');
  outcomes.push(await admit(options, init.root ?? options.rootToken));
  onStep('sign-on');
  const signed = await signOn(vault, options.idToken);
  if ('refused' in signed) throw notSignedOn(options, signed.refused);
  outcomes.push({ step: 'sign-on', done: 'now', detail: `as ${FIRST_ADMIN}` });
  onStep('revoke-root');
  const revoked = await revokeRootTokens(signed.admin);
  const left = (await rootTokens(signed.admin)).length;
  await signed.admin.ask({ method: 'POST', path: 'auth/token/revoke-self' });
  if (left > 0) throw vaultError('VB006', vault.address.url, `${left} root tokens`, 'none');
  outcomes.push({ step: 'revoke-root', done: revoked > 0 ? 'now' : 'before', detail: `${revoked} revoked, none left` });
  return outcomes;
}

/** Makes the store, where there is none: with a seal that opens it, and recovery keys that only their holders can read. */
async function initialize({
  vault,
  holders,
  keeper,
}: BootstrapOptions): Promise<{ readonly outcome: StepOutcome; readonly root?: string }> {
  const { type, initialized } = await sealState(vault);
  if (initialized) {
    return { outcome: { step: 'init', done: 'before', detail: `sealed by ${type}` } };
  }
  if (holders.length < FEWEST_HOLDERS) {
    throw vaultError('VB003', '--holder', `${holders.length} holders`, `${FEWEST_HOLDERS} at least`);
  }
  keeper.ready();
  const threshold = Math.floor(holders.length / 2) + 1;
  const { body } = await vault.expect({
    path: 'sys/init',
    body: { recovery_shares: holders.length, recovery_threshold: threshold, recovery_pgp_keys: holders },
  });
  keeper.keep(listAt(body, 'recovery_keys_base64').map(String));
  const root = stringAt(body, 'root_token');
  return {
    outcome: { step: 'init', done: 'now', detail: `sealed by ${type}; ${threshold} of ${holders.length} holders` },
    ...(root === undefined ? {} : { root }),
  };
}

async function admit({ vault, administrators, idToken }: BootstrapOptions, root?: string): Promise<StepOutcome> {
  const detail = `groups ${administrators.groups.join(', ')} of ${administrators.issuer}`;
  if (root !== undefined && (await isAlive(vault.as(root)))) {
    await admitAdministrators(vault.as(root), administrators);
    return { step: 'administrator', done: 'now', detail };
  }
  if ('admin' in (await signOn(vault, idToken))) return { step: 'administrator', done: 'before', detail };
  throw vaultError('VB004', vault.address.url, 'no administrator who can sign on, and no root token', 'one of both');
}

async function isAlive(holder: VaultClient): Promise<boolean> {
  const { status, body } = await holder.ask({ path: 'auth/token/lookup-self' });
  return status === 200 && numberAt(body, 'data', 'ttl') !== undefined;
}

function notSignedOn({ administrators: { audience, groups } }: BootstrapOptions, refused: string) {
  const expected = `a token for ${audience} with group ${groups.join(' or ')}, a verified address and a second factor`;
  return vaultError('VB005', 'DRUN_ID_TOKEN', refused, expected);
}

import { stringAt } from '../../constructs/core/json';
import { PEOPLE_MOUNT, platformRole } from '../../constructs/vault/vault-names';
import { FIRST_ADMIN, signOn } from './administrator';
import type { VaultClient } from './client';
import { vaultError } from './problem';
import { awaitUnsealed, type SealState, sealState } from './seal-state';
import { type Snapshot, verifySnapshot } from './snapshot';

/** Steps from a snapshot to a Vault that holds it, in their order. */
export type RestoreStep = 'verify' | 'init' | 'compare' | 'restore' | 'unseal' | 'sentinel';

/** What came of a step: done now, or found done. */
export interface RestoreOutcome {
  readonly step: RestoreStep;
  readonly done: 'now' | 'before';
  readonly detail: string;
}

/** What a run leaves for the next one, should it be interrupted. No secret. */
export interface RestoreMark {
  /** Hash of the snapshot that was sent. */
  readonly sha256: string;
  readonly address: string;
  /** Store that the Vault had open before; one that was another's is there no more once the snapshot is. */
  readonly before: string;
}

/** What the procedure needs. */
export interface RestoreOptions {
  /** The Vault, for nobody. */
  readonly vault: VaultClient;
  /** Path of the snapshot; what it is of lies beside it. */
  readonly file: string;
  /** Files of hashes that must agree, of one region or of both. */
  readonly hashes: readonly string[];
  /** A root token that holders made; an empty Vault needs none. */
  readonly rootToken?: string;
  /** Why what the Vault holds may go. */
  readonly replace?: string;
  /** Token of an administrator at the identity provider, to sign on at what was restored. */
  readonly idToken?: string;
  readonly marks: { read(): RestoreMark | undefined; write(mark: RestoreMark): void };
  readonly onStep?: (step: RestoreStep) => void;
}

/**
 * Puts a snapshot into a Vault: an empty one, which it initializes with keys that nobody is told because the snapshot brings
 * its own, or one whose holders say so. Refuses before it changes anything: a snapshot that is not the one that was taken,
 * another seal, data that would be lost. Vault itself opens no snapshot of another key. May be run again wherever it stopped.
 * Throws a `ProblemError` (VB001, VB002, VB007 to VB011).
 */
export async function restoreVault(options: RestoreOptions): Promise<readonly RestoreOutcome[]> {
  const { vault, onStep = () => undefined } = options;
  const outcomes: RestoreOutcome[] = [];
  onStep('verify');
  const snapshot = await verifySnapshot(options.file, options.hashes);
  outcomes.push({ step: 'verify', done: 'now', detail: `${options.hashes.length} hash files agree` });
  const state = await settled(vault);
  guardSeal(options, snapshot, state);
  if (!isRestored(options, snapshot, state)) {
    onStep('init');
    const { root, made } = await enter(options, state);
    outcomes.push({ step: 'init', done: made ? 'now' : 'before', detail: `sealed by ${state.type}` });
    onStep('compare');
    outcomes.push({ step: 'compare', done: 'now', detail: await compare(options, snapshot, root, made) });
    onStep('restore');
    await send(options, snapshot, root);
    outcomes.push({ step: 'restore', done: 'now', detail: `${snapshot.bytes} bytes` });
  } else outcomes.push({ step: 'restore', done: 'before', detail: 'by an earlier run' });
  onStep('unseal');
  const waited = await awaitUnsealed(vault, snapshot.state.cluster);
  outcomes.push({ step: 'unseal', done: waited ? 'now' : 'before', detail: 'open' });
  onStep('sentinel');
  outcomes.push({ step: 'sentinel', done: 'now', detail: await findSentinel(options, snapshot) });
  return outcomes;
}

/** What a Vault is once it has come to rest: an earlier run may have left it in the middle of opening itself. */
async function settled(vault: VaultClient): Promise<SealState> {
  const state = await sealState(vault);
  if (!state.initialized) return state;
  await awaitUnsealed(vault);
  return sealState(vault);
}

/** Kinds of seals differ by what they say of themselves; that the key is the same one Vault looks at by itself. */
function guardSeal({ vault }: RestoreOptions, { state }: Snapshot, { type }: SealState): void {
  if (type === state.type) return;
  throw vaultError('VB008', vault.address.url, `a seal of kind ${type}`, `one of kind ${state.type}`);
}

/** An earlier run sent this snapshot here, and what is open now came with it. */
function isRestored({ vault, marks }: RestoreOptions, { sha256, state }: Snapshot, now: SealState): boolean {
  const mark = marks.read();
  const same = mark?.sha256 === sha256 && mark.address === vault.address.url;
  return same && mark.before !== state.cluster && now.cluster === state.cluster;
}

/** Comes in: by a store that is made now and lost with its keys in a moment, or by what the holders made. */
async function enter(
  { vault, rootToken }: RestoreOptions,
  { initialized }: SealState,
): Promise<{ readonly root: VaultClient; readonly made: boolean }> {
  if (!initialized) {
    const body = { recovery_shares: 1, recovery_threshold: 1 };
    const made = await vault.expect({ path: 'sys/init', body });
    await awaitUnsealed(vault);
    return { root: vault.as(stringAt(made.body, 'root_token') ?? ''), made: true };
  }
  if (rootToken === undefined) throw vaultError('VB010', 'VAULT_TOKEN', 'no token', 'a root token of its holders');
  return { root: vault.as(rootToken), made: false };
}

/** What would be lost: nothing, or what somebody gave a reason for. */
async function compare(
  { vault, replace }: RestoreOptions,
  { state }: Snapshot,
  root: VaultClient,
  made: boolean,
): Promise<string> {
  if (made) return 'nothing was there';
  const now = await sealState(vault);
  const lost = now.cluster === state.cluster ? newer(state, now) : await foreign(root);
  if (lost === undefined) return 'nothing newer is there';
  if (replace === undefined) throw vaultError('VB009', vault.address.url, lost, 'a Vault without newer data');
  return `${lost}: ${replace}`;
}

/** Numbers of writes are compared within one store only. */
function newer(snapshot: SealState, now: SealState): string | undefined {
  if (now.index !== undefined && snapshot.index !== undefined && now.index <= snapshot.index) return undefined;
  return `write ${now.index ?? '?'} of the same store, after ${snapshot.index ?? '?'} of the snapshot`;
}

/** What a Vault has from the beginning, and what its bootstrap made. */
const EMPTY = ['cubbyhole/', 'identity/', 'sys/', 'token/', `${FIRST_ADMIN}/`];

async function foreign(root: VaultClient): Promise<string | undefined> {
  const [engines, logins] = [await root.expect({ path: 'sys/mounts' }), await root.expect({ path: 'sys/auth' })];
  const paths = [engines, logins].flatMap(({ body }) => Object.keys(Object(body.data)));
  const own = paths.filter((path) => !EMPTY.includes(path));
  return own.length === 0 ? undefined : `another store, with ${own.slice(0, 3).join(', ')}`;
}

async function send({ vault, file, marks }: RestoreOptions, snapshot: Snapshot, root: VaultClient): Promise<void> {
  const { cluster = '' } = await sealState(vault);
  marks.write({ sha256: snapshot.sha256, address: vault.address.url, before: cluster });
  // Not `snapshot-force`, which takes one that nobody can open.
  const call = { path: 'sys/storage/raft/snapshot', file };
  const answer = await root.ask(call);
  if (JSON.stringify(answer.body).includes('could not verify hash file')) {
    throw vaultError('VB008', vault.address.url, 'another key', 'the key that the snapshot was taken under');
  }
  if (answer.status >= 300) throw vaultError('VB001', `POST ${call.path}`, said(answer.status, answer.body), 'success');
}

function said(status: number, body: unknown): string {
  return `${status} ${JSON.stringify(Object(body).errors ?? '')}`;
}

/** The store is the one of the snapshot; and where somebody signs on, the login that took it is among what it holds. */
async function findSentinel({ vault, idToken }: RestoreOptions, { state }: Snapshot): Promise<string> {
  const { cluster } = await sealState(vault);
  if (cluster !== state.cluster) throw vaultError('VB011', vault.address.url, `store ${cluster}`, `${state.cluster}`);
  if (idToken === undefined) return `store ${cluster}; nobody signed on (DRUN_ID_TOKEN)`;
  const signed = await signOn(vault, idToken, { mount: PEOPLE_MOUNT, role: platformRole('administrators') });
  if ('refused' in signed)
    throw vaultError('VB011', vault.address.url, signed.refused, 'an administrator who signs on');
  const policy = `sys/policies/acl/${platformRole('snapshots')}`;
  const { status } = await signed.admin.ask({ path: policy });
  await signed.admin.ask({ method: 'POST', path: 'auth/token/revoke-self' });
  if (status !== 200) throw vaultError('VB011', policy, String(status), 'the policy of what took the snapshot');
  return `store ${cluster}; an administrator signed on and found ${platformRole('snapshots')}`;
}

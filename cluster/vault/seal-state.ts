import { numberAt, stringAt } from '../../constructs/core/json';
import type { VaultClient } from './client';
import { vaultError } from './problem';

/** What a Vault tells everybody of itself. */
export interface SealState {
  /** Kind of the seal, such as `awskms`. */
  readonly type: string;
  readonly initialized: boolean;
  /** Which store it has open; undefined while it is sealed. A snapshot carries it along. */
  readonly cluster?: string;
  /** Number of the last write that it has applied; it grows with every one. */
  readonly index?: number;
}

const UNSEALED_WITHIN_MS = 60_000;

/** Asks a Vault what it is. Throws a `ProblemError` (VB001, VB002 where people would have to open it). */
export async function sealState(vault: VaultClient): Promise<SealState> {
  const { body } = await vault.expect({ path: 'sys/seal-status' });
  // Only who leads counts writes for everybody to see; one that is closed answers nothing here.
  const { body: leader } = await vault.ask({ path: 'sys/leader' });
  const state = stateIn({ ...body, raft_applied_index: leader.raft_applied_index });
  if (state.type === 'shamir')
    throw vaultError('VB002', vault.address.url, 'a Vault without a seal', 'one that unseals itself');
  return state;
}

/** The state as Vault writes it, also into a file beside a snapshot. */
export function stateIn(body: unknown): SealState {
  const { initialized } = { initialized: undefined, ...Object(body) };
  const cluster = stringAt(body, 'cluster_id');
  const index = numberAt(body, 'raft_applied_index');
  return {
    type: stringAt(body, 'type') ?? '',
    initialized: initialized === true,
    ...(cluster === undefined || cluster === '' ? {} : { cluster }),
    ...(index === undefined ? {} : { index }),
  };
}

/** Waits until a Vault has opened itself and one of its servers leads, for a minute at most; whether it had to be waited for. Throws a `ProblemError` (VB002). */
export async function awaitUnsealed(vault: VaultClient, cluster?: string): Promise<boolean> {
  const end = performance.now() + UNSEALED_WITHIN_MS;
  for (let waited = false; ; waited = true) {
    if (await isOpen(vault, cluster)) return waited;
    if (performance.now() > end)
      throw vaultError('VB002', vault.address.url, 'a sealed Vault', 'one that opened itself');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

async function isOpen(vault: VaultClient, cluster: string | undefined): Promise<boolean> {
  // 200: active, or, as it is asked for here, standing by; both are open.
  const { status, body } = await vault.ask({ path: 'sys/health?standbyok=true' });
  if (status !== 200 || (cluster !== undefined && stringAt(body, 'cluster_id') !== cluster)) return false;
  // Open, its servers still have to choose which of them leads; before that nothing is answered.
  const { body: leader } = await vault.ask({ path: 'sys/leader' });
  return Boolean(stringAt(leader, 'leader_address'));
}

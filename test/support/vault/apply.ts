import type { VaultClient } from '../../../cluster/vault/client';
import { isList, isRecord, type JsonObject, listAt } from '../../../constructs/core/json';
import { RESOURCE_PATHS, type Step, stateOf } from './resource-paths';

/** A resource as a program registers it. */
export interface VaultResource {
  readonly type: string;
  readonly args: JsonObject;
}

/** What became of a resource. */
export type Change = 'created' | 'changed' | 'unchanged';

/** Brings Vault to what a resource says: reads, compares, and writes what differs. Throws where the type is not mapped. */
export async function applyResource(vault: VaultClient, { type, args }: VaultResource): Promise<Change> {
  const mapping = RESOURCE_PATHS[type];
  if (mapping === undefined) throw new Error(`${type}: no row of RESOURCE_PATHS says what it asks of Vault`);
  const changes: Change[] = [];
  for (const step of mapping(args)) changes.push(await applyStep(vault, step));
  return changes.find((change) => change !== 'unchanged') ?? 'unchanged';
}

/** Applies resources one after the other, as dependencies between them would have it; says what became of each. */
export async function applyAll(vault: VaultClient, resources: readonly VaultResource[]): Promise<readonly Change[]> {
  const changes: Change[] = [];
  for (const resource of resources) changes.push(await applyResource(vault, resource));
  return changes;
}

async function applyStep(vault: VaultClient, step: Step): Promise<Change> {
  const { status, body } = await vault.ask({ path: step.read ?? step.path });
  const state = status === 200 ? stateOf(step, body) : undefined;
  if (state !== undefined && holds(state, step.body)) return 'unchanged';
  if (state === undefined || step.update === undefined) {
    await write(vault, step);
    return state === undefined ? 'created' : 'changed';
  }
  if (step.update === 'never') throw new Error(`${step.path}: there with other settings, and Vault cannot change them`);
  await write(vault, step.update);
  return 'changed';
}

/** A new KV engine makes ready for versions for a moment, and says so. */
async function write(vault: VaultClient, { path, body }: Pick<Step, 'path' | 'body'>): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    const { status, body: said } = await vault.ask({ path, body });
    if (status < 300) return;
    const [error = ''] = listAt(said, 'errors').map(String);
    if (!error.startsWith('Upgrading from non-versioned') || tries === 100)
      throw new Error(`${path}: ${status} ${error.trim()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Whether a state has everything that is wanted; what Vault adds of its own is its own. */
function holds(state: unknown, wanted: unknown): boolean {
  if (isRecord(wanted)) {
    if (!isRecord(state)) return false;
    // What Vault keeps to itself it only says to be there.
    return Object.entries(wanted).every(
      ([key, value]) => state[`${key}_set`] === true || holds(state[key] ?? detailOf(state, key), value),
    );
  }
  if (isList(wanted)) {
    return isList(state) && same(state) === same(wanted);
  }
  return plain(state) === plain(wanted);
}

/** What a database is reached by, Vault keeps under a name of its own. */
function detailOf(state: Readonly<Record<string, unknown>>, key: string): unknown {
  const { connection_details: details } = state;
  return isRecord(details) ? details[key] : undefined;
}

function same(list: readonly unknown[]): string {
  return list.map(plain).sort().join('\n');
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Lengths of time are seconds here and `72h` there; text may end with a line break or not. */
function plain(value: unknown): string {
  const text = String(value ?? '').trim();
  if (!/^(\d+[hms])+$/.test(text)) return text;
  return String(
    [...text.matchAll(/(\d+)([hms])/g)].reduce((sum, [, n, unit]) => sum + Number(n) * (SECONDS[unit ?? ''] ?? 0), 0),
  );
}

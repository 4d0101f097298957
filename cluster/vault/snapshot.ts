import { createHash } from 'node:crypto';
import { createReadStream, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { vaultError } from './problem';
import { type SealState, stateIn } from './seal-state';

/** A snapshot whose bytes are those that were taken. */
export interface Snapshot {
  readonly sha256: string;
  readonly bytes: number;
  /** What the Vault was that it was taken of, just before. */
  readonly state: SealState;
}

/** A snapshot’s other files, by its own name: what it is of, and the hashes of both. */
export function besideSnapshot(file: string): { readonly state: string; readonly hashes: string } {
  const stem = file.replace(/\.snap$/, '');
  return { state: `${stem}.json`, hashes: `${stem}.sha256` };
}

/**
 * Holds a snapshot, and what says what it is of, against every file of hashes that is given. Throws a `ProblemError` (VB007)
 * where a file is missing, is not named, or differs.
 */
export async function verifySnapshot(file: string, hashes: readonly string[]): Promise<Snapshot> {
  const beside = besideSnapshot(file);
  const [snapshot, state] = [await hashOf(file), await hashOf(beside.state)];
  for (const sums of hashes) {
    const known = sumsIn(sums);
    for (const [path, { sha256 }] of [[file, snapshot] as const, [beside.state, state] as const]) {
      const expected = known.get(basename(path));
      if (expected !== sha256) throw vaultError('VB007', path, sha256, `${expected ?? 'a hash'}, as ${sums} has it`);
    }
  }
  return { ...snapshot, state: readState(beside.state) };
}

async function hashOf(path: string): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = createReadStream(path).on('data', (piece) => {
    bytes += piece.length;
  });
  await reading(path, () => pipeline(stream, hash));
  return { sha256: hash.digest('hex'), bytes };
}

/** Lines as `sha256sum` writes them. */
function sumsIn(path: string): ReadonlyMap<string, string> {
  const lines = readText(path).matchAll(/^([0-9a-f]{64}) [ *](\S+)$/gm);
  return new Map([...lines].map(([, sum = '', name = '']) => [name, sum]));
}

function readState(path: string): SealState {
  try {
    return stateIn(JSON.parse(readText(path)));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw vaultError('VB007', path, 'no JSON', 'what `vault status` said when the snapshot was taken');
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function reading(path: string, read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    throw unreadable(path, error);
  }
}

function unreadable(path: string, error: unknown) {
  return vaultError('VB007', path, String(error instanceof Error ? error.message : error), 'a file that can be read');
}

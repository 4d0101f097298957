import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isList, isRecord, numberAt, stringAt } from '../../constructs/core/json';

/** A written file as it was left: if size and time still stand, nobody has touched it. */
export interface WrittenFile {
  /** Path below the output folder, with `/`. */
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly modified: number;
}

/** What an output folder was made from, and of what it consists. */
export interface Ledger {
  readonly fingerprint: string;
  readonly environment: string;
  readonly objects: number;
  /** Files of the platform's layers. */
  readonly platform: readonly WrittenFile[];
  /** By tenant file: the hash of its text and the files made from it. */
  readonly tenants: Readonly<Record<string, { readonly sha256: string; readonly files: readonly WrittenFile[] }>>;
}

/** Name of the ledger inside an output folder. */
export const LEDGER_FILE = '.drun/ledger.json';

/** The ledger of an output folder; undefined where there is none, or none that can be trusted. */
export function readLedger(folder: string): Ledger | undefined {
  const read = readJson(join(folder, LEDGER_FILE));
  return isLedger(read) ? read : undefined;
}

/** A JSON file's content, or undefined where it is missing or damaged: it is then made again. */
export function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Writes a JSON file so that a reader sees the old one or the new one, never half of it. */
export function writeJson(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(content));
  renameSync(`${file}.new`, file);
}

function isLedger(read: unknown): read is Ledger {
  if (!isRecord(read)) return false;
  const { platform, tenants } = read;
  return (
    stringAt(read, 'fingerprint') !== undefined &&
    stringAt(read, 'environment') !== undefined &&
    numberAt(read, 'objects') !== undefined &&
    isFileList(platform) &&
    isRecord(tenants) &&
    Object.values(tenants).every(
      (tenant) => isRecord(tenant) && stringAt(tenant, 'sha256') !== undefined && isFileList(tenant.files),
    )
  );
}

function isFileList(value: unknown): value is readonly WrittenFile[] {
  return (
    isList(value) &&
    value.every(
      (file) =>
        stringAt(file, 'path') !== undefined &&
        stringAt(file, 'sha256') !== undefined &&
        numberAt(file, 'size') !== undefined &&
        numberAt(file, 'modified') !== undefined,
    )
  );
}

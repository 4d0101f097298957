import { closeSync, mkdirSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import type { CheckRecord } from '../../analysis/rules/record';
import { isList, isRecord, stringAt } from '../../constructs/core/json';
import type { TenantOutline } from '../spec/tenant-source';
import type { WrittenFile } from './ledger';

/** What is kept of a tenant that need not be built again: enough to plan with it and to check against it. */
export interface TenantRecord {
  readonly outline: TenantOutline;
  readonly files: readonly WrittenFile[];
  /** By region: what the rules took from its objects. */
  readonly checked: Readonly<Record<string, { readonly objects: number; readonly record: CheckRecord }>>;
}

/** Lines are read and written in pieces of about this size, in bytes or characters. */
const PIECE = 1 << 18;

/** Name of the records inside an output folder, a tenant a line; read only when something changed. */
const RECORDS_FILE = '.drun/records.jsonl';

/** Stored records by the name of the tenant's file; a damaged one is left out, and its tenant is built again. */
export function readRecords(folder: string): ReadonlyMap<string, TenantRecord> {
  const records = new Map<string, TenantRecord>();
  for (const line of linesOf(join(folder, RECORDS_FILE))) {
    const read = parsed(line);
    const input = stringAt(read, 'input');
    if (input !== undefined && isTenantRecord(read)) records.set(input, read);
  }
  return records;
}

/** The lines of a file, read piece by piece; none where there is no such file. */
function* linesOf(file: string): Generator<string> {
  const handle = opened(file);
  if (handle === undefined) return;
  try {
    const bytes = Buffer.allocUnsafe(PIECE);
    const decoder = new StringDecoder('utf8');
    let open = '';
    for (let read = readSync(handle, bytes); read > 0; read = readSync(handle, bytes)) {
      const lines = (open + decoder.write(bytes.subarray(0, read))).split('\n');
      open = lines.pop() ?? '';
      yield* lines;
    }
    yield open;
  } finally {
    closeSync(handle);
  }
}

function opened(file: string): number | undefined {
  try {
    return openSync(file, 'r');
  } catch {
    return undefined;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isTenantRecord(value: unknown): value is TenantRecord {
  return isRecord(value) && isRecord(value.outline) && isList(value.files) && isRecord(value.checked);
}

/**
 * Writes the records of an output tenant by tenant, so that those of thousands of tenants are never in memory together.
 * They take the place of the earlier ones with {@link commit}.
 */
export class RecordsWriter {
  private readonly file: string;
  private readonly handle: number;
  private pending = '';

  constructor(folder: string) {
    this.file = join(folder, RECORDS_FILE);
    mkdirSync(dirname(this.file), { recursive: true });
    this.handle = openSync(`${this.file}.new`, 'w');
  }

  /** Adds what is known of a tenant, under the name of its file. */
  add(input: string, { outline, files, checked }: TenantRecord): void {
    this.pending += `${JSON.stringify({ input, outline, files, checked })}\n`;
    if (this.pending.length >= PIECE) this.flush();
  }

  /** A reader sees the old records or the new ones, never half of them. */
  commit(): void {
    this.flush();
    closeSync(this.handle);
    renameSync(`${this.file}.new`, this.file);
  }

  /** Forgets what was added; the old records stay. */
  abandon(): void {
    closeSync(this.handle);
    rmSync(`${this.file}.new`, { force: true });
  }

  private flush(): void {
    writeSync(this.handle, this.pending);
    this.pending = '';
  }
}

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Problem } from '../../constructs/core/problem';
import { codeFingerprint } from './fingerprint';
import { type Input, readInputs } from './inputs';
import { LEDGER_FILE, type Ledger, readLedger } from './ledger';
import { isUntouched } from './output';

/** What to synthesize, and where to. */
export interface SynthOptions {
  /** Name of the environment. */
  readonly environment: string;
  /** Folder of the tenants' files. */
  readonly tenants: string;
  /** Folder that the YAML goes to. */
  readonly out: string;
  /** The date that waivers are held against: `YYYY-MM-DD`, UTC. */
  readonly today: string;
  /** Whether an earlier output may be built upon. @default true */
  readonly cache?: boolean;
  /** Told what is going on, at most once for every tenant. */
  readonly onProgress?: (done: number, all: number, what: string) => void;
}

/** What a synth did. */
export interface SynthResult {
  /** Mistakes; where there are any, nothing was written. */
  readonly problems: readonly Problem[];
  readonly regions: number;
  readonly tenants: number;
  readonly objects: number;
  /** Tenants whose constructs were built; the others were taken over from the earlier output. */
  readonly tenantsBuilt: number;
  readonly filesWritten: number;
  readonly filesRemoved: number;
  readonly filesUnchanged: number;
}

/**
 * Writes an environment's YAML: per region a file a layer and a file a tenant. Tenants whose file and code did not change
 * never become constructs, and where nothing changed no file is touched and no library is loaded. With a single mistake
 * anywhere the output stays as it was.
 */
export function synth(options: SynthOptions): SynthResult {
  const inputs = readInputs(options.tenants);
  const fingerprint = `${codeFingerprint()} ${options.environment}`;
  const ledger = options.cache === false ? undefined : trusted(readLedger(options.out), fingerprint);
  if (ledger !== undefined && isUnchanged(ledger, inputs, options.out)) return untouched(ledger);
  // The libraries that build and check take longer to load than an unchanged environment takes to recognize.
  const { render }: typeof import('./render') = require('./render');
  return render(options, inputs, fingerprint, ledger);
}

/** Forgets what an output was made from, so that the next synth makes everything again. */
export function forget(out: string): void {
  rmSync(join(out, LEDGER_FILE), { force: true });
}

function trusted(ledger: Ledger | undefined, fingerprint: string): Ledger | undefined {
  return ledger?.fingerprint === fingerprint ? ledger : undefined;
}

function isUnchanged({ tenants, platform }: Ledger, inputs: readonly Input[], out: string): boolean {
  return (
    inputs.length === Object.keys(tenants).length &&
    inputs.every(({ name, sha256 }) => {
      const known = tenants[name];
      return known?.sha256 === sha256 && known.files.every((file) => isUntouched(out, file));
    }) &&
    platform.every((file) => isUntouched(out, file))
  );
}

function untouched({ tenants, platform, objects }: Ledger): SynthResult {
  const files = Object.values(tenants).reduce((sum, tenant) => sum + tenant.files.length, platform.length);
  return {
    problems: [],
    regions: new Set(platform.map(({ path }) => path.slice(0, path.indexOf('/')))).size,
    tenants: Object.keys(tenants).length,
    objects,
    tenantsBuilt: 0,
    filesWritten: 0,
    filesRemoved: 0,
    filesUnchanged: files,
  };
}

import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { collectEvidence } from '../../stacks/sinks/collect-evidence';
import { EXIT } from '../exit';
import type { CommandResult, Context } from '../result';
import { evidenceText } from '../text/evidence';
import { problemsText } from '../text/problems';
import { shortest } from '../text/words';
import { dateOf } from './flags';
import { environmentTarget } from './target';
import { writeOrThrow } from './write';

/** Options of `drun evidence`. */
export interface EvidenceFlags {
  readonly environment: string;
  readonly out?: string;
  readonly tenants?: string;
  readonly today?: string;
}

/** Joins every promise with what stands behind it, checked and proved now. */
export function evidence(flags: EvidenceFlags, context: Context): CommandResult {
  const { environment, tenants } = environmentTarget(flags.environment, flags.tenants, context);
  const today = dateOf(flags.today, context);
  const { controls, fingerprint, problems } = collectEvidence({
    environment,
    tenants,
    today,
    onProgress: context.progress,
  });
  const document = { environment: environment.name, today, generatedFrom: fingerprint, controls };
  const file = flags.out === undefined ? undefined : resolve(context.host.cwd, flags.out);
  if (file !== undefined) writeOrThrow(file, () => writeFileSync(file, `${JSON.stringify(document, undefined, 2)}\n`));
  const written = file === undefined ? undefined : shortest(file, context.host.cwd);
  return {
    exit: problems.length === 0 ? EXIT.ok : EXIT.findings,
    json: { ...document, ...(file === undefined ? {} : { out: file }) },
    text: (paint) =>
      `${problemsText(problems, paint)}${evidenceText(environment.name, controls, { fingerprint, written }, paint)}`,
    findings: problems,
  };
}

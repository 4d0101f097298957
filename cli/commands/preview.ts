import { ProblemError } from '../../constructs/core/problem';
import { ENVIRONMENTS } from '../../stacks/environments';
import { type Against, findAgainst } from '../../stacks/preview/baseline';
import { type EnvironmentPreview, previewEnvironment } from '../../stacks/preview/preview';
import { EXIT, type ExitCode } from '../exit';
import type { CommandResult, Context } from '../result';
import { previewText } from '../text/preview';
import { dateOf, usage } from './flags';
import { environmentTarget } from './target';

/** Options of `drun preview`. */
export interface PreviewFlags {
  readonly environment?: string | undefined;
  readonly against?: string;
  readonly full?: boolean;
  readonly exitCode?: boolean;
  readonly tenants?: string;
  readonly today?: string;
}

/** Synthesizes, checks, proves and compares; writes nothing. */
export function preview(flags: PreviewFlags, context: Context): CommandResult {
  if (flags.environment === undefined && flags.tenants !== undefined) {
    const remedy = 'name the environment that the tenants belong to';
    throw new ProblemError([
      usage('--tenants', 'a folder of tenants without an environment', 'both or neither', remedy),
    ]);
  }
  const today = dateOf(flags.today, context);
  const names = flags.environment === undefined ? ENVIRONMENTS.map(({ name }) => name) : [flags.environment];
  const targets = names.map((name) => environmentTarget(name, flags.tenants, context));
  const againsts = targets.map(({ tenants }) => findAgainst(flags.against, tenants, context.host.cwd));
  const previews = targets.map((target, i) =>
    previewEnvironment({ ...target, against: againsts[i] ?? UNKNOWN, today, onProgress: context.progress }),
  );
  const against = againsts[0] ?? UNKNOWN;
  return {
    exit: exitOf(previews, flags.exitCode === true),
    json: { today, against: againstJson(against), environments: previews.map(environmentJson) },
    text: (paint) => previewText(previews, { against, full: flags.full === true }, paint),
    mistakes: previews.flatMap(({ verdict, problems }) => (verdict === 'invalid' ? problems : [])),
    findings: previews.flatMap(({ verdict, problems }) => (verdict === 'invalid' ? [] : problems)),
  };
}

const UNKNOWN: Against = { kind: 'nothing', because: 'there is nothing to compare with' };

function exitOf(previews: readonly EnvironmentPreview[], byChange: boolean): ExitCode {
  const verdicts = previews.map(({ verdict }) => verdict);
  if (verdicts.includes('invalid')) return EXIT.input;
  if (verdicts.includes('failed')) return EXIT.findings;
  return byChange && verdicts.includes('changed') ? EXIT.changed : EXIT.ok;
}

function againstJson(against: Against): object {
  return against.kind === 'commit' ? { kind: 'commit', ref: against.ref, commit: against.commit.hash } : against;
}

function environmentJson({ environment, verdict, examination, changes, notes, problems }: EnvironmentPreview): object {
  const regions = (examination?.regions ?? []).map(({ planned, objects, check, proof }) => ({
    region: planned.region.name,
    tenants: planned.tenants.map(({ source }) => source.outline.name),
    objects: objects.length,
    check: { rules: check.rules.length, problems: check.problems.length, waived: check.waived.length },
    proof: {
      pairs: proof.network.pairs,
      declared: proof.declared,
      violations: proof.network.violations.length + proof.rbac.violations.length,
    },
  }));
  return { environment, verdict, regions, posture: changes.posture, objects: changes.objects, notes, problems };
}

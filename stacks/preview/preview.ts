import type { Manifest } from '../../constructs/core/manifest';
import { type Problem, ProblemError } from '../../constructs/core/problem';
import { type Examination, examine, type Rendered, renderPlan } from '../examine';
import { planInputs } from '../load';
import type { Environment } from '../spec/environment';
import { type Input, readInputs } from '../synth/inputs';
import { type Against, type Baseline, commitBaseline, directoryBaseline } from './baseline';
import { type Changes, changesBetween, NO_CHANGES } from './changes';
import { inputsAt } from './git';

/** What to preview. */
export interface PreviewOptions {
  readonly environment: Environment;
  /** Folder of the tenants' files. */
  readonly tenants: string;
  readonly against: Against;
  /** The date that waivers are held against: `YYYY-MM-DD`, UTC. */
  readonly today: string;
  readonly onProgress: (what: string) => void;
}

/** `invalid`: bad input, nothing else was looked at. `failed`: a rule or a proof found something. */
export type PreviewVerdict = 'invalid' | 'failed' | 'changed' | 'unchanged';

/** Everything that a preview says of one environment. */
export interface EnvironmentPreview {
  readonly environment: string;
  readonly description: string;
  readonly verdict: PreviewVerdict;
  /** Mistakes in the input, or all findings. */
  readonly problems: readonly Problem[];
  /** Absent where the input is invalid. */
  readonly examination?: Examination;
  readonly changes: Changes;
  readonly notes: readonly string[];
}

/** Synthesizes an environment into memory, checks and proves it, and compares it with an earlier state. Writes nothing. */
export function previewEnvironment(options: PreviewOptions): EnvironmentPreview {
  const { environment, tenants, today, onProgress } = options;
  const { name, description } = environment;
  const inputs = readInputs(tenants);
  onProgress(`${name}: synthesizing ${inputs.length} tenants`);
  const rendered = valueOrProblems(() => renderPlan(planInputs(environment, inputs)));
  if ('problems' in rendered) {
    return {
      environment: name,
      description,
      verdict: 'invalid',
      problems: rendered.problems,
      changes: NO_CHANGES,
      notes: [],
    };
  }
  const examination = examine(rendered, { today, onProgress });
  onProgress(`${name}: comparing`);
  const { changes, notes } = compare(options, rendered, inputs);
  const { problems } = examination;
  const calm = changes.objects.length === 0 ? 'unchanged' : 'changed';
  return {
    environment: name,
    description,
    verdict: problems.length > 0 ? 'failed' : calm,
    problems,
    examination,
    changes,
    notes,
  };
}

/** Other environments are still worth a look, so mistakes in one are an answer and not an end. */
function valueOrProblems<T>(make: () => T): T | { readonly problems: readonly Problem[] } {
  try {
    return make();
  } catch (error) {
    if (error instanceof ProblemError) return { problems: error.problems };
    throw error;
  }
}

function compare(
  { environment, tenants, against }: PreviewOptions,
  { regions }: Rendered,
  inputs: readonly Input[],
): { readonly changes: Changes; readonly notes: readonly string[] } {
  const baseline = baselineOf(environment, tenants, against, inputs);
  if (baseline === 'same') return { changes: NO_CHANGES, notes: [] };
  const known = (region: string): readonly Manifest[] => baseline.regions.get(region) ?? [];
  // A folder of YAML says nothing of Vault: beside it, everything there would count as new.
  const withVault = against.kind !== 'directory';
  const states = regions.map(({ planned, objects, vault }) => {
    const region = planned.region.name;
    return { region, before: known(region), after: withVault ? [...objects, ...vault] : objects };
  });
  return { changes: changesBetween(states), notes: baseline.notes };
}

/** The same files give the same objects, so that nothing has to be rendered to know that nothing changed. */
function baselineOf(
  environment: Environment,
  tenants: string,
  against: Against,
  inputs: readonly Input[],
): Baseline | 'same' {
  switch (against.kind) {
    case 'nothing':
      return { regions: new Map(), notes: [] };
    case 'directory':
      return directoryBaseline(environment, against.path);
    case 'commit': {
      const before = inputsAt(against.commit, tenants);
      return sumsOf(before) === sumsOf(inputs) ? 'same' : commitBaseline(environment, before, against.ref);
    }
  }
}

function sumsOf(inputs: readonly Input[]): string {
  return inputs.map(({ name, sha256 }) => `${name} ${sha256}`).join('\n');
}

import { gateOf } from '../../stacks/gate';
import { judgeOf } from '../support/judge';
import { mutantsOf } from '../support/mutants';
import { orderOf, renderedRegions } from '../support/rendered';

const TODAY = '2026-11-22';

/**
 * Mutants that change nothing: by pattern, with the reason. A mutant here that some check notices is a fault as well, so
 * the list cannot grow stale.
 */
const EQUIVALENT: readonly (readonly [pattern: RegExp, because: string])[] = [
  [/^PriorityClass \S+ without description$/, 'a description is read by people alone'],
  [/^ClusterNetworkPolicy \S+ without spec\.(in|e)gress\[\d+\]\.name$/, 'the name of a rule is read by people alone'],
  [
    /^(Validating|Mutating)AdmissionPolicy \S+ without spec\.failurePolicy$/,
    'Kubernetes takes an absent failurePolicy for Fail',
  ],
  [
    /AdmissionPolicyBinding \S+ without spec\.matchResources\.matchPolicy$/,
    'Kubernetes takes an absent matchPolicy for Equivalent',
  ],
];

const [dev] = renderedRegions(['dev']);

test('[CMP-1] whatever is dropped or weakened in the output of dev, a rule, an expectation or a proof notices', () => {
  if (dev === undefined) throw new Error('dev has no region');
  const judge = judgeOf(dev.objects, orderOf(dev), () => gateOf(dev.plan.environment, dev.planned.region, TODAY));
  const mutants = mutantsOf(dev.objects);
  expect(mutants.length).toBeGreaterThan(dev.objects.length * 10);
  const survivors: string[] = [];
  const stale: string[] = [];
  for (const mutant of mutants) {
    const equal = EQUIVALENT.some(([pattern]) => pattern.test(mutant.what));
    const noticed = judge(mutant);
    if (noticed === undefined && !equal) survivors.push(mutant.what);
    if (noticed !== undefined && equal) stale.push(`${mutant.what}: ${noticed}`);
  }
  expect({ survivors, stale }).toEqual({ survivors: [], stale: [] });
}, 120_000);

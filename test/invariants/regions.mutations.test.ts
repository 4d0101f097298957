import { LABEL } from '../../constructs/core/labels';
import { gateOf } from '../../stacks/gate';
import { judgeOf, noticedBy } from '../support/judge';
import { mutantsOf } from '../support/mutants';
import { orderOf, renderedRegions } from '../support/rendered';

/** Mutants that change nothing, with the reason. */
const EQUIVALENT: readonly (readonly [pattern: RegExp, because: string])[] = [];

/** What a region among several holds, and a region that stands alone does not: dev is looked at elsewhere. */
const JOINED = /^(mesh|eastwest|drun-eastwest|cert-manager)$/;

const [region] = renderedRegions(['staging']);
if (region === undefined) throw new Error('staging has no region');
const { objects, plan } = region;
const judge = judgeOf(objects, orderOf(region), () => gateOf(plan.environment, '2026-11-22'));
const concerned = objects.map(
  ({ metadata: { labels = {}, name, namespace } }) =>
    JOINED.test(labels[LABEL.component] ?? '') ||
    name === 'from-regions' ||
    (namespace ?? name) === 'meridian-bank-risk',
);
const mutants = mutantsOf(objects).filter(({ index }) => concerned[index] === true);

test('[NET-1] whatever is dropped or weakened of what joins regions, an expectation, a rule or a proof notices', () => {
  expect(concerned.filter(Boolean).length).toBeGreaterThan(25);
  const noticed = mutants.filter((mutant) => noticedBy(judge, mutant) === undefined);
  const survivors = noticed.filter(({ what }) => !EQUIVALENT.some(([pattern]) => pattern.test(what)));
  expect(survivors.map(({ what }) => what)).toEqual([]);
}, 120_000);

test.each([
  ['DRN420', /^Gateway drun-eastwest\/eastwest without spec\.listeners\[0\]\.tls/],
  ['DRN421', /^Certificate \S+ without spec\.(duration|renewBefore|privateKey(\.rotationPolicy)?)$/],
  ['DRN419', /^DestinationRule \S+ without spec\.trafficPolicy\.outlierDetection$/],
])('[NET-1] %s alone notices each of %s', (rule, pattern) => {
  const these = mutants.filter(({ what }) => pattern.test(what));
  expect(these.length).toBeGreaterThan(0);
  expect(these.filter((mutant) => !judge.rules(mutant).includes(rule)).map(({ what }) => what)).toEqual([]);
});

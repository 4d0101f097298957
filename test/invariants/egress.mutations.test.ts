import { gateOf } from '../../stacks/gate';
import { judgeOf, noticedBy } from '../support/judge';
import { mutantsOf } from '../support/mutants';
import { orderOf, renderedRegions } from '../support/rendered';

/** Mutants that change nothing, with the reason. */
const EQUIVALENT: readonly (readonly [pattern: RegExp, because: string])[] = [
  [/^ClusterNetworkPolicy \S+ without spec\.(in|e)gress\[\d+\]\.name$/, 'the name of a rule is read by people alone'],
];

/** What tenants with sidecars have on their way out; dev has no such tenant. */
const CONCERNED = ['drun-egress-gateway', 'kiwi-games-npc'];

const region = renderedRegions(['prod']).find(({ planned }) => planned.region.name === 'ap-southeast-1');
if (region === undefined) throw new Error('prod has no region ap-southeast-1');
const { objects, plan } = region;
const judge = judgeOf(objects, orderOf(region), () => gateOf(plan.environment, '2026-11-22'));
const concerned = objects.map(({ metadata: { name, namespace } }) =>
  CONCERNED.some((one) => (namespace ?? name) === one || name === `tenant-${one}`),
);
const mutants = mutantsOf(objects).filter(({ index }) => concerned[index] === true);

test('[NET-4] whatever is dropped or weakened of the way out of sidecars, an expectation, a rule or a proof notices', () => {
  expect(concerned.filter(Boolean).length).toBeGreaterThan(40);
  const unnoticed = mutants.filter((mutant) => noticedBy(judge, mutant) === undefined);
  const survivors = unnoticed.filter(({ what }) => !EQUIVALENT.some(([pattern]) => pattern.test(what)));
  expect(survivors.map(({ what }) => what)).toEqual([]);
}, 120_000);

test.each([
  ['DRN425', /^Gateway drun-egress-gateway\S+ without spec\.servers\[0\]\.(tls|tls\.mode|hosts|port\.protocol)$/],
  ['DRN426', /^AuthorizationPolicy drun-egress-gateway\/kiwi\S+ without spec\.rules\[0\]\.(from|when)$/],
  ['DRN427', /^no (DestinationRule|VirtualService|ServiceEntry|Gateway|AuthorizationPolicy) drun-egress-gateway\/kiwi/],
  ['DRN427', /^no DestinationRule kiwi-games-npc\/to-/],
  ['DRN428', /^no EnvoyFilter drun-egress-gateway\/egress-tls$/],
])('[NET-1] %s alone notices each of %s', (rule, pattern) => {
  const these = mutants.filter(({ what }) => pattern.test(what));
  expect(these.length).toBeGreaterThan(0);
  expect(these.filter((mutant) => !judge.rules(mutant).includes(rule)).map(({ what }) => what)).toEqual([]);
});

test.each([
  ['PRV033', /^no AuthorizationPolicy drun-egress-gateway\/kiwi/],
  ['PRV034', /^AuthorizationPolicy drun-egress-gateway\/kiwi\S+ without spec\.rules\[0\]\.from$/],
  ['PRV036', /^Gateway drun-egress-gateway\S+ without spec\.servers\[0\]\.tls\.mode$/],
  ['PRV037', /^no ServiceEntry kiwi-games-npc\/to-/],
  ['PRV038', /^(no DestinationRule kiwi-games-npc\/to-|ServiceEntry kiwi-games-npc\/to-\S+ without spec\.endpoints$)/],
  ['PRV039', /^(no VirtualService drun-egress-gateway|no ServiceEntry drun-egress-gateway)/],
])('[NET-4] the proof says %s of each of %s', (code, pattern) => {
  const these = mutants.filter(({ what }) => pattern.test(what));
  expect(these.length).toBeGreaterThan(0);
  expect(these.filter((mutant) => !judge.proofs(mutant).includes(code)).map(({ what }) => what)).toEqual([]);
});

import { simulator } from '../../../analysis/admission/simulator';
import { admissionObjects } from '../../../constructs/admission/admission-policies';
import { defaultPolicies, denyPolicies } from '../../../constructs/admission/policies';
import { mutating, policyName, validating } from '../../../constructs/admission/render';
import { admissionSchema } from '../../../constructs/admission/settings';
import type { Manifest } from '../../../constructs/core/manifest';
import { stampFor } from '../../../constructs/core/stamp';
import type { AdmissionCase } from '../../support/admission-cases/case';
import { ADMISSION_CASES } from '../../support/admission-cases/index';
import { reviewOf, WORLD } from '../../support/admission-cases/offline';

const settings = admissionSchema.parse({});
const defaults = defaultPolicies(settings);
const stamp = stampFor({ component: 'admission' }, {});
const mutatingObjects = defaults.flatMap((policy) => mutating(policy, settings, stamp));
const all = admissionObjects().map(({ object }) => object);

/** Whether a case's attack gets past its policy, where only these objects judge it. */
function passes(objects: readonly Manifest[]): (one: AdmissionCase) => boolean {
  const review = simulator([...mutatingObjects, ...objects], defaults);
  return ({ attack, actor, policy }) =>
    review(reviewOf(attack, actor), WORLD).denials.every((denial) => denial.policy !== policy);
}

describe.each(denyPolicies(settings).map((policy) => [policy.id, policy] as const))('drun-%s', (id, policy) => {
  const cases = ADMISSION_CASES.filter((one) => one.policy === policyName(id));

  test.each(policy.checks.map((check, index) => [index, check.rows.join(' ')] as const))(
    'turns a case red without its check %i (%s)',
    (dropped) => {
      const checks = policy.checks.filter((_, index) => index !== dropped);
      expect(cases.some(passes(validating({ ...policy, checks }, settings, stamp)))).toBe(true);
    },
  );

  test('turns every case red without its binding', () => {
    const [alone] = validating(policy, settings, stamp);
    expect(cases.every(passes([alone]))).toBe(true);
  });
});

/** What admission stores for each case, and what it says of it; templates of one rule behave alike. */
function outcomes(objects: readonly Manifest[]): readonly string[] {
  const review = simulator(objects, defaults);
  return ADMISSION_CASES.filter(({ id }) => !id.includes('/') && !id.startsWith('W07')).map(
    ({ attack, actor, twin, twinActor = actor }) =>
      JSON.stringify([review(reviewOf(attack, actor), WORLD), review(reviewOf(twin, twinActor), WORLD)]),
  );
}

describe('defaults', () => {
  const whole = outcomes(all);

  test.each(defaults.map(({ id }) => policyName(id)))('%s is missed where its binding is dropped', (name) => {
    const without = all.filter(
      ({ kind, metadata }) => kind !== 'MutatingAdmissionPolicyBinding' || metadata.name !== name,
    );
    expect(outcomes(without)).not.toEqual(whole);
  });

  test.each(
    defaults.flatMap((policy) =>
      policy.patches.map((patch, index) => [policyName(policy.id), patch.path, index] as const),
    ),
  )('%s is missed where it leaves out %s', (name, _, dropped) => {
    const weaker = defaults.map((policy) =>
      policyName(policy.id) === name
        ? { ...policy, patches: policy.patches.filter((_patch, index) => index !== dropped) }
        : policy,
    );
    const review = simulator(all, weaker);
    const changed = ADMISSION_CASES.filter(({ id }) => !id.includes('/') && !id.startsWith('W07')).some(
      ({ twin, actor, twinActor = actor }, index) =>
        !(whole[index] ?? '').endsWith(`,${JSON.stringify(review(reviewOf(twin, twinActor), WORLD))}]`),
    );
    expect(changed).toBe(true);
  });
});

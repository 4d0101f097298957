import { simulator } from '../../../analysis/admission/simulator';
import { ADMISSION_CASES } from '../../../cluster/attack/cases/index';
import { admissionObjects } from '../../../constructs/admission/admission-policies';
import { defaultPolicies, denyPolicies } from '../../../constructs/admission/policies';
import { policyName } from '../../../constructs/admission/render';
import { admissionSchema } from '../../../constructs/admission/settings';
import { reviewOf, WORLD } from '../../support/admission-cases/offline';

const settings = admissionSchema.parse({});
const review = simulator(
  admissionObjects().map(({ object }) => object),
  defaultPolicies(settings),
);

const controlOf = new Map(
  [...denyPolicies(settings), ...defaultPolicies(settings)].map(({ id, controls }) => [
    policyName(id),
    Object.keys(controls).join(' '),
  ]),
);

const byPolicy = new Map(
  [...new Set(ADMISSION_CASES.map(({ policy }) => policy))].map((policy) => [
    policy,
    ADMISSION_CASES.filter((one) => one.policy === policy),
  ]),
);

for (const [policy, cases] of byPolicy) {
  const rows = [...new Set(cases.map(({ row }) => row))].join(' ');
  describe(`[${controlOf.get(policy)}] ${policy}`, () => {
    test(`refuses the attacks ${rows}, in words`, () => {
      const passed = cases.filter(({ attack, actor }) => {
        const mine = review(reviewOf(attack, actor), WORLD).denials.filter((denial) => denial.policy === policy);
        return (
          mine.length === 0 || !mine.every(({ message }) => /: given .+, expected .+; .+|no params found/.test(message))
        );
      });
      expect(passed.map(({ id }) => id)).toEqual([]);
    });

    test(`accepts the benign twins of ${rows}`, () => {
      const refused = cases.flatMap(({ id, twin, actor, twinActor = actor }) =>
        review(reviewOf(twin, twinActor), WORLD).denials.map((denial) => ({ id, ...denial })),
      );
      expect(refused).toEqual([]);
    });
  });
}

test('a case names every policy that refuses its attack: a server names one of them, in no order', () => {
  const unnamed = ADMISSION_CASES.flatMap(({ id, attack, actor, policy, also = [] }) => {
    const others = review(reviewOf(attack, actor), WORLD).denials.map((denial) => denial.policy);
    return [...new Set(others)].filter((one) => one !== policy && !also.includes(one)).map((one) => `${id}: ${one}`);
  });
  expect(unnamed).toEqual([]);
});

test('every policy that refuses has a case', () => {
  const without = denyPolicies(settings)
    .map(({ id }) => policyName(id))
    .filter((policy) => !byPolicy.has(policy));
  expect(without).toEqual([]);
});

test('case ids are unique, and each row of a case is one that its policy names', () => {
  expect(new Set(ADMISSION_CASES.map(({ id }) => id)).size).toBe(ADMISSION_CASES.length);
});

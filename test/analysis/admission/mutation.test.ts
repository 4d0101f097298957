import { simulator } from '../../../analysis/admission/simulator';
import type { AdmissionCase } from '../../../cluster/attack/cases/case';
import { ADMISSION_CASES } from '../../../cluster/attack/cases/index';
import { create, object, patch } from '../../../cluster/attack/cases/objects';
import { container, IMAGE, pod, workload } from '../../../cluster/attack/cases/templates';
import { admissionObjects } from '../../../constructs/admission/admission-policies';
import { defaultPolicies, denyPolicies } from '../../../constructs/admission/policies';
import type { DefaultPolicy } from '../../../constructs/admission/policy';
import { mutating, policyName, validating } from '../../../constructs/admission/render';
import { admissionSchema } from '../../../constructs/admission/settings';
import type { Manifest } from '../../../constructs/core/manifest';
import { stampFor } from '../../../constructs/core/stamp';
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
  const cases = ADMISSION_CASES.filter((one) => one.policy === policyName(id) && one.row !== 'W07');

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

const mended = { imagePullPolicy: 'IfNotPresent' };
const debug = { ...container({ name: 'debug', ...mended }) };

/** A pod as a person writes it and the API server completes it: it needs every default there is. */
const bare = {
  ...pod({
    spec: {
      priority: 0,
      preemptionPolicy: 'PreemptLowerPriority',
      initContainers: [container({ name: 'init', ...mended })],
      containers: [container({ ...mended, resources: { limits: { 'nvidia.com/gpu': '1' } } })],
      volumes: [{ name: 'v', image: { reference: IMAGE, pullPolicy: 'IfNotPresent' } }],
    },
  }),
  metadata: { name: 'case', namespace: 'acme-train' },
};

const NEEDY = [
  create(bare),
  create(workload('Job', { spec: { containers: [container({ resources: { limits: { 'nvidia.com/gpu': '1' } } })] } })),
  create(object('v1', 'Service', { spec: { clusterIP: '10.0.0.9' } })),
  patch('pod', { spec: { ephemeralContainers: [debug] } }, 'ephemeralcontainers'),
];

/** What is stored of the objects that need defaults. */
function stored(objects: readonly Manifest[], policies: readonly DefaultPolicy[]): string {
  const review = simulator(objects, policies);
  return JSON.stringify(NEEDY.map((request) => review(reviewOf(request, 'tenant'), WORLD).object));
}

describe('defaults', () => {
  const whole = stored(all, defaults);

  test.each(defaults.map(({ id }) => policyName(id)))('%s is missed where its binding is dropped', (name) => {
    const without = all.filter(
      ({ kind, metadata }) => kind !== 'MutatingAdmissionPolicyBinding' || metadata.name !== name,
    );
    expect(stored(without, defaults)).not.toBe(whole);
  });

  test.each(defaults.flatMap(({ id, patches }) => patches.map(({ path }, index) => [id, path, index] as const)))(
    '%s is missed where it leaves out %s',
    (changed, _, dropped) => {
      const weaker = defaults.map((policy) => {
        if (policy.id !== changed) return policy;
        return { ...policy, patches: policy.patches.filter((__, index) => index !== dropped) };
      });
      expect(stored(all, weaker)).not.toBe(whole);
    },
  );
});

import { App, Chart, Testing } from 'cdk8s';
import { AdmissionPolicies, admissionObjects } from '../../../constructs/admission/admission-policies';
import { defaultPolicies, denyPolicies } from '../../../constructs/admission/policies';
import { admissionSchema } from '../../../constructs/admission/settings';
import { TENANT_POLICY_NAME } from '../../../constructs/admission/tenant-policy';
import { listAt, recordAt, stringAt, valueAt } from '../../../constructs/core/json';

const objects = admissionObjects().map(({ object }) => object);
const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
const policies = [...ofKind('ValidatingAdmissionPolicy'), ...ofKind('MutatingAdmissionPolicy')];
const bindings = [...ofKind('ValidatingAdmissionPolicyBinding'), ...ofKind('MutatingAdmissionPolicyBinding')];

test('[IAM-2] every policy is bound, and every binding names a policy', () => {
  const bound = bindings.map((binding) => stringAt(binding, 'spec', 'policyName'));
  expect([...new Set(bound)].sort()).toEqual(policies.map(({ metadata }) => metadata.name).sort());
});

test('[IAM-2] W04 W10 every policy fails closed and judges every version of a resource', () => {
  const loose = policies.filter(
    (policy) =>
      stringAt(policy, 'spec', 'failurePolicy') !== 'Fail' ||
      stringAt(policy, 'spec', 'matchConstraints', 'matchPolicy') !== 'Equivalent',
  );
  expect(loose).toEqual([]);
});

test('[IAM-2] W03 no binding lets the creation of anything pass where the TenantPolicy is missing', () => {
  const open = bindings.filter(
    (binding) =>
      stringAt(binding, 'spec', 'paramRef', 'parameterNotFoundAction') === 'Allow' &&
      listAt(binding, 'spec', 'matchResources', 'resourceRules').some(
        (rule) => !listAt(rule, 'operations').every((operation) => operation === 'UPDATE'),
      ),
  );
  expect(open).toEqual([]);
  const named = bindings.map((binding) => stringAt(binding, 'spec', 'paramRef', 'name') ?? TENANT_POLICY_NAME);
  expect(new Set(named)).toEqual(new Set([TENANT_POLICY_NAME]));
});

test('[IAM-2] W06 no policy depends on a label that a tenant namespace could lose', () => {
  const keys = policies.flatMap((policy) =>
    listAt(policy, 'spec', 'matchConstraints', 'namespaceSelector', 'matchExpressions').map((expression) =>
      [stringAt(expression, 'key'), stringAt(expression, 'operator')].join(' '),
    ),
  );
  expect(new Set(keys)).toEqual(new Set(['drun.io/component DoesNotExist', 'kubernetes.io/metadata.name NotIn']));
});

test('[IAM-2] W08 no rule about pods exempts the controllers of Kubernetes', () => {
  const exempt = policies
    .filter(({ metadata }) => /^drun-(pod|template|cronjob)-/.test(metadata.name))
    .flatMap((policy) => listAt(policy, 'spec', 'matchConditions'))
    .filter((condition) => (stringAt(condition, 'expression') ?? '').includes('system:serviceaccount'))
    .map((condition) => stringAt(condition, 'name'));
  expect(new Set(exempt)).toEqual(new Set(['not-the-waypoint']));
});

test('[CTR-3] S34 each rule about pods is a policy on pods, on templates and on cron jobs', () => {
  const ids = denyPolicies(admissionSchema.parse({})).map(({ id }) => id);
  const rules = ids.filter((id) => id.startsWith('pod-')).map((id) => id.slice('pod-'.length));
  expect(rules.length).toBeGreaterThan(5);
  expect(ids).toEqual(expect.arrayContaining(rules.flatMap((rule) => [`template-${rule}`, `cronjob-${rule}`])));
});

test('what the API server limits stays inside its limits', () => {
  const names = objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
  expect(new Set(names).size).toBe(names.length);
  for (const policy of policies) {
    // k8s.io/api/admissionregistration/v1: at most 64 match conditions; messages of at most 5 KiB, on one line.
    expect(listAt(policy, 'spec', 'matchConditions').length).toBeLessThanOrEqual(64);
    for (const validation of listAt(policy, 'spec', 'validations')) {
      expect(stringAt(validation, 'message')).toMatch(/^[A-Z]\d\d.*: expected [^\n{}]+; [^\n{}]+$/);
    }
  }
});

test('each policy names the attacks and the controls that it serves', () => {
  const settings = admissionSchema.parse({});
  const silent = [...denyPolicies(settings), ...defaultPolicies(settings)].filter(
    ({ controls }) => Object.keys(controls).length === 0,
  );
  expect(silent).toEqual([]);
});

test('every list and text of a TenantPolicy is bounded, because the cost of a rule grows with both', () => {
  const schema = recordAt(ofKind('CustomResourceDefinition')[0], 'spec');
  const spec = recordAt(listAt(schema, 'versions')[0], 'schema', 'openAPIV3Schema', 'properties', 'spec', 'properties');
  const unbounded = Object.entries(spec).filter(([, field]) => {
    if (stringAt(field, 'type') === 'array') {
      return valueAt(field, 'maxItems') === undefined || valueAt(field, 'items', 'maxLength') === undefined;
    }
    return stringAt(field, 'type') === 'string' && !('maxLength' in recordAt(field) || 'enum' in recordAt(field));
  });
  expect(unbounded).toEqual([]);
});

test('the construct renders in any cdk8s app, the CRD first', () => {
  const chart = new Chart(new App(), 'admission');
  new AdmissionPolicies(chart, 'Policies');
  const rendered = Testing.synth(chart);
  expect(rendered).toHaveLength(objects.length);
  expect(stringAt(rendered[0], 'kind')).toBe('CustomResourceDefinition');
});

test('fails on settings that it does not know', () => {
  const misspelt = { ...{ platformGroup: ['x'] } } satisfies object;
  expect(() => admissionObjects({ platformUsers: [], ...misspelt })).toThrow('platformGroup');
});

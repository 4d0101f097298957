import type { Case } from './cases';
import { by, type Doc, of } from './platform';

const API = 'admissionregistration.k8s.io/v1';
const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const FOREIGN = { apiVersion: API, kind: 'ValidatingAdmissionPolicy', metadata: { name: 'of-a-chart' }, spec: {} };
const rule = (...operations: string[]) => ({ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations });
const policy = (kind: string, spec: Doc = {}) =>
  by('admission', API, kind, 'drun-pods', {
    spec: { matchConstraints: { resourceRules: [rule('CREATE', 'UPDATE')] }, ...spec },
  });
const binding = (kind: string, spec: Doc = {}) =>
  by('admission', API, `${kind}Binding`, 'drun-pods', {
    spec: {
      policyName: 'drun-pods',
      ...(kind.startsWith('V') ? { validationActions: ['Deny', 'Audit'] } : {}),
      ...spec,
    },
  });
const VALIDATING = 'ValidatingAdmissionPolicy';
const MUTATING = 'MutatingAdmissionPolicy';
const PARAM = { name: 'tenant', parameterNotFoundAction: 'Deny' };
const LENIENT = { paramRef: { ...PARAM, parameterNotFoundAction: 'Allow' } };

/** Admission policies and what binds them. */
export const ADMISSION: readonly Case[] = [
  ...[
    [policy(VALIDATING)],
    [policy(MUTATING), binding(VALIDATING)],
    [policy(VALIDATING), binding(VALIDATING, { policyName: 'drun-other' })],
    [policy(VALIDATING), binding(VALIDATING, { validationActions: ['Audit'] })],
    [policy(VALIDATING, { matchConstraints: {} }), binding(VALIDATING)],
    [
      policy(VALIDATING),
      binding(VALIDATING),
      binding(VALIDATING, { matchResources: { resourceRules: [rule('CREATE')] } }),
    ],
    [policy(VALIDATING, { paramKind: { kind: 'TenantPolicy' } }), binding(VALIDATING)],
    [policy(VALIDATING), binding(VALIDATING, { matchResources: { resourceRules: [rule('CREATE')] } })],
  ].map(
    (fails, i): Case => ({
      rule: 'DRN196',
      where: `nothing that refuses binds the policy for all it matches (${i + 1})`,
      fails,
      passes: [
        policy(VALIDATING),
        binding(VALIDATING, { matchResources: { resourceRules: [rule('CREATE')] } }),
        binding(VALIDATING, { matchResources: { resourceRules: [rule('UPDATE')] } }),
        policy(MUTATING, { paramKind: { kind: 'TenantPolicy' } }),
        binding(MUTATING, { paramRef: PARAM }),
      ],
      silent: [FOREIGN, CONFIG],
    }),
  ),
  {
    rule: 'DRN197',
    where: 'a policy lets through what it cannot judge',
    fails: [policy(VALIDATING, { failurePolicy: 'Ignore' })],
    at: 'ValidatingAdmissionPolicy drun-pods spec.failurePolicy',
    passes: [policy(VALIDATING, { failurePolicy: 'Fail' }), policy(MUTATING)],
    silent: [FOREIGN, CONFIG],
  },
  ...[{}, { matchResources: { resourceRules: [rule('CREATE', 'UPDATE')] } }, { paramRef: { name: 'tenant' } }].map(
    (spec): Case => ({
      rule: 'DRN197',
      where: `missing parameters let everything through: ${JSON.stringify(spec)}`,
      fails: [binding(VALIDATING, { ...LENIENT, ...spec })],
      at: 'ValidatingAdmissionPolicyBinding drun-pods spec.paramRef.parameterNotFoundAction',
      passes: [
        binding(VALIDATING, { paramRef: PARAM }),
        binding(VALIDATING, { ...LENIENT, matchResources: { resourceRules: [rule('UPDATE')] } }),
        binding(MUTATING),
      ],
      silent: [CONFIG],
    }),
  ),
  {
    rule: 'DRN197',
    where: 'a binding does not say which parameters it means',
    fails: [binding(MUTATING, { paramRef: { parameterNotFoundAction: 'Deny' } })],
    at: 'MutatingAdmissionPolicyBinding drun-pods spec.paramRef',
    passes: [
      binding(MUTATING, { paramRef: PARAM }),
      binding(VALIDATING, { paramRef: { selector: {}, parameterNotFoundAction: 'Deny' } }),
    ],
    silent: [CONFIG],
  },
];

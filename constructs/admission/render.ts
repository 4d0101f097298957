import { LABEL } from '../core/labels';
import type { ManifestMetadata } from '../core/manifest';
import type { Stamp } from '../core/stamp';
import type {
  MatchConstraints,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  NamedExpression,
  Operation,
  ParamRef,
  ResourceRule,
  Selector,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Validation,
} from './api';
import { plain, quote, sentence } from './cel';
import { notThePlatform } from './exemptions';
import { type Check, type DefaultPolicy, named, type Patch, type Policy, type PolicyBase } from './policy';
import type { AdmissionSettings } from './settings';
import { TENANT_POLICY_API, TENANT_POLICY_NAME } from './tenant-policy';

const API = 'admissionregistration.k8s.io/v1';

/** Name of a policy and of its binding in the cluster. */
export const policyName = (id: string): string => `drun-${id}`;

/** The objects of a policy that refuses: itself, and a binding, or two where creation and update differ. */
export function validating(
  policy: Policy,
  settings: AdmissionSettings,
  stamp: Stamp,
): readonly [ValidatingAdmissionPolicy, ...ValidatingAdmissionPolicyBinding[]] {
  const metadata = stamp(policyName(policy.id));
  return [
    {
      apiVersion: API,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        ...paramKind(policy),
        matchConstraints: constraints(policy, settings),
        matchConditions: conditions(policy, settings),
        ...variables(policy),
        validations: policy.checks.map(validation),
      },
    },
    ...bindings(policy, metadata).map(
      ({ name, part, paramRef }): ValidatingAdmissionPolicyBinding => ({
        apiVersion: API,
        kind: 'ValidatingAdmissionPolicyBinding',
        metadata: { ...metadata, name },
        spec: {
          policyName: metadata.name,
          ...paramRef,
          validationActions: ['Deny', 'Audit'],
          ...(part === 'all'
            ? {}
            : { matchResources: { matchPolicy: 'Equivalent', resourceRules: rulesOf(policy, part) } }),
        },
      }),
    ),
  ];
}

/** The objects of a policy that fills in a default. */
export function mutating(
  policy: DefaultPolicy,
  settings: AdmissionSettings,
  stamp: Stamp,
): readonly [MutatingAdmissionPolicy, MutatingAdmissionPolicyBinding] {
  const metadata = stamp(policyName(policy.id));
  return [
    {
      apiVersion: API,
      kind: 'MutatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Fail',
        reinvocationPolicy: 'IfNeeded',
        ...paramKind(policy),
        matchConstraints: constraints(policy, settings),
        matchConditions: conditions(policy, settings),
        ...variables(policy),
        mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: policy.patches.map(jsonPatch).join(' + ') } }],
      },
    },
    {
      apiVersion: API,
      kind: 'MutatingAdmissionPolicyBinding',
      metadata,
      spec: { policyName: metadata.name, ...(policy.params === 'none' ? {} : param('Deny')) },
    },
  ];
}

/** The server keeps no empty list, and whoever compares would see a difference for ever. */
function variables(policy: PolicyBase): { readonly variables?: readonly NamedExpression[] } {
  const all = named(policy.variables);
  return all.length === 0 ? {} : { variables: all };
}

/** The text of a check as CEL: what must be true, and the sentence that is said otherwise. */
export function validation(check: Check): Validation {
  const tail = (expected: string): string => `expected ${expected}; ${check.remedy}`;
  const given =
    'each' in check
      ? `${check.each}.filter(${check.as}, !(${check.holds})).map(${check.as}, ${sentence(check.given)})[0]`
      : sentence(check.given);
  const rows = `${check.rows.join(' ')}: given `;
  return {
    expression: 'each' in check ? `${check.each}.all(${check.as}, ${check.holds})` : check.holds,
    message: `${check.rows.join(' ')}: ${tail(plain(check.expected))}`,
    messageExpression: `${quote(rows)} + (${given}) + ', ' + ${sentence(tail(check.expected))}`,
    reason: 'Forbidden',
  };
}

/** The namespaces a policy watches: all but Kubernetes' own and the platform's, so that no missing label is a way out. */
export function notPlatformNamespaces(systemNamespaces: readonly string[]): Selector {
  return {
    matchExpressions: [
      { key: LABEL.component, operator: 'DoesNotExist' },
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: systemNamespaces },
    ],
  };
}

function constraints(policy: PolicyBase, { systemNamespaces }: AdmissionSettings): MatchConstraints {
  return {
    matchPolicy: 'Equivalent',
    ...(policy.reach === 'tenants' ? { namespaceSelector: notPlatformNamespaces(systemNamespaces) } : {}),
    resourceRules: rulesOf(policy),
  };
}

type Part = 'all' | 'lasting' | 'fading';

/**
 * The rules of a policy, or the part of them that a binding covers. `fading` are updates of objects themselves, which a
 * namespace that is going away needs for its last finalizers; no controller needs creations and subresources for that.
 */
function rulesOf({ matches }: PolicyBase, part: Part = 'all'): readonly ResourceRule[] {
  return matches.flatMap(({ group, versions = ['v1'], resources, operations, scope }) => {
    const fades = (operation: Operation): boolean =>
      operation === 'UPDATE' && resources.every((name) => !name.includes('/'));
    const left = operations.filter((operation) => part === 'all' || fades(operation) === (part === 'fading'));
    const rule = { apiGroups: [group], apiVersions: versions, resources, operations: left };
    return left.length === 0 ? [] : [{ ...rule, ...(scope === undefined ? {} : { scope }) }];
  });
}

function conditions(policy: PolicyBase, settings: AdmissionSettings): readonly NamedExpression[] {
  return [{ name: 'not-the-platform', expression: notThePlatform(settings) }, ...named(policy.conditions)];
}

function paramKind({ params }: PolicyBase): Pick<ValidatingAdmissionPolicy['spec'], 'paramKind'> {
  return params === 'none' ? {} : { paramKind: { apiVersion: TENANT_POLICY_API, kind: 'TenantPolicy' } };
}

function param(parameterNotFoundAction: ParamRef['parameterNotFoundAction']): { readonly paramRef: ParamRef } {
  return { paramRef: { name: TENANT_POLICY_NAME, parameterNotFoundAction } };
}

interface BindingPart {
  readonly name: string;
  readonly part: Part;
  readonly paramRef: { readonly paramRef?: ParamRef };
}

function bindings(policy: Policy, { name }: ManifestMetadata): readonly BindingPart[] {
  if (policy.params === 'none') return [{ name, part: 'all', paramRef: {} }];
  const fades = policy.params.missingOnUpdate === 'allow' && rulesOf(policy, 'fading').length > 0;
  if (!fades) return [{ name, part: 'all', paramRef: param('Deny') }];
  return [
    { name, part: 'lasting', paramRef: param('Deny') },
    { name: `${name}-update`, part: 'fading', paramRef: param('Allow') },
  ];
}

function jsonPatch(patch: Patch): string {
  const { when } = patch;
  if (patch.op === 'each') {
    const path = `${quote(`${patch.path}/`)} + string(i) + ${quote(patch.field)}`;
    return `${patch.list}.transformList(i, item, ${when ?? 'true'}, JSONPatch{op: 'add', path: ${path}, value: ${patch.value}})`;
  }
  const value = patch.op === 'add' ? `, value: ${patch.value}` : '';
  const one = `[JSONPatch{op: '${patch.op}', path: ${quote(patch.path)}${value}}]`;
  return when === undefined ? one : `(${when} ? ${one} : [])`;
}

import type { CaseObject, CaseRequest, Expected } from '../../../cluster/attack/cases/case';
import { fill, type Names } from '../../../cluster/attack/names';
import { objectPath } from '../../../cluster/attack/send';
import type { Question } from '../../../cluster/attack/sweep';
import { rightOf, type Trial } from '../../../cluster/attack/trials';
import { type JsonObject, listAt, recordAt, stringAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { jsonOf } from './json';

/** One thing of the deployed platform that is taken away. */
export interface Mutant {
  readonly name: string;
  readonly kind: string;
  readonly path: string;
  readonly change: JsonObject | 'deleted';
  /** Whether others may be tried at the same time: what it changes is judged by no trial of theirs. */
  readonly apart: boolean;
  /** Trials that are chosen for it, besides the one of its own presence. */
  readonly concerns: (trial: Trial) => boolean;
  /** Rights that are asked for, where it gives rights. */
  readonly gives?: { readonly group: string; readonly rights: readonly Question[] };
}

/** Deleting it would delete every object of its kind: the parameters of all tenants go at once, which W03 tries one by one. */
const LEFT_OUT = ['CustomResourceDefinition', 'Namespace'];

/** Every object dropped, every label of a tenant's namespace, and every rule of a tenant's role. */
export function mutantsOf(objects: readonly Manifest[], names: Names): readonly Mutant[] {
  const all = objects.map(jsonOf);
  return [
    ...all.filter(({ kind }) => !LEFT_OUT.includes(kind)).map((object) => dropped(object, names)),
    ...all.filter((object) => object.kind === 'Namespace' && object.metadata.name === names.ns).flatMap(labels),
    ...all.filter(({ kind }) => kind === 'ClusterRole').flatMap((role) => rules(role, names)),
  ];
}

function dropped(object: CaseObject, names: Names): Mutant {
  const { kind } = object;
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const namespace = stringAt(object, 'metadata', 'namespace');
  return {
    name: `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`,
    kind,
    path: objectPath(object),
    change: 'deleted',
    apart: !SHARED.includes(kind) || (namespace !== undefined && namespace !== names.ns),
    concerns: namespace === undefined || namespace === names.ns ? (CONCERNS[kind] ?? nobody)(name, object) : nobody(),
  };
}

/** Kinds whose loss changes what happens to the trials of others. */
const SHARED = [
  'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding',
  'ClusterRole',
  'RoleBinding',
  'ResourceQuota',
  'LimitRange',
  'TenantPolicy',
  'PriorityClass',
  'RuntimeClass',
  'ServiceAccount',
];

type Concern = (name: string, object: CaseObject) => Mutant['concerns'];

const nobody = (): Mutant['concerns'] => () => false;

const refusing: Concern =
  (name) =>
  ({ expected }) =>
    expected.by === 'policy' && expected.policy === name && stoppedByOne(expected);

/** A binding is missed by the requests that it binds its policy to, where no other wall stands behind it. */
const binding: Concern =
  (_, object) =>
  ({ expected, case: { attack } }) =>
    expected.by === 'policy' &&
    expected.policy === stringAt(object, 'spec', 'policyName') &&
    stoppedByOne(expected) &&
    isBound(object, attack);

/** What several walls stop shows the loss of none. */
function stoppedByOne({ also = [] }: Extract<Expected, { by: 'policy' }>): boolean {
  return also.length === 0;
}

function isBound(object: CaseObject, attack: CaseRequest): boolean {
  const rules = listAt(object, 'spec', 'matchResources', 'resourceRules');
  if (rules.length === 0 || attack.verb === 'plain') return true;
  const { verb, resource } = rightOf(attack);
  return rules.some((rule) => texts(rule, 'operations').includes(OPERATIONS[verb] ?? '') && reaches(rule, resource));
}

const OPERATIONS: Readonly<Record<string, string>> = { create: 'CREATE', patch: 'UPDATE', delete: 'DELETE' };

function reaches(rule: unknown, resource: string): boolean {
  return texts(rule, 'apiGroups').some((group) =>
    texts(rule, 'resources').some((one) => inGroup(one, group) === resource),
  );
}

/** What a policy fills in, by the trials that miss it. */
const FILLS: Readonly<Record<string, RegExp>> = {
  'drun-pod-defaults': /^S0[16]-[a-z-]+$/,
  'drun-ephemeral-defaults': /^S09-ephemeral/,
  'drun-job-defaults': /^Q17-job/,
  'drun-mark-pinned-address': /^N07/,
};

const filling: Concern = (name) => (trial) => (FILLS[name] ?? /^$/).test(trial.case.id) && trial.route === 'plain';

const byDuty: Concern = (name) => {
  const duty = name.replace('drun-tenant-', '').replace('drun-', '');
  return (trial) =>
    trial.as === 'deployed' && trial.route === 'plain' && trial.case.actor === (duty === 'owner' ? 'tenant' : duty);
};

const byLimit: Concern = () => (trial) => trial.expected.by === 'quota';
const byParameters: Concern = () => (trial) => trial.case.row === 'S09' && trial.route === 'plain';
const byName: Concern = (name) => (trial) => JSON.stringify(trial.twin).includes(`"${NAMES_OF[name] ?? name}"`);

/** How the cases call the classes and accounts of the platform. */
const NAMES_OF: Readonly<Record<string, string>> = {
  'kata-qemu': '{runtime}',
  'drun-standard': '{priority}',
  'drun-batch': '{priority-low}',
  workload: '{account}',
};

/** Which trials a kind of object concerns. What is not here is the network's, and no request to the API server tells. */
const CONCERNS: Readonly<Record<string, Concern>> = {
  ValidatingAdmissionPolicy: refusing,
  ValidatingAdmissionPolicyBinding: binding,
  MutatingAdmissionPolicy: filling,
  MutatingAdmissionPolicyBinding: filling,
  ClusterRole: byDuty,
  RoleBinding: byDuty,
  ResourceQuota: byLimit,
  LimitRange: byLimit,
  TenantPolicy: byParameters,
  PriorityClass: byName,
  RuntimeClass: byName,
  ServiceAccount: byName,
};

function labels(object: CaseObject): readonly Mutant[] {
  const path = objectPath(object);
  return Object.keys(recordAt(object, 'metadata', 'labels')).map((label) => ({
    name: `label ${label} of ${path}`,
    kind: 'label',
    path,
    change: { metadata: { labels: { [label]: null } } },
    apart: false,
    concerns: (trial) => trial.case.row === 'P01' || trial.case.row === 'P02',
  }));
}

/** A rule less: whoever is bound to the role asks for what it allowed. */
function rules(role: CaseObject, names: Names): readonly Mutant[] {
  const all = listAt(role, 'rules');
  const name = stringAt(role, 'metadata', 'name') ?? '';
  const path = objectPath(role);
  const duty = name.replace('drun-tenant-', '');
  const platform = duty === name;
  return all.map((rule, at) => ({
    name: `rule ${at} of ${name}`,
    kind: 'rule',
    path,
    change: { rules: JSON.parse(JSON.stringify(all.filter((__, i) => i !== at))) },
    apart: false,
    concerns: nobody(),
    gives: {
      group: platform ? `oidc:${name}s` : (names[`${duty}-group`] ?? ''),
      rights: rightsIn(rule, platform ? '' : (names.ns ?? '')),
    },
  }));
}

function rightsIn(rule: unknown, namespace: string): readonly Question[] {
  const [group = ''] = texts(rule, 'apiGroups');
  return texts(rule, 'resources').flatMap((resource) => {
    const named = inGroup(resource, group);
    return texts(rule, 'verbs').map((verb) => ({ verb, resource: named, namespace, expected: true }));
  });
}

/** A resource as `kubectl` names it: `pods/exec`, `jobs.batch`. */
function inGroup(resource: string, group: string): string {
  const [whole = '', sub] = resource.split('/');
  return `${group === '' ? whole : `${whole}.${group}`}${sub === undefined ? '' : `/${sub}`}`;
}

function texts(value: unknown, key: string): readonly string[] {
  return listAt(value, key).map(String);
}

/** A case's path in the names of one cluster. */
export const placed = (path: string, names: Names): string => fill(path, names);

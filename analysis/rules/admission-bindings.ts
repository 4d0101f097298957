import { listAt, stringAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import {
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { flatMapClaims } from './claims';
import { isManaged } from './presence';

const GROUP = 'admissionregistration.k8s.io';
const KINDS = ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'];
const POLICIES = KINDS.map((kind) => `${kind}.${GROUP}`);
const BINDINGS = KINDS.map((kind) => `${kind}Binding.${GROUP}`);

const POLICY = 'policy ';
const BINDING = 'binding ';
const EVERYTHING = '*';
/** The first word of a policy that wants parameters, and of a binding that gives them. */
const PARAMETERS = 'parameters';

/** A policy that nothing binds is text, and one that is bound for some operations is silent about the others. */
export const boundAdmission: ClusterRule = {
  id: 'DRN196',
  title: 'every admission policy is bound for all that it matches, and refuses',
  why: 'the API server reads a policy only where a binding names it, and a binding without Deny only takes notes',
  remedy:
    'add a binding with this policyName, its parameters and, for a validating policy, Deny among its validationActions',
  control: 'CTR-3',
  kinds: [...POLICIES, ...BINDINGS],
  claims: (subject) => {
    const { kind, name = '', object } = subject;
    if (kind.endsWith('Binding')) {
      const key = `${kind.slice(0, -'Binding'.length)} ${stringAt(object, 'spec', 'policyName') ?? ''}`;
      return refuses(subject) ? [claimBy(subject, key, '', `${BINDING}${covered(object)}`)] : [];
    }
    if (!isManaged(subject)) return [];
    return [claimBy(subject, `${kind} ${name}`, 'spec', `${POLICY}${matched(object)}`)];
  },
  judge: (claims) => {
    const bindings = new Map<string, string[]>();
    for (const { key, value } of claims) {
      if (value.startsWith(BINDING)) bindings.set(key, [...(bindings.get(key) ?? []), value.slice(BINDING.length)]);
    }
    return flatMapClaims(claims, ({ key, object, field, value }) => {
      const given = value.startsWith(POLICY) ? fault(value.slice(POLICY.length), bindings.get(key) ?? []) : undefined;
      const expected = 'each operation that the policy matches in one binding that refuses';
      return given === undefined ? [] : [{ object, field, given, expected }];
    });
  },
};

/** What is wrong between a policy and its bindings, each told as words. */
function fault(policy: string, bindings: readonly string[]): string | undefined {
  const [wants, ...wanted] = policy.split(' ');
  if (wanted.length === 0) return 'a policy that matches nothing';
  const usable = bindings.filter((words) => wants === '' || words.startsWith(PARAMETERS));
  if (usable.length === 0) return bindings.length === 0 ? 'no binding that refuses' : 'no binding with parameters';
  const held = usable.flatMap((words) => words.split(' ').slice(1));
  if (held.includes(EVERYTHING)) return usable.length === 1 ? undefined : 'a binding for everything beside another';
  const open = wanted.filter((word) => !held.includes(word));
  return open.length === 0 ? undefined : `no binding that refuses for ${open.join(', ')}`;
}

function refuses({ kind, object }: Subject): boolean {
  return kind.startsWith('Mutating') || listAt(object, 'spec', 'validationActions').includes('Deny');
}

function matched(policy: unknown): string {
  const rules = operationsOf(valueAt(policy, 'spec', 'matchConstraints', 'resourceRules'));
  return [valueAt(policy, 'spec', 'paramKind') === undefined ? '' : PARAMETERS, ...rules].join(' ');
}

function covered(binding: unknown): string {
  const rules = valueAt(binding, 'spec', 'matchResources', 'resourceRules');
  const words = rules === undefined ? [EVERYTHING] : operationsOf(rules);
  return [valueAt(binding, 'spec', 'paramRef') === undefined ? '' : PARAMETERS, ...words].join(' ');
}

/** Each group, version, resource and operation of resource rules as one word. */
function operationsOf(rules: unknown): readonly string[] {
  const words = listAt({ rules }, 'rules').flatMap((rule) =>
    textsAt(rule, 'apiGroups').flatMap((group) =>
      textsAt(rule, 'apiVersions').flatMap((version) =>
        textsAt(rule, 'resources').flatMap((resource) =>
          textsAt(rule, 'operations').map((operation) => `${group}/${version}/${resource}:${operation}`),
        ),
      ),
    ),
  );
  return [...new Set(words)].sort();
}

function textsAt(rule: unknown, key: string): readonly string[] {
  return listAt(rule, key).filter((item): item is string => typeof item === 'string');
}

/** Nothing is let through because a policy could not be asked. */
export const closedAdmission: ObjectRule = {
  id: 'DRN197',
  title: 'an admission policy that cannot be asked refuses',
  why: 'with Ignore, or without parameters, a mistake in an expression or a deleted parameter opens what the policy closed',
  remedy: 'write failurePolicy: Fail, and parameterNotFoundAction: Deny wherever objects are created',
  control: 'CTR-3',
  kinds: [...POLICIES, ...BINDINGS],
  check: (subject) => {
    if (!isManaged(subject)) return NOT_APPLICABLE;
    const { kind, object } = subject;
    return outcomeOf(kind.endsWith('Binding') ? lenient(object) : ignoring(object));
  },
};

function ignoring(policy: unknown): readonly Finding[] {
  const given = valueAt(policy, 'spec', 'failurePolicy');
  // Kubernetes takes an absent field for Fail.
  if (given === undefined || given === 'Fail') return [];
  return [{ field: 'spec.failurePolicy', given: show(given), expected: show('Fail') }];
}

/** Objects that are there already may be updated without parameters, so that their tenant can still be taken away. */
function lenient(binding: unknown): readonly Finding[] {
  const param = valueAt(binding, 'spec', 'paramRef');
  if (param === undefined) return [];
  if (valueAt(param, 'name') === undefined && valueAt(param, 'selector') === undefined)
    return [{ field: 'spec.paramRef', given: show(param), expected: 'the name or the selector of the parameters' }];
  const given = valueAt(param, 'parameterNotFoundAction');
  if (given === 'Deny') return [];
  const rules = listAt(binding, 'spec', 'matchResources', 'resourceRules');
  const operations = rules.flatMap((rule) => listAt(rule, 'operations'));
  const onlyUpdates = operations.length > 0 && operations.every((operation) => operation === 'UPDATE');
  if (given === 'Allow' && onlyUpdates) return [];
  return [{ field: 'spec.paramRef.parameterNotFoundAction', given: show(given), expected: show('Deny') }];
}

import { listAt, stringAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import {
  type Claim,
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { isManaged } from './presence';

const GROUP = 'admissionregistration.k8s.io';
const KINDS = ['ValidatingAdmissionPolicy', 'MutatingAdmissionPolicy'];
const POLICIES = KINDS.map((kind) => `${kind}.${GROUP}`);
const BINDINGS = KINDS.map((kind) => `${kind}Binding.${GROUP}`);

const POLICY = 'policy ';
const BINDING = 'binding ';
const EVERYTHING = '*';
/** Stands among what a policy matches and a binding covers: parameters are wanted, and given. */
const PARAMETERS = 'parameters';

/** A policy that nothing binds is text, and one that is bound for some operations is silent about the others. */
export const boundAdmission: ClusterRule = {
  id: 'DRN196',
  title: 'every admission policy is bound for all that it matches, and refuses',
  why: 'the API server reads a policy only where a binding names it, and a binding without Deny only takes notes',
  remedy: 'add a binding with this policyName and, for a validating policy, Deny among its validationActions',
  control: 'CTR-3',
  kinds: [...POLICIES, ...BINDINGS],
  claims: (subject) => {
    const { kind, name = '', object } = subject;
    if (!kind.endsWith('Binding')) {
      const matched = [...operationsOf(valueAt(object, 'spec', 'matchConstraints', 'resourceRules'))].sort();
      const wanted = valueAt(object, 'spec', 'paramKind') === undefined ? matched : [...matched, PARAMETERS];
      return isManaged(subject) ? [claimBy(subject, `${kind} ${name}`, 'spec', `${POLICY}${wanted.join(' ')}`)] : [];
    }
    const key = `${kind.slice(0, -'Binding'.length)} ${stringAt(object, 'spec', 'policyName') ?? ''}`;
    return [claimBy(subject, key, '', `${BINDING}${bound(subject)}`)];
  },
  judge: (claims) => {
    const held = boundOperations(claims);
    return [...claims].flatMap(({ key, object, field, value }) => {
      if (!value.startsWith(POLICY)) return [];
      const open = value
        .slice(POLICY.length)
        .split(' ')
        .filter((one) => !covers(held.get(key), one));
      const given = held.has(key) ? `no binding that refuses for ${open.join(', ')}` : 'no binding that refuses';
      return open.length === 0 ? [] : [{ object, field, given, expected: 'a binding for all that the policy matches' }];
    });
  },
};

function covers(held: ReadonlySet<string> | undefined, one: string): boolean {
  return held !== undefined && (held.has(one) || (one !== PARAMETERS && held.has(EVERYTHING)));
}

/** What bindings that refuse cover, by policy. */
function boundOperations(claims: Iterable<Claim>): ReadonlyMap<string, ReadonlySet<string>> {
  const held = new Map<string, Set<string>>();
  for (const { key, value } of claims) {
    if (!value.startsWith(BINDING) || value === BINDING) continue;
    const known = held.get(key) ?? new Set();
    for (const one of value.slice(BINDING.length).split(' ')) known.add(one);
    held.set(key, known);
  }
  return held;
}

/** What a binding covers as one text; empty where it refuses nothing. */
function bound({ kind, object }: Subject): string {
  const refuses = kind.startsWith('Mutating') || listAt(object, 'spec', 'validationActions').includes('Deny');
  if (!refuses) return '';
  const rules = valueAt(object, 'spec', 'matchResources', 'resourceRules');
  const covered = rules === undefined ? [EVERYTHING] : [...operationsOf(rules)].sort();
  return [...covered, ...(valueAt(object, 'spec', 'paramRef') === undefined ? [] : [PARAMETERS])].join(' ');
}

/** Each group, resource and operation of resource rules as one word. */
function operationsOf(rules: unknown): ReadonlySet<string> {
  return new Set(
    listAt({ rules }, 'rules').flatMap((rule) =>
      textsAt(rule, 'apiGroups').flatMap((group) =>
        textsAt(rule, 'resources').flatMap((resource) =>
          textsAt(rule, 'operations').map((operation) => `${group}/${resource}:${operation}`),
        ),
      ),
    ),
  );
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
  const given = valueAt(param, 'parameterNotFoundAction');
  if (param === undefined || given === 'Deny') return [];
  const rules = listAt(binding, 'spec', 'matchResources', 'resourceRules');
  const operations = rules.flatMap((rule) => listAt(rule, 'operations'));
  const onlyUpdates = operations.length > 0 && operations.every((operation) => operation === 'UPDATE');
  if (given === 'Allow' && onlyUpdates) return [];
  return [{ field: 'spec.paramRef.parameterNotFoundAction', given: show(given), expected: show('Deny') }];
}

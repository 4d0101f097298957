import { isRecord, listAt, recordAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import {
  type Claim,
  type ClusterFinding,
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { parseQuantity } from './quantity';

/**
 * Quota names that bound one container, by the field of the limit range. A maximum bounds the limit; the request may be
 * smaller, but for devices (`nvidia.com/gpu`), where both are one.
 */
const BOUNDS: Readonly<Record<string, (resource: string) => readonly string[]>> = {
  max: (resource) => [resource.includes('/') ? `requests.${resource}` : `limits.${resource}`],
  default: (resource) => [`limits.${resource}`],
  defaultRequest: (resource) => [`requests.${resource}`, resource],
};

/** What the range lets one container have, the quota can give. */
export const quotaCoversLimits: ClusterRule = {
  id: 'DRN140',
  title: 'a quota has room for the largest container its limit range allows',
  why: 'a container that is allowed but never fits stays pending for ever, and nobody is told why',
  remedy: 'raise the quota or lower the limit range',
  control: 'SCN-1',
  kinds: ['ResourceQuota.core', 'LimitRange.core'],
  claims: (subject) => (subject.kind === 'ResourceQuota' ? quotaClaims(subject) : limitClaims(subject)),
  judge: (claims) => {
    const quotas = new Map<string, string>();
    const wanted: Claim[] = [];
    for (const claim of claims) {
      if (claim.owner !== QUOTA) wanted.push(claim);
      else if (!less(quotas.get(claim.key) ?? claim.value, claim.value)) quotas.set(claim.key, claim.value);
    }
    return wanted.flatMap(({ key, object, field, value }): readonly ClusterFinding[] => {
      const quota = quotas.get(key);
      if (quota === undefined || quota === value || !less(quota, value)) return [];
      return [
        { object, field, given: value, expected: `at most the quota of ${quota} (${key.slice(key.indexOf(' ') + 1)})` },
      ];
    });
  },
};

/** Stands in the owner's place: these claims are told apart by what they are, not by whose. */
const QUOTA = 'quota';

/** Names of a quota that can bound a container; the others count objects and volumes. */
const BOUNDING = /^(?:(?:limits|requests)\.(?!storage$)|cpu$|memory$|ephemeral-storage$)/;

/** A scoped quota counts only some pods, so it bounds no container for sure. */
function quotaClaims(subject: Subject): readonly Claim[] {
  const spec = recordAt(subject.object, 'spec');
  if (spec.scopes !== undefined || spec.scopeSelector !== undefined) return [];
  const hard = recordAt(spec, 'hard');
  const claims: Claim[] = [];
  for (const name in hard) {
    const amount = bounds(name) ? textOf(hard[name]) : undefined;
    if (amount === undefined) continue;
    claims.push({ key: `${subject.namespace} ${name}`, owner: QUOTA, object: '', field: '', value: amount });
  }
  return claims;
}

/** Quotas name the same few things over and over. */
const bounding = new Map<string, boolean>();
const MOST_NAMES = 4096;

function bounds(name: string): boolean {
  const known = bounding.get(name);
  if (known !== undefined) return known;
  const bounds = BOUNDING.test(name);
  if (bounding.size < MOST_NAMES) bounding.set(name, bounds);
  return bounds;
}

function limitClaims(subject: Subject): readonly Claim[] {
  return listAt(subject.object, 'spec', 'limits').flatMap((item, index) => {
    if (valueAt(item, 'type') !== 'Container' && valueAt(item, 'type') !== 'Pod') return [];
    return Object.entries(BOUNDS).flatMap(([field, names]) =>
      Object.entries(recordAt(item, field)).flatMap(([resource, value]) => {
        const amount = textOf(value);
        const path = `spec.limits[${index}].${field}["${resource}"]`;
        // the default is at most the maximum, see the next rule
        if (amount === undefined || (field === 'default' && valueAt(item, 'max', resource) !== undefined)) return [];
        return names(resource).map((name) => claimBy(subject, `${subject.namespace} ${name}`, path, amount));
      }),
    );
  });
}

/** Amounts as they are written; what is no quantity is the business of the rule on units. */
function textOf(value: unknown): string | undefined {
  return parseQuantity(value) === undefined ? undefined : String(value);
}

function less(a: string, b: string): boolean {
  return (parseQuantity(a)?.nano ?? 0n) < (parseQuantity(b)?.nano ?? 0n);
}

/** Each field and the next one up. */
const STEPS = ['min', 'defaultRequest', 'default', 'max'] as const;

/** min <= defaultRequest <= default <= max, for every resource. */
export const orderedLimits: ObjectRule = {
  id: 'DRN141',
  title: 'a limit range is in order: min, default request, default, max',
  why: 'the API server takes a range that no container can satisfy, and then refuses every pod',
  remedy: 'put the four amounts of the resource in rising order',
  control: 'SCN-1',
  kinds: ['LimitRange.core'],
  check: ({ object }) => {
    const items = listAt(object, 'spec', 'limits').filter(isRecord);
    if (items.length === 0) return NOT_APPLICABLE;
    return outcomeOf(items.flatMap((item, index) => orderFindings(item, `spec.limits[${index}]`)));
  },
};

function orderFindings(item: unknown, path: string): readonly Finding[] {
  const resources = new Set(STEPS.flatMap((step) => Object.keys(recordAt(item, step))));
  return [...resources].flatMap((resource) => {
    const set = STEPS.filter((step) => parseQuantity(valueAt(item, step, resource)) !== undefined);
    return set.slice(1).flatMap((step, index): readonly Finding[] => {
      const below = set[index] ?? step;
      const low = valueAt(item, below, resource);
      const high = valueAt(item, step, resource);
      if (!less(String(high), String(low))) return [];
      return [
        { field: `${path}.${step}["${resource}"]`, given: show(high), expected: `at least ${show(low)}, the ${below}` },
      ];
    });
  });
}

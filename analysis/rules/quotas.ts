import { isList, isRecord, listAt, recordAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import {
  type Claim,
  type ClusterFinding,
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  type Outcome,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { flatMapClaims } from './claims';
import { Memory, remembered } from './memory';
import { parseQuantity } from './quantity';

const BOUND_FIELDS = ['max', 'default', 'defaultRequest'] as const;

/**
 * Quota names that bound one container, by the field of the limit range. A maximum bounds the limit; the request may be
 * smaller, but for devices (`nvidia.com/gpu`), where both are one.
 */
const BOUNDS: Readonly<Record<(typeof BOUND_FIELDS)[number], (resource: string) => readonly string[]>> = {
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
  claims: (subject) => {
    const isQuota = subject.kind === 'ResourceQuota';
    const value = isQuota ? quotaText(subject) : limitText(subject);
    if (value === '') return NONE;
    const key = `${subject.namespace}`;
    return [isQuota ? { key, owner: QUOTA, object: '', field: '', value } : claimBy(subject, key, '', value)];
  },
  judge: (claims) => {
    const quotas = new Map<string, string>();
    for (const { key, owner, value } of claims) {
      if (owner !== QUOTA) continue;
      const known = quotas.get(key);
      quotas.set(key, known === undefined ? value : `${known}\n${value}`);
    }
    return flatMapClaims(claims, ({ key, owner, object, value }) => {
      const quota = owner === QUOTA ? undefined : quotas.get(key);
      return quota === undefined ? [] : findingsFor(object, linesOf(value), leastOf(quota));
    });
  },
};

/** Stands in the owner's place: these claims are told apart by what they are, not by whose. */
const QUOTA = 'quota';
const NONE: readonly Claim[] = [];

/** One bound, as a quota or a limit range sets it: its name in the quota, the amount, and in a range the field. */
type Line = readonly [name: string, amount: string, field?: string];

/** Namespaces of one size say the same, so what an object says is one text and is read once. */
const linesOf = remembered(1024, (text): readonly Line[] => {
  const read: unknown = JSON.parse(text);
  return isList(read) ? read.flatMap(lineOf) : [];
});

function lineOf(read: unknown): readonly Line[] {
  if (!isList(read)) return [];
  const [name, amount, field] = read;
  if (typeof name !== 'string' || typeof amount !== 'string') return [];
  return [typeof field === 'string' ? [name, amount, field] : [name, amount]];
}

/** Several quotas bound one namespace, a text each: of each name the smallest amount counts. */
const leastOf = remembered(1024, (texts): ReadonlyMap<string, string> => {
  const least = new Map<string, string>();
  for (const [name, amount] of texts.split('\n').flatMap(linesOf)) {
    const known = least.get(name);
    if (known === undefined || less(amount, known)) least.set(name, amount);
  }
  return least;
});

function findingsFor(
  object: string,
  lines: readonly Line[],
  bounds: ReadonlyMap<string, string>,
): readonly ClusterFinding[] {
  const findings: ClusterFinding[] = [];
  for (const [name, given, field = ''] of lines) {
    const quota = bounds.get(name);
    if (quota === undefined || quota === given || !less(quota, given)) continue;
    findings.push({ object, field, given, expected: `at most the quota of ${quota} (${name})` });
  }
  return findings;
}

/** Names of a quota that can bound a container; the others count objects and volumes. */
const BOUNDING = /^(?:(?:limits|requests)\.(?!storage$)|cpu$|memory$|ephemeral-storage$)/;
const bounds = remembered(4096, (name) => BOUNDING.test(name));

const limitTexts = new Memory<string>(1024);

function quotaText({ object }: Subject): string {
  return textOfLines(quotaLines(object));
}

function limitText({ object, specText }: Subject): string {
  return limitTexts.get(specText) ?? limitTexts.keep(specText, textOfLines(limitLines(object)));
}

function textOfLines(lines: readonly Line[]): string {
  return lines.length === 0 ? '' : JSON.stringify(lines);
}

/** A scoped quota counts only some pods, so it bounds no container for sure. */
function quotaLines(object: unknown): readonly Line[] {
  const spec = recordAt(object, 'spec');
  if (spec.scopes !== undefined || spec.scopeSelector !== undefined) return [];
  const hard = recordAt(spec, 'hard');
  const lines: Line[] = [];
  for (const name in hard) {
    const amount = bounds(name) ? textOf(hard[name]) : undefined;
    if (amount !== undefined) lines.push([name, amount]);
  }
  return lines;
}

function limitLines(object: unknown): readonly Line[] {
  const lines: Line[] = [];
  for (const [index, item] of listAt(object, 'spec', 'limits').entries()) {
    const type = valueAt(item, 'type');
    if (type !== 'Container' && type !== 'Pod') continue;
    for (const field of BOUND_FIELDS) {
      const amounts = recordAt(item, field);
      for (const resource in amounts) {
        const amount = textOf(amounts[resource]);
        // the default is at most the maximum, see the next rule
        if (amount === undefined || (field === 'default' && valueAt(item, 'max', resource) !== undefined)) continue;
        const path = `spec.limits[${index}].${field}["${resource}"]`;
        for (const name of BOUNDS[field](resource)) lines.push([name, amount, path]);
      }
    }
  }
  return lines;
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
  check: ({ object, specText }) => orders.get(specText) ?? orders.keep(specText, orderOf(object)),
};

const orders = new Memory<Outcome>(1024);

function orderOf(object: unknown): Outcome {
  const items = listAt(object, 'spec', 'limits').filter(isRecord);
  if (items.length === 0) return NOT_APPLICABLE;
  return outcomeOf(items.flatMap((item, index) => orderFindings(item, `spec.limits[${index}]`)));
}

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

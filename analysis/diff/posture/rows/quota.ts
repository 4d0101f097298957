import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../../../constructs/core/json';
import type { Manifest } from '../../../../constructs/core/manifest';
import { selectorText, textEntries, texts } from '../cluster';
import { type Fact, limitShift, plainShift } from '../fact';

/** Names of limited things as people say them; the four names of GPUs are one thing. */
const NOUNS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)(nvidia|amd|intel)\.com\/|deviceclass\.resource/, 'GPU'],
  [/^count\/resourceclaims/, 'device claim'],
  [/^(requests\.)?cpu$/, 'CPU'],
  [/^limits\.cpu$/, 'CPU limit'],
  [/^(requests\.)?memory$/, 'memory'],
  [/^limits\.memory$/, 'memory limit'],
  [/^(requests\.)?ephemeral-storage$/, 'scratch storage'],
  [/^requests\.storage$/, 'storage'],
];

/** Each hard limit of a quota. Losing the limit widens. */
export function resourceQuotaFacts(object: Manifest): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  const scopes = [
    ...texts(object, 'spec', 'scopes'),
    ...listAt(object, 'spec', 'scopeSelector', 'matchExpressions').map(scopeText),
  ];
  const scope = scopes.length === 0 ? '' : ` for ${scopes.sort().join(', ')}`;
  return textEntries(recordAt(object, 'spec', 'hard')).map(([key, value]) => {
    const noun = `${nounOf(key)} quota of ${namespace}${scope}`;
    return limit(`quota ${namespace} ${key}${scope}`, noun, value);
  });
}

/** Bounds and defaults of a LimitRange. */
export function limitRangeFacts(object: Manifest): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  return listAt(object, 'spec', 'limits').flatMap((entry) => {
    const type = stringAt(entry, 'type') ?? '';
    const say = (field: string, key: string) => `${field} ${nounOf(key)} per ${type.toLowerCase()} in ${namespace}`;
    const bounds = ['max', 'maxLimitRequestRatio'].flatMap((field) =>
      textEntries(valueAt(entry, field)).map(([key, value]) =>
        limit(
          `limits ${namespace} ${type} ${field} ${key}`,
          say(field === 'max' ? 'maximum' : 'largest limit to request ratio of', key),
          value,
        ),
      ),
    );
    const defaults = ['min', 'default', 'defaultRequest'].flatMap((field) =>
      textEntries(valueAt(entry, field)).map(([key, value]) => ({
        id: `limits ${namespace} ${type} ${field} ${key}`,
        having: 'changes' as const,
        gained: '',
        lost: '',
        value,
        changed: plainShift(say(field, key)),
      })),
    );
    return [...bounds, ...defaults];
  });
}

/** Quotas of a Kueue ClusterQueue, what it may borrow, and the cohort it shares with. */
export function clusterQueueFacts(object: Manifest): readonly Fact[] {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const cohort = stringAt(object, 'spec', 'cohortName') ?? stringAt(object, 'spec', 'cohort') ?? 'none';
  const namespaces = valueAt(object, 'spec', 'namespaceSelector');
  const quotas = listAt(object, 'spec', 'resourceGroups').flatMap((group) =>
    listAt(group, 'flavors').flatMap((flavor) =>
      listAt(flavor, 'resources').flatMap((resource) => queueLimits(name, stringAt(flavor, 'name') ?? '', resource)),
    ),
  );
  return [
    ...quotas,
    value(`queue ${name} cohort`, cohort, `the cohort of queue ${name}`),
    value(
      `queue ${name} namespaces`,
      isRecord(namespaces) ? selectorText(namespaces) || 'all' : 'none',
      `the namespaces of queue ${name}`,
      true,
    ),
  ];
}

/** Which ClusterQueue a namespace's queue feeds. */
export function localQueueFacts(object: Manifest): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? '';
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const target = stringAt(object, 'spec', 'clusterQueue') ?? 'none';
  return [
    {
      id: `local queue ${namespace} ${name}`,
      having: 'changes',
      gained: `lets ${namespace} use queue ${target}`,
      lost: `stops ${namespace} using queue ${target}`,
      value: target,
      changed: (before, after) => ({
        direction: 'changes',
        sentence: `moves queue ${namespace}/${name} from ${before} to ${after}`,
      }),
    },
  ];
}

function queueLimits(queue: string, flavor: string, resource: unknown): readonly Fact[] {
  const name = stringAt(resource, 'name') ?? '';
  const noun = `${nounOf(name)} quota of queue ${queue} (${flavor})`;
  const id = `queue ${queue} ${flavor} ${name}`;
  const found = textEntries(resource);
  const at = (key: string) => found.find(([field]) => field === key)?.[1];
  return [
    {
      ...limit(id, noun, at('nominalQuota') ?? '0'),
      having: 'widens',
      gained: `gives ${noun} ${at('nominalQuota') ?? '0'}`,
      lost: `takes away ${noun}`,
    },
    value(`${id} borrowing`, at('borrowingLimit') ?? 'no limit', `the borrowing limit of ${noun}`),
    value(`${id} lending`, at('lendingLimit') ?? 'no limit', `the lending limit of ${noun}`),
  ];
}

function limit(id: string, noun: string, amount: string): Fact {
  return {
    id,
    having: 'narrows',
    gained: `limits ${noun} to ${amount}`,
    lost: `lifts ${noun} (was ${amount})`,
    value: amount,
    changed: limitShift(noun),
  };
}

function value(id: string, text: string, noun: string, opens = false): Fact {
  return {
    id,
    having: 'changes',
    gained: '',
    lost: '',
    value: text,
    changed: plainShift(noun, opens ? 'widens' : 'changes'),
  };
}

function nounOf(key: string): string {
  const storage = /^(.+)\.storageclass\.storage\.k8s\.io\/requests\.storage$/.exec(key);
  if (storage !== null) return `storage (class ${storage[1]})`;
  return NOUNS.find(([pattern]) => pattern.test(key))?.[1] ?? key.replace(/^requests\./, '');
}

function scopeText(expression: unknown): string {
  return `${stringAt(expression, 'scopeName') ?? ''} ${[...texts(expression, 'values')].sort().join(' ')}`.trim();
}

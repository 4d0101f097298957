import { isList, isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import {
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  type Outcome,
  outcomeOf,
  PASS,
  type Subject,
} from '../../constructs/core/rule';
import { rememberedPairs } from './memory';
import { containersOf, mayHoldPods } from './pods';
import { parseQuantity } from './quantity';

/** A map of resource names to quantities, and where it stands. */
interface Amounts {
  readonly path: string;
  readonly amounts: Readonly<Record<string, unknown>>;
}

const ONE = 1_000_000_000n;
const MEBI = 1_048_576n * ONE;
/** No node has as many; an amount above it lost its `m`. */
const MOST_CORES = 100_000n * ONE;
const LIMIT_FIELDS = ['min', 'defaultRequest', 'default', 'max'];
const QUEUE_FIELDS = ['nominalQuota', 'borrowingLimit', 'lendingLimit'];
const FIXED_KINDS = ['ResourceQuota', 'LimitRange', 'PersistentVolumeClaim', 'ClusterQueue'];

/** Quantities mean what they look like. */
export const units: ObjectRule = {
  id: 'DRN106',
  title: 'quantities are valid and in the unit of their resource',
  why: 'memory: 512m is half a byte, cpu: 64Gi is 68 billion cores, and the API server takes both without a word',
  remedy:
    'write cpu in cores or millicores (500m), memory and storage in Mi or Gi, devices and counts as whole numbers',
  control: 'SCN-1',
  kinds: (group, kind) => FIXED_KINDS.includes(kind) || mayHoldPods(group, kind),
  check: (subject) => (isSound(subject) ? PASS : judge(subject)),
};

/** Whether there are quantities and all are right. Nearly always they are, and no path is kept for that. */
function isSound({ object, kind }: Subject): boolean {
  if (kind === 'ResourceQuota') return soundIn(recordAt(object, 'spec', 'hard')) > 0;
  if (kind === 'LimitRange') return soundLimits(listAt(object, 'spec', 'limits')) > 0;
  return kind === 'ClusterQueue' && soundResources(listAt(object, 'spec', 'resourceGroups')) > 0;
}

function soundLimits(items: readonly unknown[]): number {
  let sound = 0;
  for (const item of items) for (const field of LIMIT_FIELDS) sound += soundIn(recordAt(item, field));
  return sound;
}

function soundResources(groups: readonly unknown[]): number {
  let sound = 0;
  for (const group of groups)
    for (const flavor of listAt(group, 'flavors'))
      for (const resource of listAt(flavor, 'resources')) sound += soundQuotas(resource);
  return sound;
}

function soundQuotas(resource: unknown): number {
  const name = stringAt(resource, 'name');
  if (name === undefined) return 0;
  let sound = 0;
  for (const field of QUEUE_FIELDS) {
    const amount = valueAt(resource, field);
    if (amount !== undefined) sound += isRight(name, amount) ? 1 : Number.NaN;
  }
  return sound;
}

/** The number of quantities; not a number where one is not right. */
function soundIn(amounts: Readonly<Record<string, unknown>>): number {
  let sound = 0;
  for (const resource in amounts) {
    if (!isRight(resource, amounts[resource])) return Number.NaN;
    sound += 1;
  }
  return sound;
}

/** A platform has a few sizes of each thing. */
const MOST_AMOUNTS = 4096;
const isRightText = rememberedPairs(MOST_AMOUNTS, (resource, text) => faultOf(resource, text) === undefined);

function isRight(resource: string, amount: unknown): boolean {
  return typeof amount === 'string' ? isRightText(resource, amount) : faultOf(resource, amount) === undefined;
}

function judge(subject: Subject): Outcome {
  const all = amountsOf(subject);
  if (all.every(({ amounts }) => Object.keys(amounts).length === 0)) return NOT_APPLICABLE;
  const findings: Finding[] = [];
  for (const { path, amounts } of all) judgeAmounts(path, amounts, findings);
  return outcomeOf(findings);
}

function judgeAmounts(path: string, amounts: Readonly<Record<string, unknown>>, findings: Finding[]): void {
  for (const resource of Object.keys(amounts)) {
    const expected = faultOf(resource, amounts[resource]);
    if (expected === undefined) continue;
    findings.push({ field: `${path}["${resource.slice(0, 80)}"]`, given: show(amounts[resource]), expected });
  }
}

function amountsOf(subject: Subject): readonly Amounts[] {
  const { object, kind } = subject;
  if (kind === 'ResourceQuota') return [{ path: 'spec.hard', amounts: recordAt(object, 'spec', 'hard') }];
  if (kind === 'LimitRange') return limitAmounts(object);
  if (kind === 'PersistentVolumeClaim') return resourcesAt(object, 'spec.resources', ['spec', 'resources']);
  if (kind === 'ClusterQueue') return queueAmounts(object);
  return containersOf(subject).flatMap(({ path, container }) =>
    resourcesAt(container, `${path}.resources`, ['resources']),
  );
}

function resourcesAt(value: unknown, path: string, keys: readonly string[]): readonly Amounts[] {
  return ['requests', 'limits'].map((key) => ({ path: `${path}.${key}`, amounts: recordAt(value, ...keys, key) }));
}

function limitAmounts(object: unknown): readonly Amounts[] {
  return listAt(object, 'spec', 'limits').flatMap((item, index) =>
    LIMIT_FIELDS.map((key) => {
      return { path: `spec.limits[${index}].${key}`, amounts: recordAt(item, key) };
    }),
  );
}

function queueAmounts(object: unknown): readonly Amounts[] {
  const groups = listAt(object, 'spec', 'resourceGroups');
  return groups.flatMap((group, i) =>
    listAt(group, 'flavors').flatMap((flavor, j) =>
      listAt(flavor, 'resources').flatMap((resource, k) => {
        const name = valueAt(resource, 'name');
        if (!isRecord(resource) || typeof name !== 'string') return [];
        const set = QUEUE_FIELDS.filter((key) => resource[key] !== undefined);
        return set.map((key) => {
          return {
            path: `spec.resourceGroups[${i}].flavors[${j}].resources[${k}].${key}`,
            amounts: { [name]: resource[key] },
          };
        });
      }),
    ),
  );
}

/** What should have been written instead, or undefined where the quantity is right. */
function faultOf(resource: string, value: unknown): string | undefined {
  const quantity = parseQuantity(value);
  if (quantity === undefined) return guess(value);
  const { nano, suffix } = quantity;
  if (nano < 0n) return 'an amount that is not negative';
  const unit = unitOf(resource);
  if (unit === 'cores') {
    if (suffix.endsWith('i')) return 'cores or millicores, such as 4 or 500m';
    return nano > MOST_CORES ? 'cores or millicores; this many need an m' : undefined;
  }
  if (unit === 'bytes') {
    if ('num'.includes(suffix) && suffix !== '') return 'bytes, such as 512Mi; this suffix is a fraction of a byte';
    return nano > 0n && nano < MEBI ? 'at least 1Mi; the unit is missing' : undefined;
  }
  return nano % ONE === 0n ? undefined : 'a whole number';
}

function unitOf(resource: string): 'cores' | 'bytes' | 'pieces' {
  if (/^(?:(?:requests|limits)\.)?cpu$/.test(resource)) return 'cores';
  return /(?:^|[./-])(?:memory|storage)$|^(?:requests\.|limits\.)?hugepages-/.test(resource) ? 'bytes' : 'pieces';
}

/** `512mb` for `512Mi`, `4 Gi` for `4Gi`. */
function guess(value: unknown): string {
  const match = typeof value === 'string' ? /^\s*(\d{1,12})\s*([kmgt])i?b?\s*$/i.exec(value) : null;
  if (match === null) return isList(value) || isRecord(value) ? 'one quantity' : 'a quantity such as 4, 500m or 512Mi';
  return `a quantity such as ${match[1]}${(match[2] ?? '').toUpperCase()}i`;
}

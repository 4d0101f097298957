/** How one key stands over another: it encrypts it, signs it, or makes it. */
export type Bond = 'encrypts' | 'signs' | 'makes';

/** When a key is replaced: after a time, or when something happens. */
export type Period = { readonly seconds: number } | { readonly when: string };

/** A key, certificate or credential of a region, with everything that its rotation needs. It is never the value. */
export interface PlatformKey {
  /** Unique in its region. What has the same id is one line of the calendar. */
  readonly id: string;
  readonly name: string;
  /** What it keeps or proves. */
  readonly use: string;
  /** The keys above it. */
  readonly above: readonly { readonly id: string; readonly bond: Bond }[];
  /** Who replaces it. */
  readonly by: string;
  readonly period: Period;
  /** Object and field that the period is written in, or who decides it where it is in no object. */
  readonly setIn: string;
  /** What becomes of what the old key protected. */
  readonly old: string;
  /** What a person does, and when; absent where nobody has to. */
  readonly byHand?: string;
}

/** A key with the number of objects that say the same of it. */
export interface CountedKey extends PlatformKey {
  readonly count: number;
}

/** Keys of the same id as one, in the order in which they were found. Bonds to keys that nobody has are kept: they show a gap. */
export function counted(keys: readonly PlatformKey[]): readonly CountedKey[] {
  const known = new Map<string, CountedKey>();
  for (const key of keys) {
    const first = known.get(key.id);
    known.set(key.id, first === undefined ? { ...key, count: 1 } : { ...first, count: first.count + 1 });
  }
  return [...known.values()];
}

/** A period in words: `30 days`, `1 hour`, or the event. */
export function periodText(period: Period): string {
  if ('when' in period) return period.when;
  const { seconds } = period;
  for (const [unit, length] of UNITS) {
    if (seconds % length === 0 && seconds >= length) return plural(seconds / length, unit);
  }
  return plural(seconds, 'second');
}

const UNITS: readonly (readonly [unit: string, seconds: number])[] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

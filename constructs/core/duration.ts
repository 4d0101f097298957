import { durationPattern } from './boundary';

/** A length of time in whole minutes, hours or days, such as `15m`, `72h` or `30d`; `never` cannot be spelled. */
export type Duration = `${number}${'m' | 'h' | 'd'}`;

/** Ways to write a {@link Duration} from a number: `Duration.hours(72)` is `72h`. */
export const Duration = {
  minutes: (amount: number): Duration => `${amount}m`,
  hours: (amount: number): Duration => `${amount}h`,
  days: (amount: number): Duration => `${amount}d`,
} as const;

const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400 };

/** Seconds in a {@link Duration}. */
export function seconds(duration: Duration): number {
  return Number.parseInt(duration, 10) * (SECONDS[duration.slice(-1)] ?? 0);
}

/** A schema of lengths of time from `min` to `max`, both included; its messages name them. */
export function durationBetween(min: Duration, max: Duration) {
  const error = `a length of time from ${min} to ${max}, such as ${min}`;
  return durationPattern(error).refine((value) => seconds(value) >= seconds(min) && seconds(value) <= seconds(max), {
    error,
  });
}

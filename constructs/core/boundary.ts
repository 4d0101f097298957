// The one file where a type is asserted instead of proved; each assertion says what makes it true.
import * as z from 'zod';
import type { Duration } from './duration';
import type { Cpu, Memory } from './units';

/** A string schema whose regular expression admits exactly the spellings of {@link Memory}. */
export const memorySchema = z
  .string()
  .regex(/^[1-9]\d{0,4}(Mi|Gi|Ti)$/, { error: 'a whole number with a binary unit, such as 512Mi, 80Gi or 2Ti' })
  .meta({ examples: ['64Gi'] }) as unknown as z.ZodType<Memory, Memory>;

const CPU = 'a whole number of cores such as 8, or thousandths such as 500m';

/** A schema that admits whole cores, or a string whose regular expression admits exactly thousandths. */
export const cpuSchema = z.union([z.int().min(1).max(100_000), z.string().regex(/^[1-9]\d{0,7}m$/, { error: CPU })], {
  error: CPU,
}) as unknown as z.ZodType<Cpu, Cpu>;

/** A string schema whose regular expression admits exactly the spellings of {@link Duration}. */
export function durationPattern(error: string): z.ZodType<Duration, Duration> {
  return z.string({ error }).regex(/^[1-9]\d{0,5}[mhd]$/, { error, abort: true }) as unknown as z.ZodType<
    Duration,
    Duration
  >;
}

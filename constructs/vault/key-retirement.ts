import * as z from 'zod';
import { durationBetween, seconds } from '../core/duration';

/**
 * When a version of a key stops decrypting. There is no default: only who encrypts knows for how long a text must stay
 * readable, and a version that is retired too early takes data with it.
 */
export const keyRetirementSchema = z.strictObject(
  {
    after: durationBetween('1d', '3650d').describe(
      'how long what was encrypted last with a version must stay readable, backups included',
    ),
    once: z
      .literal('reencrypted')
      .optional()
      .describe('the key seals a store: a version is retired only when nothing in the store is sealed with it'),
  },
  { error: 'how long texts must stay readable: `{ after: 90d }`' },
);

/** When a version of a key stops decrypting, as a person writes it. */
export type KeyRetirement = z.input<typeof keyRetirementSchema>;

/** Versions of a key, as Vault tells them. */
export interface KeyVersions {
  readonly newest: number;
  /** The oldest that still decrypts. */
  readonly oldest: number;
  /** When each version that decrypts was made, in seconds of Unix time. */
  readonly made: ReadonlyMap<number, number>;
}

/**
 * The oldest version that must go on decrypting; times in seconds of Unix time. A version encrypts until the next one is
 * made, so that its last text is as old as the next version: the one before a version made more than `after` ago may go. The
 * newest always stays, and a version that was retired does not come back.
 */
export function oldestKept({ newest, oldest, made }: KeyVersions, { after }: KeyRetirement, now: number): number {
  const superseded = [...made]
    .filter(([version, at]) => version <= newest && now - at > seconds(after))
    .map(([version]) => version);
  return Math.max(oldest, ...superseded);
}

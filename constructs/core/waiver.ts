import * as z from 'zod';

/**
 * Permission to break one rule for one scope, for a while. Whoever grants it is named; after `expires` the rule bites
 * again. The tree never looks at the clock: the gate that runs the rules compares the date.
 */
export const waiverSchema = z.strictObject({
  /** Rule id, such as `DRN101`. */
  rule: z.string().regex(/^[A-Z]{2,4}\d{2,4}$/),
  /** Object the waiver covers, as `Kind namespace/name` (`Kind name` for cluster-scoped kinds). */
  scope: z.string().min(1),
  reason: z.string().min(10),
  /** Who answers for it: an address or a group. */
  owner: z.string().min(3),
  /** Last day it holds, as `YYYY-MM-DD` in UTC. */
  expires: z.iso.date(),
});

/** A parsed waiver. */
export type Waiver = Readonly<z.output<typeof waiverSchema>>;

/** Whether the waiver still holds on `today` (`YYYY-MM-DD`, UTC); the last day counts. */
export function isLive(waiver: Waiver, today: string): boolean {
  return today <= waiver.expires;
}

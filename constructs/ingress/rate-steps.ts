import * as z from 'zod';

/**
 * Requests a minute that can be counted over all proxies together. A closed table, because who counts them reads it from the
 * platform's own configuration: a tenant names a step and never changes that configuration, nor what stands in it for others.
 */
export const RATE_STEPS = [
  10, 20, 30, 60, 120, 240, 300, 600, 1_200, 2_400, 3_000, 6_000, 12_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  1_200_000, 3_000_000, 6_000_000,
] as const;

/** The steps just below and just above a number: one where it is a step itself, or beyond the table. */
export function nearestSteps(perMinute: number): readonly number[] {
  const below = RATE_STEPS.findLast((step) => step <= perMinute);
  const above = RATE_STEPS.find((step) => step >= perMinute);
  return [...new Set([below, above])].filter((step) => step !== undefined);
}

/** A number of requests a minute from the table. */
export const rateStep = z.int().superRefine((perMinute, context) => {
  const near = nearestSteps(perMinute);
  if (near.includes(perMinute)) return;
  context.addIssue({ code: 'custom', message: `a step of the table of rates: ${near.join(' or ')}` });
});

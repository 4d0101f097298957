import * as z from 'zod';
import { tenantName } from '../../constructs/core/names';
import { parseOrThrow } from '../../constructs/core/parse';

const unset = z.literal('').transform(() => undefined);

/** The configuration of a stack as Pulumi stores it: every value a text. */
const settingsSchema = z.strictObject({
  /** Date that waivers are held against; empty for the current one. */
  'drun:today': z.union([unset, z.iso.date()], { error: 'a date such as 2026-11-22' }).optional(),
  'vault:address': z
    .union([unset, z.string().regex(/^https:\/\/[a-z0-9.-]*(\{region\})?[a-z0-9.-]+(:\d{2,5})?$/)], {
      error: 'an https address, with {region} in it where each region has a Vault of its own',
    })
    .optional(),
  /** Tenants whose stateful objects may be deleted, separated by commas: the first step of off-boarding. */
  'drun:unprotect': z
    .union([
      unset,
      z
        .string()
        .transform((text) => text.split(',').map((name) => name.trim()))
        .pipe(z.array(tenantName)),
    ])
    .optional(),
});

/** Keys of a stack's configuration that this program reads; others belong to providers. */
export const SETTING_KEYS = settingsSchema.keyof().options;

/** What a stack's configuration says. */
export interface Settings {
  /** `YYYY-MM-DD`; absent for the current date. */
  readonly today?: string;
  /** Where Vault is, with `{region}` where each region has its own; absent while it is not configured. */
  readonly vaultAddress?: string;
  /** Tenants whose stateful objects may be deleted. */
  readonly unprotected: readonly string[];
}

/** Parses a stack's configuration, reading each key through `read`. Throws a `ProblemError` with every mistake. */
export function readSettings(read: (key: string) => string | undefined): Settings {
  const given = SETTING_KEYS.flatMap((key) => {
    const value = read(key);
    return value === undefined ? [] : [[key, value]];
  });
  const parsed = parseOrThrow(settingsSchema, Object.fromEntries(given));
  const { 'drun:today': today, 'vault:address': vaultAddress, 'drun:unprotect': unprotected = [] } = parsed;
  return {
    ...(today === undefined ? {} : { today }),
    ...(vaultAddress === undefined ? {} : { vaultAddress }),
    unprotected,
  };
}

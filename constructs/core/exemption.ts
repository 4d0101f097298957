import * as z from 'zod';
import type { ManifestMetadata } from './manifest';

/** Why something is less safe than it could be, who answers for it, and the last day that it may stay so. */
export const exemptionSchema = z.strictObject({
  because: z.string().min(10).max(200),
  owner: z.string().min(3).max(120),
  expires: z.iso
    .date({ error: 'a date such as 2027-03-31' })
    .describe('last day that it holds; `check` fails after it'),
});

/** A parsed exemption. */
export type Exemption = Readonly<z.output<typeof exemptionSchema>>;

/** Annotations that carry an exemption to wherever its object goes; `check` fails after the last day. */
export const EXEMPTION_ANNOTATION = {
  because: 'drun.io/exempt-because',
  owner: 'drun.io/exempt-owner',
  expires: 'drun.io/exempt-until',
} as const;

/** Metadata with the reason why its object is less safe than it could be; of several the first to end counts. */
export function exempted(metadata: ManifestMetadata, ...exemptions: readonly Exemption[]): ManifestMetadata {
  const [first, ...others] = exemptions;
  if (first === undefined) return metadata;
  const { because, owner, expires } = others.reduce((one, other) => (other.expires < one.expires ? other : one), first);
  return {
    ...metadata,
    annotations: {
      ...metadata.annotations,
      [EXEMPTION_ANNOTATION.because]: because,
      [EXEMPTION_ANNOTATION.owner]: owner,
      [EXEMPTION_ANNOTATION.expires]: expires,
    },
  };
}

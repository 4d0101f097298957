import * as z from 'zod';
import { shortName } from '../core/names';

/** Ranges of addresses, and never all of them. */
export const addressRanges = z
  .array(z.union([z.cidrv4(), z.cidrv6()], { error: 'an address range such as 192.0.2.0/24' }))
  .min(1)
  .max(500)
  .refine((ranges) => ranges.every((range) => !range.endsWith('/0')), {
    error: 'some ranges, not every address',
  });

/** An image by repository and digest; one without a digest is found by `check`, which then needs a waiver. */
export const imageReference = z
  .string()
  .regex(/^[a-z0-9.-]+(:\d{2,5})?\/[a-z0-9._/-]+(:[A-Za-z0-9._-]{1,128})?(@sha256:[a-f0-9]{64})?$/, {
    error: 'an image with its registry and digest, such as registry.example.com/drun/waf@sha256:...',
  });

/** The name of a Secret in the edge's namespace, and the key in it; never what is in it. */
export const secretKey = z.strictObject({ secret: shortName, key: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/) });

import * as z from 'zod';
import { type Exemption, exempted, exemptionSchema } from './exemption';
import type { ManifestMetadata } from './manifest';
import { shortName } from './names';

/** Ranges of addresses, and never all of them. */
export const addressRanges = z
  .array(z.union([z.cidrv4(), z.cidrv6()], { error: 'an address range such as 192.0.2.0/24' }))
  .min(1)
  .max(500)
  .refine((ranges) => ranges.every((range) => !range.endsWith('/0')), {
    error: 'some ranges, not every address',
  });

const NAME = '[a-z0-9.-]+(:\\d{2,5})?/[a-z0-9._/-]+(:[A-Za-z0-9._-]{1,128})?';

/** An image by what is in it. */
export const imageReference = z.string().regex(new RegExp(`^${NAME}@sha256:[a-f0-9]{64}$`), {
  error: 'an image with its registry and digest, such as registry.example.com/drun/waf@sha256:...',
});

/** One that is not built yet has no digest: it says why, and until when. */
export const ownImage = z.union([
  imageReference,
  z.strictObject({
    unpinned: z.string().regex(new RegExp(`^${NAME}$`), { error: 'an image with its registry, without a digest' }),
    ...exemptionSchema.shape,
  }),
]);

/** A parsed image of the platform's own. */
export type OwnImage = Readonly<z.output<typeof ownImage>>;

/** What a container names. */
export function imageName(image: OwnImage): string {
  return typeof image === 'string' ? image : image.unpinned;
}

/** Metadata of what runs images: one whose digest is not known yet says why, and until when. */
export function runs(metadata: ManifestMetadata, ...images: readonly OwnImage[]): ManifestMetadata {
  return exempted(metadata, ...unpinned(images));
}

/** Why images are not known by what is in them. */
export function unpinned(images: readonly OwnImage[]): readonly Exemption[] {
  return images.filter((image) => typeof image !== 'string');
}

/** The name of a Secret in the edge's namespace, and the key in it; never what is in it. */
export const secretKey = z.strictObject({ secret: shortName, key: z.string().regex(/^[A-Za-z0-9._-]{1,100}$/) });

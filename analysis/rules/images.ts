import { EXEMPTION_ANNOTATION } from '../../constructs/core/exemption';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type Subject } from '../../constructs/core/rule';
import { containersOf, imageVolumesIn, mayHoldPods, podsOf } from './pods';

/** `name@sha256:<64 hex>`, with or without a tag; the only digest that registries and Kubernetes share. */
const PINNED = /^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$/;

/** Every image is named by what is in it. */
export const pinnedImages: ObjectRule = {
  id: 'DRN110',
  title: 'every image is pinned by digest',
  why: 'a tag can be moved after it was scanned and signed; only a digest is what was checked',
  remedy: `write the image as name@sha256:<digest>; what the platform itself has yet to build says why with ${Object.values(EXEMPTION_ANNOTATION).join(', ')}`,
  control: 'CTR-2',
  kinds: mayHoldPods,
  check: (subject) => {
    const images = imagesOf(subject);
    if (images.length === 0 || isExempt(subject)) return NOT_APPLICABLE;
    const loose = images.filter(({ image }) => typeof image !== 'string' || !PINNED.test(image));
    return outcomeOf(
      loose.map(
        ({ path, image }): Finding => ({
          field: path,
          given: show(image),
          expected: 'an image with @sha256: and 64 hex digits',
        }),
      ),
    );
  },
};

/** A component of the platform that has yet to be built, until a day that another rule holds it to (DRN350). */
function isExempt({ component, annotations }: Subject): boolean {
  return component !== undefined && Object.values(EXEMPTION_ANNOTATION).every((key) => Boolean(annotations[key]));
}

function imagesOf(subject: Subject): readonly { path: string; image: unknown }[] {
  const volumes = podsOf(subject).flatMap(imageVolumesIn);
  return [
    ...containersOf(subject).map(({ path, container }) => ({ path: `${path}.image`, image: container.image })),
    ...volumes,
  ];
}

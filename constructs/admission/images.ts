import { list } from './cel';
import type { PodRule } from './pod-rule';
import type { Check } from './policy';
import type { AdmissionSettings } from './settings';

/** Names under which the mesh's injector adds containers. */
export const MESH_CONTAINERS = ['istio-proxy', 'istio-init', 'istio-validation'] as const;

/** CEL: container `c` is the mesh's own, by name and image. */
export function isMeshContainer({ meshImages }: AdmissionSettings): string {
  return `(c.name in ${list(MESH_CONTAINERS)} && ${isMeshImage(meshImages)})`;
}

function isMeshImage(meshImages: readonly string[]): string {
  return `${list(meshImages)}.exists(m, c.?image.orValue('').startsWith(m + '@') || c.?image.orValue('').startsWith(m + ':'))`;
}

const digest = (image: string): string => `${image}.matches('@sha256:[0-9a-f]{64}$')`;
const granted = (image: string): string =>
  `(params.spec.registries.exists(r, ${image}.startsWith(r)) && !${image}.contains('..') && !${image}.contains('//'))`;

/**
 * CEL: the image as it may be repeated. What an `@` stands in that is no digest's may be a password, and the sentence goes
 * into the log of the API server and into audit events as well.
 */
const shown = (image: string): string =>
  `(${image}.matches('^[^@]*(@sha256:[0-9a-f]+)?$') ? ${image} : '(hidden: an @ that is not that of a digest)')`;

/** Where images come from: the tenant's registries, by digest, checked against the registry at each start. */
export function podImages(settings: AdmissionSettings): PodRule {
  return {
    id: 'images',
    controls: { 'CTR-2': 'images are named by digest and come from the registries of the tenant' },
    params: true,
    variables: { imageVolumes: 'variables.podSpec.?volumes.orValue([]).filter(v, has(v.image))' },
    checks: (strict) => [...fromRegistries(settings), ...byDigest(), ...pulledAlways(strict), meshName(settings)],
  };
}

function fromRegistries(settings: AdmissionSettings): readonly Check[] {
  return [
    {
      rows: ['S09'],
      each: 'variables.containers',
      as: 'c',
      holds: `${granted("c.?image.orValue('')")} || ${isMeshContainer(settings)}`,
      given: `image {${shown("c.?image.orValue('(none)')")}} of container {c.name}`,
      expected: "an image below {params.spec.registries.join(' ')}",
      remedy: 'push it to your registry',
    },
    {
      rows: ['S09'],
      each: 'variables.imageVolumes',
      as: 'v',
      holds: granted("v.image.?reference.orValue('')"),
      given: `image {${shown("v.image.?reference.orValue('(none)')")}} of volume {v.name}`,
      expected: "an image below {params.spec.registries.join(' ')}",
      remedy: 'push it to your registry',
    },
  ];
}

function byDigest(): readonly Check[] {
  return [
    {
      rows: ['S10'],
      each: 'variables.containers',
      as: 'c',
      holds: digest("c.?image.orValue('')"),
      given: `image {${shown("c.?image.orValue('(none)')")}} of container {c.name}`,
      expected: 'an image by digest, ending in @sha256: and 64 hexadecimal digits',
      remedy: 'name the digest that your build pushed',
    },
    {
      rows: ['S10'],
      each: 'variables.imageVolumes',
      as: 'v',
      holds: digest("v.image.?reference.orValue('')"),
      given: `image {${shown("v.image.?reference.orValue('(none)')")}} of volume {v.name}`,
      expected: 'an image by digest, ending in @sha256: and 64 hexadecimal digits',
      remedy: 'name the digest that your build pushed',
    },
  ];
}

/** In a pod the default has made `IfNotPresent` into `Always`; in a template only `Never` cannot have been meant well. */
function pulledAlways(strict: boolean): readonly Check[] {
  const pulled = (item: string): string =>
    strict ? `${item}.?pullPolicy.orValue('Always') == 'Always'` : `${item}.?pullPolicy.orValue('Always') != 'Never'`;
  return [
    {
      rows: ['S10'],
      each: 'variables.containers',
      as: 'c',
      holds: pulled('c').replace('pullPolicy', 'imagePullPolicy'),
      given: "imagePullPolicy {c.?imagePullPolicy.orValue('(none)')} of container {c.name}",
      expected: 'Always, so that the registry decides at each start who may run the image',
      remedy: 'remove imagePullPolicy',
    },
    {
      rows: ['S10'],
      each: 'variables.imageVolumes',
      as: 'v',
      holds: pulled('v.image'),
      given: "pullPolicy {v.image.?pullPolicy.orValue('(none)')} of volume {v.name}",
      expected: 'Always',
      remedy: 'remove pullPolicy',
    },
  ];
}

function meshName(settings: AdmissionSettings): Check {
  return {
    rows: ['S19'],
    each: 'variables.containers',
    as: 'c',
    holds: `!(c.name in ${list(MESH_CONTAINERS)}) || ${isMeshContainer(settings)}`,
    given: `container {c.name} with image {${shown("c.?image.orValue('(none)')")}}`,
    expected: 'the mesh’s own image under that name',
    remedy: 'rename the container',
  };
}

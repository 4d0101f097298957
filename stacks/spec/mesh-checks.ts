import type { MeshSettings } from '../../constructs/mesh/mesh-settings';

/** What the checks of a mesh over several regions read of each. */
interface MeshRegion {
  readonly name: string;
  readonly mesh: MeshSettings;
  readonly facts: { readonly trustDomain: string };
  readonly vault?: unknown;
}

/** A mistake of one region, at a field below it. */
export interface RegionMistake {
  readonly region: number;
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
}

/**
 * What regions of one mesh must have in common, and what each must have for itself. Ambient and sidecar meshes do not meet
 * across clusters, identities of another trust domain are nobody's, and a network that two regions share is none between them.
 */
export function meshMistakes(regions: readonly MeshRegion[]): readonly RegionMistake[] {
  const [first] = regions.filter(({ mesh }) => mesh.clusters.mode === 'multi-primary');
  if (first === undefined) return [];
  return regions.flatMap((region, i) => [
    ...alone(region, i, regions.length),
    ...different(first, region, i),
    ...sharedNetwork(regions, i),
    ...unsigned(region, i),
  ]);
}

function alone({ mesh }: MeshRegion, region: number, count: number): readonly RegionMistake[] {
  if (mesh.clusters.mode === 'single')
    return [
      mistake(
        region,
        ['mesh', 'clusters', 'mode'],
        'multi-primary, as other regions are',
        'let all regions join, or none',
      ),
    ];
  return count > 1
    ? []
    : [
        mistake(
          region,
          ['mesh', 'clusters', 'mode'],
          'single, because the environment has one region',
          'add a region or write single',
        ),
      ];
}

function different(first: MeshRegion, region: MeshRegion, index: number): readonly RegionMistake[] {
  const facts: readonly (readonly [readonly string[], (of: MeshRegion) => string | undefined])[] = [
    [['facts', 'trustDomain'], ({ facts: { trustDomain } }) => trustDomain],
    [['mesh', 'dataPlane'], ({ mesh }) => mesh.dataPlane],
    [
      ['mesh', 'clusters', 'mesh'],
      ({ mesh: { clusters } }) => (clusters.mode === 'single' ? undefined : clusters.mesh),
    ],
  ];
  return facts.flatMap(([path, read]) =>
    read(region) === undefined || read(region) === read(first)
      ? []
      : [mistake(index, path, `${read(first)}, as ${first.name} has it`, 'regions of one mesh have it in common')],
  );
}

function sharedNetwork(regions: readonly MeshRegion[], index: number): readonly RegionMistake[] {
  const networks = regions.map(({ name, mesh: { clusters } }) =>
    clusters.mode === 'single' ? undefined : (clusters.network ?? name),
  );
  const own = networks[index];
  return own === undefined || networks.indexOf(own) === index
    ? []
    : [
        mistake(
          index,
          ['mesh', 'clusters', 'network'],
          'a network that no other region has',
          'leave it out, or rename it',
        ),
      ];
}

/** Nobody would sign its intermediate, and its control plane would wait for ever. */
function unsigned({ mesh: { clusters }, vault }: MeshRegion, index: number): readonly RegionMistake[] {
  if (clusters.mode === 'single' || vault !== undefined || clusters.authority.server !== undefined) return [];
  const path = ['mesh', 'clusters', 'authority'];
  return [mistake(index, path, 'the `server` of a Vault', 'name it, or add `vault` to the region')];
}

function mistake(region: number, path: readonly string[], message: string, remedy: string): RegionMistake {
  return { region, path, message, remedy };
}

import type { ClusterPlan } from '../charts/cluster';
import { namespaceName } from '../constructs/core/object-names';
import { pathText } from '../constructs/core/path';
import type { Problem } from '../constructs/core/problem';
import type { IngressSettings } from '../constructs/ingress/ingress-settings';
import { type MeshPeer, meshMember } from '../constructs/mesh/mesh-settings';
import { markParsed } from '../constructs/tenant/tenant-spec';
import { shardOf } from './shard';
import type { Environment, Region } from './spec/environment';
import { placeIn, type TenantSource } from './spec/tenant-source';
import { vaultMistakes } from './spec/vault-checks';

/** A tenant with everything the environment decides for it. */
export interface PlannedTenant {
  readonly source: TenantSource;
  readonly regions: readonly string[];
  readonly shard: number;
}

/** A region with the tenants that land in it, by name. */
export interface PlannedRegion {
  readonly region: Region;
  readonly tenants: readonly PlannedTenant[];
}

/** What will be built, and what speaks against it. */
export interface Plan {
  readonly environment: Environment;
  readonly regions: readonly PlannedRegion[];
  readonly tenants: readonly PlannedTenant[];
}

/** Puts tenants and environment together. Tenants come out sorted by name, whatever the order of their files. */
export function planEnvironment(environment: Environment, sources: readonly TenantSource[]): Plan {
  const home = environment.regions.find(({ role }) => role === 'active') ?? environment.regions[0];
  const tenants = [...sources]
    .sort((a, b) => (a.outline.name < b.outline.name ? -1 : 1))
    .map((source) => ({
      source,
      regions: source.outline.regions ?? (home === undefined ? [] : [home.name]),
      shard: source.outline.shard ?? shardOf(source.outline.name, environment.shards),
    }));
  const regions = environment.regions.map((region) => ({
    region,
    tenants: tenants.filter((tenant) => tenant.regions.includes(region.name)),
  }));
  return { environment, regions, tenants };
}

/** The edge of a region, with what follows from its environment: whose tokens it believes, who owns its DNS records. */
function edgeOf(environment: Environment, region: string, ingress: IngressSettings): IngressSettings {
  const issuers = ingress.issuers.length === 0 ? [{ issuer: environment.access.issuer }] : ingress.issuers;
  return { ...ingress, issuers, dns: { ...ingress.dns, owner: ingress.dns.owner ?? `${environment.name}-${region}` } };
}

/** What `charts` builds a cluster from. */
export function clusterPlan(environment: Environment, region: Region, tenants: readonly PlannedTenant[]): ClusterPlan {
  return {
    facts: region.facts,
    access: environment.access,
    storage: region.storage,
    controlPlane: region.controlPlane,
    ingress: region.ingress && edgeOf(environment, region.name, region.ingress),
    mesh: region.mesh,
    vault: region.vault,
    tenants: tenants.flatMap(({ source }) => (source.spec === undefined ? [] : [markParsed(source.spec)])),
    peers: environment.regions.flatMap((other) => (other.name === region.name ? [] : meshPeer(other))),
    failover: environment.regions.flatMap(({ name, failover }) =>
      failover === undefined ? [] : [{ from: name, to: failover }],
    ),
  };
}

/** A region as the others of its mesh know it; none where it stands alone. */
function meshPeer({ name, mesh, facts }: Region): readonly MeshPeer[] {
  const member = meshMember(mesh, name);
  return member === undefined ? [] : [{ region: name, gateway: member.gateway, apiServerCidrs: facts.apiServerCidrs }];
}

/**
 * Mistakes that no single file shows: between tenants, and between tenants and their environment. Where some files could
 * not be read, `unread` leaves out what is said of peers: the missing one may well stand in such a file.
 */
export function planProblems({ environment, tenants }: Plan, unread: readonly Problem[] = []): readonly Problem[] {
  const byName = new Map<string, PlannedTenant[]>();
  for (const tenant of tenants) {
    const { name } = tenant.source.outline;
    byName.set(name, [...(byName.get(name) ?? []), tenant]);
  }
  return [
    ...tenants.flatMap((tenant) => [
      ...unknownRegions(tenant, environment),
      ...unknownShard(tenant, environment),
      ...foreignMesh(tenant, environment),
      ...loneFailover(tenant, environment),
      ...(unread.length === 0 ? unknownPeers(tenant, byName) : []),
      ...unpublishable(tenant, environment),
      ...uncounted(tenant, environment),
      ...vaultProblems(tenant, environment),
    ]),
    ...[...byName.values()].flatMap(([, ...again]) => again.map(duplicateName)),
    ...sharedNamespaces(tenants),
    ...sharedHosts(tenants),
  ];
}

function unknownRegions({ source, regions }: PlannedTenant, { regions: known }: Environment): readonly Problem[] {
  const names = known.map(({ name }) => name);
  return regions.flatMap((name, i) =>
    names.includes(name)
      ? []
      : [
          problem(
            source,
            'PL101',
            ['regions', i],
            name,
            `a region of the environment: ${names.join(', ')}`,
            'name one of them',
          ),
        ],
  );
}

function unknownShard({ source, shard }: PlannedTenant, { shards }: Environment): readonly Problem[] {
  if (shard < shards) return [];
  return [
    problem(
      source,
      'PL102',
      ['shard'],
      shard,
      `a number below ${shards}`,
      'leave `shard` out or raise `shards` of the environment',
    ),
  ];
}

/** A mesh without node tunnels carries no ambient tenant, and one of several regions carries no tenant with two data planes. */
function foreignMesh({ source, regions }: PlannedTenant, environment: Environment): readonly Problem[] {
  const { mesh } = source.outline;
  const here = environment.regions.filter(({ name }) => regions.includes(name));
  const other = here.filter(({ mesh: { dataPlane } }) => dataPlane !== mesh);
  const joined = here.length > 1 && here.some((region) => region.mesh.clusters.mode === 'multi-primary');
  if (other.length === 0 || (mesh === 'sidecar' && !joined)) return [];
  const expected = `the data plane of ${other.map(({ name }) => name).join(', ')}: ${other[0]?.mesh.dataPlane}`;
  return [problem(source, 'PL112', ['mesh'], mesh, expected, 'take that one, or land in one region only')];
}

function loneFailover({ source, regions }: PlannedTenant, environment: Environment): readonly Problem[] {
  const members = environment.regions.filter(
    ({ name, mesh }) =>
      regions.includes(name) && mesh.clusters.mode === 'multi-primary' && mesh.dataPlane === 'ambient',
  );
  if (!source.outline.failover || members.length > 1) return [];
  const expected = 'a tenant in several regions of one ambient mesh';
  return [problem(source, 'PL113', ['failover'], true, expected, 'name more of its regions, or leave `failover` out')];
}

/** A path needs both ends: the peer must exist, have that namespace, share a region, and say `accept`. */
function unknownPeers(
  tenant: PlannedTenant,
  byName: ReadonlyMap<string, readonly PlannedTenant[]>,
): readonly Problem[] {
  const { source } = tenant;
  const out = source.outline.allow.flatMap(({ to, ports }, i) =>
    'tenant' in to ? [{ peer: to, ports, at: ['allow', i, 'to'] }] : [],
  );
  const into = source.outline.accept.flatMap(({ from, ports }, i) =>
    'tenant' in from ? [{ peer: from, ports, at: ['accept', i, 'from'] }] : [],
  );
  return [
    ...[...out, ...into].flatMap(({ peer, at }) => missingPeer(tenant, peer, at, byName)),
    ...out.flatMap(({ peer, ports, at }) => unaccepted(tenant, peer, ports, at, byName)),
  ];
}

interface PeerName {
  readonly tenant: string;
  readonly namespace: string;
}

function missingPeer(
  { source, regions }: PlannedTenant,
  peer: PeerName,
  at: readonly (string | number)[],
  byName: ReadonlyMap<string, readonly PlannedTenant[]>,
): readonly Problem[] {
  const [other] = byName.get(peer.tenant) ?? [];
  if (other === undefined) {
    const remedy = 'remove the entry, or add the tenant first';
    return [problem(source, 'PL103', [...at, 'tenant'], peer.tenant, 'a tenant of this environment', remedy)];
  }
  const { namespaces } = other.source.outline;
  if (!namespaces.includes(peer.namespace)) {
    const expected = `a namespace of ${peer.tenant}: ${namespaces.join(', ')}`;
    return [problem(source, 'PL104', [...at, 'namespace'], peer.namespace, expected, 'name one of them')];
  }
  if (other.regions.some((region) => regions.includes(region))) return [];
  const expected = `a tenant in ${regions.join(' or ')}`;
  const remedy = `${peer.tenant} is in ${other.regions.join(', ')}: land in a common region or remove the entry`;
  return [problem(source, 'PL105', [...at, 'tenant'], peer.tenant, expected, remedy)];
}

function unaccepted(
  { source }: PlannedTenant,
  peer: PeerName,
  ports: readonly number[],
  at: readonly (string | number)[],
  byName: ReadonlyMap<string, readonly PlannedTenant[]>,
): readonly Problem[] {
  const [other] = byName.get(peer.tenant) ?? [];
  if (other === undefined) return [];
  const own = source.outline.namespaces;
  const accepted = new Set(
    other.source.outline.accept
      .filter(
        ({ from, namespace }) =>
          'tenant' in from &&
          from.tenant === source.outline.name &&
          own.includes(from.namespace) &&
          (namespace ?? peer.namespace) === peer.namespace,
      )
      .flatMap((entry) => entry.ports),
  );
  const missing = ports.filter((port) => !accepted.has(port));
  if (missing.length === 0) return [];
  const remedy = `ask ${peer.tenant} to add \`accept\` from ${source.outline.name} for port ${missing.join(', ')}, or remove the entry`;
  return [
    problem(source, 'PL106', at, `${peer.tenant}:${missing.join(',')}`, `a path that ${peer.tenant} accepts`, remedy),
  ];
}

function duplicateName({ source }: PlannedTenant): Problem {
  return problem(
    source,
    'PL107',
    ['name'],
    source.outline.name,
    'a name that no other tenant has',
    'rename one of them; a name cannot be shared',
  );
}

/** A published host needs an edge that serves it, and a zone in which its name can be made, in each region. */
function unpublishable({ source, regions }: PlannedTenant, environment: Environment): readonly Problem[] {
  const here = environment.regions.filter(({ name }) => regions.includes(name));
  return source.outline.published.flatMap((host, i) => {
    const closed = here.filter(({ ingress }) => ingress === undefined).map(({ name }) => name);
    if (closed.length > 0) {
      const remedy = `add \`ingress\` to ${closed.join(', ')}, or land in regions that have one`;
      return [problem(source, 'PL110', ['expose', i], host, 'regions with an edge', remedy)];
    }
    const zones = here.map(({ ingress }) => ingress?.dns.zones ?? []);
    if (zones.every((own) => own.some((zone) => host === zone || host.endsWith(`.${zone}`)))) return [];
    const expected = `a host in a zone of each of its regions: ${[...new Set(zones.flat())].join(', ')}`;
    return [problem(source, 'PL111', ['expose', i, 'host'], host, expected, 'choose another host, or add its zone')];
  });
}

/** A limit that a tenant asks for over all proxies needs somebody who counts in each of its regions. */
function uncounted({ source, regions }: PlannedTenant, environment: Environment): readonly Problem[] {
  const here = environment.regions.filter(({ name, ingress }) => regions.includes(name) && ingress !== undefined);
  const without = here.filter(({ ingress }) => ingress?.limits.global === undefined).map(({ name }) => name);
  if (without.length === 0) return [];
  const remedy = `add \`ingress.limits.global\` to ${without.join(', ')}, or remove \`rate.global\``;
  return source.outline.counted.map((i) =>
    problem(source, 'PL114', ['expose', i, 'rate', 'global'], 'limits over all proxies', 'regions that count', remedy),
  );
}

/** What a tenant reads stands in the Vault of each of its regions. */
function vaultProblems({ source, regions }: PlannedTenant, environment: Environment): readonly Problem[] {
  const here = environment.regions.filter(({ name }) => regions.includes(name));
  return vaultMistakes(source.outline, here).map(({ code, path, given, expected, remedy }) =>
    problem(source, code, path, given, expected, remedy),
  );
}

/** `beta` + `x-train` and `beta-x` + `train` would be one namespace. */
function sharedNamespaces(tenants: readonly PlannedTenant[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return tenants.flatMap(({ source }) =>
    source.outline.namespaces.flatMap((suffix) => {
      const name = namespaceName(source.outline.name, suffix);
      const owner = owners.get(name);
      owners.set(name, source.outline.name);
      if (owner === undefined || owner === source.outline.name) return [];
      return [
        problem(source, 'PL108', ['namespaces', suffix], name, `a namespace that is not ${owner}’s`, 'rename it'),
      ];
    }),
  );
}

function sharedHosts(tenants: readonly PlannedTenant[]): readonly Problem[] {
  const owners = new Map<string, string>();
  return tenants.flatMap(({ source }) =>
    source.outline.hosts.flatMap((host, i) => {
      const owner = owners.get(host);
      owners.set(host, source.outline.name);
      if (owner === undefined) return [];
      return [
        problem(
          source,
          'PL109',
          ['hosts', i],
          host,
          `a host that is not ${owner}’s`,
          'remove it from one of the two tenants',
        ),
      ];
    }),
  );
}

function problem(
  source: TenantSource,
  code: string,
  path: readonly (string | number)[],
  given: unknown,
  expected: string,
  remedy: string,
): Problem {
  return {
    code,
    path: `${source.outline.name}.${pathText(path)}`,
    given: JSON.stringify(given) ?? 'nothing',
    expected,
    remedy,
    place: placeIn(source.file, path),
  };
}

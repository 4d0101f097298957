import { stringAt } from '../../constructs/core/json';
import { LABEL } from '../../constructs/core/labels';
import { type Claim, type ClusterFinding, type ClusterRule, claimBy, type Subject } from '../../constructs/core/rule';
import { hostsOf, mayNameHosts } from './hostnames';
import { secretKinds, secretPathsOf } from './secret-paths';

/** Tenants with whom an object may share what it claims, separated by spaces; every side has to name the others. */
export const SHARED_ANNOTATION = 'drun.io/shared-with';

/**
 * How components of the platform count: `owner` like any tenant, `silent` not at all (a gateway that lists the hosts of
 * all tenants), `shares` when one claims it, it is there for everybody.
 */
type Components = 'owner' | 'silent' | 'shares';

/** Finds keys that more than one owner claims without the consent of all. */
function judgeExclusive(noun: string, components: Components): ClusterRule['judge'] {
  return (claims) => {
    const byKey = new Map<string, Claim[]>();
    for (const claim of claims) {
      if (claim.owner === '' || (components === 'silent' && claim.owner.startsWith('component '))) continue;
      const known = byKey.get(claim.key);
      if (known === undefined) byKey.set(claim.key, [claim]);
      else known.push(claim);
    }
    return [...byKey].flatMap(([key, own]) => {
      const all = [...own, ...wildcardClaims(key, byKey)];
      const owners = [...new Set(all.map((claim) => claim.owner))].sort();
      if (owners.length < 2 || (components === 'shares' && owners.some((owner) => owner.startsWith('component '))))
        return [];
      return own.flatMap((claim) => findingFor(noun, key, claim, all));
    });
  };
}

/** Claims of `*.example.com` stand against `api.example.com`, and those of `team/*` against `team/db`. */
function wildcardClaims(key: string, byKey: ReadonlyMap<string, readonly Claim[]>): readonly Claim[] {
  const dot = key.indexOf('.');
  const parents = dot < 0 ? [] : [`*${key.slice(dot)}`];
  for (let slash = key.lastIndexOf('/'); slash > 0; slash = key.lastIndexOf('/', slash - 1))
    parents.push(`${key.slice(0, slash)}/*`);
  return parents.filter((parent) => parent !== key).flatMap((parent) => byKey.get(parent) ?? []);
}

function findingFor(noun: string, key: string, claim: Claim, all: readonly Claim[]): readonly ClusterFinding[] {
  const others = all.filter(
    (other) => other.owner !== claim.owner && !(consents(claim, other) && consents(other, claim)),
  );
  if (others.length === 0) return [];
  const given = `${noun} ${JSON.stringify(key.slice(0, 120))}, also claimed by ${[...new Set(others.map((o) => o.owner))].sort().slice(0, 3).join(', ')}`;
  return [{ object: claim.object, field: claim.field, given, expected: `a ${noun} of ${claim.owner} alone` }];
}

function consents(claim: Claim, other: Claim): boolean {
  return claim.value.split(' ').includes(other.owner.replace('tenant ', ''));
}

function exclusiveClaim(subject: Subject, key: string, field: string): Claim {
  const shared = subject.annotations[SHARED_ANNOTATION];
  return claimBy(subject, key, field, typeof shared === 'string' ? shared : '');
}

const REMEDY = `use one of its own, or let every side name the others in the annotation ${SHARED_ANNOTATION}`;

/** One tenant, one queue. */
export const ownQueue: ClusterRule = {
  id: 'DRN130',
  title: 'a cluster queue serves one tenant',
  why: 'whoever can submit to the queue of another spends the quota that the other pays for',
  remedy: REMEDY,
  control: 'GPU-1',
  kinds: ['ClusterQueue.kueue.x-k8s.io', 'LocalQueue.kueue.x-k8s.io'],
  claims: (subject) => {
    const local = subject.kind === 'LocalQueue';
    const queue = local ? stringAt(subject.object, 'spec', 'clusterQueue') : subject.name;
    return queue ? [exclusiveClaim(subject, queue, local ? 'spec.clusterQueue' : 'metadata.name')] : [];
  },
  judge: judgeExclusive('queue', 'shares'),
};

/** One tenant, one dedicated pool. */
export const ownPool: ClusterRule = {
  id: 'DRN131',
  title: 'a dedicated node pool serves one tenant',
  why: 'a pool is leased as a wall: two tenants on its nodes share kernels, caches and GPUs',
  remedy: REMEDY,
  control: 'GPU-1',
  kinds: ['TenantPolicy.policy.drun.io', 'ResourceFlavor.kueue.x-k8s.io', 'NodePool.karpenter.sh'],
  claims: (subject) =>
    POOL_PATHS.flatMap((path) => {
      const pool = stringAt(subject.object, ...path);
      return pool === undefined || pool === '' || pool === 'shared'
        ? []
        : [exclusiveClaim(subject, pool, path.join('.'))];
    }),
  judge: judgeExclusive('pool', 'silent'),
};

const POOL_PATHS: readonly (readonly string[])[] = [
  ['spec', 'pool'],
  ['spec', 'nodeLabels', LABEL.pool],
  ['spec', 'template', 'metadata', 'labels', LABEL.pool],
];

/** One owner, one host. A gateway of the platform lists the hosts of everybody and claims none. */
export const ownHost: ClusterRule = {
  id: 'DRN132',
  title: 'an ingress host belongs to one tenant or component',
  why: 'whoever claims the host of another receives its traffic, its cookies and its certificates',
  remedy: REMEDY,
  control: 'NET-2',
  kinds: (group, kind) => mayNameHosts(group, kind) && kind !== 'ServiceEntry',
  claims: (subject) => {
    if (subject.kind === 'Gateway' && subject.component !== undefined) return [];
    return hostsOf(subject).flatMap(({ path, host }) =>
      typeof host === 'string' && host.includes('.')
        ? [exclusiveClaim(subject, host.toLowerCase().replace(/\.$/, ''), path)]
        : [],
    );
  },
  judge: judgeExclusive('host', 'owner'),
};

/** One owner, one secret path. */
export const ownSecretPath: ClusterRule = {
  id: 'DRN121',
  title: 'a secret path is read by one tenant or component',
  why: 'a path that two tenants read is a shared secret that neither can rotate, or a theft',
  remedy: REMEDY,
  control: 'ENC-3',
  kinds: secretKinds,
  claims: (subject) => secretPathsOf(subject).map(({ path, field }) => exclusiveClaim(subject, path, field)),
  judge: judgeExclusive('secret path', 'owner'),
};

import { listAt, recordAt, valueAt } from '../../constructs/core/json';
import {
  type Claim,
  type ClusterFinding,
  type ClusterRule,
  claimBy,
  type RuleText,
  type Subject,
} from '../../constructs/core/rule';
import { DEVICE_CLASSES, GPU_RESOURCES } from '../../constructs/gpu/gpu-names';
import { flatMapClaims, keysOf } from './claims';
import { isManaged, isTenants, presence } from './presence';

/** What quotas of a namespace must bound, whichever of them does it. */
interface Bounds extends RuleText {
  /** Names in `spec.hard`; alternatives are separated by `|`. */
  readonly names: readonly string[];
}

const WANTS = 'namespace';
const NONE: readonly Claim[] = [];
const NOTHING: readonly ClusterFinding[] = [];
const asked = (namespace: Subject): boolean => isTenants(namespace) && isManaged(namespace);

/** A rule that the quotas of each tenant namespace bound some names; a quota with scopes counts only some pods. */
function bounds({ names, ...text }: Bounds): ClusterRule {
  const all = (1 << names.length) - 1;
  const places = new Map(names.flatMap((name, i) => name.split('|').map((each) => [each, i] as const)));
  return {
    ...text,
    kinds: ['Namespace.core', 'ResourceQuota.core'],
    claims: (subject) => {
      if (subject.kind === 'Namespace')
        return asked(subject) ? [claimBy(subject, subject.name ?? '', '', WANTS)] : NONE;
      const { object, namespace } = subject;
      const bits = bitsOf(object, places);
      if (bits === 0 || !namespace) return NONE;
      return [{ key: namespace, owner: '', object: '', field: '', value: String(bits) }];
    },
    settle: (claims) => {
      // a namespace that came with all its quotas is done with; a quota elsewhere can only add to them
      const bounded = boundsOf(claims);
      const wanted = keysOf(claims, WANTS);
      return claims.filter(({ key }) => bounded.get(key) !== all || !wanted.has(key));
    },
    judge: (claims) => {
      const bounded = boundsOf(claims);
      return flatMapClaims(claims, ({ key, object, value }) => {
        const there = value === WANTS ? (bounded.get(key) ?? 0) : all;
        if (there === all) return NOTHING;
        const open = names.filter((_, i) => (there & (1 << i)) === 0).map((name) => name.split('|')[0]);
        const expected = 'a ResourceQuota without scopes for each';
        return [{ object, field: '', given: `no quota for ${open.join(', ')}`, expected }];
      });
    },
  };
}

/** The names that a quota bounds, a bit each by their places in the table; a quota with scopes bounds nothing for sure. */
function bitsOf(quota: unknown, places: ReadonlyMap<string, number>): number {
  const spec = recordAt(quota, 'spec');
  if (spec.scopes !== undefined || spec.scopeSelector !== undefined) return 0;
  let bits = 0;
  for (const name in recordAt(spec, 'hard')) {
    const place = places.get(name);
    if (place !== undefined) bits |= 1 << place;
  }
  return bits;
}

/** What all quotas of a namespace bound together. */
function boundsOf(claims: Iterable<Claim>): ReadonlyMap<string, number> {
  const bounded = new Map<string, number>();
  for (const { key, value } of claims) if (value !== WANTS) bounded.set(key, (bounded.get(key) ?? 0) | Number(value));
  return bounded;
}

/** Every name under which a GPU can be asked for. */
export const hasGpuQuota = bounds({
  id: 'DRN142',
  title: 'every tenant namespace bounds GPUs under each of their names, with zero where none was leased',
  why: 'a name without a bound is unlimited: the same GPU can be asked for as a resource or through a device class',
  remedy: 'add a ResourceQuota named gpu with all names, zero where the tenant leased none',
  control: 'GPU-1',
  names: [
    ...GPU_RESOURCES.map((resource) => `requests.${resource}`),
    ...DEVICE_CLASSES.flatMap((name) => [
      `${name}.deviceclass.resource.k8s.io/devices`,
      `requests.deviceclass.resource.kubernetes.io/${name}`,
    ]),
    'count/resourceclaims.resource.k8s.io',
  ],
});

/** Disk. */
export const hasStorageQuota = bounds({
  id: 'DRN143',
  title: 'every tenant namespace bounds its disk',
  why: 'one claim can fill the storage pool that all tenants share',
  remedy: 'add a ResourceQuota that bounds requests.storage',
  control: 'SCN-1',
  names: ['requests.storage'],
});

/** Stored objects, and the kinds of Service that open a door to the outside. */
export const hasObjectQuota = bounds({
  id: 'DRN144',
  title: 'every tenant namespace bounds the objects it can store and the doors it can open',
  why: 'the store of the API server is one for all tenants, and a load balancer goes round the ingress',
  remedy: 'add a ResourceQuota that bounds secrets, config maps, services, jobs, load balancers and node ports',
  control: 'SCN-1',
  names: [
    'count/secrets|secrets',
    'count/configmaps|configmaps',
    'count/services|services',
    'count/jobs.batch',
    'services.loadbalancers',
    'services.nodeports',
  ],
});

/** Affinity towards other tenants' namespaces. */
export const hasAffinityQuota = presence({
  id: 'DRN145',
  title: 'every tenant namespace forbids affinity to pods of other namespaces',
  why: 'a pod with anti-affinity to another tenant’s pods keeps them off its node',
  remedy: 'add a ResourceQuota with the scope CrossNamespacePodAffinity and pods: 0',
  control: 'SCN-1',
  asks: asked,
  kind: 'ResourceQuota.core',
  what: 'ResourceQuota for CrossNamespacePodAffinity with pods: 0',
  serves: ({ object, namespace }) => (forbidsAffinity(object) ? namespace : undefined),
});

function forbidsAffinity(quota: unknown): boolean {
  const spec = recordAt(quota, 'spec');
  const { pods } = recordAt(spec, 'hard');
  if (pods !== '0' && pods !== 0) return false;
  const scopes = [
    ...listAt(spec, 'scopes'),
    ...listAt(spec, 'scopeSelector', 'matchExpressions')
      .filter((term) => valueAt(term, 'operator') === 'Exists')
      .map((term) => valueAt(term, 'scopeName')),
  ];
  return scopes.length === 1 && scopes[0] === 'CrossNamespacePodAffinity';
}

/** The way to GPUs and to any queued work. */
export const hasQueue = presence({
  id: 'DRN146',
  title: 'every tenant namespace has a queue',
  why: 'admission sends work through the queue, so without it nothing that is queued ever runs',
  remedy: 'add a LocalQueue that names the ClusterQueue of the tenant',
  control: 'GPU-1',
  asks: asked,
  kind: 'LocalQueue.kueue.x-k8s.io',
  what: 'LocalQueue',
  serves: ({ object, namespace }) => (valueAt(object, 'spec', 'clusterQueue') ? namespace : undefined),
});

import { isRecord, type JsonObject, listAt, recordAt, stringAt } from '../../constructs/core/json';
import { CONTROLS_ANNOTATION, LABEL } from '../../constructs/core/labels';
import { TENANT_ROLES, type TenantRole } from '../../constructs/tenant/access';
import type { Names } from './names';

/** A tenant as the cluster shows it. */
export interface GroundTenant {
  readonly name: string;
  readonly namespaces: readonly string[];
  /** `spec` of its TenantPolicy. */
  readonly policy: JsonObject;
  /** Group bound to each duty; a duty that nobody has is absent. */
  readonly groups: Readonly<Partial<Record<TenantRole, string>>>;
  readonly sidecar: boolean;
  /** GPUs and processor cores that its first namespace may use. */
  readonly gpus: number;
  readonly cpu: string;
}

/** Where attacks take place: the tenants and namespaces of one cluster, read from its objects. */
export interface Ground {
  readonly tenants: readonly GroundTenant[];
  /** Namespaces of the platform and of Kubernetes. */
  readonly platform: readonly string[];
}

/** Reads the ground from objects: those of a plan or those of a live cluster. */
export function groundOf(objects: readonly JsonObject[]): Ground {
  const namespaces = objects.filter(({ kind }) => kind === 'Namespace');
  const tenants = [...new Set(namespaces.flatMap((one) => tenantOf(one) ?? []))].sort();
  return {
    tenants: tenants.map((name) => tenant(name, objects)),
    platform: namespaces.filter((one) => tenantOf(one) === undefined).map(nameOf),
  };
}

/** The tenant that attacks, and the one that is attacked. */
export interface Sides {
  readonly attacker: GroundTenant;
  readonly victim: GroundTenant;
}

/** `wanted`, or the tenant with most to try; against the other one with most to lose. Undefined where there are not two. */
export function sidesOf({ tenants }: Ground, wanted?: string): Sides | undefined {
  const [first, ...rest] = [...tenants].sort((a, b) => worth(b) - worth(a));
  const attacker = wanted === undefined ? first : tenants.find(({ name }) => name === wanted);
  const victim = [first, ...rest].find((one) => one !== attacker);
  return attacker === undefined || victim === undefined ? undefined : { attacker, victim };
}

/** How many kinds of attack a tenant lends itself to. */
function worth({ namespaces, policy, groups, sidecar }: GroundTenant): number {
  const has = (key: string): number => Math.min(listAt(policy, key).length, 2);
  const dedicated = policy.pool === policy.tenant ? 2 : 0;
  const lists = has('gpuResources') + has('hosts') + has('registries') + has('priorityClasses');
  return lists + dedicated + Math.min(namespaces.length, 2) * 4 + Object.keys(groups).length - (sidecar ? 20 : 0);
}

/** What cases call the things of this cluster. */
export function namesOf({ tenants }: Ground, { attacker: a, victim: b }: Sides): Names {
  const sidecar = tenants.find((one) => one.sidecar);
  const names: Record<string, string | undefined> = {
    a: a.name,
    ns: a.namespaces[0],
    bare: a.namespaces[1],
    lost: a.namespaces[1],
    b: b.name,
    'b-ns': b.namespaces[0],
    platform: 'vault',
    sidecar: sidecar?.namespaces[0],
    'sidecar-owner-group': sidecar?.groups.owner,
    'sidecar-registry': first(sidecar?.policy, 'registries'),
    ...Object.fromEntries(TENANT_ROLES.map((role) => [`${role}-group`, a.groups[role]])),
    'b-owner-group': b.groups.owner,
    'unbounded-group': 'oidc:attack-unbounded',
    'role-writer-group': 'oidc:attack-role-writer',
    'gpus-more': String(a.gpus + 1),
    cpu: a.cpu,
    ...policyNames(a.policy, b.policy),
  };
  return Object.fromEntries(
    Object.entries(names).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function policyNames(a: JsonObject, b: JsonObject): Record<string, string | undefined> {
  const registry = first(a, 'registries');
  const host = first(a, 'hosts');
  const accounts = listAt(a, 'serviceAccounts').filter((name) => name !== 'default');
  return {
    registry,
    'registry-2': text(listAt(a, 'registries').at(-1)),
    'registry-host': registry?.split('/')[0],
    'b-registry': first(b, 'registries'),
    pool: stringAt(a, 'pool'),
    'b-pool': stringAt(a, 'pool') === stringAt(b, 'pool') ? 'pool-of-others' : stringAt(b, 'pool'),
    runtime: text(listAt(a, 'runtimeClasses').at(-1)),
    'runtime-foreign': foreign(a, 'runtimeClasses', ['kata-qemu-nvidia-gpu', 'kata-qemu-nvidia-gpu-snp', 'kata-qemu']),
    priority: text(listAt(a, 'priorityClasses').at(-1)),
    'priority-low': first(a, 'priorityClasses'),
    'priority-foreign': foreign(a, 'priorityClasses', ['drun-high', 'drun-platform']),
    gpu: first(a, 'gpuResources'),
    'gpu-foreign': foreign(a, 'gpuResources', ['nvidia.com/mig-1g.10gb', 'nvidia.com/gpu']),
    'device-class': first(a, 'deviceClasses'),
    'device-class-foreign': foreign(a, 'deviceClasses', ['mig.nvidia.com', 'gpu.nvidia.com']),
    storage: first(a, 'storageClasses'),
    host,
    'host-2': text(listAt(a, 'hosts').at(-1)),
    'host-domain': host?.split('.').slice(1).join('.'),
    'b-host': first(b, 'hosts') ?? 'api.other.example',
    account: text(accounts[0]),
    queue: stringAt(a, 'queue'),
  };
}

function tenant(name: string, objects: readonly JsonObject[]): GroundTenant {
  const own = objects.filter((object) => object.kind === 'Namespace' && tenantOf(object) === name);
  const namespaces = own.map(nameOf);
  const inside = (kind: string) =>
    objects.filter(
      (object) => object.kind === kind && namespaces.includes(stringAt(object, 'metadata', 'namespace') ?? ''),
    );
  const [policy] = inside('TenantPolicy');
  const quota = (namespace: string, kind: string, key: string): string =>
    hardLimit(objects, namespace, kind, key) ?? '0';
  const gpus = (namespace: string): number => Number(quota(namespace, 'gpu', GPU_COUNT));
  const ordered = [...namespaces].sort((x, y) => gpus(y) - gpus(x));
  return {
    name,
    // The namespace with most GPUs comes first: it has most to try.
    namespaces: ordered,
    gpus: gpus(ordered[0] ?? ''),
    cpu: quota(ordered[0] ?? '', 'compute', 'limits.cpu'),
    policy: jsonAt(policy, 'spec'),
    groups: Object.fromEntries(
      TENANT_ROLES.flatMap((role) => {
        const binding = inside('RoleBinding').find((one) => nameOf(one) === `drun-${role}` && isOurs(one));
        const group = listAt(binding, 'subjects').flatMap((subject) => stringAt(subject, 'name') ?? [])[0];
        return group === undefined ? [] : [[role, group]];
      }),
    ),
    sidecar: own.some((one) => recordAt(one, 'metadata', 'labels')['istio-injection'] === 'enabled'),
  };
}

/** Claims of devices are counted as GPUs are. */
const GPU_COUNT = 'count/resourceclaims.resource.k8s.io';

function hardLimit(objects: readonly JsonObject[], namespace: string, quota: string, key: string): string | undefined {
  const found = objects.find(
    (one) =>
      one.kind === 'ResourceQuota' && nameOf(one) === quota && stringAt(one, 'metadata', 'namespace') === namespace,
  );
  return text(recordAt(found, 'spec', 'hard')[key]);
}

function isOurs(object: JsonObject): boolean {
  return recordAt(object, 'metadata', 'annotations')[CONTROLS_ANNOTATION] !== undefined;
}

function tenantOf(namespace: JsonObject): string | undefined {
  return text(recordAt(namespace, 'metadata', 'labels')[LABEL.tenant]);
}

function nameOf(object: JsonObject): string {
  return stringAt(object, 'metadata', 'name') ?? '';
}

function first(value: JsonObject | undefined, key: string): string | undefined {
  return text(listAt(value, key)[0]);
}

function foreign(policy: JsonObject, key: string, candidates: readonly string[]): string | undefined {
  return candidates.find((one) => !listAt(policy, key).includes(one));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function jsonAt(object: JsonObject | undefined, key: string): JsonObject {
  const found = object?.[key];
  return isObject(found) ? found : {};
}

function isObject(value: unknown): value is JsonObject {
  return isRecord(value);
}

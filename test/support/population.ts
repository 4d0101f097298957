import { Memory } from '../../constructs/core/units';
import type { TenantSpec } from '../../constructs/tenant/tenant-spec';

/** Everything a tenant's file may leave out, as the schema fills it in; a test holds the two against each other. */
const DEFAULTS = {
  scenario: 'compute-leasing',
  trust: 'untrusted',
  pool: 'shared',
  access: { owner: [], operator: [], developer: [], viewer: [] },
  serviceAccounts: ['workload'],
  registries: [],
  storageClasses: ['drun-encrypted'],
  hosts: [],
  allow: [],
  accept: [],
  expose: [],
  secrets: [],
  mesh: 'ambient',
  failover: false,
} satisfies Partial<TenantSpec>;

type Written = Pick<TenantSpec, 'owner' | 'namespaces'> & Partial<TenantSpec>;

/** What the tenants of one kind differ in. */
interface Individual {
  /** Shared by the ten tenants of a group, so that peers find each other: `t0042`. */
  readonly id: string;
  /** 0 to 6: small tenants and large ones. */
  readonly size: number;
}

/** Kinds of tenants by name: those of the environments, and one small one. */
const KINDS: Readonly<Record<string, (one: Individual) => Written>> = {
  lumen: modelService,
  atlas: aiApplication,
  northwind: computeLeasing,
  helix: egressToHosts,
  kiwi: sidecars,
  meridian: confidentialGpus,
  sandbox: untrusted,
  orchid: timeSlicedGpus,
  vector: dedicatedPool,
  student: small,
};

const KIND_NAMES = Object.keys(KINDS);
const SIZES = 7;

/** Kinds and sizes: tenants that share both are alike but for their `id`. */
export const VARIANTS = KIND_NAMES.length * SIZES;

/** A tenant of the population. */
export interface Member {
  readonly kind: string;
  readonly id: string;
  readonly size: number;
  /** `<kind>-<id>`. */
  readonly name: string;
}

/** The first `count` tenants; `count` is a multiple of ten, so that no peer is missing. The same at every call. */
export function* members(count: number): Generator<Member> {
  if (count % KIND_NAMES.length !== 0) throw new Error(`${count} tenants asked for, expected a multiple of ten`);
  for (let group = 0; group * KIND_NAMES.length < count; group += 1) {
    const id = `t${String(group).padStart(4, '0')}`;
    for (const kind of KIND_NAMES) yield { kind, id, size: group % SIZES, name: `${kind}-${id}` };
  }
}

/** The whole specification of a tenant, as the schema would make it of the tenant's file. */
export function specOf(member: Member): TenantSpec {
  return { ...DEFAULTS, name: member.name, ...written(member) };
}

/** The specification as a person would write it: without what is the default. */
export function propsOf(member: Member) {
  return { name: member.name, ...written(member) };
}

function written({ kind, ...individual }: Member): Written {
  const make = KINDS[kind];
  if (make === undefined) throw new Error(`no kind of tenant is called ${kind}`);
  return make(individual);
}

function modelService({ id, size }: Individual): Written {
  return {
    owner: `serving@lumen-${id}.example`,
    trust: 'standard',
    scenario: 'model-service',
    namespaces: {
      serve: namespace(64 + 16 * size, Memory.gib(512 + 64 * size), Memory.tib(1 + size), 4 + size, 120),
      gateway: namespace(16, Memory.gib(64), Memory.gib(100), 0, 50),
    },
    gpu: { mode: 'mig', profile: '3g.40gb', count: 4 + size },
    access: groups(id, 'owner', 'operator', 'developer'),
    registries: [`registry.lumen-${id}.example/serving/`],
    storageClasses: ['drun-encrypted', 'drun-encrypted-fast'],
    hosts: [`api.lumen-${id}.example`],
    allow: [call('vault'), call('models'), call('telemetry')],
    accept: [
      { from: { platform: 'ingress' }, namespace: 'gateway', ports: [8443] },
      { from: { tenant: `atlas-${id}`, namespace: 'web' }, namespace: 'gateway', ports: [8443] },
    ],
  };
}

function aiApplication({ id, size }: Individual): Written {
  return {
    owner: `apps@atlas-${id}.example`,
    trust: 'standard',
    scenario: 'ai-application',
    namespaces: {
      web: namespace(32 + 8 * size, Memory.gib(128 + 16 * size), Memory.gib(500), 0, 100),
      data: namespace(16, Memory.gib(64 + 8 * size), Memory.tib(2), 0, 50),
    },
    access: groups(id, 'owner', 'developer'),
    registries: [`registry.atlas-${id}.example/`],
    hosts: [`app.atlas-${id}.example`],
    allow: [{ to: { tenant: `lumen-${id}`, namespace: 'gateway' }, ports: [8443] }, call('vault')],
    accept: [{ from: { platform: 'ingress' }, namespace: 'web', ports: [8080] }],
  };
}

function computeLeasing({ id, size }: Individual): Written {
  return {
    owner: `ml-platform@northwind-${id}.example`,
    trust: 'standard',
    namespaces: {
      train: namespace(256 + 32 * size, Memory.tib(2), Memory.tib(20), 8 + size, 200),
      notebooks: namespace(64, Memory.gib(512), Memory.gib(100 + 50 * size), 4, 50),
    },
    gpu: { mode: 'whole', count: 12 + size },
    access: groups(id, 'owner', 'operator', 'developer', 'viewer'),
    registries: [`registry.northwind-${id}.example/research/`],
    allow: [call('vault'), call('telemetry')],
  };
}

function egressToHosts({ id, size }: Individual): Written {
  return {
    owner: `it@helix-${id}.example`,
    trust: 'standard',
    namespaces: { pipeline: namespace(96 + 8 * size, Memory.gib(768), Memory.tib(10 + size), 0, 150) },
    access: groups(id, 'owner', 'developer'),
    registries: [`registry.helix-${id}.example/pipelines/`],
    allow: [
      { to: { fqdn: 'api.openai.com' }, ports: [443] },
      { to: { fqdn: `data.helix-${id}.example` }, ports: [443] },
      call('vault'),
    ],
  };
}

function sidecars({ id, size }: Individual): Written {
  return {
    owner: `backend@kiwi-${id}.example`,
    trust: 'standard',
    scenario: 'ai-application',
    mesh: 'sidecar',
    namespaces: { npc: namespace(48 + 4 * size, Memory.gib(192), Memory.gib(100), 0, 80 + size) },
    access: groups(id, 'owner', 'developer'),
    registries: [`registry.kiwi-${id}.example/npc/`],
    allow: [call('telemetry')],
  };
}

function confidentialGpus({ id, size }: Individual): Written {
  return {
    owner: `ai-risk@meridian-${id}.example`,
    scenario: 'model-service',
    trust: 'trusted',
    namespaces: { scoring: namespace(64, Memory.gib(512 + 128 * size), Memory.tib(2), 2 + size, 50) },
    gpu: { mode: 'confidential', tee: 'snp', count: 2 + size },
    access: groups(id, 'owner', 'operator', 'viewer'),
    registries: [`registry.meridian-${id}.example/scoring/`],
    hosts: [`scoring.meridian-${id}.example`],
    allow: [call('vault')],
    accept: [{ from: { platform: 'ingress' }, ports: [8443] }],
  };
}

function untrusted({ id, size }: Individual): Written {
  return {
    owner: `trust-and-safety@sandbox-${id}.example`,
    trust: 'untrusted',
    namespaces: { play: namespace(32, Memory.gib(128 + 16 * size), Memory.gib(200), 2, 40 + size) },
    gpu: { mode: 'kata', count: 2 },
    access: groups(id, 'developer'),
    registries: [`registry.sandbox-${id}.example/sandbox/`],
  };
}

function timeSlicedGpus({ id, size }: Individual): Written {
  return {
    owner: `render@orchid-${id}.example`,
    trust: 'trusted',
    namespaces: { render: namespace(32 + 2 * size, Memory.gib(256), Memory.tib(3), 6 + size, 50) },
    gpu: { mode: 'time-sliced', count: 6 + size },
    access: groups(id, 'owner', 'developer'),
    registries: [`registry.orchid-${id}.example/`],
    allow: [{ to: { fqdn: 'api.anthropic.com' }, ports: [443] }],
  };
}

function dedicatedPool({ id, size }: Individual): Written {
  return {
    owner: `perception@vector-${id}.example`,
    trust: 'standard',
    namespaces: { perception: namespace(512, Memory.tib(4), Memory.tib(50), 32 + 8 * size, 300) },
    gpu: { mode: 'whole', count: 32 + 8 * size },
    pool: 'dedicated',
    access: groups(id, 'owner', 'operator', 'developer'),
    registries: [`registry.vector-${id}.example/perception/`],
    storageClasses: ['drun-encrypted', 'drun-encrypted-fast'],
    allow: [call('vault'), call('telemetry')],
  };
}

function small({ id, size }: Individual): Written {
  return {
    owner: `lab@student-${id}.example`,
    trust: 'untrusted',
    namespaces: { lab: namespace(8, Memory.gib(32 + 8 * size), Memory.gib(100), 0, 20 + size) },
    access: groups(id, 'owner'),
    registries: [`registry.student-${id}.example/`],
  };
}

function namespace(cpu: number, memory: Memory, storage: Memory, gpus: number, pods: number) {
  return { cpu, memory, storage, gpus, pods };
}

function call(platform: 'vault' | 'telemetry' | 'models'): TenantSpec['allow'][number] {
  return { to: { platform }, ports: [443] };
}

function groups(id: string, ...roles: (keyof TenantSpec['access'])[]): TenantSpec['access'] {
  return { ...DEFAULTS.access, ...Object.fromEntries(roles.map((role) => [role, [`${id}-${role}s`]])) };
}

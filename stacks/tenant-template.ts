import type { Problem } from '../constructs/core/problem';
import { show } from '../constructs/core/problem';

/** What a person says of a new tenant on the command line. */
export interface NewTenant {
  readonly name: string;
  readonly owner: string;
  readonly trust: string;
  readonly scenario: string;
  /** As on the command line, `mode[:detail]:count`. */
  readonly gpu?: string;
  readonly regions?: readonly string[];
  /** Path from the file to the JSON Schema; left out where there is none. */
  readonly schema?: string;
}

interface Gpu {
  readonly mode: string;
  readonly detail?: string;
  readonly count: string;
}

/** The commented file of a new tenant; what is commented out shows what else can be said. */
export function tenantTemplate(tenant: NewTenant): string {
  const gpu = tenant.gpu === undefined ? undefined : readGpu(tenant.gpu);
  return [
    ...(tenant.schema === undefined ? [] : [`# yaml-language-server: $schema=${tenant.schema}`]),
    '# Everything that is left out has a default that is closed or small. `drun schema tenant` lists all fields.',
    `name: ${quoted(tenant.name)}`,
    '# Who answers for the tenant: an address or a group.',
    `owner: ${quoted(tenant.owner)}`,
    '# What the tenant is here for: compute-leasing, model-service or ai-application.',
    `scenario: ${tenant.scenario}`,
    '# How far its work is trusted: decides sandboxes, GPU isolation and priorities. untrusted, standard or trusted.',
    `trust: ${tenant.trust}`,
    ...(tenant.regions === undefined
      ? []
      : ['# Quotas hold in each region.', `regions: [${tenant.regions.map(quoted).join(', ')}]`]),
    ...namespaceLines(gpu),
    ...gpuLines(gpu),
    '# Groups of the identity provider, by role: owner, operator, developer, viewer.',
    'access:',
    `  owner: [${quoted(`${tenant.name}-owners`)}]`,
    `  developer: [${quoted(`${tenant.name}-developers`)}]`,
    ...optionalLines(tenant.name),
    '',
  ].join('\n');
}

/** Reads `mode:count` or `mode:detail:count`; a problem where it is neither. */
export function readGpuOption(text: string): Problem | undefined {
  if (readGpu(text) !== undefined) return undefined;
  const expected = 'whole:COUNT, kata:COUNT, time-sliced:COUNT, mig:PROFILE:COUNT or confidential:snp|tdx:COUNT';
  return { code: 'CLI001', path: '--gpu', given: show(text), expected, remedy: 'write it as whole:4 or mig:1g.10gb:8' };
}

function readGpu(text: string): Gpu | undefined {
  const plain = /^(whole|kata|time-sliced):(\d+)$/.exec(text);
  if (plain?.[1] !== undefined && plain[2] !== undefined) return { mode: plain[1], count: plain[2] };
  const detailed = /^(mig|confidential):([a-z0-9.]+):(\d+)$/.exec(text);
  if (detailed?.[1] === undefined || detailed[2] === undefined || detailed[3] === undefined) return undefined;
  return { mode: detailed[1], detail: detailed[2], count: detailed[3] };
}

function namespaceLines(gpu: Gpu | undefined): readonly string[] {
  return [
    '# One block per namespace; the quota of each, in each region.',
    'namespaces:',
    '  main:',
    '    cpu: 8',
    '    memory: 32Gi',
    '    storage: 100Gi',
    ...(gpu === undefined ? [] : [`    gpus: ${Number(gpu.count)}`]),
  ];
}

function gpuLines(gpu: Gpu | undefined): readonly string[] {
  if (gpu === undefined) return [];
  const detail =
    gpu.detail === undefined
      ? []
      : [gpu.mode === 'mig' ? `  profile: ${quoted(gpu.detail)}` : `  tee: ${quoted(gpu.detail)}`];
  return [
    '# GPUs in each region, and how they are isolated from those of others.',
    'gpu:',
    `  mode: ${gpu.mode}`,
    ...detail,
    `  count: ${Number(gpu.count)}`,
  ];
}

function optionalLines(name: string): readonly string[] {
  return [
    '# Where its images may come from; each ends in a slash. Without one no image is allowed.',
    '# registries:',
    `#   - registry.example.com/${name}/`,
    '# Host names that only this tenant may serve.',
    '# hosts:',
    `#   - ${name}.example.com`,
    '# What the world may call; callers need a token of the single sign-on unless `identity` says why not.',
    '# expose:',
    '#   - name: api',
    `#     host: ${name}.example.com`,
    '#     namespace: main',
    '#     service: api',
    '#     port: 8443',
    '#     type: api',
    '# What it may call: a host on the internet, a service of the platform, or a tenant that accepts it.',
    '# allow:',
    '#   - to:',
    '#       fqdn: api.example.com',
    '#   - to:',
    '#       platform: vault',
    '# Who may call it.',
    '# accept:',
    '#   - from:',
    '#       tenant: another-tenant',
    '#       namespace: main',
    '#     ports: [8443]',
    '',
  ];
}

/** As plain text where YAML reads it as the same text, else in quotes. */
function quoted(text: string): string {
  return /^[a-z][a-z0-9@._/-]*$/.test(text) && !/^(y|n|yes|no|on|off|true|false|null)$/.test(text)
    ? text
    : JSON.stringify(text);
}

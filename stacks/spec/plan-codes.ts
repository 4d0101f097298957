import type { CodeText } from './input-codes';

/** Codes of fields that a schema refuses: IN0xx, in whatever file or props they stand. */
export const SCHEMA_CODES = {
  IN001: {
    title: 'a key is not known',
    why: 'a key that nobody reads does nothing, and its writer believes that it does',
    remedy: 'take the key that is meant, or remove it; the schemas in schemas/ let an editor complete them',
  },
  IN002: {
    title: 'a field is missing that has no default',
    why: 'where no default can be right for everyone, leaving the field out would be a guess',
    remedy: 'add the field',
  },
  IN003: {
    title: 'a value is of another type than its field',
    why: 'a text where a number belongs, or a list where a block of keys belongs, has no meaning',
    remedy: 'write the value as the type that is named',
  },
  IN004: {
    title: 'a value is not one that its field can hold',
    why: 'names, units, hosts and choices are closed: what is outside of them would be refused later, or mean something else',
    remedy: 'write it as expected; units such as Gi, and names in lower case',
  },
  IN005: {
    title: 'a number, text or list is too small or too large',
    why: 'limits keep names within what Kubernetes takes, and quotas within what a region has',
    remedy: 'stay within the limit that is named',
  },
} satisfies Readonly<Record<string, CodeText>>;

/** Codes of the tree (PL0xx) and of the plan that puts tenants and environment together (PL1xx). */
export const PLAN_CODES = {
  PL001: {
    title: 'a platform tree is written by the sinks of this project',
    why: 'cdk8s’s own synth walks the whole tree once per chart, which grows with the square of the tenants',
    remedy: 'run `drun synth`, or use a plain cdk8s App to render constructs by themselves',
  },
  PL002: {
    title: 'dependencies between constructs do not run in a circle',
    why: 'what waits for itself is never applied',
    remedy: 'remove one of the dependencies that are named',
  },
  PL003: {
    title: 'every construct holds together',
    why: 'a construct knows what must be true between its parts; where it is not, its objects would contradict each other',
    remedy: 'mend what the construct says',
  },
  PL004: {
    title: 'every chart is pinned by its digest, or has time to become so',
    why: 'a version can be published again with other content; only the digest says which bytes are installed',
    remedy:
      'take the chart from an OCI registry and write its digest into charts/catalog.ts, or give the exception a new date and a reason',
    control: 'CTR-2',
  },
  PL100: {
    title: 'an environment is one that exists',
    why: 'a mistyped environment must never fall back to another one',
    remedy: 'name one of the environments that are listed',
  },
  PL101: {
    title: 'a tenant lands in regions that its environment has',
    why: 'a tenant in a region that does not exist would silently run nowhere',
    remedy: 'name one of the regions that are listed',
  },
  PL102: {
    title: 'a tenant’s shard is one that its environment has',
    why: 'a shard is a stack: beyond the last one nobody deploys it',
    remedy: 'leave `shard` out, or raise `shards` of the environment',
  },
  PL103: {
    title: 'a peer is a tenant of the same environment',
    why: 'a path to a tenant that does not exist opens to whoever takes that name later',
    remedy: 'remove the entry, or add the tenant first',
    control: 'NET-4',
  },
  PL104: {
    title: 'a peer’s namespace is one that the peer has',
    why: 'the path would lead nowhere, or to a namespace that is added later for another purpose',
    remedy: 'name one of the peer’s namespaces',
    control: 'NET-4',
  },
  PL105: {
    title: 'peers share a region',
    why: 'paths between tenants do not leave a cluster: without a common region the path cannot work',
    remedy: 'let both tenants land in one region, or remove the entry',
    control: 'NET-4',
  },
  PL106: {
    title: 'a path is opened by both tenants',
    why: 'one side alone may not decide that another tenant can be reached',
    remedy: 'ask the peer to add `accept` for the namespace and the ports, or remove the entry',
    control: 'NET-4',
  },
  PL107: {
    title: 'every tenant has a name of its own',
    why: 'two tenants of one name would share namespaces, roles and quotas',
    remedy: 'rename one of them',
  },
  PL108: {
    title: 'no two tenants come to the same namespace',
    why: '`beta` with `x-train` and `beta-x` with `train` would both own `beta-x-train`',
    remedy: 'rename the namespace',
    control: 'NET-4',
  },
  PL109: {
    title: 'a host name is served by one tenant',
    why: 'whoever serves another tenant’s name receives its users, their requests and their credentials',
    remedy: 'remove the host from one of the two tenants',
  },
  PL110: {
    title: 'a tenant publishes in regions that have an edge',
    why: 'without an edge nobody reaches what is published, and nobody inspects it should it be reached another way',
    remedy: 'add `ingress` to the region, or let the tenant land elsewhere',
    control: 'NET-2',
  },
  PL111: {
    title: 'a published host lies in a zone of its region',
    why: 'where the platform may make no names the host would lead nowhere, or to whoever owns the zone',
    remedy: 'choose a host in one of the zones, or add the zone to `ingress.dns.zones`',
    control: 'ENC-1',
  },
  PL112: {
    title: 'a tenant’s pods are carried by the data plane of its regions',
    why: 'where the mesh has no node tunnels an ambient tenant is in no mesh at all, and across regions two data planes do not meet',
    remedy: 'choose the data plane of the regions, or land in one region only',
    control: 'NET-1',
  },
  PL113: {
    title: 'a tenant that fails over lands in several regions of one mesh',
    why: 'where there is no other region, or no way to it, the tenant would believe in a failover that never happens',
    remedy: 'name more regions, let them form one mesh, or leave `failover` out',
    control: 'BDR-2',
  },
  PL114: {
    title: 'limits over all proxies are counted in each region of the tenant',
    why: 'where nobody counts, the limit is written down and does not hold',
    remedy: 'add `ingress.limits.global` to the region, or remove `rate.global`',
    control: 'NET-3',
  },
  PL115: {
    title: 'a tenant with secrets lands in regions that have a Vault',
    why: 'without a Vault the secrets come from nowhere, and somebody will write them down instead',
    remedy: 'add `vault` to the region, or let the tenant land elsewhere',
    control: 'ENC-3',
  },
  PL116: {
    title: 'a tenant gets accounts in its own databases only',
    why: 'whoever names another tenant’s database would be given an account in it',
    remedy: 'name a database and a role of the tenant, as `vault.databases` of the region has them',
    control: 'ENC-3',
  },
  PL117: {
    title: 'what delivers a secret runs in each region of the tenant',
    why: 'an object that nothing reads brings no secret, and its workload waits for ever',
    remedy:
      'use the operator, which runs wherever there is a Vault, or set `vault.externalSecrets: true` in the regions',
    control: 'ENC-3',
  },
} satisfies Readonly<Record<string, CodeText & { readonly control?: string }>>;

/** Codes of the writer: what a manifest may not hold on its way to YAML. */
export const OUTPUT_CODES = {
  OUT101: {
    title: 'a manifest holds plain data only',
    why: 'a function, a symbol or an instance of a class has no form in YAML; what is written instead would be a surprise',
    remedy: 'resolve it to plain data before it enters a manifest',
  },
  OUT102: {
    title: 'a number in a manifest is finite',
    why: 'infinity and not-a-number come from a wrong calculation and have no form in JSON',
    remedy: 'correct the calculation that made it',
  },
  OUT103: {
    title: 'a text in a manifest is valid Unicode',
    why: 'half a surrogate pair cannot be written as utf-8',
    remedy: 'decode the text as utf-8 before it enters a manifest',
  },
  OUT104: {
    title: 'a manifest is a tree of limited depth',
    why: 'an object that holds itself can be written nowhere',
    remedy: 'build the manifest as a tree, without references back',
  },
} satisfies Readonly<Record<string, CodeText>>;

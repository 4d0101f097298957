import { listAt, stringAt } from '../../constructs/core/json';
import { type Manifest, objectKey, objectLabel } from '../../constructs/core/manifest';
import type { AuthorizationPolicyModel, AuthorizationSource } from './authorization-policy';
import { authorizedPorts, type Caller } from './authorize';
import { addressSet, overlaps, parseBlock } from './cidr';
import type { FindingCode } from './codes';
import type { NamespaceModel } from './namespace';
import type { PolicySet } from './policies';
import type { EgressGrant, Opener, Violation } from './report';
import type { World } from './world';

/** Names outside the cluster that tenants registered, and what is wrong with them. */
export interface EgressProof {
  readonly egress: readonly EgressGrant[];
  readonly violations: readonly Violation[];
}

/** Examines every ServiceEntry in a tenant namespace: scope, hosts, addresses, and who may use it. */
export function proveEgress(world: World, objects: readonly Manifest[], policies: PolicySet): EgressProof {
  const owners = new Map(world.namespaces.map((namespace) => [namespace.name, namespace]));
  const found = objects.flatMap((object) => {
    const namespace = owners.get(object.metadata.namespace ?? '');
    const isEntry = object.kind === 'ServiceEntry' && object.apiVersion.startsWith('networking.istio.io/');
    return isEntry && namespace?.tenant !== undefined ? [{ object, namespace, tenant: namespace.tenant }] : [];
  });
  const results = found.map(({ object, namespace, tenant }) => {
    const naming = policies.authorization.filter((policy) => names(policy, object));
    const hosts = listAt(object, 'spec', 'hosts').map(String);
    return {
      grant: {
        tenant,
        namespace: namespace.name,
        serviceEntry: object.metadata.name,
        hosts,
        sources: sourcesOf(naming),
      },
      violations: [
        ...exportViolations(object, tenant),
        ...hostViolations(object, tenant, hosts),
        ...addressViolations(world, object, tenant),
        ...userViolations(world, object, namespace, naming),
      ],
    };
  });
  return { egress: results.map(({ grant }) => grant), violations: results.flatMap(({ violations }) => violations) };
}

function names(policy: AuthorizationPolicyModel, entry: Manifest): boolean {
  return (
    policy.namespace === entry.metadata.namespace &&
    policy.targets.some(
      ({ group, kind, name }) =>
        kind === 'ServiceEntry' && group === 'networking.istio.io' && name === entry.metadata.name,
    )
  );
}

function exportViolations(object: Manifest, tenant: string): readonly Violation[] {
  const to = listAt(object, 'spec', 'exportTo');
  if (to.length === 1 && to[0] === '.') return [];
  const given = to.length === 0 ? 'the whole mesh by default' : to.map(String).join(', ');
  return [
    violation('PRV030', object, tenant, 'every namespace', `is exported to ${given}, not to its own namespace only`),
  ];
}

function hostViolations(object: Manifest, tenant: string, hosts: readonly string[]): readonly Violation[] {
  const none = hosts.length === 0 ? [violation('PRV031', object, tenant, 'any name', 'names no host')] : [];
  return [
    ...none,
    ...hosts.flatMap((host) => {
      if (isInternal(host))
        return [violation('PRV032', object, tenant, host, `takes over ${host}, a name of the cluster`)];
      return host.includes('*') ? [violation('PRV031', object, tenant, host, `opens the wildcard ${host}`)] : [];
    }),
  ];
}

/** Names that the cluster itself resolves: services in every short form, single words, and wildcards over them. */
function isInternal(host: string): boolean {
  const plain = host.toLowerCase().replace(/\.$/, '');
  const bare = plain.startsWith('*.') ? plain.slice(2) : plain;
  if (bare === 'kubernetes' || bare.startsWith('kubernetes.default')) return true;
  if (/(^|\.)(svc|local|internal|localhost|cluster)$/.test(bare) || bare.includes('.svc.')) return true;
  return !bare.includes('.') && bare !== '*';
}

function addressViolations(world: World, object: Manifest, tenant: string): readonly Violation[] {
  const { pods, services, nodes, apiServer, metadata } = world.plan;
  const inside = addressSet([...pods, ...services, ...nodes, ...apiServer, ...metadata]);
  const endpoints = listAt(object, 'spec', 'endpoints').map((endpoint) => stringAt(endpoint, 'address') ?? '');
  const texts = [
    ...listAt(object, 'spec', 'addresses').map(String),
    ...endpoints,
    ...listAt(object, 'spec', 'hosts').map(String),
  ];
  return texts.flatMap((text) => {
    const range = parseBlock(text);
    if (range === undefined || !overlaps([range], inside)) return [];
    return [violation('PRV035', object, tenant, text, `leads to ${text}, an address of the cluster`)];
  });
}

function userViolations(
  world: World,
  object: Manifest,
  own: NamespaceModel,
  naming: readonly AuthorizationPolicyModel[],
): readonly Violation[] {
  const tenant = own.tenant ?? own.name;
  const granting = naming.filter(({ action }) => action === 'ALLOW');
  if (granting.length === 0) {
    const label = `AuthorizationPolicy ${own.name}/${object.metadata.name}`;
    const absent: Opener = {
      role: 'absent',
      label,
      says: `no AuthorizationPolicy names ${objectLabel(object)} in its targetRefs`,
    };
    return [
      {
        ...violation('PRV033', object, tenant, 'anyone', 'may be used by anyone: no policy names it'),
        openedBy: [absent],
      },
    ];
  }
  const openedBy = granting.map((policy): Opener => {
    const label = objectLabel(policy.object);
    return { role: 'grants', key: objectKey(policy.object), label, says: `${label} authorizes it` };
  });
  const others = world.namespaces.filter(({ tenant: other, future }) => !future && other !== tenant);
  const mayUse = (caller: Caller) => authorizedPorts(naming, caller, world.plan).length > 0;
  if (mayUse({ kind: 'future' })) {
    return [
      { ...violation('PRV034', object, tenant, 'any future tenant', 'may be used by tenants yet to come'), openedBy },
    ];
  }
  return others
    .filter(({ name }) => mayUse({ kind: 'namespace', name }))
    .map(({ name }) => ({ ...violation('PRV034', object, tenant, name, `may be used from ${name}`), openedBy }));
}

function sourcesOf(policies: readonly AuthorizationPolicyModel[]): readonly string[] {
  const sources = policies.filter(({ action }) => action === 'ALLOW').flatMap(({ rules }) => rules);
  const texts = sources.flatMap((rule) =>
    rule.sources === undefined ? ['anyone'] : rule.sources.flatMap(sourceTexts),
  );
  return [...new Set(texts)].sort();
}

function sourceTexts(source: AuthorizationSource): readonly string[] {
  const named = [...(source.principals ?? []), ...(source.serviceAccounts ?? [])];
  const namespaces = (source.namespaces ?? []).map((name) => `namespace ${name}`);
  return named.length + namespaces.length === 0 ? ['anyone who meets its other conditions'] : [...named, ...namespaces];
}

function violation(code: FindingCode, object: Manifest, from: string, to: string, what: string): Violation {
  const label = objectLabel(object);
  const opener: Opener = { role: 'grants', key: objectKey(object), label, says: `${label} ${what}` };
  return { code, from, to, ports: [], sentence: `${label} of ${from} ${what}`, openedBy: [opener] };
}

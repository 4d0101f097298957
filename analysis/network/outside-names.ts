import { type Manifest, objectKey, objectLabel } from '../../constructs/core/manifest';
import type { AuthorizationPolicyModel, AuthorizationSource } from './authorization-policy';
import type { Caller } from './authorize';
import { addressSet, overlaps, parseBlock } from './cidr';
import type { FindingCode } from './codes';
import { FUTURE_TENANT } from './namespace';
import type { Opener, Violation } from './report';
import type { World } from './world';

/** What is wrong about hosts or addresses that the cluster itself answers for. */
export function insideViolations(
  world: World,
  object: Manifest,
  tenant: string,
  hosts: readonly string[],
): readonly Violation[] {
  return hosts.flatMap((host) => [
    ...(isInternal(host) && parseBlock(host) === undefined
      ? [violation('PRV032', object, tenant, host, `takes over ${host}, a name of the cluster`)]
      : []),
    ...rangeViolations(world, object, tenant, [host]),
  ]);
}

/** What is wrong about texts that are addresses of the cluster; names of hosts are none. */
export function rangeViolations(
  world: World,
  object: Manifest,
  tenant: string,
  texts: readonly string[],
): readonly Violation[] {
  const { pods, services, nodes, apiServer, metadata } = world.plan;
  const inside = addressSet([...pods, ...services, ...nodes, ...apiServer, ...metadata]);
  return texts.flatMap((text) => {
    const range = parseBlock(text);
    if (range === undefined || !overlaps([range], inside)) return [];
    return [violation('PRV035', object, tenant, text, `leads to ${text}, an address of the cluster`)];
  });
}

/** Names that the cluster itself resolves: services in every short form, single words, and wildcards over them. */
export function isInternal(host: string): boolean {
  const plain = host.toLowerCase().replace(/\.$/, '');
  const bare = plain.startsWith('*.') ? plain.slice(2) : plain;
  if (bare === 'kubernetes' || bare.startsWith('kubernetes.default')) return true;
  if (/(^|\.)(svc|local|internal|localhost|cluster)$/.test(bare) || bare.includes('.svc.')) return true;
  return !bare.includes('.') && bare !== '*';
}

/** The policies that let somebody in, as openers. */
export function openersOf(policies: readonly AuthorizationPolicyModel[]): readonly Opener[] {
  const granting = policies.filter(({ action, rules }) => action === 'ALLOW' && rules.length > 0);
  return [...new Set(granting.map(({ object }) => object))].map((object): Opener => {
    const label = objectLabel(object);
    return { role: 'grants', key: objectKey(object), label, says: `${label} authorizes it` };
  });
}

/** Namespaces that are not the tenant's and may call all the same; any future tenant where that is so, for it says the rest. */
export function strangersTo(world: World, tenant: string, mayCall: (caller: Caller) => boolean): readonly string[] {
  if (mayCall({ kind: 'future' })) return [FUTURE_TENANT];
  const others = world.namespaces.filter(({ tenant: other, future }) => !future && other !== tenant);
  return others.filter(({ name }) => mayCall({ kind: 'namespace', name })).map(({ name }) => name);
}

/** Callers as the policies name them. */
export function sourcesOf(policies: readonly AuthorizationPolicyModel[]): readonly string[] {
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

/** A breach by one object. */
export function violation(code: FindingCode, object: Manifest, from: string, to: string, what: string): Violation {
  const label = objectLabel(object);
  const opener: Opener = { role: 'grants', key: objectKey(object), label, says: `${label} ${what}` };
  return { code, from, to, ports: [], sentence: `${label} of ${from} ${what}`, openedBy: [opener] };
}

import type { AuthorizationPolicyModel, AuthorizationRule, AuthorizationSource } from './authorization-policy';
import { covers, overlaps } from './cidr';
import { type Cut, NO_CUT } from './evaluate';
import type { AddressPlan } from './facts';
import {
  type Identity,
  type IdentityPatterns,
  identityCandidates,
  matchesPattern,
  matchesPrincipal,
  type Origin,
} from './identity';
import { ALWAYS, allOf, anyOf, MAYBE, type Match, NEVER, not } from './match';
import { ALL_PORTS, NO_PORTS, type PortSet, subtractPorts, unionPorts } from './port-set';

/** A caller with the certificate of its own account, or with none (`origin` undefined: plaintext). */
export type Caller = Origin | undefined;

type Policies = readonly AuthorizationPolicyModel[];

/**
 * Ports on which the policies let some request of the caller through: any account it may create, any request it may
 * write. Without an ALLOW policy everything is allowed that no DENY policy matches, as Istio has it.
 */
export function authorizedPorts(policies: Policies, caller: Caller, plan: AddressPlan, cut: Cut = NO_CUT): PortSet {
  const standing = policies.filter(({ object }) => !cut.objects.has(object));
  const who = caller === undefined ? [undefined] : identityCandidates(caller, plan.trustDomain, patternsOf(standing));
  let ports = NO_PORTS;
  for (const identity of who) {
    ports = unionPorts(ports, portsFor(standing, identity, plan, cut));
    if (ports === ALL_PORTS) break;
  }
  return ports;
}

/** The policies as a connection meets them that asks for a server name in TLS. */
export function askingFor(policies: Policies, name: string): Policies {
  const isMet = ({ serverNames }: AuthorizationRule): boolean =>
    serverNames === undefined || serverNames.some((pattern) => matchesPattern(pattern, name));
  return policies.map((policy) => ({ ...policy, rules: policy.rules.filter(isMet) }));
}

function portsFor(policies: Policies, identity: Identity | undefined, plan: AddressPlan, cut: Cut): PortSet {
  const allow = policies.filter(({ action }) => action === 'ALLOW');
  const granting = allow.filter(({ object }) => !cut.grantsOf.has(object)).flatMap(({ rules }) => rules);
  const allowed = granting
    .filter((rule) => matchRule(rule, identity, plan) !== NEVER)
    .map((rule) => rule.may)
    .reduce(unionPorts, allow.length === 0 ? ALL_PORTS : NO_PORTS);
  const denied = policies
    .flatMap(({ action, rules }) => (action === 'DENY' ? rules : []))
    .filter((rule) => matchRule(rule, identity, plan) === ALWAYS)
    .map((rule) => rule.must)
    .reduce(unionPorts, NO_PORTS);
  return subtractPorts(allowed, denied);
}

function matchRule(rule: AuthorizationRule, identity: Identity | undefined, plan: AddressPlan): Match {
  if (rule.sources === undefined) return ALWAYS;
  return anyOf(rule.sources.map((source) => matchSource(source, identity, plan)));
}

function matchSource(source: AuthorizationSource, identity: Identity | undefined, plan: AddressPlan): Match {
  const parts: Match[] = source.ofRequest ? [MAYBE] : [];
  const named = (patterns: readonly string[] | undefined, test: (pattern: string, who: Identity) => boolean): Match => {
    return identity !== undefined && (patterns ?? []).some((pattern) => test(pattern, identity)) ? ALWAYS : NEVER;
  };
  for (const [wanted, unwanted, test] of identityFields(source)) {
    if (wanted !== undefined) parts.push(named(wanted, test));
    // Whether no identity at all is "not this one" is left open.
    if (unwanted !== undefined) parts.push(identity === undefined ? MAYBE : not(named(unwanted, test)));
  }
  if (source.ipBlocks !== undefined) parts.push(matchBlocks(source.ipBlocks, plan));
  if (source.notIpBlocks !== undefined) parts.push(not(matchBlocks(source.notIpBlocks, plan)));
  return allOf(parts);
}

type Field = readonly [
  wanted: readonly string[] | undefined,
  unwanted: readonly string[] | undefined,
  test: (pattern: string, who: Identity) => boolean,
];

function identityFields(source: AuthorizationSource): readonly Field[] {
  return [
    [source.principals, source.notPrincipals, matchesPrincipal],
    [source.namespaces, source.notNamespaces, (pattern, who) => matchesPattern(pattern, who.namespace)],
    [
      source.serviceAccounts,
      source.notServiceAccounts,
      (name, who) => name === `${who.namespace}/${who.serviceAccount}`,
    ],
    [source.trustDomains, source.notTrustDomains, (pattern, who) => matchesPattern(pattern, who.trustDomain)],
  ];
}

function matchBlocks(blocks: NonNullable<AuthorizationSource['ipBlocks']>, plan: AddressPlan): Match {
  // A waypoint or a node may stand in between, so an address that is no pod's still may be the caller's.
  const callers = [...plan.pods, ...plan.nodes];
  if (!overlaps(blocks, callers)) return NEVER;
  return covers(blocks, callers) ? ALWAYS : MAYBE;
}

function patternsOf(policies: Policies): IdentityPatterns {
  const sources = policies.flatMap(({ rules }) => rules.flatMap((rule) => rule.sources ?? []));
  return {
    principals: sources.flatMap((source) => [...(source.principals ?? []), ...(source.notPrincipals ?? [])]),
    namespaces: sources.flatMap((source) => [...(source.namespaces ?? []), ...(source.notNamespaces ?? [])]),
    serviceAccounts: sources.flatMap((source) => [
      ...(source.serviceAccounts ?? []),
      ...(source.notServiceAccounts ?? []),
    ]),
  };
}

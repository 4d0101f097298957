import { isList, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import {
  type Claim,
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { EGRESS } from '../../constructs/network/egress-names';
import { flatMapClaims } from './claims';
import { textsAt } from './mesh-values';

const ISTIO = 'networking.istio.io';
const GATEWAY = `Gateway.${ISTIO}`;
const POLICY = 'AuthorizationPolicy.security.istio.io';

function isAtGateway({ namespace }: Subject): boolean {
  return namespace === EGRESS.namespace;
}

/** Who calls is known before anything is forwarded. */
export const mutualEgress: ObjectRule = {
  id: 'DRN425',
  title: 'the egress gateway takes mutual TLS of the mesh, for one name a server',
  why: 'in any other mode the gateway does not know who calls, and a wildcard takes calls for hosts that nobody declared',
  remedy: `write protocol: TLS with tls.mode ISTIO_MUTUAL on port ${EGRESS.port}, and one host as ./name`,
  control: 'NET-1',
  kinds: [GATEWAY],
  check: (subject) => {
    if (!isAtGateway(subject)) return NOT_APPLICABLE;
    return outcomeOf(
      listAt(subject.object, 'spec', 'servers').flatMap((server, i) => {
        const at = `spec.servers[${i}]`;
        const [number, protocol] = [valueAt(server, 'port', 'number'), valueAt(server, 'port', 'protocol')];
        const mode = valueAt(server, 'tls', 'mode');
        const hosts = valueAt(server, 'hosts');
        const one = isList(hosts) && hosts.length === 1 && /^\.\/[^*/]+$/.test(String(hosts[0]));
        return [
          ...(number === EGRESS.port ? [] : [wrong(`${at}.port.number`, number, String(EGRESS.port))]),
          ...(protocol === 'TLS' ? [] : [wrong(`${at}.port.protocol`, protocol, 'TLS')]),
          ...(mode === 'ISTIO_MUTUAL' ? [] : [wrong(`${at}.tls.mode`, mode, 'ISTIO_MUTUAL')]),
          ...(one ? [] : [wrong(`${at}.hosts`, hosts, 'one full name after ./')]),
        ];
      }),
    );
  },
};

/** A tenant's route is open to the tenant. */
export const ownEgress: ObjectRule = {
  id: 'DRN426',
  title: 'a policy of the egress gateway lets identities of its own tenant ask for names, each in full',
  why: 'without identities everybody calls out in the tenant’s name, and without the names its identities call what others declared',
  remedy: 'list principals of the tenant’s namespaces, and the names of its routes under when: connection.sni',
  control: 'NET-1',
  kinds: [POLICY],
  check: (subject) => {
    const { object, tenant } = subject;
    const rules = listAt(object, 'spec', 'rules');
    const allows = (valueAt(object, 'spec', 'action') ?? 'ALLOW') === 'ALLOW';
    if (!isAtGateway(subject) || !allows || rules.length === 0) return NOT_APPLICABLE;
    return outcomeOf(
      rules.flatMap((rule, i) => [...callers(rule, `spec.rules[${i}]`, tenant), ...names(rule, `spec.rules[${i}]`)]),
    );
  },
};

function callers(rule: unknown, at: string, tenant: string | undefined): readonly Finding[] {
  const expected = tenant === undefined ? 'the label of a tenant on the policy' : `principals of ${tenant}`;
  const from = listAt(rule, 'from');
  if (from.length === 0) return [wrong(`${at}.from`, valueAt(rule, 'from'), expected)];
  return from.flatMap((one, j) => {
    const principals = textsAt(one, 'source', 'principals');
    const own = principals.every((name) => tenant !== undefined && isOf(tenant, name));
    return principals.length > 0 && own ? [] : [wrong(`${at}.from[${j}].source.principals`, principals, expected)];
  });
}

function isOf(tenant: string, principal: string): boolean {
  const [domain = '', namespace = ''] = principal.split(/\/ns\/|\/sa\//);
  return !domain.includes('*') && !namespace.includes('*') && namespace.startsWith(`${tenant}-`);
}

function names(rule: unknown, at: string): readonly Finding[] {
  const asked = serverNames(rule);
  const exact = asked.length > 0 && asked.every((name) => !name.includes('*'));
  return exact ? [] : [wrong(`${at}.when`, asked, 'connection.sni with full names')];
}

function serverNames(rule: unknown): readonly string[] {
  return listAt(rule, 'when').flatMap((one) =>
    stringAt(one, 'key') === 'connection.sni' ? textsAt(one, 'values') : [],
  );
}

/** What a name at the gateway needs, by what of it an object brings. */
const PARTS = {
  call: 'a DestinationRule of the tenant that asks for it',
  server: 'a Gateway that takes it',
  route: 'a VirtualService that forwards it',
  target: 'a ServiceEntry that says where it leads',
  callers: 'an AuthorizationPolicy with the identities that may ask for it',
} as const;
type Part = keyof typeof PARTS;

/** Nothing hangs loose. */
export const wholeEgress: ClusterRule = {
  id: 'DRN427',
  title: 'a name at the egress gateway is asked for, taken, allowed to somebody, forwarded, and leads to a host',
  why: 'a name of which a part is missing is refused for all, or left over: the next that claims it finds it open',
  remedy: 'let the tenant declare the host, or remove what is left of it',
  control: 'NET-1',
  kinds: [`DestinationRule.${ISTIO}`, GATEWAY, `VirtualService.${ISTIO}`, `ServiceEntry.${ISTIO}`, POLICY],
  claims: (subject) => parts(subject).map(([part, name, field]) => claimBy(subject, name, field, part)),
  judge: (claims) => {
    const found = new Map<string, Set<string>>();
    const first = new Map<string, Claim>();
    for (const claim of claims) {
      found.set(claim.key, (found.get(claim.key) ?? new Set()).add(claim.value));
      const known = first.get(claim.key);
      if (known === undefined || claim.object < known.object) first.set(claim.key, claim);
    }
    return flatMapClaims(first.values(), ({ key, object, field }) =>
      Object.entries(PARTS).flatMap(([part, expected]) =>
        found.get(key)?.has(part) === true ? [] : [{ object, field, given: `${key} alone`, expected }],
      ),
    );
  },
};

function parts(subject: Subject): readonly (readonly [part: Part, name: string, field: string])[] {
  const { kind, object } = subject;
  if (kind === 'DestinationRule') {
    return listAt(object, 'spec', 'trafficPolicy', 'portLevelSettings').flatMap((port, i) => {
      const sni = stringAt(port, 'tls', 'sni');
      const field = `spec.trafficPolicy.portLevelSettings[${i}].tls.sni`;
      return sni?.endsWith(EGRESS.domain) === true ? [['call', sni, field] as const] : [];
    });
  }
  if (!isAtGateway(subject)) return [];
  const hosts = (part: Part) => textsAt(object, 'spec', 'hosts').map((name) => [part, name, 'spec.hosts'] as const);
  switch (kind) {
    case 'Gateway':
      return listAt(object, 'spec', 'servers').flatMap((server, i) =>
        textsAt(server, 'hosts').map(
          (host) => ['server', host.slice(host.indexOf('/') + 1), `spec.servers[${i}].hosts`] as const,
        ),
      );
    case 'VirtualService':
      return hosts('route');
    case 'ServiceEntry':
      return hosts('target');
    default:
      return listAt(object, 'spec', 'rules').flatMap((rule, i) =>
        serverNames(rule).map((name) => ['callers', name, `spec.rules[${i}].when`] as const),
      );
  }
}

const WANTS = 'wants';
const HAS = 'has';

/** No older protocol than everywhere else. */
export const egressTlsVersion: ClusterRule = {
  id: 'DRN428',
  title: 'the egress gateway speaks TLS 1.3 and nothing older',
  why: 'for servers with certificates of the mesh Istio takes no lowest version, so that TLS 1.2 is spoken where nothing else says so',
  remedy: `add the EnvoyFilter that sets tls_minimum_protocol_version: TLSv1_3 on port ${EGRESS.port} of the gateway`,
  control: 'ENC-1',
  kinds: [GATEWAY, `EnvoyFilter.${ISTIO}`],
  claims: (subject) => {
    if (!isAtGateway(subject)) return [];
    if (subject.kind === 'Gateway') return [claimBy(subject, EGRESS.namespace, 'spec.servers', WANTS)];
    return setsVersion(subject.object) ? [claimBy(subject, EGRESS.namespace, '', HAS)] : [];
  },
  judge: (claims) => {
    const all = [...claims];
    if (all.some(({ value }) => value === HAS)) return [];
    const expected = 'an EnvoyFilter with the lowest version of TLS';
    return all.map(({ object, field }) => ({ object, field, given: 'no lowest version of TLS', expected }));
  },
};

function setsVersion(filter: unknown): boolean {
  const labels = recordAt(filter, 'spec', 'workloadSelector', 'labels');
  const ours = Object.entries(EGRESS.pods).every(([key, value]) => labels[key] === value);
  return (
    ours &&
    listAt(filter, 'spec', 'configPatches').some((patch) => {
      const tls = recordAt(patch, 'patch', 'value', 'transport_socket', 'typed_config', 'common_tls_context');
      const everywhere = valueAt(patch, 'match', 'listener', 'portNumber') === EGRESS.port;
      return everywhere && stringAt(tls, 'tls_params', 'tls_minimum_protocol_version') === 'TLSv1_3';
    })
  );
}

function wrong(field: string, given: unknown, expected: string): Finding {
  return { field, given: show(given), expected };
}

/** Rules over the way out of pods with sidecars, in the order of their ids. */
export const EGRESS_RULES = [mutualEgress, ownEgress, wholeEgress, egressTlsVersion] as const;

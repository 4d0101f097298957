import { isList, isRecord, listAt, stringAt, valueAt } from '../../constructs/core/json';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type Subject } from '../../constructs/core/rule';

/** A host name somebody claims, and where it is written. */
export interface Host {
  readonly path: string;
  readonly host: unknown;
}

type Reader = (object: unknown) => readonly Host[];

/** Where hosts stand in the kinds that route traffic in. */
const READERS: Readonly<Record<string, Reader>> = {
  'networking.k8s.io/Ingress': (object) => [
    ...each(object, ['spec', 'rules'], 'spec.rules', 'host'),
    ...lists(object, ['spec', 'tls'], 'spec.tls', 'hosts'),
  ],
  'gateway.networking.k8s.io/HTTPRoute': (object) => hostList(object, ['spec', 'hostnames'], 'spec.hostnames'),
  'gateway.networking.k8s.io/GRPCRoute': (object) => hostList(object, ['spec', 'hostnames'], 'spec.hostnames'),
  'gateway.networking.k8s.io/TLSRoute': (object) => hostList(object, ['spec', 'hostnames'], 'spec.hostnames'),
  'gateway.networking.k8s.io/Gateway': (object) => each(object, ['spec', 'listeners'], 'spec.listeners', 'hostname'),
  'networking.istio.io/VirtualService': (object) => hostList(object, ['spec', 'hosts'], 'spec.hosts'),
  'networking.istio.io/Gateway': (object) => lists(object, ['spec', 'servers'], 'spec.servers', 'hosts').map(bare),
  'networking.istio.io/ServiceEntry': (object) => hostList(object, ['spec', 'hosts'], 'spec.hosts'),
  'policy.drun.io/TenantPolicy': (object) => hostList(object, ['spec', 'hosts'], 'spec.hosts'),
  'cert-manager.io/Certificate': (object) => hostList(object, ['spec', 'dnsNames'], 'spec.dnsNames'),
};

/** Whether the kind can name hosts. */
export function mayNameHosts(group: string, kind: string): boolean {
  return Object.hasOwn(READERS, `${group}/${kind}`);
}

/** Every host the object names; entries may be of any type. */
export function hostsOf(subject: Subject): readonly Host[] {
  return READERS[`${subject.group}/${subject.kind}`]?.(subject.object) ?? [];
}

const LABEL_TEXT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** Host names as DNS and every proxy read them alike. */
export const validHosts: ObjectRule = {
  id: 'DRN108',
  title: 'host names are lower-case DNS names without a trailing dot or punycode',
  why: 'proxies, certificates and people disagree about the rest, and each disagreement is a way around a route',
  remedy: 'write the plain lower-case name; a punycode name needs a waiver that shows what it looks like',
  control: 'NET-2',
  kinds: mayNameHosts,
  check: (subject) => {
    const hosts = hostsOf(subject);
    if (hosts.length === 0) return NOT_APPLICABLE;
    return outcomeOf(
      hosts.flatMap(({ path, host }): readonly Finding[] => {
        const expected = hostFault(host);
        return expected === undefined ? [] : [{ field: path, given: show(host), expected }];
      }),
    );
  },
};

/** What is wrong with a host name, said as what was expected. A leading `*.` or a lone `*` is left to other rules. */
function hostFault(host: unknown): string | undefined {
  if (typeof host !== 'string' || host === '') return 'a host name';
  if (host === '*') return undefined;
  if (/[^\x20-\x7e]/.test(host)) return 'a name in ASCII letters';
  if (/[A-Z]/.test(host)) return 'a name in lower case';
  if (host.endsWith('.')) return 'a name without a trailing dot';
  const name = host.startsWith('*.') ? host.slice(2) : host;
  if (name.length > 253) return 'a name of at most 253 characters';
  if (!name.split('.').every((label) => LABEL_TEXT.test(label)))
    return 'letters, digits and hyphens in labels of at most 63 characters';
  if (name.split('.').some((label) => label.startsWith('xn--'))) return 'a name without punycode (xn--)';
  return /^[\d.]+$/.test(name) ? 'a name, not an address' : undefined;
}

function hostList(object: unknown, keys: readonly string[], path: string): readonly Host[] {
  const value = valueAt(object, ...keys);
  if (value === undefined) return [];
  return isList(value) ? value.map((host, index) => ({ path: `${path}[${index}]`, host })) : [{ path, host: value }];
}

function each(object: unknown, keys: readonly string[], path: string, key: string): readonly Host[] {
  return listAt(object, ...keys).flatMap((item, index) => {
    const host = valueAt(item, key);
    return host === undefined ? [] : [{ path: `${path}[${index}].${key}`, host }];
  });
}

function lists(object: unknown, keys: readonly string[], path: string, key: string): readonly Host[] {
  return listAt(object, ...keys).flatMap((item, index) => hostList(item, [key], `${path}[${index}].${key}`));
}

/** Istio gateways write `namespace/host`. */
function bare({ path, host }: Host): Host {
  return { path, host: typeof host === 'string' ? host.slice(host.indexOf('/') + 1) : host };
}

/** Hosts of a service entry open the way out; they must be real names of the outside. */
export const plainServiceEntries: ObjectRule = {
  id: 'DRN171',
  title: 'a service entry names outside hosts, one by one',
  why: 'an entry for *, for a wildcard or for a cluster-local name hijacks the traffic of others',
  remedy: 'list each outside host by its full name',
  control: 'NET-1',
  kinds: ['ServiceEntry.networking.istio.io'],
  check: ({ object }) => {
    const hosts = hostList(object, ['spec', 'hosts'], 'spec.hosts');
    const everywhere = exportFindings(object);
    if (hosts.length === 0) {
      const expected = 'at least one outside host';
      return outcomeOf([
        { field: 'spec.hosts', given: show(valueAt(object, 'spec', 'hosts')), expected },
        ...everywhere,
      ]);
    }
    const inside = hosts.filter(({ host }) => typeof host !== 'string' || !isOutside(host));
    const expected = 'a full outside host name without a wildcard';
    return outcomeOf([
      ...inside.map(({ path, host }) => ({ field: path, given: show(host), expected })),
      ...everywhere,
    ]);
  },
};

/** Whether a host is a full name that nobody inside the cluster answers for. */
export function isOutside(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return !name.includes('*') && name.includes('.') && !/(?:^|\.)(?:svc|local|localhost|internal|cluster)$/.test(name);
}

/** A tenant's entry is seen by nobody else; Istio's default is everybody. */
function exportFindings(object: unknown): readonly Finding[] {
  const tenant = isRecord(object) ? stringAt(object, 'metadata', 'labels', 'drun.io/tenant') : undefined;
  const given = valueAt(object, 'spec', 'exportTo');
  const own = isList(given) && given.length === 1 && given[0] === '.';
  return tenant === undefined || own ? [] : [{ field: 'spec.exportTo', given: show(given), expected: '["."]' }];
}

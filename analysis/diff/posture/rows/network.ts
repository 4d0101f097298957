import { isRecord, listAt, numberAt, recordAt, stringAt, valueAt } from '../../../../constructs/core/json';
import type { Manifest } from '../../../../constructs/core/manifest';
import { canonical } from '../../canonical';
import { type Cluster, selectedNamespaces, selectorText, texts } from '../cluster';
import { type Fact, type Half, plainShift } from '../fact';

/** Port of the mesh tunnel (HBONE): the application's port is decided by an AuthorizationPolicy. */
const MESH_PORT = '15008';

/** What a NetworkPolicy isolates and what it lets through. */
export function networkPolicyFacts(object: Manifest, cluster: Cluster): readonly Fact[] {
  const namespace = stringAt(object, 'metadata', 'namespace') ?? 'default';
  const types = texts(object, 'spec', 'policyTypes');
  const egress = types.includes('Egress') || (types.length === 0 && valueAt(object, 'spec', 'egress') !== undefined);
  const ingress = types.includes('Ingress') || types.length === 0;
  const pods = selectorText(valueAt(object, 'spec', 'podSelector'));
  const at = { namespace, pods: pods === '' ? '' : ` for pods with ${pods}`, cluster };
  return [
    ...(egress
      ? [wall(at, 'egress'), ...listAt(object, 'spec', 'egress').flatMap((rule) => opened(rule, 'to', at))]
      : []),
    ...(ingress
      ? [wall(at, 'ingress'), ...listAt(object, 'spec', 'ingress').flatMap((rule) => opened(rule, 'from', at))]
      : []),
  ];
}

/** Each rule of the admin tier, in words; which rule comes first is a fact of its own. */
export function clusterNetworkPolicyFacts(object: Manifest, cluster: Cluster): readonly Fact[] {
  const name = stringAt(object, 'metadata', 'name') ?? '';
  const rules = (['ingress', 'egress'] as const).flatMap((way) =>
    listAt(object, 'spec', way).map((rule) => adminRule(name, way, rule, cluster)),
  );
  const settings = {
    subject: selectorText(valueAt(object, 'spec', 'subject', 'namespaces')),
    priority: String(numberAt(object, 'spec', 'priority') ?? ''),
    tier: stringAt(object, 'spec', 'tier') ?? '',
    order: rules.map((rule) => rule.id).join(),
  };
  const kept = Object.entries(settings).map(([key, value]) => ({
    id: `cnp ${name} ${key}`,
    having: 'changes' as const,
    gained: '',
    lost: '',
    value,
    changed: key === 'order' ? () => ORDER : plainShift(`the ${key} of ClusterNetworkPolicy ${name}`),
  }));
  return [...rules, ...kept];
}

const ORDER = { direction: 'changes', sentence: 'changes the order of rules in the admin tier' } as const;

interface At {
  readonly namespace: string;
  readonly pods: string;
  readonly cluster: Cluster;
}

function wall({ namespace, pods }: At, way: string): Fact {
  const what = `of ${way} in ${namespace}${pods}`;
  return {
    id: `np ${namespace} wall ${way}${pods}`,
    having: 'narrows',
    gained: `adds the default deny ${what}`,
    lost: `removes the default deny ${what}`,
  };
}

function opened(rule: unknown, side: 'to' | 'from', at: At): readonly Fact[] {
  const peers = listAt(rule, side);
  const names =
    peers.length === 0 ? [side === 'to' ? 'anywhere' : 'anyone'] : peers.flatMap((peer) => peerNames(peer, at));
  const ports = listAt(rule, 'ports');
  const items = ports.length === 0 ? [undefined] : ports.map(portText);
  return names.flatMap((name) => items.map((item) => hole(name, item, side, at)));
}

function hole(peer: string, item: string | undefined, side: 'to' | 'from', { namespace, pods, cluster }: At): Fact {
  const who = cluster.who(namespace);
  const known =
    cluster.tenantOf(namespace) !== undefined &&
    /^[a-z][a-z0-9-]*$/.test(peer) &&
    peer !== 'anywhere' &&
    peer !== 'anyone';
  const port = item === undefined || item.startsWith(MESH_PORT) ? {} : { port: item };
  const half: Half | undefined =
    known && who !== peer
      ? {
          side: side === 'to' ? 'sends' : 'accepts',
          from: side === 'to' ? who : peer,
          to: side === 'to' ? peer : who,
          ...port,
        }
      : undefined;
  return {
    id: `np ${namespace}${pods} ${side} ${peer} ${item ?? ''}`,
    having: 'widens',
    ...sentences(who, peer === who ? 'itself' : peer, side, half !== undefined, item, pods),
    place: namespace,
    ...(item === undefined ? {} : { item }),
    ...(half === undefined || side === 'from' ? {} : { half }),
  };
}

function sentences(
  who: string,
  peer: string,
  side: 'to' | 'from',
  half: boolean,
  item: string | undefined,
  pods: string,
) {
  const on = item === undefined ? ' on every port' : ' on {}';
  if (side === 'from')
    return { gained: `lets ${who} accept ${peer}${on}${pods}`, lost: `stops ${who} accepting ${peer}${on}${pods}` };
  if (half) return { gained: `lets ${who} call ${peer}${on}${pods}`, lost: `stops ${who} calling ${peer}${on}${pods}` };
  const port = item === undefined ? ' on every port' : ':{}';
  return { gained: `opens ${who} -> ${peer}${port}${pods}`, lost: `closes ${who} -> ${peer}${port}${pods}` };
}

function peerNames(peer: unknown, { namespace, cluster }: At): readonly string[] {
  const block = recordAt(peer, 'ipBlock');
  const cidr = stringAt(block, 'cidr');
  if (cidr !== undefined) {
    const except = [...texts(block, 'except')].sort();
    return [except.length === 0 ? cidr : `${cidr} except ${except.join(' ')}`];
  }
  const pods = selectorText(valueAt(peer, 'podSelector'));
  const suffix = pods === '' ? '' : ` pods with ${pods}`;
  const selector = valueAt(peer, 'namespaceSelector');
  const names = isRecord(selector) ? selectedNamespaces(selector, cluster) : [cluster.who(namespace)];
  return names.map((name) => `${name}${suffix}`);
}

function portText(port: unknown): string {
  const number = numberAt(port, 'port') ?? stringAt(port, 'port');
  const protocol = stringAt(port, 'protocol') ?? 'TCP';
  const end = numberAt(port, 'endPort');
  const range = number === undefined ? 'every port' : `${number}${end === undefined ? '' : `-${end}`}`;
  const mesh = range === MESH_PORT ? ' (mesh)' : '';
  return `${range}${mesh}${protocol === 'TCP' ? '' : `/${protocol}`}`;
}

function adminRule(
  policy: string,
  way: 'ingress' | 'egress',
  rule: unknown,
  cluster: Cluster,
): Fact & { readonly id: string } {
  const action = stringAt(rule, 'action') ?? 'no action';
  const peers = listAt(rule, way === 'egress' ? 'to' : 'from').map((peer) => adminPeer(peer, cluster));
  const ports = [...listAt(rule, 'ports'), ...listAt(rule, 'protocols')].map(adminPort);
  const on = ports.length === 0 ? '' : ` on ${[...ports].sort().join(', ')}`;
  const what = `${action} ${way} ${way === 'egress' ? 'to' : 'from'} ${[...peers].sort().join(', ')}${on}`;
  return {
    id: `cnp ${policy} ${what}`,
    having: action === 'Deny' ? 'narrows' : 'widens',
    gained: `adds to the admin tier ${policy}: ${what}`,
    lost: `removes from the admin tier ${policy}: ${what}`,
  };
}

function adminPeer(peer: unknown, cluster: Cluster): string {
  const networks = texts(peer, 'networks');
  if (networks.length > 0) return [...networks].sort().join(', ');
  const namespaces = valueAt(peer, 'namespaces');
  if (isRecord(namespaces)) return selectedNamespaces(namespaces, cluster).join(', ');
  return shown(peer);
}

/** `TCP 443`, `UDP 53-54`; forms that are not known are shown as they are. */
function adminPort(port: unknown): string {
  for (const protocol of ['tcp', 'udp', 'sctp']) {
    const target = recordAt(port, protocol, 'destinationPort');
    const number = numberAt(target, 'number');
    const start = numberAt(target, 'range', 'start');
    const name = protocol.toUpperCase();
    if (number !== undefined) return `${name} ${number}`;
    if (start !== undefined) return `${name} ${start}-${numberAt(target, 'range', 'end') ?? ''}`;
  }
  return shown(port);
}

/** Unusual parts as they are, with their keys in one order. */
function shown(value: unknown): string {
  return canonical(value, { kind: 'ClusterNetworkPolicy', fields: [] });
}

import type { Manifest } from '../../constructs/core/manifest';
import { addressSet, parseCidr } from './cidr';
import type { Peer } from './peer';
import { ALL_PORTS, LAST_PORT, type PortSet, portSet } from './port-set';
import { ALL_TRAFFIC, NO_TRAFFIC, type ProtocolPorts, trafficOf, unionTraffic } from './protocol';
import { isSet, type Reader } from './reader';
import { EVERYTHING, readSelector, type Selector } from './selector';

export type AdminAction = 'Accept' | 'Deny' | 'Pass';

/** One rule of a ClusterNetworkPolicy. A named port may be any port, and is none for certain: hence two port sets. */
export interface AdminRule {
  readonly action: AdminAction;
  readonly peers: readonly Peer[];
  /** Ports that the rule may match. */
  readonly may: ProtocolPorts;
  /** Ports that it matches whatever the pods look like. */
  readonly must: ProtocolPorts;
}

/** A ClusterNetworkPolicy (policy.networking.k8s.io/v1alpha2) as it acts; rules in order, the first match decides. */
export interface AdminPolicyModel {
  readonly object: Manifest;
  readonly tier: 'Admin' | 'Baseline';
  /** 0 to 1000, lower first; policies of equal priority have no order between them. */
  readonly priority: number;
  readonly namespaces: Selector;
  readonly pods: Selector;
  readonly ingress: readonly AdminRule[];
  readonly egress: readonly AdminRule[];
}

const PEER_KINDS = ['namespaces', 'pods', 'nodes', 'networks', 'domainNames'] as const;

/** Reads a ClusterNetworkPolicy; what cannot be read becomes a flaw of the reader. */
export function readAdminPolicy(reader: Reader, object: Manifest): AdminPolicyModel {
  const document: object = object;
  const known = ['tier', 'priority', 'subject', 'ingress', 'egress'];
  const spec = reader.object('spec' in document ? document.spec : undefined, 'spec', known);
  const side = (field: 'ingress' | 'egress', from: 'from' | 'to') =>
    reader
      .list(spec[field], `spec.${field}`)
      .flatMap((rule, index) => readRule(reader, rule, `spec.${field}[${index}]`, from));
  return {
    object,
    tier: reader.oneOf(spec.tier, 'spec.tier', ['Admin', 'Baseline']) ?? 'Admin',
    priority: reader.integer(spec.priority, 'spec.priority', 0, 1000) ?? 0,
    ...readSubject(reader, spec.subject),
    ingress: side('ingress', 'from'),
    egress: side('egress', 'to'),
  };
}

function readSubject(reader: Reader, value: unknown): { readonly namespaces: Selector; readonly pods: Selector } {
  const subject = reader.object(value, 'spec.subject', ['namespaces', 'pods']);
  if (isSet(subject.namespaces) === isSet(subject.pods)) {
    reader.flaw('spec.subject', value, 'exactly one of namespaces, pods');
  }
  if (isSet(subject.pods)) return readPods(reader, subject.pods, 'spec.subject.pods');
  return { namespaces: readSelector(reader, subject.namespaces, 'spec.subject.namespaces'), pods: EVERYTHING };
}

function readPods(
  reader: Reader,
  value: unknown,
  path: string,
): { readonly namespaces: Selector; readonly pods: Selector } {
  const pods = reader.object(value, path, ['namespaceSelector', 'podSelector']);
  if (!isSet(pods.namespaceSelector) || !isSet(pods.podSelector)) {
    reader.flaw(path, value, 'both namespaceSelector and podSelector');
  }
  return {
    namespaces: readSelector(reader, pods.namespaceSelector, `${path}.namespaceSelector`),
    pods: readSelector(reader, pods.podSelector, `${path}.podSelector`),
  };
}

function readRule(reader: Reader, value: unknown, path: string, field: 'from' | 'to'): readonly AdminRule[] {
  const rule = reader.object(value, path, ['name', 'action', field, 'protocols']);
  const action = reader.oneOf(rule.action, `${path}.action`, ['Accept', 'Deny', 'Pass']);
  const listed = reader.list(rule[field], `${path}.${field}`);
  if (listed.length === 0) reader.flaw(`${path}.${field}`, rule[field], 'at least one peer');
  const peers = listed.flatMap((peer, index) => readPeer(reader, peer, `${path}.${field}[${index}]`, field));
  if (action === undefined) return [];
  if (action !== 'Accept' && peers.some((peer) => peer.kind === 'domains')) {
    reader.flaw(`${path}.${field}`, action, 'domainNames in Accept rules only');
  }
  return [{ action, peers, ...readProtocols(reader, rule.protocols, `${path}.protocols`) }];
}

function readPeer(reader: Reader, value: unknown, path: string, field: 'from' | 'to'): readonly Peer[] {
  const known = field === 'from' ? PEER_KINDS.slice(0, 2) : PEER_KINDS;
  const peer = reader.object(value, path, known);
  const [kind, ...others] = known.filter((name) => isSet(peer[name]));
  if (kind === undefined || others.length > 0)
    return reader.flaw(path, value, `exactly one of ${known.join(', ')}`) ?? [];
  const at = `${path}.${kind}`;
  switch (kind) {
    case 'namespaces':
      return [{ kind: 'pods', namespaces: readSelector(reader, peer.namespaces, at), pods: EVERYTHING }];
    case 'pods':
      return [{ kind: 'pods', ...readPods(reader, peer.pods, at) }];
    case 'nodes':
      return [{ kind: 'nodes', all: readSelector(reader, peer.nodes, at).length === 0 }];
    case 'networks':
      return readNetworks(reader, peer.networks, at);
    case 'domainNames':
      if (reader.strings(peer.domainNames, at).length === 0)
        reader.flaw(at, peer.domainNames, 'at least one domain name');
      return [{ kind: 'domains' }];
  }
}

function readNetworks(reader: Reader, value: unknown, path: string): readonly Peer[] {
  const texts = reader.strings(value, path);
  if (texts.length === 0) reader.flaw(path, value, 'at least one CIDR');
  const ranges = texts.flatMap(
    (text, index) => parseCidr(text) ?? reader.flaw(`${path}[${index}]`, text, 'a CIDR') ?? [],
  );
  return [{ kind: 'addresses', addresses: addressSet(ranges) }];
}

type RulePorts = Pick<AdminRule, 'may' | 'must'>;

function readProtocols(reader: Reader, value: unknown, path: string): RulePorts {
  if (!isSet(value)) return { may: ALL_TRAFFIC, must: ALL_TRAFFIC };
  const listed = reader.list(value, path);
  if (listed.length === 0) reader.flaw(path, value, 'at least one protocol');
  return listed
    .map((item, index) => readProtocol(reader, item, `${path}[${index}]`))
    .reduce((a, b) => ({ may: unionTraffic(a.may, b.may), must: unionTraffic(a.must, b.must) }), {
      may: NO_TRAFFIC,
      must: NO_TRAFFIC,
    });
}

function readProtocol(reader: Reader, value: unknown, path: string): RulePorts {
  const known = ['tcp', 'udp', 'sctp', 'destinationNamedPort'] as const;
  const item = reader.object(value, path, known);
  const [kind, ...others] = known.filter((name) => isSet(item[name]));
  if (kind === undefined || others.length > 0) reader.flaw(path, value, `exactly one of ${known.join(', ')}`);
  if (kind === undefined) return { may: NO_TRAFFIC, must: NO_TRAFFIC };
  if (kind === 'destinationNamedPort') return { may: ALL_TRAFFIC, must: NO_TRAFFIC };
  const fields = reader.object(item[kind], `${path}.${kind}`, ['destinationPort']);
  const ports = readPort(reader, fields.destinationPort, `${path}.${kind}.destinationPort`);
  const protocol = kind === 'tcp' ? 'TCP' : kind === 'udp' ? 'UDP' : 'SCTP';
  return { may: trafficOf(protocol, ports), must: trafficOf(protocol, ports) };
}

function readPort(reader: Reader, value: unknown, path: string): PortSet {
  // Absent means every port of the protocol.
  if (!isSet(value)) return ALL_PORTS;
  const port = reader.object(value, path, ['number', 'range']);
  if (isSet(port.number) === isSet(port.range)) reader.flaw(path, value, 'exactly one of number, range');
  if (isSet(port.number)) {
    const number = reader.integer(port.number, `${path}.number`, 1, LAST_PORT) ?? 0;
    return portSet([[number, number]]);
  }
  const range = reader.object(port.range, `${path}.range`, ['start', 'end']);
  const start = reader.integer(range.start, `${path}.range.start`, 1, LAST_PORT) ?? 1;
  return portSet([[start, reader.integer(range.end, `${path}.range.end`, start + 1, LAST_PORT) ?? 0]]);
}

import { isRecord } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { addressSet, parseCidr, subtractAddresses } from './cidr';
import type { Peer } from './peer';
import { ALL_PORTS, LAST_PORT, portSet } from './port-set';
import { ALL_TRAFFIC, NO_TRAFFIC, PROTOCOLS, type ProtocolPorts, trafficOf, unionTraffic } from './protocol';
import { isSet, type Reader } from './reader';
import { EVERYTHING, readSelector, type Selector } from './selector';

/** Traffic that a NetworkPolicy grants: any of the peers, on any of the ports. */
export interface Grant {
  readonly peers: readonly Peer[];
  readonly ports: ProtocolPorts;
}

/** A NetworkPolicy as it acts. A direction that is undefined is not isolated by it. */
export interface NetworkPolicyModel {
  readonly object: Manifest;
  readonly namespace: string;
  readonly pods: Selector;
  readonly ingress: readonly Grant[] | undefined;
  readonly egress: readonly Grant[] | undefined;
}

const ANYONE: readonly Peer[] = [{ kind: 'anyone' }];

/** Reads a networking.k8s.io/v1 NetworkPolicy; what cannot be read becomes a flaw of the reader. */
export function readNetworkPolicy(reader: Reader, object: Manifest): NetworkPolicyModel {
  const namespace = object.metadata.namespace ?? reader.flaw('metadata.namespace', undefined, 'a namespace') ?? '';
  const document: object = object;
  const spec = reader.object('spec' in document ? document.spec : undefined, 'spec', [
    'podSelector',
    'policyTypes',
    'ingress',
    'egress',
  ]);
  const types = readTypes(reader, spec.policyTypes, spec.egress);
  const side = (field: 'ingress' | 'egress', from: 'from' | 'to') =>
    reader
      .list(spec[field], `spec.${field}`)
      .map((rule, index) => readGrant(reader, rule, `spec.${field}[${index}]`, from, namespace));
  const ingress = side('ingress', 'from');
  const egress = side('egress', 'to');
  return {
    object,
    namespace,
    pods: readSelector(reader, spec.podSelector, 'spec.podSelector'),
    ingress: types.includes('Ingress') ? ingress : undefined,
    egress: types.includes('Egress') ? egress : undefined,
  };
}

/** The API server's defaults: without `policyTypes`, Ingress always and Egress only where there are egress rules. */
function readTypes(reader: Reader, value: unknown, egress: unknown): readonly string[] {
  const types = reader.list(value, 'spec.policyTypes');
  if (types.length === 0) {
    return reader.list(egress, 'spec.egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  }
  return types.flatMap((type) => reader.oneOf(type, 'spec.policyTypes', ['Ingress', 'Egress']) ?? []);
}

function readGrant(reader: Reader, value: unknown, path: string, field: 'from' | 'to', namespace: string): Grant {
  const rule = reader.object(value, path, [field, 'ports']);
  const listed = reader.list(rule[field], `${path}.${field}`);
  const peers = listed.flatMap((peer, index) => readPeer(reader, peer, `${path}.${field}[${index}]`, namespace));
  const ports = reader.list(rule.ports, `${path}.ports`);
  return {
    // An empty or absent list of peers means everyone, and of ports every port.
    peers: listed.length === 0 ? ANYONE : peers,
    ports:
      ports.length === 0
        ? ALL_TRAFFIC
        : ports
            .map((port, index) => readPort(reader, port, `${path}.ports[${index}]`))
            .reduce(unionTraffic, NO_TRAFFIC),
  };
}

function readPeer(reader: Reader, value: unknown, path: string, namespace: string): readonly Peer[] {
  const peer = reader.object(value, path, ['podSelector', 'namespaceSelector', 'ipBlock']);
  const bySelector = isSet(peer.podSelector) || isSet(peer.namespaceSelector);
  if (isSet(peer.ipBlock) === bySelector) {
    reader.flaw(path, value, 'either an ipBlock or selectors');
    return [];
  }
  if (!bySelector) return readBlock(reader, peer.ipBlock, `${path}.ipBlock`);
  const pods = isSet(peer.podSelector) ? readSelector(reader, peer.podSelector, `${path}.podSelector`) : EVERYTHING;
  if (!isSet(peer.namespaceSelector)) return [{ kind: 'own-pods', namespace, pods }];
  const namespaces = readSelector(reader, peer.namespaceSelector, `${path}.namespaceSelector`);
  return [{ kind: 'pods', namespaces, pods }];
}

function readBlock(reader: Reader, value: unknown, path: string): readonly Peer[] {
  const block = reader.object(value, path, ['cidr', 'except']);
  const range = typeof block.cidr === 'string' ? parseCidr(block.cidr) : undefined;
  if (range === undefined) {
    reader.flaw(`${path}.cidr`, block.cidr, 'a CIDR such as 10.0.0.0/8');
    return [];
  }
  const except = reader.strings(block.except, `${path}.except`).flatMap((text, index) => {
    return parseCidr(text) ?? reader.flaw(`${path}.except[${index}]`, text, 'a CIDR such as 10.0.0.0/8') ?? [];
  });
  return [{ kind: 'addresses', addresses: subtractAddresses([range], addressSet(except)) }];
}

function readPort(reader: Reader, value: unknown, path: string): ProtocolPorts {
  const { port, endPort, protocol } = reader.object(value, path, ['protocol', 'port', 'endPort']);
  if (!isRecord(value)) reader.flaw(path, value, 'a port');
  const known = reader.oneOf(protocol, `${path}.protocol`, PROTOCOLS, 'TCP');
  if (known === undefined) return NO_TRAFFIC;
  // A named port is whatever port the pod's owner gives that name.
  if (!isSet(port) || typeof port === 'string') {
    if (isSet(endPort)) reader.flaw(`${path}.endPort`, endPort, 'a numeric port beside it');
    return trafficOf(known, ALL_PORTS);
  }
  const first = reader.integer(port, `${path}.port`, 1, LAST_PORT);
  const last = isSet(endPort) ? reader.integer(endPort, `${path}.endPort`, first ?? 1, LAST_PORT) : first;
  return first === undefined || last === undefined ? NO_TRAFFIC : trafficOf(known, portSet([[first, last]]));
}

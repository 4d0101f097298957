import { isRecord, listAt, numberAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';

/** A pod that is really there: the oracle knows nothing of sets. */
export interface Pod {
  readonly namespace: string;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly ip: string;
}

type Direction = 'ingress' | 'egress';

/** Tells of one packet whether it gets through. */
export type Judge = (from: Pod, to: Pod, protocol: string, port: number) => boolean;

interface Listed {
  readonly admin: readonly unknown[];
  readonly baseline: readonly unknown[];
  readonly policies: readonly Manifest[];
}

/** Judges packets one at a time by reading the manifests; it remembers nothing but which policies concern a pod. */
export function naiveNetwork(objects: readonly Manifest[]): Judge {
  const listed = { ingress: new Map<Pod, Listed>(), egress: new Map<Pod, Listed>() };
  const concerning = (way: Direction, pod: Pod): Listed => {
    const known = listed[way].get(pod);
    if (known !== undefined) return known;
    const policies = objects.filter((object) => object.kind === 'NetworkPolicy' && isolates(object, way, pod));
    const found = {
      admin: rulesFor(objects, 'Admin', way, pod),
      baseline: rulesFor(objects, 'Baseline', way, pod),
      policies,
    };
    listed[way].set(pod, found);
    return found;
  };
  const oneWay = (way: Direction, pod: Pod, peer: Pod, protocol: string, port: number): boolean => {
    const { admin, baseline, policies } = concerning(way, pod);
    const first = firstAction(admin, way, peer, protocol, port);
    if (first === 'Accept') return true;
    if (first === 'Deny') return false;
    if (policies.length === 0) return firstAction(baseline, way, peer, protocol, port) !== 'Deny';
    return policies.some((policy) =>
      listAt(policy, 'spec', way).some((rule) => grants(policy, rule, way, peer, protocol, port)),
    );
  };
  return (from, to, protocol, port) =>
    oneWay('egress', from, to, protocol, port) && oneWay('ingress', to, from, protocol, port);
}

function isolates(policy: Manifest, way: Direction, pod: Pod): boolean {
  if (policy.metadata.namespace !== pod.namespace || !labelsMatch(valueAt(policy, 'spec', 'podSelector'), pod.labels))
    return false;
  const types = listAt(policy, 'spec', 'policyTypes');
  if (types.length > 0) return types.includes(way === 'ingress' ? 'Ingress' : 'Egress');
  return way === 'ingress' || listAt(policy, 'spec', 'egress').length > 0;
}

function grants(policy: Manifest, rule: unknown, way: Direction, peer: Pod, protocol: string, port: number): boolean {
  const peers = listAt(rule, way === 'ingress' ? 'from' : 'to');
  const ports = listAt(rule, 'ports');
  const peerOk =
    peers.length === 0 ||
    peers.some((item) => {
      const block = recordAt(item, 'ipBlock');
      if (isRecord(valueAt(item, 'ipBlock'))) {
        const except = listAt(block, 'except').map(String);
        return inCidr(peer.ip, stringAt(block, 'cidr') ?? '') && !except.some((cidr) => inCidr(peer.ip, cidr));
      }
      const namespaces = valueAt(item, 'namespaceSelector');
      const inNamespace =
        namespaces === undefined
          ? peer.namespace === policy.metadata.namespace
          : labelsMatch(namespaces, peer.namespaceLabels);
      return inNamespace && labelsMatch(valueAt(item, 'podSelector') ?? {}, peer.labels);
    });
  const portOk =
    ports.length === 0 ||
    ports.some((item) => {
      if ((stringAt(item, 'protocol') ?? 'TCP') !== protocol) return false;
      const first = numberAt(item, 'port');
      return first === undefined || (first <= port && port <= (numberAt(item, 'endPort') ?? first));
    });
  return peerOk && portOk;
}

/** Rules that concern the pod, in order of priority, which the oracle demands to be distinct. */
function rulesFor(objects: readonly Manifest[], tier: string, way: Direction, pod: Pod): readonly unknown[] {
  return objects
    .filter((object) => object.kind === 'ClusterNetworkPolicy' && stringAt(object, 'spec', 'tier') === tier)
    .filter((policy) => isPodOf(valueAt(policy, 'spec', 'subject'), pod))
    .sort((a, b) => (numberAt(a, 'spec', 'priority') ?? 0) - (numberAt(b, 'spec', 'priority') ?? 0))
    .flatMap((policy) => listAt(policy, 'spec', way));
}

function firstAction(rules: readonly unknown[], way: Direction, peer: Pod, protocol: string, port: number): string {
  const hit = rules.find((rule) => {
    const protocols = listAt(rule, 'protocols');
    const portOk = protocols.length === 0 || protocols.some((item) => protocolHit(item, protocol, port));
    return portOk && listAt(rule, way === 'ingress' ? 'from' : 'to').some((item) => isPodOf(item, peer));
  });
  return stringAt(hit, 'action') ?? 'none';
}

function isPodOf(selector: unknown, pod: Pod): boolean {
  const networks = listAt(selector, 'networks').map(String);
  if (networks.length > 0) return networks.some((cidr) => inCidr(pod.ip, cidr));
  const pods = valueAt(selector, 'pods');
  if (pods === undefined) return labelsMatch(valueAt(selector, 'namespaces'), pod.namespaceLabels);
  return (
    labelsMatch(valueAt(pods, 'namespaceSelector'), pod.namespaceLabels) &&
    labelsMatch(valueAt(pods, 'podSelector'), pod.labels)
  );
}

function protocolHit(item: unknown, protocol: string, port: number): boolean {
  const fields = valueAt(item, protocol.toLowerCase());
  if (fields === undefined) return false;
  const number = numberAt(fields, 'destinationPort', 'number');
  if (number !== undefined) return number === port;
  const range = recordAt(fields, 'destinationPort', 'range');
  const start = numberAt(range, 'start');
  return start === undefined || (start <= port && port <= (numberAt(range, 'end') ?? 0));
}

function labelsMatch(selector: unknown, labels: Readonly<Record<string, string>>): boolean {
  const equal = Object.entries(recordAt(selector, 'matchLabels')).every(([key, value]) => labels[key] === value);
  return (
    equal &&
    listAt(selector, 'matchExpressions').every((term) => {
      const value = labels[stringAt(term, 'key') ?? ''];
      const listed = value !== undefined && listAt(term, 'values').includes(value);
      const operator = stringAt(term, 'operator');
      if (operator === 'In') return listed;
      if (operator === 'NotIn') return !listed;
      return (operator === 'Exists') === (value !== undefined);
    })
  );
}

function inCidr(ip: string, cidr: string): boolean {
  const bits = (text: string) =>
    text
      .split('.')
      .map((part) => Number(part).toString(2).padStart(8, '0'))
      .join('');
  const [base = '', length = '0'] = cidr.split('/');
  return bits(base).slice(0, Number(length)) === bits(ip).slice(0, Number(length));
}

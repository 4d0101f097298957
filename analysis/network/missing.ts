import { type Manifest, objectKey, objectLabel } from '../../constructs/core/manifest';
import { overlaps } from './cidr';
import type { Target } from './evaluate';
import type { NamespaceModel } from './namespace';
import type { Opener } from './report';
import type { Gate } from './route';
import type { World } from './world';

interface Closer {
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  /** What it would have done. */
  readonly duty: string;
}

/** The object that by the platform's own names should have closed the gate: absent, or of no effect on this traffic. */
export function missingCloser(world: World, gate: Gate, port: number): Opener {
  const closer = closerOf(world, gate, port);
  const found = world.find(closer.kind, closer.namespace, closer.name);
  if (found !== undefined) {
    const label = objectLabel(found);
    const says = `${label} should ${closer.duty} but ${whyNot(found, gate)}`;
    return { role: 'does-not-apply', key: objectKey(found), label, says };
  }
  const label = `${closer.kind} ${closer.namespace === undefined ? '' : `${closer.namespace}/`}${closer.name}`;
  return { role: 'absent', label, says: `no ${label}, nor any other, to ${closer.duty}` };
}

function closerOf(world: World, gate: Gate, port: number): Closer {
  switch (gate.kind) {
    case 'egress':
    case 'ingress':
      return gate.verdict === 'asWritten' && !gate.at.namespace.future
        ? networkCloser(gate.at.namespace, gate.kind)
        : adminCloser(world, gate.at.namespace, gate.kind, gate.target);
    case 'authorization': {
      const { name } = gate.at;
      if (gate.waypoint === undefined)
        return { kind: 'AuthorizationPolicy', namespace: name, name: 'default-deny', duty: 'refuse it' };
      const duty = `refuse it at waypoint ${gate.waypoint.name} by targetRefs`;
      return { kind: 'AuthorizationPolicy', namespace: name, name: 'waypoint-default-deny', duty };
    }
    case 'plaintext': {
      const namespace = gate.at.namespace.name;
      return { kind: 'PeerAuthentication', namespace, name: 'default', duty: `refuse plaintext on port ${port}` };
    }
    case 'proxy-ports':
      return { kind: 'NetworkPolicy', name: 'default-deny', duty: 'close the ports of the proxy' };
  }
}

function networkCloser(namespace: NamespaceModel, direction: 'ingress' | 'egress'): Closer {
  const duty = `deny ${direction} of ${namespace.name} by default`;
  return { kind: 'NetworkPolicy', namespace: namespace.name, name: 'default-deny', duty };
}

function adminCloser(world: World, namespace: NamespaceModel, direction: 'ingress' | 'egress', target: Target): Closer {
  const kind = 'ClusterNetworkPolicy';
  const duty = `deny it ${direction === 'egress' ? 'out of' : 'into'} ${namespace.name} in the admin tier`;
  if (target.kind === 'pod') {
    const ofTenant = `tenant-${namespace.tenant ?? ''}`;
    const name = world.find(kind, undefined, ofTenant) === undefined ? `tenant-${namespace.name}` : ofTenant;
    return { kind, name, duty };
  }
  const at = [{ first: target.at, last: target.at }];
  const { metadata, apiServer, nodes } = world.plan;
  if (overlaps(at, metadata)) return { kind, name: 'tenants-no-metadata', duty };
  if (overlaps(at, apiServer)) return { kind, name: 'tenants-no-api-server', duty };
  return { kind, name: overlaps(at, nodes) ? 'tenants-no-nodes' : 'tenants-no-outside', duty };
}

function whyNot(found: Manifest, gate: Gate): string {
  if (found.metadata.annotations?.['istio.io/dry-run'] === 'true') return 'is only rehearsed (istio.io/dry-run)';
  switch (gate.kind) {
    case 'egress':
    case 'ingress': {
      const selected = gate.at[gate.kind];
      const listed = [...selected.network, ...selected.admin.flat()].some(({ object }) => object === found);
      if (listed) return 'has no rule that denies this traffic';
      return `does not apply to ${gate.kind} of ${describePod(gate.at.labels)}`;
    }
    case 'authorization':
      return gate.policies.some(({ object }) => object === found) ? 'does not match it' : 'does not apply there';
    case 'plaintext':
      return gate.at.peerAuthentication.some(({ object }) => object === found)
        ? 'is not STRICT there'
        : `does not select ${describePod(gate.at.labels)}`;
    case 'proxy-ports':
      return 'does not select it';
  }
}

/** `a pod labelled app=x`, or `any pod`. */
export function describePod(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  return pairs.length === 0 ? 'a pod without labels' : `a pod labelled ${pairs.join(', ')}`;
}

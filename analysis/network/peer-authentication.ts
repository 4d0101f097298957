import type { Manifest } from '../../constructs/core/manifest';
import { ROOT_NAMESPACE } from './authorization-policy';
import { ALL_PORTS, NO_PORTS, type PortSet, portsOf, subtractPorts, unionPorts } from './port-set';
import { isSet, type Reader } from './reader';
import { EVERYTHING, readMatchLabels, type Selector } from './selector';

const MODES = ['UNSET', 'DISABLE', 'PERMISSIVE', 'STRICT'] as const;
type Mode = (typeof MODES)[number];

/** A PeerAuthentication (security.istio.io) as it acts. */
export interface PeerAuthenticationModel {
  readonly object: Manifest;
  readonly namespace: string;
  /** Empty: every pod of the namespace (of the mesh, in the root namespace). */
  readonly pods: Selector;
  readonly mode: Mode;
  readonly ports: readonly (readonly [port: number, mode: Mode])[];
}

/** Reads a PeerAuthentication; what cannot be read becomes a flaw of the reader. */
export function readPeerAuthentication(reader: Reader, object: Manifest): PeerAuthenticationModel {
  const document: object = object;
  const spec = reader.object('spec' in document ? document.spec : undefined, 'spec', [
    'selector',
    'mtls',
    'portLevelMtls',
  ]);
  const selector = reader.object(spec.selector, 'spec.selector', ['matchLabels']);
  const levels = spec.portLevelMtls ?? {};
  const keys = typeof levels === 'object' ? Object.keys(levels) : [];
  const byPort = reader.object(levels, 'spec.portLevelMtls', keys);
  return {
    object,
    namespace: object.metadata.namespace ?? reader.flaw('metadata.namespace', undefined, 'a namespace') ?? '',
    pods: isSet(selector.matchLabels)
      ? readMatchLabels(reader, selector.matchLabels, 'spec.selector.matchLabels')
      : EVERYTHING,
    mode: readMode(reader, spec.mtls, 'spec.mtls'),
    ports: keys.map((key): readonly [number, Mode] => {
      const path = `spec.portLevelMtls.${key}`;
      return [reader.integer(Number(key), path, 1, 65_535) ?? 0, readMode(reader, byPort[key], path)];
    }),
  };
}

function readMode(reader: Reader, value: unknown, path: string): Mode {
  return reader.oneOf(reader.object(value, path, ['mode']).mode, `${path}.mode`, MODES, 'UNSET') ?? 'UNSET';
}

/**
 * Ports of a pod on which plaintext is accepted. The narrowest level that says something decides: port, workload,
 * namespace, mesh, and PERMISSIVE where none does. Where two policies of one level differ, Istio takes the older one;
 * ages are unknown here, so a port counts as open if any choice opens it.
 * @param policies those of the pod's namespace that select it, and those of the root namespace
 */
export function plaintextPorts(policies: readonly PeerAuthenticationModel[], namespace: string): PortSet {
  const wide = policies.filter((policy) => policy.pods.length === 0);
  const mesh = levelPorts(
    wide.filter((policy) => policy.namespace === ROOT_NAMESPACE),
    ALL_PORTS,
  );
  const own = namespace === ROOT_NAMESPACE ? [] : wide.filter((policy) => policy.namespace === namespace);
  const base = levelPorts(own, mesh);
  const selective = policies.filter((policy) => policy.pods.length > 0);
  const workload = levelPorts(
    selective.filter((policy) => policy.namespace === namespace),
    base,
  );
  // Istio's texts differ on whether a selector works in the root namespace: it may weaken, it never strengthens.
  const root = selective.filter((policy) => policy.namespace === ROOT_NAMESPACE && namespace !== ROOT_NAMESPACE);
  return root.map((policy) => portsOfOne(policy, NO_PORTS)).reduce(unionPorts, workload);
}

function levelPorts(policies: readonly PeerAuthenticationModel[], inherited: PortSet): PortSet {
  if (policies.length === 0) return inherited;
  return policies.map((policy) => portsOfOne(policy, inherited)).reduce(unionPorts, NO_PORTS);
}

function portsOfOne(policy: PeerAuthenticationModel, inherited: PortSet): PortSet {
  const base = modePorts(policy.mode, inherited);
  return policy.ports.reduce((ports, [port, mode]) => {
    const one = portsOf([port]);
    const open = mode === 'UNSET' ? false : mode !== 'STRICT';
    // A port level without a selector is not defined by Istio: it may weaken, it never strengthens.
    if (open) return unionPorts(ports, one);
    return mode === 'STRICT' && policy.pods.length > 0 ? subtractPorts(ports, one) : ports;
  }, base);
}

function modePorts(mode: Mode, inherited: PortSet): PortSet {
  if (mode === 'UNSET') return inherited;
  return mode === 'STRICT' ? NO_PORTS : ALL_PORTS;
}

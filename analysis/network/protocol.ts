import { ALL_PORTS, NO_PORTS, type PortSet, unionPorts } from './port-set';

/** The transport protocols that network policies speak of. */
export const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;
export type Protocol = (typeof PROTOCOLS)[number];

/** A set of ports for each protocol. */
export type ProtocolPorts = Readonly<Record<Protocol, PortSet>>;

export const NO_TRAFFIC: ProtocolPorts = { TCP: NO_PORTS, UDP: NO_PORTS, SCTP: NO_PORTS };
export const ALL_TRAFFIC: ProtocolPorts = { TCP: ALL_PORTS, UDP: ALL_PORTS, SCTP: ALL_PORTS };

/** Traffic of one protocol only. */
export function trafficOf(protocol: Protocol, ports: PortSet): ProtocolPorts {
  return { ...NO_TRAFFIC, [protocol]: ports };
}

export function unionTraffic(a: ProtocolPorts, b: ProtocolPorts): ProtocolPorts {
  return { TCP: unionPorts(a.TCP, b.TCP), UDP: unionPorts(a.UDP, b.UDP), SCTP: unionPorts(a.SCTP, b.SCTP) };
}

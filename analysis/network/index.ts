export { FINDINGS, type FindingCode, type FindingText } from './codes';
export { FUTURE_TENANT } from './namespace';
export { formatPorts, type PortInterval, type PortSet } from './port-set';
export type { Protocol } from './protocol';
export { proveReachability } from './prove';
export type {
  ClusterNetworkFacts,
  DeclaredPath,
  EgressGrant,
  Opener,
  ReachabilityInput,
  ReachabilityReport,
  ReachablePath,
  UnusedPath,
  Verdict,
  Violation,
} from './report';

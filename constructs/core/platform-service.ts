/** What tenants may call inside the platform, and where it lives. A tenant names the service, never the namespace. */
export interface PlatformService {
  readonly namespace: string;
  /** TCP port that the service listens on. */
  readonly port: number;
  /** Whether its pods are in the ambient mesh and are reached through its tunnel; Vault brings its own TLS. */
  readonly ambient: boolean;
}

/** Services by the name that a tenant's `allow` uses. The namespaces are made in the foundation layer. */
export const PLATFORM_SERVICES = {
  vault: { namespace: 'vault', port: 8200, ambient: false },
  telemetry: { namespace: 'drun-telemetry', port: 4317, ambient: true },
  models: { namespace: 'drun-models', port: 8443, ambient: true },
} as const satisfies Record<string, PlatformService>;

/** `vault`, `telemetry` or `models`. */
export type PlatformServiceName = keyof typeof PLATFORM_SERVICES;

/** Where public traffic enters, where it leaves, where other regions call, and where the controllers live. */
export const PLATFORM_NAMESPACE = {
  system: 'drun-system',
  ingress: 'drun-ingress',
  egress: 'drun-egress',
  /** Where traffic of pods with sidecars leaves. */
  egressGateway: 'drun-egress-gateway',
  eastWest: 'drun-eastwest',
  mesh: 'istio-system',
  queue: 'kueue-system',
  certificates: 'cert-manager',
  dns: 'external-dns',
  /** Writes secrets into pods; its agents are on every node. */
  csi: 'drun-csi',
} as const;

/** TCP port of the encrypted tunnel between ambient workloads (https://istio.io/latest/docs/ambient/architecture/hbone/). */
export const HBONE_PORT = 15008;

/** TCP ports on the wire between a tenant and a service: the service's own, and the tunnel where the mesh carries it. */
export function servicePorts({ port, ambient }: PlatformService): readonly number[] {
  return ambient ? [port, HBONE_PORT] : [port];
}

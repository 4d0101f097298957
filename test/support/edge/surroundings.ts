import type { KeyPair } from '../../../cluster/local/certificates';
import { CDN_AUTHORITY } from './environment';
import { GATEWAY_PORT, INGRESS, PUBLISHED, SELECTOR, TENANT, WAF_PORT } from './fixture';
import type { Loopback } from './loopback';
import { authoritySecret, tlsSecret, workloadObjects } from './objects';
import type { Objects } from './weaken';

/** Addresses of the pods in a lab's network. */
export const AT = { gateway: 10, web: 20, waf: 30 } as const;

/** What only a run knows. */
export interface Surroundings {
  readonly net: Loopback;
  /** Port of the tenant's workload. */
  readonly upstream: number;
  /** Certificate of the public hosts, and the authority of the CDN whose certificates are asked for. */
  readonly server: KeyPair;
  readonly cdn: string;
}

/** What a cluster has besides the platform's objects: the gateway, a tenant's workload, the firewall, and certificates. */
export function surroundings({ net, upstream, server, cdn }: Surroundings): Objects {
  const gateway = { name: 'ingress', port: 443, targetPort: GATEWAY_PORT, portName: 'https', labels: SELECTOR };
  const firewall = { name: 'waf', port: WAF_PORT, targetPort: WAF_PORT, portName: 'grpc' };
  const workload = { name: 'web', port: 8080, targetPort: upstream };
  return [
    ...workloadObjects({ ...gateway, namespace: INGRESS, address: net(AT.gateway), mesh: 'none' }),
    ...workloadObjects({ ...firewall, namespace: INGRESS, address: net(AT.waf), mesh: 'none' }),
    ...workloadObjects({ ...workload, namespace: TENANT, address: net(AT.web), mesh: 'none' }),
    tlsSecret(INGRESS, PUBLISHED.open, server),
    tlsSecret(INGRESS, PUBLISHED.api, server),
    authoritySecret(INGRESS, CDN_AUTHORITY, cdn),
  ];
}

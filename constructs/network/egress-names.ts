import { publishedName } from '../core/object-names';
import { PLATFORM_NAMESPACE } from '../core/platform-service';

const NAME = 'egress';
/** Domain of the names that sidecars ask for; nobody asks a name server for them. */
const DOMAIN = 'egress.drun.io';

/** The gateway through which pods with sidecars call hosts on the internet. */
export const EGRESS = {
  /** Name of its release, its service and its service account. */
  name: NAME,
  namespace: PLATFORM_NAMESPACE.egressGateway,
  /** TCP port that it listens on, for mutual TLS of the mesh and nothing else. */
  port: 8443,
  /** Labels of its pods, as the chart makes them of the release's name. */
  pods: { istio: NAME },
  domain: `.${DOMAIN}`,
  /** Its service. */
  host: `${NAME}.${PLATFORM_NAMESPACE.egressGateway}.svc.cluster.local`,
} as const;

/** One port of one host outside that one tenant calls: the smallest thing that the gateway opens. */
export interface EgressRoute {
  readonly tenant: string;
  readonly host: string;
  readonly port: number;
}

/** Longest host that a route can have: with port, tenant and domain it is a name of at most 253 characters. */
export const MAX_EGRESS_HOST = 253 - `65535..${'t'.repeat(30)}.${DOMAIN}`.length;

/**
 * The name that a sidecar asks the gateway for. The tenant is part of it, so that no two tenants share a route: what one of
 * them declared is another name than what the other calls.
 *
 * @example
 * egressServerName({ tenant: 'acme', host: 'api.openai.com', port: 443 }); // 443.api.openai.com.acme.egress.drun.io
 */
export function egressServerName({ tenant, host, port }: EgressRoute): string {
  return `${port}.${host}.${tenant}.${DOMAIN}`;
}

/** Name of a route's objects. No tenant's name has two dashes in a row. */
export function egressObjectName({ tenant, host, port }: EgressRoute): string {
  return `${tenant}--${port}-${publishedName(host)}`;
}

import type { Construct } from 'constructs';

/** What a tenant's published services must know of the edge that publishes them. */
export interface EdgeFacts {
  /** Issuers whose tokens callers may bring; none: any issuer that the edge itself believes. */
  readonly issuers: readonly string[];
  /** Secret of the edge's namespace with the authority that the CDN's client certificate comes from. @default - no CDN */
  readonly clientCa?: string;
  /** Requests a minute to all that one tenant publishes, counted over all proxies. @default - nobody counts over all proxies */
  readonly perTenant?: number;
}

/** Pods of the edge's proxy, by the label that its chart gives them. */
export const EDGE_PODS = { istio: 'ingress' } as const;

/** The cluster-wide issuer of the edge's certificates, whichever authority is behind it. */
export const EDGE_ISSUER = 'drun-edge';

/** Ports of the edge's Service, and of its pods behind it. There is no port for plain HTTP. */
export const EDGE_PORT = { service: 443, pod: 8443 } as const;

/** Label of the ConfigMaps in which tenants' exclusions from firewall rules stand; what delivers them looks for it. */
export const WAF_ROUTES_LABEL = 'drun.io/waf-routes';

/**
 * Filters around the firewall, which is sent headers and body at once and answers once: the first waits for the whole body, so
 * that slow callers cost the firewall nothing, and the second tells the service behind the length that is lost on the way.
 */
export const WAF_BODY_FILTERS = { whole: 'drun.waf_whole', length: 'drun.waf_length' } as const;

const CONTEXT = 'drun:edge';
/** An edge without a CDN, that believes whichever issuers it was told. */
export const DEFAULT_EDGE: EdgeFacts = { issuers: [] };

/** Says what edge everything below `scope` is published by; call it before `scope` has children. */
export function provideEdgeFacts(scope: Construct, facts: EdgeFacts): void {
  scope.node.setContext(CONTEXT, facts);
}

/** The facts provided above `construct`, or the defaults: no CDN, and whichever issuers the edge believes. */
export function edgeFactsOf(construct: Construct): EdgeFacts {
  const facts: EdgeFacts | undefined = construct.node.tryGetContext(CONTEXT);
  return facts ?? DEFAULT_EDGE;
}

import { gatewayLimits } from './fixture-limits';
import { namespaceObject } from './objects';

/**
 * A gateway as the platform's constructs write it, until tests take it from a rendered environment: only what the platform
 * itself emits. What a cluster adds (pods, endpoints, certificates) is in `surroundings.ts`. One tenant, `acme`, publishes a service
 * at three hosts.
 */
export interface GatewayFixture {
  readonly objects: readonly object[];
  /** Istio's MeshConfig. */
  readonly mesh: Readonly<Record<string, unknown>>;
  /** The gateway pod's own annotations. */
  readonly annotations: Readonly<Record<string, string>>;
}

export const INGRESS = 'istio-ingress';
export const TENANT = 'acme-train';
export const ISSUER = 'https://login.example.com';
export const AUDIENCE = 'drun';

/** Public hosts, by what stands behind them. */
export const HOST = {
  /** Anybody may call it; the CDN's certificate is not asked for. */
  open: 'www.acme.example',
  /** Callers need a token. */
  api: 'api.acme.example',
  /** Only the CDN may call it. */
  cdn: 'cdn.acme.example',
} as const;

/** Port on which the gateway listens; its service maps 443 to it. */
export const GATEWAY_PORT = 8443;
/** Port of the firewall, in plaintext beside the gateway. */
export const WAF_PORT = 9002;
/** Label of the gateway’s pods. */
export const SELECTOR = { istio: 'ingress' } as const;

/** All objects and settings; the public keys of the identity provider are those of this run, as a JWKS. */
export function gatewayFixture(jwks: string): GatewayFixture {
  return {
    objects: [
      namespaceObject(INGRESS),
      namespaceObject(TENANT, { 'drun.io/tenant': 'acme' }),
      ...exposure('acme-open', HOST.open, 'console/acme/open', 'SIMPLE'),
      ...exposure('acme-api', HOST.api, 'api/acme/api', 'SIMPLE'),
      ...exposure('acme-cdn', HOST.cdn, 'inference/acme/cdn', 'MUTUAL'),
      ...authorization(jwks),
      ...gatewayLimits(INGRESS, SELECTOR),
    ],
    mesh: MESH,
    annotations: {
      'proxy.istio.io/config': JSON.stringify({
        proxyMetadata: { ISTIO_META_GLOBAL_DOWNSTREAM_MAX_CONNECTIONS: '1000' },
      }),
    },
  };
}

const MESH = {
  rootNamespace: 'istio-system',
  pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },
  outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
  meshMTLS: { minProtocolVersion: 'TLSV1_3' },
  tlsDefaults: { minProtocolVersion: 'TLSV1_3' },
  accessLogFile: '',
  defaultConfig: { gatewayTopology: { numTrustedProxies: 1, forwardClientCertDetails: 'SANITIZE' } },
} as const;

function exposure(name: string, host: string, route: string, mode: 'SIMPLE' | 'MUTUAL'): readonly object[] {
  return [
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name, namespace: INGRESS },
      spec: {
        selector: SELECTOR,
        servers: [
          {
            port: { number: 443, name: `https-${name}`, protocol: 'HTTPS' },
            hosts: [`${TENANT}/${host}`],
            tls: { mode, minProtocolVersion: 'TLSV1_3', credentialName: name },
          },
        ],
      },
    },
    {
      apiVersion: 'networking.istio.io/v1',
      kind: 'VirtualService',
      metadata: { name, namespace: TENANT },
      spec: {
        hosts: [host],
        gateways: [`${INGRESS}/${name}`],
        exportTo: [INGRESS],
        http: [
          {
            name: route,
            route: [{ destination: { host: `web.${TENANT}.svc.cluster.local`, port: { number: 80 } } }],
            timeout: '15s',
            retries: { attempts: 0 },
          },
        ],
      },
    },
  ];
}

function authorization(jwks: string): readonly object[] {
  const policy = (name: string, spec: object) => ({
    apiVersion: 'security.istio.io/v1',
    kind: 'AuthorizationPolicy',
    metadata: { name, namespace: INGRESS },
    spec: { selector: { matchLabels: SELECTOR }, ...spec },
  });
  const to = (host: string) => [{ operation: { hosts: [host, `${host}:*`] } }];
  return [
    policy('default-deny', {}),
    policy('deny-admin', {
      action: 'DENY',
      rules: [{ to: [{ operation: { paths: ['/admin', '/admin/*', '/a/b'], ports: [String(GATEWAY_PORT)] } }] }],
    }),
    policy('acme-open', { action: 'ALLOW', rules: [{ to: to(HOST.open) }] }),
    policy('acme-cdn', { action: 'ALLOW', rules: [{ to: to(HOST.cdn) }] }),
    policy('acme-api', {
      action: 'ALLOW',
      rules: [{ from: [{ source: { requestPrincipals: [`${ISSUER}/*`] } }], to: to(HOST.api) }],
    }),
    {
      apiVersion: 'security.istio.io/v1',
      kind: 'RequestAuthentication',
      metadata: { name: 'tokens', namespace: INGRESS },
      spec: { selector: { matchLabels: SELECTOR }, jwtRules: [{ issuer: ISSUER, audiences: [AUDIENCE], jwks }] },
    },
  ];
}

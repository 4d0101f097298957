import type { KeyPair } from '../../../cluster/local/certificates';
import { gatewayLimits } from './fixture-limits';
import type { Loopback } from './loopback';
import { namespaceObject, tlsSecret, workloadObjects } from './objects';

/**
 * A gateway as the platform's constructs write it, until tests take it from a rendered environment. One tenant, `acme`, publishes
 * a service of each route type at a host of its own.
 */
export interface GatewayFixture {
  readonly objects: readonly object[];
  readonly mesh: Readonly<Record<string, unknown>>;
  /** The gateway pod's own annotations. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** What the fixture cannot know: addresses and certificates of this run. */
export interface GatewaySite {
  readonly net: Loopback;
  /** Port of the tenant's workload. */
  readonly upstream: number;
  /** Certificate of the public hosts, and the authority of the CDN whose certificates are asked for. */
  readonly server: KeyPair;
  readonly cdn: string;
  /** Public keys of the identity provider, as a JWKS. */
  readonly jwks: string;
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

/** Addresses of the fixture's pods in the lab's network. */
export const AT = { gateway: 10, web: 20, waf: 30 } as const;

/** Port on which the gateway listens; its service maps 443 to it. */
export const GATEWAY_PORT = 8443;
/** Port of the firewall, in plaintext beside the gateway. */
export const WAF_PORT = 9002;
const SELECTOR = { istio: 'ingress' } as const;

/** All objects and settings. */
export function gatewayFixture(site: GatewaySite): GatewayFixture {
  return {
    objects: [
      namespaceObject(INGRESS),
      namespaceObject(TENANT, { 'drun.io/tenant': 'acme' }),
      ...workloadObjects({ ...GATEWAY_POD, address: site.net(AT.gateway) }),
      ...workloadObjects({
        namespace: TENANT,
        name: 'web',
        address: site.net(AT.web),
        port: 80,
        targetPort: site.upstream,
        mesh: 'none',
      }),
      ...workloadObjects({
        namespace: INGRESS,
        name: 'waf',
        address: site.net(AT.waf),
        port: 9002,
        targetPort: WAF_PORT,
        portName: 'grpc',
        mesh: 'none',
      }),
      tlsSecret(INGRESS, 'acme-open', site.server),
      tlsSecret(INGRESS, 'acme-api', site.server),
      tlsSecret(INGRESS, 'acme-cdn', site.server, site.cdn),
      ...exposure('acme-open', HOST.open, 'console/acme/open', 'SIMPLE'),
      ...exposure('acme-api', HOST.api, 'api/acme/api', 'SIMPLE'),
      ...exposure('acme-cdn', HOST.cdn, 'inference/acme/cdn', 'MUTUAL'),
      ...authorization(site.jwks),
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

const GATEWAY_POD = {
  namespace: INGRESS,
  name: 'gateway',
  port: 443,
  targetPort: GATEWAY_PORT,
  portName: 'https',
  labels: SELECTOR,
  mesh: 'none',
} as const;

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

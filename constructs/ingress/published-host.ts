import type { Manifest } from '../core/manifest';
import { publishedName } from '../core/object-names';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import { EDGE_ISSUER, EDGE_PODS, EDGE_PORT, type EdgeFacts } from './edge-facts';
import { type ExposureSpec, routeName } from './exposure-spec';
import { routeType } from './route-types';

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** All that a tenant publishes under one host. */
export interface PublishedHost {
  readonly tenant: string;
  readonly host: string;
  readonly exposures: readonly ExposureSpec[];
}

/** A certificate, a server that accepts TLS 1.3 alone, and one route for each path, the longest first. */
export function publishedHostManifests(published: PublishedHost, edge: EdgeFacts, stamp: Stamp): readonly SpecObject[] {
  return [certificate(published, stamp), gateway(published, edge, stamp), virtualService(published, stamp)];
}

/** A new key with every certificate: one that leaked is worth nothing after the next renewal. */
function certificate({ host }: PublishedHost, stamp: Stamp): SpecObject {
  const name = publishedName(host);
  return {
    apiVersion: 'cert-manager.io/v1',
    kind: 'Certificate',
    metadata: stamp(name, PLATFORM_NAMESPACE.ingress),
    spec: {
      secretName: name,
      dnsNames: [host],
      duration: '2160h',
      renewBefore: '720h',
      revisionHistoryLimit: 1,
      privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
      usages: ['digital signature', 'server auth'],
      issuerRef: { group: 'cert-manager.io', kind: 'ClusterIssuer', name: EDGE_ISSUER },
    },
  };
}

/** Classic Istio, because the Gateway API has no lowest version of TLS for a listener. */
function gateway({ host }: PublishedHost, { clientCa }: EdgeFacts, stamp: Stamp): SpecObject {
  const name = publishedName(host);
  // Istio takes an authority from a name that ends like this, and a key from any other; the Secret is called without the end.
  const authority = { mode: 'MUTUAL', caCertCredentialName: `${clientCa}-cacert` };
  const mode = clientCa === undefined ? { mode: 'SIMPLE' } : authority;
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'Gateway',
    metadata: stamp(name, PLATFORM_NAMESPACE.ingress),
    spec: {
      selector: EDGE_PODS,
      servers: [
        {
          port: { number: EDGE_PORT.service, name: 'https', protocol: 'HTTPS' },
          hosts: [`./${host}`],
          tls: { ...mode, credentialName: name, minProtocolVersion: 'TLSV1_3' },
        },
      ],
    },
  };
}

/** Headers by which callers could pretend to be the edge, and by which services would tell about themselves. */
const HEADERS = {
  request: { remove: ['x-drun-route', 'x-drun-tenant'] },
  response: {
    set: { 'strict-transport-security': 'max-age=63072000; includeSubDomains' },
    remove: ['server', 'x-powered-by', 'x-envoy-upstream-service-time'],
  },
} as const;

function virtualService({ tenant, host, exposures }: PublishedHost, stamp: Stamp): SpecObject {
  const name = publishedName(host);
  const routes = exposures.flatMap((exposure) => exposure.paths.map((path) => ({ exposure, path })));
  // The proxy takes the first route that fits.
  routes.sort((a, b) => b.path.length - a.path.length || (a.path < b.path ? -1 : 1));
  return {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: stamp(name, PLATFORM_NAMESPACE.ingress),
    spec: {
      hosts: [host],
      gateways: [name],
      exportTo: ['.'],
      http: routes.map(({ exposure, path }) => route(tenant, exposure, path)),
    },
  };
}

function route(tenant: string, exposure: ExposureSpec, path: string): object {
  const { timeoutSeconds, retries } = routeType(exposure.type);
  return {
    name: routeName(tenant, exposure),
    match: path === '/' ? [{ uri: { prefix: '/' } }] : [{ uri: { exact: path } }, { uri: { prefix: `${path}/` } }],
    route: [{ destination: { host: serviceHost(tenant, exposure), port: { number: exposure.port } } }],
    timeout: `${timeoutSeconds}s`,
    // Only what cannot have reached the service: a second attempt of anything else could do it twice.
    retries:
      retries === 0
        ? { attempts: 0 }
        : { attempts: retries, retryOn: 'connect-failure,refused-stream,reset-before-request' },
    headers: HEADERS,
  };
}

/** Full name of an exposure's Service. */
export function serviceHost(
  tenant: string,
  { service, namespace }: Pick<ExposureSpec, 'service' | 'namespace'>,
): string {
  return `${service}.${tenant}-${namespace}.svc.cluster.local`;
}

import type { JsonObject } from '../../../constructs/core/json';
import { type AdmissionCase, merge } from './case';
import { attack, create, object, patch } from './objects';

const PORTS = [{ port: 80 }];

const service = (spec: JsonObject = {}, metadata: JsonObject = {}) =>
  create(object('v1', 'Service', { spec: merge({ selector: { app: 'case' }, ports: PORTS }, spec) }, metadata));

const annotated = (key: string) => service({}, { annotations: { [key]: 'x' } });

const ingress = (spec: JsonObject = {}, metadata: JsonObject = {}) =>
  create(
    object(
      'networking.k8s.io/v1',
      'Ingress',
      { spec: merge({ ingressClassName: 'drun', rules: [route('{host}')] }, spec) },
      metadata,
    ),
  );

const route = (host: string): JsonObject => ({
  host,
  http: { paths: [{ path: '/', pathType: 'Prefix', backend: BACKEND }] },
});

const BACKEND = { service: { name: 'web', port: { number: 80 } } };

function bucketRoute(): JsonObject {
  const resource = { apiGroup: 'storage.example.com', kind: 'Bucket', name: 'b' };
  return { host: '{host}', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { resource } }] } };
}

/** Attacks with Services, endpoints and address ranges. */
export const SERVICE_CASES: readonly AdmissionCase[] = [
  attack('N01-node-port', 'services', service({ type: 'NodePort' }), service({ type: 'ClusterIP' })),
  attack(
    'N01-turned',
    'services',
    patch('service', { spec: { type: 'NodePort' } }),
    patch('service', { spec: { sessionAffinity: 'ClientIP' } }),
  ),
  attack('N02-load-balancer', 'services', service({ type: 'LoadBalancer' }), service()),
  attack('N08-class', 'services', service({ type: 'LoadBalancer', loadBalancerClass: 'mine' }), service()),
  attack('N03-external-ips', 'services', service({ externalIPs: ['203.0.113.7'] }), service(), {
    plugin: 'external IPs is denied',
  }),
  attack(
    'N04-external-name',
    'services',
    create(object('v1', 'Service', { spec: { type: 'ExternalName', externalName: 'vault.vault.svc' } })),
    service(),
  ),
  attack('N07-pinned', 'services', service({ clusterIP: '{free-address}' }), service({ clusterIP: 'None' })),
  attack(
    'N08-annotation',
    'services',
    annotated('service.beta.kubernetes.io/aws-load-balancer-internal'),
    annotated('example.com/note'),
  ),
  attack('N08-metallb', 'services', annotated('metallb.io/address-pool'), annotated('example.com/note')),
  attack(
    'N27-dns-name',
    'services',
    annotated('external-dns.alpha.kubernetes.io/hostname'),
    annotated('example.com/note'),
  ),
  attack(
    'I16-service-global',
    'services',
    service({}, { labels: { 'istio.io/global': 'true' } }),
    service({}, { labels: { app: 'x' } }),
  ),
  attack(
    'S16-service-waypoint',
    'services',
    service({}, { labels: { 'istio.io/use-waypoint': 'none' } }),
    service({}, { labels: { 'istio.io/use-waypoint': 'waypoint' } }),
  ),
  attack(
    'N05-slice',
    'endpoints',
    create(
      object('discovery.k8s.io/v1', 'EndpointSlice', {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.1.2.3'] }],
        ports: [],
      }),
    ),
    create(
      object('discovery.k8s.io/v1', 'EndpointSlice', {
        addressType: 'IPv4',
        endpoints: [{ addresses: ['10.1.2.3'] }],
        ports: [],
      }),
    ),
    { twinActor: 'controller:endpointslice-controller' },
  ),
  attack(
    'N05-endpoints',
    'endpoints',
    create(object('v1', 'Endpoints', { subsets: [{ addresses: [{ ip: '10.1.2.3' }], ports: PORTS }] })),
    service(),
  ),
];

/** Attacks with Ingresses. */
export const INGRESS_CASES: readonly AdmissionCase[] = [
  attack('N13-not-owned', 'ingresses', ingress({ rules: [route('shop.example')] }), ingress()),
  attack(
    'N13-turned',
    'ingresses',
    patch('ingress', { spec: { rules: [{ host: 'shop.example' }] } }),
    patch('ingress', { spec: { rules: [{ host: '{host-2}' }] } }),
  ),
  attack('N13-resource', 'ingresses', ingress({ rules: [bucketRoute()] }), ingress()),
  attack(
    'N14-wildcard',
    'ingresses',
    ingress({ rules: [route('*.{host-domain}')] }),
    ingress({ rules: [route('{host-2}')] }),
  ),
  attack(
    'N15-no-host',
    'ingresses',
    ingress({ rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: BACKEND }] } }] }),
    ingress(),
  ),
  attack('N15-default', 'ingresses', ingress({ defaultBackend: BACKEND }), ingress()),
  attack(
    'N16-other-tenant',
    'ingresses',
    ingress({ rules: [route('{host}'), route('{b-host}')] }),
    ingress({ rules: [route('{host}'), route('{host-2}')] }),
  ),
  attack(
    'N17-certificate',
    'ingresses',
    ingress({ tls: [{ hosts: ['{b-host}'], secretName: 'c' }] }),
    ingress({ tls: [{ hosts: ['{host}'], secretName: 'c' }] }),
  ),
  attack(
    'N17-certificate-for-all',
    'ingresses',
    ingress({ tls: [{ secretName: 'c' }] }),
    ingress({ tls: [{ hosts: ['{host}'], secretName: 'c' }] }),
  ),
  attack('N18-class', 'ingresses', ingress({ ingressClassName: 'nginx' }), ingress()),
  attack('N18-no-class', 'ingresses', ingress({ ingressClassName: null }), ingress()),
  attack(
    'N18-old-class',
    'ingresses',
    ingress({ ingressClassName: null }, { annotations: { 'kubernetes.io/ingress.class': 'drun' } }),
    ingress({}, { annotations: { note: 'x' } }),
  ),
  attack(
    'N19-snippet',
    'ingresses',
    ingress({}, { annotations: { 'nginx.ingress.kubernetes.io/server-snippet': 'x' } }),
    ingress({}, { annotations: { note: 'x' } }),
  ),
  attack(
    'N27-ingress-name',
    'ingresses',
    ingress({}, { annotations: { 'external-dns.alpha.kubernetes.io/hostname': 'x' } }),
    ingress({}, { annotations: { note: 'x' } }),
  ),
  attack('N30-punycode', 'ingresses', ingress({ rules: [route('api.xn--cme-8la.example')] }), ingress()),
];

import type { Case } from './cases';
import { by, type Doc, deployment, namespace, of } from './platform';

const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const door = (listener: Doc, gatewayClassName = 'istio-east-west') =>
  by('mesh', 'gateway.networking.k8s.io/v1', 'Gateway', 'eastwest', {
    metadata: { namespace: 'drun-eastwest' },
    spec: { gatewayClassName, listeners: [listener] },
  });
const MUTUAL = {
  protocol: 'HBONE',
  tls: { mode: 'Terminate', options: { 'gateway.istio.io/tls-terminate-mode': 'ISTIO_MUTUAL' } },
};
const classic = (...servers: readonly Doc[]) =>
  by('mesh', 'networking.istio.io/v1', 'Gateway', 'eastwest', {
    metadata: { namespace: 'drun-eastwest' },
    spec: { servers },
  });
const PASS = { port: { number: 15443, protocol: 'TLS' }, tls: { mode: 'AUTO_PASSTHROUGH' }, hosts: ['*.local'] };
const certificate = (spec: Doc) =>
  by('mesh', 'cert-manager.io/v1', 'Certificate', 'ca', { metadata: { namespace: 'istio-system' }, spec });
const CA = { isCA: true, duration: '720h', renewBefore: '240h', privateKey: { rotationPolicy: 'Always' } };
const secret = (name: string, labels: Doc = {}, place = 'istio-system') =>
  by('mesh', 'v1', 'Secret', name, { metadata: { namespace: place, labels } });
const service = (labels: Doc) => of('acme', 'v1', 'Service', 'web', { metadata: { namespace: 'acme-train', labels } });
const pod = (metadata: Doc, spec: Doc = {}) =>
  of('acme', 'v1', 'Pod', 'x', {
    metadata: { namespace: 'acme-train', ...metadata },
    spec: { containers: [], ...spec },
  });
const job = (annotations: Doc) =>
  of('acme', 'batch/v1', 'CronJob', 'x', {
    metadata: { namespace: 'acme-train' },
    spec: { jobTemplate: { spec: { template: { metadata: { annotations }, spec: { containers: [] } } } } },
  });

/** What crosses regions, and what would leave the mesh. */
export const MESH_REGIONS: readonly Case[] = [
  ...[
    door({ ...MUTUAL, protocol: 'HTTPS' }),
    door({ protocol: 'HBONE' }),
    door({ ...MUTUAL, tls: { ...MUTUAL.tls, mode: 'Passthrough' } }),
    door({ ...MUTUAL, tls: { options: { 'gateway.istio.io/tls-terminate-mode': 'SIMPLE' } } }),
    classic({ ...PASS, hosts: ['*'] }),
    classic({ ...PASS, port: { number: 443 } }),
    classic(PASS, { port: { number: 15443 }, tls: { mode: 'PASSTHROUGH' }, hosts: ['a.local'] }),
  ].map(
    (gateway): Case => ({
      rule: 'DRN420',
      where: `the gateway between regions is ${JSON.stringify(gateway.spec)}`,
      fails: [gateway],
      passes: [door(MUTUAL), classic(PASS)],
      silent: [CONFIG, door({ protocol: 'HTTPS' }, 'istio-waypoint'), classic({ tls: { mode: 'SIMPLE' } })],
    }),
  ),
  ...[
    { ...CA, privateKey: { rotationPolicy: 'Never' } },
    { ...CA, privateKey: undefined },
    { ...CA, duration: '87600h' },
    { ...CA, duration: undefined },
    { ...CA, renewBefore: undefined },
  ].map(
    (spec): Case => ({
      rule: 'DRN421',
      where: `the authority is ${JSON.stringify(spec)}`,
      fails: [certificate(spec)],
      passes: [certificate(CA), certificate({ ...CA, duration: '720h0m0s' })],
      silent: [CONFIG, certificate({ ...CA, isCA: false, duration: '87600h' })],
    }),
  ),
  ...[
    secret('cacerts'),
    secret('istio-ca-secret'),
    secret('istio-remote-secret-us', { 'istio/multiCluster': 'true' }),
  ].map(
    (file): Case => ({
      rule: 'DRN422',
      where: `${JSON.stringify(file.metadata)} stands in a file`,
      fails: [file],
      passes: [secret('vault-ca')],
      silent: [CONFIG, secret('cacerts', {}, 'acme-train')],
    }),
  ),
  ...['istio.io/global', 'topology.istio.io/network'].map(
    (label): Case => ({
      rule: 'DRN423',
      where: `a tenant’s service has ${label}`,
      fails: [service({ [label]: 'true' })],
      at: `Service acme-train/web metadata.labels["${label}"]`,
      passes: [service({ app: 'web' }), namespace('acme', 'acme-train')],
      silent: [CONFIG, by('mesh', 'v1', 'Namespace', 'x', { metadata: { labels: { [label]: 'eu' } } })],
    }),
  ),
  ...[
    pod({ labels: { 'istio.io/dataplane-mode': 'none' } }),
    pod({ labels: { 'istio.io/use-waypoint': 'none' } }),
    pod({ labels: { 'sidecar.istio.io/inject': 'false' } }),
    pod({ annotations: { 'sidecar.istio.io/inject': 'false' } }),
    pod({ annotations: { 'ambient.istio.io/bypass-inbound-capture': 'true' } }),
    pod({ annotations: { 'traffic.sidecar.istio.io/excludeOutboundPorts': '443' } }),
    pod({ annotations: { 'sidecar.istio.io/proxyImage': 'evil' } }),
    pod({ annotations: { 'proxy.istio.io/config': '{}' } }),
    pod({}, { securityContext: { runAsUser: 1337 } }),
    pod({}, { containers: [{ name: 'a', securityContext: { runAsGroup: 1337 } }] }),
    job({ 'traffic.sidecar.istio.io/excludeInboundPorts': '1' }),
  ].map(
    (workload, i): Case => ({
      rule: 'DRN424',
      where: `a pod leaves the mesh (${i + 1})`,
      fails: [workload],
      passes: [
        deployment(),
        pod({ labels: { 'istio.io/dataplane-mode': 'ambient', 'sidecar.istio.io/inject': 'true' } }),
        pod({}, { securityContext: { runAsUser: 1000 } }),
      ],
      silent: [CONFIG, by('mesh', 'v1', 'Pod', 'x', { metadata: { namespace: 'istio-system' }, spec: {} })],
    }),
  ),
];

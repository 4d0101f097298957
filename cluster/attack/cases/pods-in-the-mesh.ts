import type { Row } from './case';
import { annotation, label, main, type PodCase } from './pod-case';
import { container, type PodChange } from './templates';

const mesh = (id: string, row: Row, attack: PodChange, twin: PodChange = {}): PodCase => ({
  id,
  row,
  rule: 'mesh',
  attack,
  twin,
});

const MESH: readonly PodCase[] = [
  mesh('S16-no-sidecar', 'S16', label('sidecar.istio.io/inject', 'false'), label('sidecar.istio.io/inject', 'true')),
  mesh('S16-no-sidecar-annotation', 'S16', annotation('sidecar.istio.io/inject', 'false')),
  mesh(
    'S16-no-dataplane',
    'S16',
    label('istio.io/dataplane-mode', 'none'),
    label('istio.io/dataplane-mode', 'ambient'),
  ),
  mesh('S16-no-waypoint', 'S16', label('istio.io/use-waypoint', 'none'), label('istio.io/use-waypoint', 'waypoint')),
  mesh('S16-bypass', 'S16', annotation('ambient.istio.io/bypass-inbound-capture', 'true')),
  mesh('S17-exclude', 'S17', annotation('traffic.sidecar.istio.io/excludeOutboundPorts', '443')),
  mesh('S17-proxy-image', 'S17', annotation('sidecar.istio.io/proxyImage', 'evil')),
  mesh('S17-user-volume', 'S17', annotation('sidecar.istio.io/userVolume', '{}')),
  mesh('S17-proxy-config', 'S17', annotation('proxy.istio.io/config', '{}'), annotation('example.com/config', '{}')),
  mesh('S17-templates', 'S17', annotation('inject.istio.io/templates', 'mine')),
  mesh('I16-network', 'I16', label('topology.istio.io/network', 'other')),
  mesh('I16-global', 'I16', label('istio.io/global', 'true')),
  mesh(
    'S18-pod-user',
    'S18',
    { spec: { securityContext: { runAsUser: 1337 } } },
    { spec: { securityContext: { runAsUser: 1338 } } },
  ),
  mesh(
    'S18-container-group',
    'S18',
    main({ securityContext: { runAsGroup: 1337 } }),
    main({ securityContext: { runAsGroup: 1338 } }),
  ),
  mesh('S29-gateway', 'S29', label('istio', 'ingressgateway'), label('app.kubernetes.io/name', 'gateway')),
  mesh('S29-waypoint', 'S29', label('gateway.networking.k8s.io/gateway-name', 'waypoint')),
  {
    ...mesh('R23-tenant-label', 'R23', label('drun.io/tenant', '{b}'), label('team', 'beta')),
    also: ['drun-platform-labels'],
  },
  mesh('S29-dns', 'S29', label('k8s-app', 'kube-dns')),
];

const NETWORK: readonly PodCase[] = [
  ...['k8s.v1.cni.cncf.io/networks', 'cni.projectcalico.org/ipAddrs', 'policy.cilium.io/no-track-port'].map(
    (key): PodCase => ({
      id: `S20-${key.split('/')[1] ?? key}`,
      row: 'S20',
      rule: 'network',
      attack: annotation(key),
      twin: annotation('example.com/network'),
    }),
  ),
  { id: 'S21-bandwidth', row: 'S21', rule: 'network', attack: annotation('kubernetes.io/egress-bandwidth', '10G') },
  {
    id: 'S22-name-server',
    row: 'S22',
    rule: 'network',
    attack: { spec: { dnsPolicy: 'None', dnsConfig: { nameservers: ['1.1.1.1'] } } },
    twin: { spec: { dnsConfig: { options: [{ name: 'ndots', value: '2' }] } } },
  },
  {
    id: 'N12-outside-dns',
    row: 'N12',
    rule: 'network',
    attack: { spec: { dnsConfig: { nameservers: ['8.8.8.8'] } } },
    twin: { spec: { dnsConfig: { searches: ['corp.example'] } } },
  },
  {
    id: 'S31-alias',
    row: 'S31',
    rule: 'network',
    attack: { spec: { hostAliases: [{ ip: '10.0.0.9', hostnames: ['vault.vault.svc'] }] } },
    twin: { spec: { hostAliases: [{ ip: '10.0.0.9', hostnames: ['db.corp.example'] }] } },
  },
];

const LIFECYCLE: readonly PodCase[] = [
  {
    id: 'S08-host-users',
    row: 'S08',
    rule: 'lifecycle',
    attack: { spec: { hostUsers: true } },
    twin: { spec: { hostUsers: false } },
  },
  {
    id: 'S25-evict',
    row: 'S25',
    rule: 'lifecycle',
    attack: annotation('cluster-autoscaler.kubernetes.io/safe-to-evict', 'false'),
  },
  { id: 'S25-disrupt', row: 'S25', rule: 'lifecycle', attack: annotation('karpenter.sh/do-not-disrupt', 'true') },
  {
    id: 'S26-grace',
    row: 'S26',
    rule: 'lifecycle',
    attack: { spec: { terminationGracePeriodSeconds: 31_536_000 } },
    twin: { spec: { terminationGracePeriodSeconds: 3_600 } },
  },
  {
    id: 'S26-terminal',
    row: 'S26',
    rule: 'lifecycle',
    podOnly: true,
    attack: main({ stdin: true, tty: true }),
    twin: { spec: { activeDeadlineSeconds: 3_600, containers: [container({ stdin: true, tty: true })] } },
  },
  { id: 'S30-processes', row: 'S30', rule: 'lifecycle', attack: { spec: { shareProcessNamespace: true } } },
  { id: 'S33-static', row: 'S33', rule: 'lifecycle', attack: annotation('kubernetes.io/config.source', 'file') },
  { id: 'D14-volumes', row: 'D14', rule: 'lifecycle', attack: annotation('backup.velero.io/backup-volumes-excludes') },
  { id: 'D15-hook', row: 'D15', rule: 'lifecycle', attack: annotation('pre.hook.backup.velero.io/command', '["sh"]') },
];

const QUEUE: readonly PodCase[] = [
  {
    id: 'Q17-other-queue',
    row: 'Q17',
    rule: 'queue',
    attack: label('kueue.x-k8s.io/queue-name', '{b}'),
    twin: label('kueue.x-k8s.io/queue-name', '{queue}'),
  },
  {
    id: 'Q17-priority',
    row: 'Q17',
    rule: 'queue',
    attack: label('kueue.x-k8s.io/priority-class', '{priority-foreign}'),
    twin: label('kueue.x-k8s.io/priority-class', '{priority-low}'),
  },
];

/** Attacks in the fields of a pod that concern the mesh, the network, its life and its queue. */
export const MESH_CASES: readonly PodCase[] = [...MESH, ...NETWORK, ...LIFECYCLE, ...QUEUE];

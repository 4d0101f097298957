import type { AttackRow } from '../../../constructs/admission/policy';
import { container, IMAGE, type PodChange } from './templates';

/** An attack in the fields of a pod; it is tried on a pod and on every kind that holds a pod template. */
export interface PodCase {
  readonly id: string;
  readonly row: AttackRow;
  /** Id of the rule without its prefix, such as `placement`. */
  readonly rule: string;
  readonly attack: PodChange;
  /** @default - the plain pod */
  readonly twin?: PodChange;
  /** A template may do it: the pod fails, or a default mends it. @default - false */
  readonly podOnly?: true;
}

const DIGEST = `@sha256:${'b'.repeat(64)}`;
const FOREIGN = `docker.io/library/busybox${DIGEST}`;

const main = (change: Parameters<typeof container>[0]): PodChange => ({ spec: { containers: [container(change)] } });
const label = (key: string, value: string): PodChange => ({ labels: { [key]: value } });
const annotation = (key: string, value = 'x'): PodChange => ({ annotations: { [key]: value } });
const affinity = (term: object): PodChange => ({
  spec: {
    affinity: {
      nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ ...term }] } },
    },
  },
});
const volume = (source: object): PodChange => ({ spec: { volumes: [{ name: 'v', ...source }] } });

const toleration = (value: object): PodChange => ({ spec: { tolerations: [{ ...value }] } });
const ownPool = toleration({ key: 'drun.io/pool', operator: 'Equal', value: 'acme', effect: 'NoSchedule' });

const PLACEMENT: readonly PodCase[] = [
  { id: 'S01-node-name', row: 'S01', rule: 'placement', attack: { spec: { nodeName: 'n1' } } },
  {
    id: 'S01-hostname',
    row: 'S01',
    rule: 'placement',
    attack: { spec: { nodeSelector: { 'kubernetes.io/hostname': 'n1' } } },
    twin: { spec: { nodeSelector: { 'nvidia.com/gpu.product': 'H100' } } },
  },
  { id: 'S02-everything', row: 'S02', rule: 'placement', attack: toleration({ operator: 'Exists' }), twin: ownPool },
  {
    id: 'S02-control-plane',
    row: 'S02',
    rule: 'placement',
    attack: toleration({ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }),
    twin: ownPool,
  },
  {
    id: 'S02-other-pool',
    row: 'S02',
    rule: 'placement',
    attack: toleration({ key: 'drun.io/pool', operator: 'Equal', value: 'beta' }),
    twin: ownPool,
  },
  {
    id: 'S02-any-pool',
    row: 'S02',
    rule: 'placement',
    attack: toleration({ key: 'drun.io/pool', operator: 'Exists' }),
    twin: ownPool,
  },
  {
    id: 'S03-selector',
    row: 'S03',
    rule: 'placement',
    attack: { spec: { nodeSelector: { 'drun.io/pool': 'beta' } } },
    twin: { spec: { nodeSelector: { 'drun.io/pool': 'acme' } } },
  },
  {
    id: 'S03-affinity',
    row: 'S03',
    rule: 'placement',
    attack: affinity({ matchExpressions: [{ key: 'drun.io/pool', operator: 'In', values: ['beta'] }] }),
    twin: affinity({ matchExpressions: [{ key: 'drun.io/pool', operator: 'In', values: ['acme'] }] }),
  },
  {
    id: 'S03-affinity-field',
    row: 'S03',
    rule: 'placement',
    attack: affinity({ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n1'] }] }),
    twin: affinity({ matchExpressions: [{ key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] }] }),
  },
  {
    id: 'S04-empty-pool',
    row: 'S04',
    rule: 'placement',
    attack: { spec: { nodeSelector: { 'drun.io/pool': '' } } },
  },
  { id: 'S05-scheduler', row: 'S05', rule: 'placement', attack: { spec: { schedulerName: 'mine' } } },
  {
    id: 'S06-system',
    row: 'S06',
    rule: 'placement',
    attack: { spec: { priorityClassName: 'system-cluster-critical' } },
    twin: { spec: { priorityClassName: 'drun-standard' } },
  },
  {
    id: 'S06-above-cap',
    row: 'S06',
    rule: 'placement',
    attack: { spec: { priorityClassName: 'drun-high' } },
    twin: { spec: { priorityClassName: 'drun-batch' } },
  },
  {
    id: 'S07-class',
    row: 'S07',
    rule: 'placement',
    attack: { spec: { runtimeClassName: 'kata-qemu-nvidia-gpu' } },
    twin: { spec: { runtimeClassName: 'kata-qemu' } },
  },
  {
    id: 'S07-kata-annotation',
    row: 'S07',
    rule: 'placement',
    attack: annotation('io.katacontainers.config.hypervisor.kernel_params'),
    twin: annotation('example.com/note'),
  },
  {
    id: 'S07-gvisor-annotation',
    row: 'S07',
    rule: 'placement',
    attack: annotation('dev.gvisor.flag.network', 'host'),
    twin: annotation('example.com/note'),
  },
  {
    id: 'S07-device-annotation',
    row: 'S07',
    rule: 'placement',
    attack: annotation('cdi.k8s.io/gpu', 'nvidia.com/gpu=all'),
    twin: annotation('example.com/note'),
  },
];

const IMAGES: readonly PodCase[] = [
  { id: 'S09-container', row: 'S09', rule: 'images', attack: main({ image: FOREIGN }) },
  {
    id: 'S09-other-tenant',
    row: 'S09',
    rule: 'images',
    attack: main({ image: `registry.example.com/beta/app${DIGEST}` }),
    twin: main({ image: `registry.example.com/shared/app${DIGEST}` }),
  },
  {
    id: 'S09-look-alike',
    row: 'S09',
    rule: 'images',
    attack: main({ image: `registry.example.com.evil.example/acme/app${DIGEST}` }),
  },
  {
    id: 'S09-init-container',
    row: 'S09',
    rule: 'images',
    attack: { spec: { initContainers: [container({ name: 'init', image: FOREIGN })] } },
    twin: { spec: { initContainers: [container({ name: 'init' })] } },
  },
  {
    id: 'S09-image-volume',
    row: 'S09',
    rule: 'images',
    attack: volume({ image: { reference: FOREIGN, pullPolicy: 'Always' } }),
    twin: volume({ image: { reference: IMAGE } }),
  },
  { id: 'S10-tag', row: 'S10', rule: 'images', attack: main({ image: 'registry.example.com/acme/app:v1' }) },
  { id: 'S10-latest', row: 'S10', rule: 'images', attack: main({ image: 'registry.example.com/acme/app' }) },
  {
    id: 'S10-volume-tag',
    row: 'S10',
    rule: 'images',
    attack: volume({ image: { reference: 'registry.example.com/acme/data:v1' } }),
    twin: volume({ image: { reference: IMAGE } }),
  },
  {
    id: 'S10-never-pulled',
    row: 'S10',
    rule: 'images',
    attack: main({ imagePullPolicy: 'Never' }),
    twin: main({ imagePullPolicy: 'IfNotPresent' }),
  },
  {
    id: 'S10-volume-never-pulled',
    row: 'S10',
    rule: 'images',
    attack: volume({ image: { reference: IMAGE, pullPolicy: 'Never' } }),
    twin: volume({ image: { reference: IMAGE, pullPolicy: 'IfNotPresent' } }),
  },
  {
    id: 'S19-name',
    row: 'S19',
    rule: 'images',
    attack: main({ name: 'istio-proxy' }),
    twin: {
      spec: {
        containers: [container(), container({ name: 'istio-proxy', image: `docker.io/istio/proxyv2:1.30.3${DIGEST}` })],
      },
    },
  },
];

const DEVICES: readonly PodCase[] = [
  {
    id: 'S11-visible-devices',
    row: 'S11',
    rule: 'devices',
    attack: main({ env: [{ name: 'NVIDIA_VISIBLE_DEVICES', value: 'all' }] }),
    twin: main({ env: [{ name: 'NVIDIA_TF32_OVERRIDE', value: '0' }] }),
  },
  {
    id: 'S11-capabilities',
    row: 'S11',
    rule: 'devices',
    attack: main({ env: [{ name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'all' }] }),
    twin: main({ env: [{ name: 'CUDA_VISIBLE_DEVICES', value: '0' }] }),
  },
  {
    id: 'S11-prefix',
    row: 'S11',
    rule: 'devices',
    attack: main({ envFrom: [{ prefix: 'NVID', configMapRef: { name: 'settings' } }] }),
    twin: main({ envFrom: [{ prefix: 'APP_', configMapRef: { name: 'settings' } }] }),
  },
  {
    id: 'S12-mount',
    row: 'S12',
    rule: 'devices',
    attack: {
      spec: {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/var/run/nvidia-container-devices/all' }] })],
      },
    },
    twin: {
      spec: {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/var/run/app' }] })],
      },
    },
  },
  {
    id: 'S12-mount-dots',
    row: 'S12',
    rule: 'devices',
    attack: {
      spec: {
        volumes: [{ name: 'v', emptyDir: {} }],
        containers: [container({ volumeMounts: [{ name: 'v', mountPath: '/tmp/../var/run' }] })],
      },
    },
  },
  {
    id: 'S13-mig',
    row: 'S13',
    rule: 'devices',
    attack: {
      labels: { 'kueue.x-k8s.io/queue-name': 'default' },
      spec: { containers: [container({ resources: { limits: { 'nvidia.com/mig-1g.10gb': '1' } } })] },
    },
    twin: { spec: { containers: [container({ resources: { limits: { 'nvidia.com/gpu': '1' } } })] } },
  },
];

const IDENTITY: readonly PodCase[] = [
  {
    id: 'S14-account',
    row: 'S14',
    rule: 'identity',
    attack: { spec: { serviceAccountName: 'waypoint' } },
    twin: { spec: { serviceAccountName: 'workload' } },
  },
  {
    id: 'S15-default-token',
    row: 'S15',
    rule: 'identity',
    attack: { spec: { automountServiceAccountToken: true } },
    twin: { spec: { automountServiceAccountToken: true, serviceAccountName: 'workload' } },
  },
  {
    id: 'R12-mounted-audience',
    row: 'R12',
    rule: 'identity',
    attack: volume({
      projected: { sources: [{ serviceAccountToken: { path: 't', audience: 'sts.amazonaws.com' } }] },
    }),
    twin: volume({ projected: { sources: [{ serviceAccountToken: { path: 't', audience: 'vault' } }] } }),
  },
  {
    id: 'S23-inline-csi',
    row: 'S23',
    rule: 'identity',
    attack: volume({
      csi: {
        driver: 'secrets-store.csi.k8s.io',
        readOnly: true,
        volumeAttributes: { secretProviderClass: 'as-beta' },
      },
    }),
    twin: volume({ persistentVolumeClaim: { claimName: 'data' } }),
  },
];

const mesh = (id: string, row: AttackRow, attack: PodChange, twin: PodChange = {}): PodCase => ({
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
  mesh('R23-tenant-label', 'R23', label('drun.io/tenant', 'beta'), label('team', 'beta')),
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
    twin: { spec: { dnsConfig: { searches: ['acme.example'] } } },
  },
  {
    id: 'S31-alias',
    row: 'S31',
    rule: 'network',
    attack: { spec: { hostAliases: [{ ip: '10.0.0.9', hostnames: ['vault.vault.svc'] }] } },
    twin: { spec: { hostAliases: [{ ip: '10.0.0.9', hostnames: ['db.acme.example'] }] } },
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
    attack: label('kueue.x-k8s.io/queue-name', 'beta'),
    twin: label('kueue.x-k8s.io/queue-name', 'default'),
  },
  {
    id: 'Q17-priority',
    row: 'Q17',
    rule: 'queue',
    attack: label('kueue.x-k8s.io/priority-class', 'drun-high'),
    twin: label('kueue.x-k8s.io/priority-class', 'drun-batch'),
  },
];

/** Every attack in the fields of a pod. */
export const POD_CASES: readonly PodCase[] = [
  ...PLACEMENT,
  ...IMAGES,
  ...DEVICES,
  ...IDENTITY,
  ...MESH,
  ...NETWORK,
  ...LIFECYCLE,
  ...QUEUE,
];

import { affinity, annotation, DIGEST, FOREIGN, main, ownPool, type PodCase, toleration, volume } from './pod-case';
import { SIZE_CASES } from './pod-size';
import { MESH_CASES } from './pods-in-the-mesh';
import { container, IMAGE } from './templates';

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
    attack: toleration({ key: 'drun.io/pool', operator: 'Equal', value: '{b-pool}' }),
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
    attack: { spec: { nodeSelector: { 'drun.io/pool': '{b-pool}' } } },
    twin: { spec: { nodeSelector: { 'drun.io/pool': '{pool}' } } },
  },
  {
    id: 'S03-affinity',
    row: 'S03',
    rule: 'placement',
    attack: affinity({ matchExpressions: [{ key: 'drun.io/pool', operator: 'In', values: ['{b-pool}'] }] }),
    twin: affinity({ matchExpressions: [{ key: 'drun.io/pool', operator: 'In', values: ['{pool}'] }] }),
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
    twin: { spec: { priorityClassName: '{priority}' } },
  },
  {
    id: 'S06-above-cap',
    row: 'S06',
    rule: 'placement',
    attack: { spec: { priorityClassName: '{priority-foreign}' } },
    twin: { spec: { priorityClassName: '{priority-low}' } },
  },
  {
    id: 'S07-class',
    row: 'S07',
    rule: 'placement',
    attack: { spec: { runtimeClassName: '{runtime-foreign}' } },
    twin: { spec: { runtimeClassName: '{runtime}' } },
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
    attack: main({ image: `{b-registry}app${DIGEST}` }),
    twin: main({ image: `{registry-2}app${DIGEST}` }),
  },
  {
    id: 'S09-look-alike',
    row: 'S09',
    rule: 'images',
    attack: main({ image: `{registry-host}.evil.example/x/app${DIGEST}` }),
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
  { id: 'S10-tag', row: 'S10', rule: 'images', attack: main({ image: '{registry}app:v1' }) },
  { id: 'S10-latest', row: 'S10', rule: 'images', attack: main({ image: '{registry}app' }) },
  {
    id: 'S10-volume-tag',
    row: 'S10',
    rule: 'images',
    attack: volume({ image: { reference: '{registry}data:v1' } }),
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
      labels: { 'kueue.x-k8s.io/queue-name': '{queue}' },
      spec: { containers: [container({ resources: { limits: { '{gpu-foreign}': '1' } } })] },
    },
    twin: { spec: { containers: [container({ resources: { limits: { '{gpu}': '1' } } })] } },
  },
];

const IDENTITY: readonly PodCase[] = [
  {
    id: 'S14-account',
    row: 'S14',
    rule: 'identity',
    attack: { spec: { serviceAccountName: '{waypoint-account}' } },
    twin: { spec: { serviceAccountName: '{account}' } },
  },
  {
    id: 'S15-default-token',
    row: 'S15',
    rule: 'identity',
    attack: { spec: { automountServiceAccountToken: true } },
    twin: { spec: { automountServiceAccountToken: true, serviceAccountName: '{account}' } },
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
        driver: 'csi-driver.example.com',
        readOnly: true,
        volumeAttributes: { as: '{b}' },
      },
    }),
    twin: volume({ persistentVolumeClaim: { claimName: 'data' } }),
  },
];

/** Every attack in the fields of a pod. */
export const POD_CASES: readonly PodCase[] = [
  ...PLACEMENT,
  ...IMAGES,
  ...DEVICES,
  ...IDENTITY,
  ...MESH_CASES,
  ...SIZE_CASES,
];

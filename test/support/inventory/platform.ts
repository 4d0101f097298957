import { across, DOOR } from './across';
import { leaves } from './lines';
import { internet, named, type Order } from './spec-facts';
import { snapshotPaths, vaultPaths } from './vault';

/** What a namespace of the platform is to the network and to the mesh. */
export interface Component {
  readonly ambient: boolean;
  readonly level?: 'privileged';
  /** What its network policies let through, besides itself; `API` stands for the addresses of the API server. */
  readonly paths: readonly string[];
  /** Its pods, where others of the namespace are none of it. */
  readonly pods?: string;
  /** Ports that every identity of the mesh may call. */
  readonly called?: readonly number[];
}

const DNS = ['UDP/53', 'TCP/53'].map((port) => `Egress ${named('kube-system')} pods k8s-app=kube-dns ${port}`);
const API = ['Egress API TCP/443', 'Egress API TCP/6443'];
const MESH = [`Egress ${named('istio-system')} TCP/15012`];
const callers = (service: string, ...ports: readonly number[]) =>
  ports.map((port) => `Ingress drun.io/uses-${service}=true TCP/${port}`);
const webhook = (port: number) => [`Ingress API TCP/${port}`, `Ingress NODES TCP/${port}`];

/** What each namespace of the platform needs, and nothing more. */
const COMPONENTS: Readonly<Record<string, Component>> = {
  'drun-system': { ambient: true, paths: [...DNS, ...API] },
  'drun-ingress': {
    ambient: false,
    paths: [...DNS, ...MESH],
  },
  'drun-egress': { ambient: true, paths: [...DNS, ...MESH, ...callers('egress', 15008), 'Egress INTERNET TCP/443'] },
  'drun-egress-gateway': { ambient: false, paths: [...DNS, ...MESH, ...callers('egress-gateway', 8443)] },
  'drun-telemetry': { ambient: true, paths: [...DNS, ...MESH, ...callers('telemetry', 4317, 15008)], called: [4317] },
  'drun-models': { ambient: true, paths: [...DNS, ...MESH, ...callers('models', 8443, 15008)], called: [8443] },
  vault: {
    ambient: false,
    pods: 'pods app.kubernetes.io/name NotIn vault-snapshots ',
    paths: [...DNS, ...API, ...callers('vault', 8200), 'Ingress drun.io/component Exists TCP/8200'],
  },
  'istio-system': {
    ambient: false,
    level: 'privileged',
    paths: [...DNS, ...API, ...webhook(15017), 'Ingress all TCP/15012', 'Egress INTERNET TCP/443'],
  },
  'kueue-system': { ambient: false, paths: [...DNS, ...API, ...webhook(9443)] },
  'cert-manager': {
    ambient: false,
    paths: [...DNS, ...API, ...webhook(10250), `Egress ${named('vault')} TCP/8200`, 'Egress INTERNET TCP/443'],
  },
  'drun-csi': {
    ambient: false,
    level: 'privileged',
    paths: [...DNS, ...API, `Egress ${named('vault')} TCP/8200`],
  },
  'external-dns': { ambient: false, paths: [...DNS, ...API, 'Egress INTERNET TCP/443'] },
};

/** Those of a region among several as well. */
const componentsOf = (order: Order): readonly (readonly [string, Component])[] => {
  const more = across(order, { dns: DNS, mesh: MESH, api: API, webhook });
  const joined = Object.entries(COMPONENTS).map(
    ([name, component]) => [name, { ...component, paths: [...component.paths, ...(more.paths[name] ?? [])] }] as const,
  );
  return [...joined, ...Object.entries(more.components)];
};

const each = (order: Order, lines: (name: string, component: Component) => readonly string[]): readonly string[] =>
  componentsOf(order).flatMap(([name, component]) => lines(name, component));
const ambient = (lines: (name: string, component: Component) => readonly string[]): readonly string[] =>
  Object.entries(COMPONENTS).flatMap(([name, component]) => (component.ambient ? lines(name, component) : []));

/** Labels of namespaces. */
export const platformLabels = (order: Order): readonly string[] =>
  each(order, (name, { level = 'restricted', ambient: meshed }) => [
    ...['enforce', 'audit', 'warn'].flatMap((mode) => [
      `${name} pod-security.kubernetes.io/${mode}=${level}`,
      `${name} pod-security.kubernetes.io/${mode}-version=v${order.facts.kubernetes}`,
    ]),
    ...(name === 'istio-system' && order.across !== undefined
      ? [`${name} topology.istio.io/network=${order.across.network}`]
      : []),
    ...(meshed ? [`${name} istio.io/dataplane-mode=ambient`] : []),
  ]);

/** What network policies let through. */
export const platformPaths = (order: Order): readonly string[] =>
  each(order, (name, { paths, pods = '' }) => [
    ...['closes Ingress', 'closes Egress'].map((line) => `${name} ${line}`),
    ...['Ingress here all', 'Egress here all', ...paths.flatMap((line) => resolved(line, order))].map(
      (line) => `${name} ${pods}${line}`,
    ),
  ]).concat(
    vaultPaths(order).map((line) => line.replace('INTERNET', internet(order))),
    snapshotPaths(order, DNS),
  );

function resolved(line: string, { facts }: Order): readonly string[] {
  const addresses: Readonly<Record<string, readonly string[]>> = {
    API: facts.apiServerCidrs,
    NODES: facts.nodeCidrs,
    INTERNET: [internet({ facts })],
  };
  const [way = '', peer = '', ...rest] = line.split(' ');
  return (addresses[peer] ?? [peer]).map((address) => [way, address, ...rest].join(' '));
}

/** Addresses of instance credentials, from the providers' documentation. */
const METADATA = [
  '169.254.169.254/32',
  '169.254.170.2/32',
  '100.100.100.200/32',
  '192.0.0.192/32',
  'fd00:ec2::254/128',
];

/** The admin and baseline tiers over all tenants. */
export const platformGuards = ({ facts }: Order): readonly string[] => {
  const guard = (name: string, priority: number, networks: readonly string[]) => [
    `tenants-no-${name} Admin ${priority} over drun.io/tenant Exists`,
    ...networks.map((network) => `tenants-no-${name} egress Deny last ${network} all`),
  ];
  return [
    ...guard('metadata', 10, METADATA),
    ...guard('api-server', 20, facts.apiServerCidrs),
    ...guard('nodes', 30, facts.nodeCidrs),
    'tenants-default-deny Baseline 100 over drun.io/tenant Exists',
    'tenants-default-deny ingress Deny last all all',
    'tenants-default-deny egress Deny last 0.0.0.0/0 all',
    'tenants-default-deny egress Deny last ::/0 all',
  ];
};

/** Who may call whom in the mesh. */
export const platformAuthorizations = ({ facts: { trustDomain }, across: joined }: Order): readonly string[] => [
  ...(joined === undefined
    ? []
    : [`drun-eastwest ALLOW gateway.networking.k8s.io/Gateway/eastwest ${trustDomain}/* all`]),
  ...ambient((name, { called = [] }) => [
    `${name} closes pods`,
    `${name} ALLOW pods ${trustDomain}/ns/${name}/sa/* all`,
    ...called.map((port) => `${name} ALLOW pods ${trustDomain}/* ${port}`),
  ]),
  'drun-egress closes gateway.networking.k8s.io/Gateway/egress',
  // The root namespace speaks for all of the mesh, and a waypoint listens to policies with a target only.
  'istio-system closes pods',
  'istio-system closes gateway.networking.k8s.io/GatewayClass/istio-waypoint',
];

/** Mutual TLS, in the whole mesh and once more where the platform's own services are. */
export const platformMtls = (): readonly string[] => [
  'PeerAuthentication istio-system/default spec.mtls.mode=STRICT',
  ...ambient((name) => [`PeerAuthentication ${name}/default spec.mtls.mode=STRICT`]),
];

/** What a proxy sees whose namespace says nothing, and what every proxy writes down. */
const MESH_DEFAULTS: Readonly<Record<string, object>> = {
  Sidecar: {
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    egress: [{ hosts: ['./*'] }],
  },
  Telemetry: {
    accessLogging: [{ providers: [{ name: 'drun-access-log' }] }],
    metrics: [{ providers: [{ name: 'prometheus' }] }],
    tracing: [{ disableSpanReporting: true }],
  },
};

/** Defaults of the mesh that are no policies. */
export const meshDefaults = (kind: string): readonly string[] =>
  leaves({ spec: MESH_DEFAULTS[kind] }, '').map((leaf) => `${kind} istio-system/default ${leaf}`);

/** The way out of the cluster. */
export const platformCarriers = (order: Order): readonly string[] => [
  ...DOOR(order),
  ...leaves(
    {
      spec: {
        gatewayClassName: 'istio-waypoint',
        listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'All' } } }],
      },
    },
    '',
  ).map((leaf) => `Gateway drun-egress/egress ${leaf}`),
  'Gateway drun-egress/egress label istio.io/waypoint-for=service',
  ...meshDefaults('Sidecar'),
];

const KATA = { node: 'katacontainers.io/kata-runtime', memory: '160Mi', cpu: '250m' };
const RUNTIMES: Readonly<Record<string, { handler: string; node: string; memory: string; cpu: string | number }>> = {
  gvisor: { handler: 'runsc', node: 'drun.io/gvisor', memory: '64Mi', cpu: '100m' },
  'kata-qemu': { handler: 'kata-qemu', ...KATA },
  'kata-qemu-nvidia-gpu': { handler: 'kata-qemu-nvidia-gpu', ...KATA },
  'kata-qemu-nvidia-gpu-snp': { handler: 'kata-qemu-nvidia-gpu-snp', ...KATA, memory: '2Gi', cpu: 1 },
  'kata-qemu-nvidia-gpu-tdx': { handler: 'kata-qemu-nvidia-gpu-tdx', ...KATA, memory: '2Gi', cpu: 1 },
};

/** Sandboxes with a kernel of their own. */
export const platformRuntimes = (): readonly string[] =>
  Object.entries(RUNTIMES).flatMap(([name, { handler, node, memory, cpu }]) =>
    [
      `handler=${handler}`,
      `overhead.podFixed.memory=${memory}`,
      `overhead.podFixed.cpu=${cpu}`,
      `scheduling.nodeSelector.${node}=true`,
    ].map((line) => `RuntimeClass ${name} ${line}`),
  );

const PRIORITIES = { 'drun-batch': 1_000, 'drun-standard': 10_000, 'drun-high': 100_000, 'drun-platform': 1_000_000 };

/** Priorities; the lowest pushes nobody aside. */
export const platformPriorities = (): readonly string[] =>
  Object.entries(PRIORITIES).flatMap(([name, value]) => [
    `PriorityClass ${name} value=${value}`,
    `PriorityClass ${name} preemptionPolicy=${name === 'drun-batch' ? 'Never' : 'PreemptLowerPriority'}`,
  ]);

/** The drivers' own parameters; Google Cloud, Azure and Oracle encrypt every disk by themselves. */
const DISKS = {
  aws: {
    provisioner: 'ebs.csi.aws.com',
    key: 'kmsKeyId',
    'drun-encrypted': { type: 'gp3', encrypted: 'true' },
    'drun-encrypted-fast': { type: 'io2', iopsPerGB: '50', encrypted: 'true' },
  },
  gcp: {
    provisioner: 'pd.csi.storage.gke.io',
    key: 'disk-encryption-kms-key',
    'drun-encrypted': { type: 'pd-balanced' },
    'drun-encrypted-fast': { type: 'pd-ssd' },
  },
  azure: {
    provisioner: 'disk.csi.azure.com',
    key: 'diskEncryptionSetID',
    'drun-encrypted': { skuName: 'Premium_LRS' },
    'drun-encrypted-fast': { skuName: 'PremiumV2_LRS' },
  },
  alibaba: {
    provisioner: 'diskplugin.csi.alibabacloud.com',
    key: 'kmsKeyId',
    'drun-encrypted': { type: 'cloud_essd', encrypted: 'true' },
    'drun-encrypted-fast': { type: 'cloud_essd', performanceLevel: 'PL2', encrypted: 'true' },
  },
  oci: {
    provisioner: 'blockvolume.csi.oraclecloud.com',
    key: 'kms-key-id',
    'drun-encrypted': { vpusPerGB: '10' },
    'drun-encrypted-fast': { vpusPerGB: '20' },
  },
} as const;

/** Disks by driver; where the provider does not encrypt by itself, it is told to. */
export const platformDisks = ({ disks, diskKey }: Order): readonly string[] =>
  (['drun-encrypted', 'drun-encrypted-fast'] as const).flatMap((name) => {
    const fields = {
      provisioner: DISKS[disks].provisioner,
      parameters: { ...DISKS[disks][name], ...(diskKey === undefined ? {} : { [DISKS[disks].key]: diskKey }) },
      reclaimPolicy: 'Delete',
      volumeBindingMode: 'WaitForFirstConsumer',
      allowVolumeExpansion: true,
    };
    return leaves(fields, '').map((leaf) => `StorageClass ${name} ${leaf}`);
  });

/** The pool that tenants share. */
export const platformQueues = (): readonly string[] => ['ResourceFlavor shared spec.nodeLabels.drun.io/pool=shared'];

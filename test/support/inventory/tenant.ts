import { egressNames, gatewayFor, wayOut } from './egress';
import { leaves } from './lines';
import { publishedThings } from './published';
import { hostsOf, named, namespacesOf, type Order, type OrderedNamespace, pathsIn, pathsOut } from './spec-facts';
import { secretNames } from './vault';

/** Lines for every namespace of every tenant. */
const each = (
  order: Order,
  lines: (namespace: OrderedNamespace, order: Order) => readonly string[],
): readonly string[] => namespacesOf(order).flatMap((namespace) => lines(namespace, order));

const ROLES = ['owner', 'operator', 'developer', 'viewer'] as const;
const QUOTAS = ['compute', 'gpu', 'storage', 'objects', 'cross-namespace-affinity'];
const slugOf = (host: string): string => host.replaceAll('.', '-');

/** Objects by kind and name. */
export const tenantNames = (order: Order): readonly string[] => [
  ...order.tenants.flatMap(({ name, pool }) => [
    `ClusterQueue ${name}`,
    ...(pool === 'dedicated' ? [`ResourceFlavor ${name}`] : []),
  ]),
  ...each(order, (namespace) => [
    `Namespace ${namespace.name}`,
    `ClusterNetworkPolicy tenant-${namespace.name}`,
    ...inside(namespace).map((text) => text.replace(' ', ` ${namespace.name}/`)),
  ]),
  ...secretNames(order),
  ...publishedThings(order).map(({ kind, name }) => `${kind} drun-ingress/${name}`),
  ...egressNames(order),
];

function inside(namespace: OrderedNamespace): readonly string[] {
  const { tenant } = namespace;
  const hosts = hostsOf(tenant).map(({ host }) => `to-${slugOf(host)}`);
  const into = pathsIn(namespace).map(({ slug }) => `from-${slug}`);
  const ambient = tenant.mesh === 'ambient';
  return [
    ...new Set(['default', ...tenant.serviceAccounts].map((name) => `ServiceAccount ${name}`)),
    'TenantPolicy tenant',
    'LimitRange limits',
    'LocalQueue default',
    ...QUOTAS.map((name) => `ResourceQuota ${name}`),
    ...ROLES.filter((role) => tenant.access[role].length > 0).map((role) => `RoleBinding drun-${role}`),
    ...['default-deny', 'allow-dns', 'allow-mesh', 'allow-within'].map((name) => `NetworkPolicy ${name}`),
    ...pathsOut(tenant).map(({ slug }) => `NetworkPolicy to-${slug}`),
    ...(hosts.length > 0 ? ['NetworkPolicy to-internet'] : []),
    ...into.map((name) => `NetworkPolicy ${name}`),
    'PeerAuthentication default',
    ...['default-deny', 'allow-within', ...into, ...(ambient ? hosts : [])].map(
      (name) => `AuthorizationPolicy ${name}`,
    ),
    ...(failsOver(namespace) ? ['NetworkPolicy from-regions'] : []),
    ...(ambient ? ['Gateway waypoint', 'AuthorizationPolicy waypoint'] : ['Sidecar default']),
    ...hosts.map((name) => `ServiceEntry ${name}`),
    ...(ambient ? [] : hosts.flatMap((name) => [`DestinationRule ${name}`, `VirtualService ${name}`])),
  ];
}

/** Whether other regions call the namespace for the edge of theirs. */
function failsOver(namespace: OrderedNamespace): boolean {
  return namespace.tenant.failover && pathsIn(namespace).some(({ slug }) => slug === 'ingress');
}

const AMBIENT = [
  'istio.io/dataplane-mode=ambient',
  'istio.io/use-waypoint=waypoint',
  'istio.io/ingress-use-waypoint=true',
];

/** Labels of namespaces. */
export const tenantLabels = (order: Order): readonly string[] =>
  each(order, (namespace, { facts }) => {
    const { name, tenant } = namespace;
    return [
      ...(failsOver(namespace) ? [`${name} drun.io/scope=mesh`] : []),
      ...['enforce', 'audit', 'warn'].flatMap((mode) => [
        `${name} pod-security.kubernetes.io/${mode}=restricted`,
        `${name} pod-security.kubernetes.io/${mode}-version=v${facts.kubernetes}`,
      ]),
      `${name} drun.io/trust=${tenant.trust}`,
      ...(tenant.mesh === 'ambient' ? AMBIENT : ['istio-injection=enabled']).map((label) => `${name} ${label}`),
      ...new Set(
        tenant.allow.flatMap(({ to }) =>
          'tenant' in to
            ? []
            : [`${name} drun.io/uses-${'platform' in to ? to.platform : wayOut(tenant).service}=true`],
        ),
      ),
    ];
  });

/** Groups and their roles. */
export const tenantBindings = (order: Order): readonly string[] =>
  each(order, ({ name, tenant }) =>
    ROLES.flatMap((role) =>
      tenant.access[role].map((group) => `${name} Group oidc:${group} is ClusterRole drun-tenant-${role}`),
    ),
  );

/** Accounts, none with a token. */
export const tenantAccounts = (order: Order): readonly string[] =>
  each(order, ({ name, tenant }) =>
    [...new Set(['default', ...tenant.serviceAccounts])].map(
      (account) => `ServiceAccount ${name}/${account} automountServiceAccountToken=false`,
    ),
  );

const DNS = `${named('kube-system')} pods k8s-app=kube-dns`;

/** What network policies let through. */
export const tenantPaths = (order: Order): readonly string[] =>
  each(order, (namespace) => {
    const { name, tenant } = namespace;
    const own = `drun.io/tenant=${tenant.name}`;
    const into = pathsIn(namespace).flatMap(({ peer, wire }) => wire.map((port) => `Ingress ${peer} TCP/${port}`));
    const out = pathsOut(tenant).flatMap(({ peer, wire }) => wire.map((port) => `Egress ${peer} TCP/${port}`));
    return [
      'closes Ingress',
      'closes Egress',
      `Egress ${DNS} UDP/53`,
      `Egress ${DNS} TCP/53`,
      // Probes of the kubelet in ambient mode, and the mesh's control plane.
      'Ingress 169.254.7.127/32 all',
      `Egress ${named('istio-system')} TCP/15012`,
      `Ingress ${own} all`,
      `Egress ${own} all`,
      ...(failsOver(namespace) ? [`Ingress ${named('drun-eastwest')} TCP/15008`] : []),
      ...into,
      ...out,
      ...(hostsOf(tenant).length > 0 ? [`Egress ${wayOut(tenant).peer}`] : []),
    ].map((line) => `${name} ${line}`);
  });

/** What the admin tier passes on, and that it ends there. */
export const tenantAdminTier = (order: Order): readonly string[] =>
  each(order, (namespace) => {
    const { name, tenant } = namespace;
    const own = `drun.io/tenant=${tenant.name} all`;
    const into = pathsIn(namespace).flatMap(({ peer, wire }) => wire.map((port) => `${peer} TCP/${port}`));
    const out = pathsOut(tenant).flatMap(({ peer, wire }) => wire.map((port) => `${peer} TCP/${port}`));
    const internet = hostsOf(tenant).length > 0 ? [wayOut(tenant).peer] : [];
    const dns = ['UDP/53', 'TCP/53'].map((port) => `${named('kube-system')} ${port}`);
    return [
      `Admin 500 over ${named(name)}`,
      ...[own, ...into, ...(failsOver(namespace) ? [`${named('drun-eastwest')} TCP/15008`] : [])].map(
        (line) => `ingress Pass before ${line}`,
      ),
      'ingress Deny last all all',
      ...[own, ...dns, `${named('istio-system')} TCP/15012`, ...out, ...internet].map(
        (line) => `egress Pass before ${line}`,
      ),
      'egress Deny last 0.0.0.0/0 all',
      'egress Deny last ::/0 all',
    ].map((line) => `tenant-${name} ${line}`);
  });

/** Who may call whom in the mesh, by identity and port. */
export const tenantAuthorizations = (order: Order): readonly string[] =>
  each(order, (namespace, { facts }) => {
    const { name, tenant } = namespace;
    const principal = (place: string) => `${facts.trustDomain}/ns/${place}/sa/*`;
    const own = Object.keys(tenant.namespaces).map((suffix) => principal(`${tenant.name}-${suffix}`));
    const gate = tenant.mesh === 'ambient' ? 'gateway.networking.k8s.io/Gateway/waypoint' : 'pods';
    return [
      'closes pods',
      ...own.map((one) => `ALLOW pods ${one} all`),
      ...(tenant.mesh === 'ambient' ? own.map((one) => `ALLOW ${gate} ${one} all`) : []),
      ...pathsIn(namespace).flatMap((path) =>
        path.ports.map((port) => `ALLOW ${gate} ${principal(path.namespace)} ${port}`),
      ),
      ...(tenant.mesh === 'sidecar' ? [] : hostsOf(tenant)).flatMap(({ host, ports }) =>
        ports.map((port) => `ALLOW networking.istio.io/ServiceEntry/to-${slugOf(host)} ${principal(name)} ${port}`),
      ),
    ].map((line) => `${name} ${line}`);
  });

/** Mutual TLS. */
export const tenantMtls = (order: Order): readonly string[] =>
  each(order, ({ name }) => [`PeerAuthentication ${name}/default spec.mtls.mode=STRICT`]);

const WAYPOINT = {
  gatewayClassName: 'istio-waypoint',
  listeners: [{ name: 'mesh', port: 15008, protocol: 'HBONE', allowedRoutes: { namespaces: { from: 'Same' } } }],
};

/** Waypoints, sidecars and service entries. */
export const tenantCarriers = (order: Order): readonly string[] =>
  each(order, ({ name, tenant }) => {
    const label = (kind: string, id: string, text: string) => `${kind} ${name}/${id} label ${text}`;
    const fields = (kind: string, id: string, spec: object) =>
      leaves({ spec }, '').map((leaf) => `${kind} ${name}/${id} ${leaf}`);
    const seen = [
      ...Object.keys(tenant.namespaces).map((suffix) => `${tenant.name}-${suffix}`),
      ...pathsOut(tenant).map(({ namespace }) => namespace),
      'istio-system',
    ];
    const sidecar = {
      outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
      egress: [{ hosts: [...new Set(seen)].map((one) => `${one}/*`) }],
    };
    return [
      ...(tenant.mesh === 'ambient'
        ? [...fields('Gateway', 'waypoint', WAYPOINT), label('Gateway', 'waypoint', 'istio.io/waypoint-for=service')]
        : fields('Sidecar', 'default', sidecar)),
      ...hostsOf(tenant).flatMap(({ host, ports }) => {
        const id = `to-${slugOf(host)}`;
        const entry = {
          hosts: [host],
          exportTo: ['.'],
          location: 'MESH_EXTERNAL',
          resolution: 'DNS',
          ports: ports.map((number) => ({ number, name: `tls-${number}`, protocol: 'TLS' })),
        };
        if (tenant.mesh === 'sidecar') return fields('ServiceEntry', id, { ...entry, endpoints: [gatewayFor(ports)] });
        return [
          ...fields('ServiceEntry', id, entry),
          label('ServiceEntry', id, 'istio.io/use-waypoint=egress'),
          label('ServiceEntry', id, 'istio.io/use-waypoint-namespace=drun-egress'),
        ];
      }),
    ];
  });

/** Keys that an object may have; `'*'` where anything may follow. Lists are looked through to their items. */
export type Shape = '*' | ReadonlyMap<string, Shape>;

/** A shape as it is written here. */
type Written = '*' | { readonly [key: string]: Written };

/** The shape of a kind; undefined for kinds whose keys we do not know. */
export function shapeOf(group: string, kind: string): Shape | undefined {
  return TABLE.get(group)?.get(kind);
}

/** Keys without anything to look at below them. */
function leaves(keys: string): { readonly [key: string]: Written } {
  return Object.fromEntries(keys.split(' ').map((key): [string, Written] => [key, '*']));
}

const METADATA: Written = leaves(
  'name namespace labels annotations generateName finalizers ownerReferences uid resourceVersion generation creationTimestamp deletionTimestamp deletionGracePeriodSeconds managedFields selfLink',
);
const ROOT = { ...leaves('apiVersion kind status'), metadata: METADATA };
const SELECTOR: Written = { matchLabels: '*', matchExpressions: leaves('key operator values') };

const NETWORK_PEER: Written = { ipBlock: leaves('cidr except'), namespaceSelector: SELECTOR, podSelector: SELECTOR };
const NETWORK_PORTS = { ports: leaves('port protocol endPort') };

const ADMIN_PORT: Written = { destinationPort: { ...leaves('number'), range: leaves('start end') } };
const ADMIN_PROTOCOLS = {
  protocols: { tcp: ADMIN_PORT, udp: ADMIN_PORT, sctp: ADMIN_PORT, destinationNamedPort: '*' },
} as const;
const ADMIN_PODS = { namespaces: SELECTOR, pods: { namespaceSelector: SELECTOR, podSelector: SELECTOR } };

const AUTHORIZATION: Written = {
  selector: leaves('matchLabels'),
  ...targets(),
  action: '*',
  provider: leaves('name'),
  rules: {
    from: {
      source: leaves(
        'principals notPrincipals requestPrincipals notRequestPrincipals namespaces notNamespaces ipBlocks notIpBlocks remoteIpBlocks notRemoteIpBlocks serviceAccounts notServiceAccounts',
      ),
    },
    to: { operation: leaves('hosts notHosts ports notPorts methods notMethods paths notPaths') },
    when: leaves('key values notValues'),
  },
};

function targets() {
  const ref: Written = leaves('group kind name namespace');
  return { targetRef: ref, targetRefs: ref };
}

const TLS_ISTIO = leaves(
  'httpsRedirect mode serverCertificate privateKey caCertificates caCrl subjectAltNames credentialName credentialNames caCertCredentialName verifyCertificateSpki verifyCertificateHash minProtocolVersion maxProtocolVersion cipherSuites tlsCertificates',
);

/** The kinds whose keys we know, as `group/Kind`; sources: Kubernetes 1.36, istio.io/api 1.31, gateway-api 1.6, Kueue v1beta2. */
const SHAPES: Readonly<Record<string, Written>> = {
  '/Namespace': { ...ROOT, spec: leaves('finalizers') },
  '/ServiceAccount': {
    ...ROOT,
    ...leaves('automountServiceAccountToken'),
    imagePullSecrets: leaves('name'),
    secrets: leaves('name namespace kind apiVersion fieldPath resourceVersion uid'),
  },
  '/ResourceQuota': {
    ...ROOT,
    spec: { ...leaves('hard scopes'), scopeSelector: { matchExpressions: leaves('scopeName operator values') } },
  },
  '/LimitRange': { ...ROOT, spec: { limits: leaves('type min max default defaultRequest maxLimitRequestRatio') } },
  'rbac.authorization.k8s.io/RoleBinding': bindingShape(),
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingShape(),
  'rbac.authorization.k8s.io/Role': { ...ROOT, rules: leaves('apiGroups resources resourceNames verbs') },
  'rbac.authorization.k8s.io/ClusterRole': {
    ...ROOT,
    rules: leaves('apiGroups resources resourceNames nonResourceURLs verbs'),
    aggregationRule: { clusterRoleSelectors: SELECTOR },
  },
  'networking.k8s.io/NetworkPolicy': {
    ...ROOT,
    spec: {
      podSelector: SELECTOR,
      policyTypes: '*',
      ingress: { ...NETWORK_PORTS, from: NETWORK_PEER },
      egress: { ...NETWORK_PORTS, to: NETWORK_PEER },
    },
  },
  'policy.networking.k8s.io/ClusterNetworkPolicy': {
    ...ROOT,
    spec: {
      ...leaves('tier priority'),
      subject: ADMIN_PODS,
      ingress: { ...leaves('name action'), ...ADMIN_PROTOCOLS, from: ADMIN_PODS },
      egress: {
        ...leaves('name action'),
        ...ADMIN_PROTOCOLS,
        to: { ...ADMIN_PODS, nodes: SELECTOR, ...leaves('networks domainNames') },
      },
    },
  },
  'security.istio.io/PeerAuthentication': {
    ...ROOT,
    spec: { selector: leaves('matchLabels'), mtls: leaves('mode'), portLevelMtls: '*' },
  },
  'security.istio.io/AuthorizationPolicy': { ...ROOT, spec: AUTHORIZATION },
  'networking.istio.io/ServiceEntry': {
    ...ROOT,
    spec: {
      ...leaves('hosts addresses location resolution exportTo subjectAltNames'),
      ports: leaves('number protocol name targetPort'),
      endpoints: leaves('address ports labels network locality weight serviceAccount'),
      workloadSelector: leaves('labels'),
    },
  },
  'networking.istio.io/Gateway': {
    ...ROOT,
    spec: {
      selector: '*',
      servers: {
        ...leaves('bind hosts defaultEndpoint name'),
        port: leaves('number protocol name targetPort'),
        tls: TLS_ISTIO,
      },
    },
  },
  'gateway.networking.k8s.io/Gateway': {
    ...ROOT,
    spec: {
      ...leaves('gatewayClassName addresses backendTLS defaultScope tls'),
      infrastructure: { ...leaves('labels annotations'), parametersRef: leaves('group kind name') },
      allowedListeners: { namespaces: { from: '*', selector: SELECTOR } },
      listeners: {
        ...leaves('name hostname port protocol'),
        tls: { mode: '*', options: '*', certificateRefs: leaves('group kind name namespace'), frontendValidation: '*' },
        allowedRoutes: { kinds: leaves('group kind'), namespaces: { from: '*', selector: SELECTOR } },
      },
    },
  },
  'kueue.x-k8s.io/LocalQueue': {
    ...ROOT,
    spec: { ...leaves('clusterQueue stopPolicy'), fairSharing: leaves('weight') },
  },
  'kueue.x-k8s.io/ClusterQueue': {
    ...ROOT,
    spec: {
      ...leaves('cohortName cohort queueingStrategy stopPolicy admissionChecks'),
      namespaceSelector: SELECTOR,
      admissionChecksStrategy: { admissionChecks: leaves('name onFlavors') },
      admissionScope: leaves('admissionMode'),
      fairSharing: leaves('weight'),
      flavorFungibility: leaves('whenCanBorrow whenCanPreempt preference'),
      preemption: {
        ...leaves('reclaimWithinCohort withinClusterQueue'),
        borrowWithinCohort: leaves('policy maxPriorityThreshold'),
      },
      resourceGroups: {
        coveredResources: '*',
        flavors: { name: '*', resources: leaves('name nominalQuota borrowingLimit lendingLimit') },
      },
    },
  },
  'policy.drun.io/TenantPolicy': {
    ...ROOT,
    spec: leaves(
      'tenant trust registries runtimeClasses runtimeClassRequired defaultRuntimeClass priorityClasses storageClasses pool gpuResources deviceClasses hosts serviceAccounts peers queue',
    ),
  },
};

function bindingShape() {
  return { ...ROOT, roleRef: leaves('apiGroup kind name'), subjects: leaves('apiGroup kind name namespace') };
}

function shape(written: Written): Shape {
  if (written === '*') return '*';
  return new Map(Object.entries(written).map(([key, below]) => [key, shape(below)]));
}

/** By group, then by kind. Looked up by millions of keys, so maps and not records. */
const TABLE: ReadonlyMap<string, ReadonlyMap<string, Shape>> = new Map(
  [...new Set(Object.keys(SHAPES).map((key) => key.slice(0, key.indexOf('/'))))].map((group) => [
    group,
    new Map(
      Object.entries(SHAPES)
        .filter(([key]) => key.startsWith(`${group}/`))
        .map(([key, written]) => [key.slice(group.length + 1), shape(written)]),
    ),
  ]),
);

import type { HelmReleaseProps } from '../constructs/core/helm-release';
import { PLATFORM_NAMESPACE, PLATFORM_SERVICES } from '../constructs/core/platform-service';
import { EGRESS } from '../constructs/network/egress-names';

/**
 * Why no digest stands here yet: the charts' repositories could not be read where the catalog was written. Whoever first
 * pulls them writes the digests down; after the date `check` refuses the catalog.
 */
const UNPINNED = {
  unpinned: {
    because: 'the digests are to be taken from the charts that the first deployment pulls and verifies',
    owner: 'drun-platform',
    expires: '2027-03-31',
  },
} as const;

const ISTIO = {
  namespace: PLATFORM_NAMESPACE.mesh,
  repo: 'https://istio-release.storage.googleapis.com/charts',
  version: '1.30.3',
  digest: UNPINNED,
} as const;

const HASHICORP = {
  namespace: PLATFORM_SERVICES.vault.namespace,
  repo: 'https://helm.releases.hashicorp.com',
  digest: UNPINNED,
} as const;

/** Every third-party controller with its exact version: the one place where a version is changed. */
export const CATALOG = {
  istioBase: { ...ISTIO, name: 'istio-base', chart: 'base' },
  istiod: { ...ISTIO, name: 'istiod', chart: 'istiod' },
  istioCni: { ...ISTIO, name: 'istio-cni', chart: 'cni' },
  ztunnel: { ...ISTIO, name: 'ztunnel', chart: 'ztunnel' },
  ingressGateway: { ...ISTIO, name: 'ingress', namespace: PLATFORM_NAMESPACE.ingress, chart: 'gateway' },
  egressGateway: { ...ISTIO, name: EGRESS.name, namespace: EGRESS.namespace, chart: 'gateway' },
  eastWestGateway: { ...ISTIO, name: 'eastwest', namespace: PLATFORM_NAMESPACE.eastWest, chart: 'gateway' },
  certManager: {
    name: 'cert-manager',
    namespace: PLATFORM_NAMESPACE.certificates,
    repo: 'oci://quay.io/jetstack/charts',
    chart: 'cert-manager',
    version: 'v1.21.2',
    digest: UNPINNED,
  },
  externalDns: {
    name: 'external-dns',
    namespace: PLATFORM_NAMESPACE.dns,
    repo: 'https://kubernetes-sigs.github.io/external-dns',
    chart: 'external-dns',
    version: '1.21.1',
    digest: UNPINNED,
  },
  vault: { ...HASHICORP, name: 'vault', chart: 'vault', version: '0.34.1' },
  openbao: {
    name: 'vault',
    namespace: PLATFORM_SERVICES.vault.namespace,
    repo: 'https://openbao.github.io/openbao-helm',
    chart: 'openbao',
    version: '0.19.0',
    digest: UNPINNED,
  },
  vaultSecretsOperator: {
    ...HASHICORP,
    name: 'vault-secrets-operator',
    chart: 'vault-secrets-operator',
    version: '2.0.0',
  },
  vaultCsiProvider: {
    ...HASHICORP,
    name: 'vault-csi-provider',
    namespace: PLATFORM_NAMESPACE.csi,
    chart: 'vault',
    version: '0.34.1',
  },
  secretsStoreCsiDriver: {
    name: 'secrets-store-csi-driver',
    namespace: PLATFORM_NAMESPACE.csi,
    repo: 'https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts',
    chart: 'secrets-store-csi-driver',
    version: '1.5.4',
    digest: UNPINNED,
  },
  externalSecrets: {
    name: 'external-secrets',
    namespace: PLATFORM_SERVICES.vault.namespace,
    repo: 'https://charts.external-secrets.io',
    chart: 'external-secrets',
    version: '2.9.0',
    digest: UNPINNED,
  },
  kueue: {
    name: 'kueue',
    namespace: PLATFORM_NAMESPACE.queue,
    repo: 'oci://registry.k8s.io/kueue/charts',
    chart: 'kueue',
    version: '0.19.2',
    digest: UNPINNED,
  },
} as const satisfies Record<string, HelmReleaseProps>;

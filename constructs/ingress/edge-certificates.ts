import { Construct } from 'constructs';
import { clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { type Manifest, manifest, type RoleBinding, type ServiceAccount } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import { stampFor } from '../core/stamp';
import { workloadAuth } from '../vault/vault-names';
import { EDGE_ISSUER } from './edge-facts';
import type { IngressSettings } from './ingress-settings';

const CONTROLS = {
  'ENC-1': 'certificates of published hosts come from one issuer and are renewed a month before they end',
  'ENC-3': 'who signs is reached with short-lived tokens; no key of an authority is in the cluster',
} as const;

interface Loose extends Manifest {
  readonly [field: string]: unknown;
}

/** Account as which cert-manager asks Vault to sign; its tokens are made for one request. */
const ACCOUNT = 'edge-certificates';

/** Who signs the certificates of published hosts. Tenants’ objects name the issuer and never learn who is behind it. */
export class EdgeCertificates extends Construct {
  constructor(scope: Construct, id: string, certificates: IngressSettings['certificates']) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const stamp = stampFor({ component: PLATFORM_NAMESPACE.certificates }, CONTROLS);
    manifest<Loose>(this, 'Issuer', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: stamp(EDGE_ISSUER),
      spec:
        certificates.issuer === 'vault'
          ? { vault: vault(certificates, clusterFactsOf(this).region) }
          : { acme: acme(certificates) },
    });
    if (certificates.issuer === 'vault') this.account(stamp);
  }

  /** The right to ask for tokens of this one account (https://cert-manager.io/docs/configuration/vault/). */
  private account(stamp: ReturnType<typeof stampFor>): void {
    const metadata = stamp(ACCOUNT, PLATFORM_NAMESPACE.certificates);
    manifest<ServiceAccount>(this, 'Account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata,
      automountServiceAccountToken: false,
    });
    manifest<Loose>(this, 'TokenRole', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [ACCOUNT], verbs: ['create'] }],
    });
    manifest<RoleBinding>(this, 'TokenBinding', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: ACCOUNT },
      subjects: [{ kind: 'ServiceAccount', name: 'cert-manager', namespace: PLATFORM_NAMESPACE.certificates }],
    });
  }
}

type Settings<T extends string> = Extract<IngressSettings['certificates'], { readonly issuer: T }>;

function vault({ server, path, role, ca }: Settings<'vault'>, region: string): object {
  return {
    server,
    path,
    caBundleSecretRef: { name: ca.secret, key: ca.key },
    auth: {
      kubernetes: {
        mountPath: `/v1/auth/${workloadAuth(region)}`,
        role,
        serviceAccountRef: { name: ACCOUNT, audiences: ['vault'] },
      },
    },
  };
}

/** Proved by a DNS record: the edge has no port for plain HTTP on which a challenge could be answered. */
function acme({ server, email, dns01 }: Settings<'acme'>): object {
  return {
    server,
    email,
    privateKeySecretRef: { name: 'edge-acme-account' },
    solvers: [{ dns01: solver(dns01) }],
  };
}

function solver(dns01: Settings<'acme'>['dns01']): object {
  switch (dns01.provider) {
    case 'route53':
      return { route53: { region: dns01.region } };
    case 'cloudDNS':
      return { cloudDNS: { project: dns01.project } };
    case 'cloudflare':
      return { cloudflare: { apiTokenSecretRef: { name: dns01.apiToken.secret, key: dns01.apiToken.key } } };
  }
}

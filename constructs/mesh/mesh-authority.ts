import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { type Manifest, manifest, type Role, type RoleBinding, type ServiceAccount } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import { stampFor } from '../core/stamp';
import { vaultObject } from '../core/vault-object';
import { workloadLogin } from '../vault/login';
import { type Grant, vaultPolicy } from '../vault/vault-policy';
import { CA_SECRET } from './control-plane-values';
import type { MeshMember } from './mesh-settings';

const CONTROLS = {
  'NET-1': 'regions believe each other’s identities by one root, which is in none of them',
  'ENC-3': 'each region’s intermediate comes from Vault for three months, and is renewed with a new key',
} as const;

interface SpecObject extends Manifest {
  readonly spec: object;
}

const NAME = 'istio-ca';
const ACCOUNT = 'istio-ca-issuer';

/**
 * The region's certificate authority: an intermediate that cert-manager asks of Vault and renews. The root signed the
 * region's mount in Vault once, and stays offline; how is written in docs/mesh.md. No key is in the tree.
 */
export class MeshAuthority extends Construct {
  private readonly stamp = stampFor({ component: 'mesh' }, CONTROLS);

  constructor(scope: Construct, id: string, member: MeshMember) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    this.vault(member);
    this.account();
    this.issuer(member);
    this.certificate(member);
  }

  /** What Vault must know: a mount, a right to sign with it and nothing else, and whose right it is. */
  private vault({ mount, auth }: MeshMember): void {
    const longest = 366 * 24 * 3600;
    vaultObject(this, 'Mount', {
      type: 'vault:index/mount:Mount',
      args: { path: mount, type: 'pki', description: 'mesh authority of one region', maxLeaseTtlSeconds: longest },
    });
    const sign: Grant = { path: `${mount}/root/sign-intermediate`, capabilities: ['update'] };
    vaultObject(this, 'Policy', vaultPolicy(mount, [sign]));
    vaultObject(
      this,
      'Role',
      workloadLogin({
        backend: auth,
        role: NAME,
        policy: mount,
        namespace: PLATFORM_NAMESPACE.mesh,
        account: ACCOUNT,
        audience: AUDIENCE,
        ttl: 600,
        maxTtl: 600,
      }),
    );
  }

  /** An account without a mounted token; cert-manager alone may ask for one. */
  private account(): void {
    const metadata = this.stamp(ACCOUNT, PLATFORM_NAMESPACE.mesh);
    const rbac = 'rbac.authorization.k8s.io';
    manifest<ServiceAccount>(this, 'Account', {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata,
      automountServiceAccountToken: false,
    });
    manifest<Role>(this, 'TokenRole', {
      apiVersion: `${rbac}/v1`,
      kind: 'Role',
      metadata,
      rules: [{ apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: [ACCOUNT], verbs: ['create'] }],
    });
    manifest<RoleBinding>(this, 'TokenBinding', {
      apiVersion: `${rbac}/v1`,
      kind: 'RoleBinding',
      metadata,
      roleRef: { apiGroup: rbac, kind: 'Role', name: ACCOUNT },
      subjects: [{ kind: 'ServiceAccount', name: 'cert-manager', namespace: PLATFORM_NAMESPACE.certificates }],
    });
  }

  private issuer({ server, mount, auth }: MeshMember): void {
    manifest<SpecObject>(this, 'Issuer', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Issuer',
      metadata: this.stamp(NAME, PLATFORM_NAMESPACE.mesh),
      spec: {
        vault: {
          server,
          path: `${mount}/root/sign-intermediate`,
          caBundleSecretRef: { name: 'vault-ca', key: 'ca.crt' },
          auth: {
            kubernetes: { mountPath: `/v1/auth/${auth}`, role: NAME, serviceAccountRef: { name: ACCOUNT } },
          },
        },
      },
    });
  }

  /** Istio takes a secret of the form `tls.crt`, `tls.key`, `ca.crt` (`detectSigningCABundleAndCRL` in istiod) and follows its renewal. */
  private certificate({ region, mesh }: MeshMember): void {
    manifest<SpecObject>(this, 'Certificate', {
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: this.stamp(NAME, PLATFORM_NAMESPACE.mesh),
      spec: {
        secretName: CA_SECRET,
        isCA: true,
        commonName: `${NAME}.${region}`,
        subject: { organizations: [mesh] },
        duration: '2160h',
        renewBefore: '720h',
        privateKey: { algorithm: 'ECDSA', size: 256, rotationPolicy: 'Always' },
        usages: ['cert sign', 'crl sign'],
        issuerRef: { group: 'cert-manager.io', kind: 'Issuer', name: NAME },
      },
    });
  }
}

/** Audience that cert-manager asks for in the token of an Issuer (`vault://<namespace>/<issuer>`). */
const AUDIENCE = `vault://${PLATFORM_NAMESPACE.mesh}/${NAME}`;

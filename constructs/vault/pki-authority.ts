import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { vaultObject } from '../core/vault-object';
import { type PkiRole, pkiRole } from './pki-role';

const CONTROLS = {
  'ENC-1': 'certificates come from an intermediate of the region, for one use each and for three days at most',
  'ENC-3': 'the root is offline: Vault makes the intermediate’s key itself and gives it to nobody',
} as const;

/** One year: an intermediate that lives longer is renewed by people who have left. */
const INTERMEDIATE_SECONDS = 366 * 24 * 3600;

/** What an authority needs to know of its place. */
export interface PkiAuthorityProps {
  readonly mount: string;
  /** Address under which certificates say their authority is found. */
  readonly address: string;
}

/**
 * A region's intermediate certificate authority. Its certificate is signed by the offline root once a year, which is a
 * procedure and not a resource: docs/vault.md.
 */
export class PkiAuthority extends Construct {
  private readonly mount: string;

  constructor(scope: Construct, id: string, { mount, address }: PkiAuthorityProps) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    this.mount = mount;
    const engine = vaultObject(this, 'Mount', {
      type: 'vault:index/mount:Mount',
      args: {
        path: mount,
        type: 'pki',
        description: 'intermediate authority of one region',
        maxLeaseTtlSeconds: INTERMEDIATE_SECONDS,
      },
    });
    const urls = vaultObject(this, 'Urls', {
      type: 'vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls',
      args: {
        backend: mount,
        issuingCertificates: [`${address}/v1/${mount}/ca`],
        crlDistributionPoints: [`${address}/v1/${mount}/crl`],
      },
    });
    const crl = vaultObject(this, 'Crl', {
      type: 'vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig',
      args: { backend: mount, expiry: '72h', autoRebuild: true, autoRebuildGracePeriod: '12h' },
    });
    const tidy = vaultObject(this, 'Tidy', {
      type: 'vault:pkiSecret/backendConfigAutoTidy:BackendConfigAutoTidy',
      args: {
        backend: mount,
        enabled: true,
        intervalDuration: '12h',
        tidyCertStore: true,
        tidyRevokedCerts: true,
        safetyBuffer: '72h',
      },
    });
    for (const one of [urls, crl, tidy]) one.node.addDependency(engine);
  }

  /** Adds a use of certificates. */
  addRole(role: Omit<PkiRole, 'mount'>): void {
    vaultObject(this, `Role-${role.name}`, pkiRole({ mount: this.mount, ...role })).node.addDependency(
      this.node.findChild('Mount'),
    );
  }
}

import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { seconds } from '../core/duration';
import { vaultObject } from '../core/vault-object';
import { workloadLogin } from './login';
import { VAULT_AUDIENCE, workloadAuth } from './vault-names';
import { type Grant, vaultPolicy } from './vault-policy';
import type { VaultSettings } from './vault-settings';

const CONTROLS = {
  'ENC-3': 'workloads log in as one account of one namespace, with a token made for Vault that ends within the hour',
  'IAM-4': 'a login lasts minutes, and its rights are exact paths',
} as const;

/** What one account may do in Vault. */
export interface WorkloadGrant {
  /** Name of the login role and of its policy. */
  readonly role: string;
  readonly namespace: string;
  readonly account: string;
  readonly grants: readonly Grant[];
  /** @default vault */
  readonly audience?: string;
}

/** How the workloads of one cluster log in: its API server says whose a token is. */
export class WorkloadAuth extends Construct {
  private readonly mount: string;

  constructor(
    scope: Construct,
    id: string,
    private readonly settings: VaultSettings,
    region: string,
  ) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    this.mount = workloadAuth(region);
    const method = vaultObject(this, 'Method', {
      type: 'vault:index/authBackend:AuthBackend',
      args: { type: 'kubernetes', path: this.mount, description: `workloads of ${region}` },
    });
    vaultObject(this, 'Config', {
      type: 'vault:kubernetes/authBackendConfig:AuthBackendConfig',
      args: { backend: this.mount, kubernetesHost: 'https://kubernetes.default.svc', disableLocalCaJwt: false },
    }).node.addDependency(method);
  }

  /** Lets one account of one namespace log in, with exactly these grants. */
  grant({ role, namespace, account, grants, audience = VAULT_AUDIENCE }: WorkloadGrant): void {
    const { ttl, maxTtl } = this.settings.tokens;
    const policy = vaultObject(this, `Policy-${role}`, vaultPolicy(role, grants));
    const times = { ttl: seconds(ttl), maxTtl: seconds(maxTtl) };
    vaultObject(
      this,
      `Role-${role}`,
      workloadLogin({ backend: this.mount, role, namespace, account, audience, ...times }),
    ).node.addDependency(policy, this.node.findChild('Method'));
  }
}

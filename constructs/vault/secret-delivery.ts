import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import type { JsonObject } from '../core/json';
import { type Manifest, manifest } from '../core/manifest';
import { PLATFORM_SERVICES } from '../core/platform-service';
import { stampFor } from '../core/stamp';
import { VAULT_ADDRESS, VAULT_AUDIENCE } from './vault-names';

const CONTROLS = {
  'ENC-3': 'what carries secrets to workloads verifies Vault, and has no rights in it of its own',
} as const;

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** Driver of volumes that hold secrets, by its registered name. */
export const CSI_DRIVER = 'secrets-store.csi.k8s.io';

/** How the operator reaches Vault. Its name and place are those that it takes where a VaultAuth names none. */
export class SecretDelivery extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    manifest<SpecObject>(this, 'Connection', {
      apiVersion: 'secrets.hashicorp.com/v1beta1',
      kind: 'VaultConnection',
      metadata: stampFor({ component: 'vault' }, CONTROLS)('default', PLATFORM_SERVICES.vault.namespace),
      spec: { address: VAULT_ADDRESS, skipTLSVerify: false, caCertSecretRef: 'vault-ca' },
    });
  }
}

/** Values of the operator's chart. It keeps no token, and has no login of its own that a workload could fall back to. */
export function operatorValues(): JsonObject {
  return {
    defaultVaultConnection: { enabled: false },
    defaultAuthMethod: { enabled: false },
    controller: { replicas: 2, manager: { clientCache: { persistenceModel: 'none' } } },
  };
}

/**
 * Values of the chart of External Secrets: stores and secrets of namespaces alone. What would reach over namespaces, write
 * into Vault or make secrets of its own is off. A store of a namespace cannot name an authority that lies elsewhere, so
 * the controller itself believes Vault's, and no other.
 */
export function externalSecretsValues(): JsonObject {
  return {
    replicaCount: 2,
    leaderElect: true,
    processClusterExternalSecret: false,
    processClusterStore: false,
    processClusterPushSecret: false,
    processClusterGenerator: false,
    processPushSecret: false,
    extraEnv: [{ name: 'SSL_CERT_FILE', value: '/vault/ca/ca.crt' }],
    extraVolumes: [{ name: 'ca', secret: { secretName: 'vault-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }],
    extraVolumeMounts: [{ name: 'ca', mountPath: '/vault/ca', readOnly: true }],
  };
}

/** Values of the driver's chart: it never copies what it mounts into a Secret. */
export function driverValues(): JsonObject {
  return {
    syncSecret: { enabled: false },
    enableSecretRotation: true,
    rotationPollInterval: '2m',
    tokenRequests: [{ audience: VAULT_AUDIENCE }],
    linux: { priorityClassName: 'system-node-critical' },
  };
}

/** Values of Vault's chart where it installs the agent of the driver and nothing else. */
export function providerValues(): JsonObject {
  return {
    global: { externalVaultAddr: VAULT_ADDRESS, tlsDisable: false },
    injector: { enabled: false },
    server: { enabled: false },
    ui: { enabled: false },
    csi: {
      enabled: true,
      agent: { enabled: false },
      extraArgs: ['-vault-tls-ca-cert=/vault/ca/ca.crt'],
      volumes: [{ name: 'ca', secret: { secretName: 'vault-ca', items: [{ key: 'ca.crt', path: 'ca.crt' }] } }],
      volumeMounts: [{ name: 'ca', mountPath: '/vault/ca', readOnly: true }],
    },
  };
}

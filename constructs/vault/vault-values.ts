import type { JsonObject } from '../core/json';
import { SERVER_TLS, serverConfiguration, TLS_FOLDER } from './vault-server';
import type { VaultSettings } from './vault-settings';

/** Pods of the servers, by the labels that both charts give them. */
export const SERVER_PODS = { 'app.kubernetes.io/name': 'vault', component: 'server' } as const;

/**
 * Values of the servers' chart (https://developer.hashicorp.com/vault/docs/platform/k8s/helm/configuration); OpenBao's chart
 * came from it and takes the same. Both are called `vault`, so that nothing else has to know which it is.
 */
export function serverValues(settings: VaultSettings): JsonObject {
  const { replicas, storage, storageClass } = settings;
  return {
    fullnameOverride: 'vault',
    nameOverride: 'vault',
    global: { tlsDisable: false },
    // Secrets come through the operator or the CSI driver: an injector would be a webhook over every pod.
    injector: { enabled: false },
    csi: { enabled: false },
    ui: { enabled: false },
    server: {
      priorityClassName: 'drun-platform',
      authDelegator: { enabled: true },
      standalone: { enabled: false },
      ha: {
        enabled: true,
        replicas,
        disruptionBudget: { enabled: true, maxUnavailable: 1 },
        raft: { enabled: true, setNodeId: true, config: serverConfiguration(settings) },
      },
      dataStorage: { enabled: true, size: storage, storageClass },
      // Audit events go to the log and to the collector: a full disk would stop Vault.
      auditStorage: { enabled: false },
      volumes: [{ name: 'tls', secret: { secretName: SERVER_TLS, defaultMode: 0o440 } }],
      volumeMounts: [{ name: 'tls', mountPath: TLS_FOLDER, readOnly: true }],
      extraEnvironmentVars: { VAULT_CACERT: `${TLS_FOLDER}/ca.crt`, BAO_CACERT: `${TLS_FOLDER}/ca.crt` },
      resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
      topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map(apart),
      statefulSet: { securityContext: SECURITY },
    },
  };
}

function apart(topologyKey: string): JsonObject {
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: SERVER_PODS } };
}

/** As Pod Security `restricted` asks. */
export const SECURITY = {
  pod: {
    runAsNonRoot: true,
    runAsUser: 100,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
  container: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
} as const;

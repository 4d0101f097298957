import { Construct } from 'constructs';
import { clusterFactsOf } from '../core/cluster-facts';
import { satisfiesAll } from '../core/control';
import { hostFile } from '../core/host-file';
import type { JsonObject } from '../core/json';
import { parseOrThrow } from '../core/parse';
import {
  type ControlPlaneProps,
  type ControlPlaneSettings,
  controlPlaneSchema,
  HOST_FOLDER,
  hostPath,
} from './control-plane';

const CONTROLS = {
  'ENC-1': 'API server, controllers, scheduler and etcd speak TLS 1.3 and nothing older',
  'ENC-2': 'the API server starts with the platform’s encryption and cannot start without it',
  'IAM-1': 'the API server starts with the platform’s single sign-on; no token or password file stands beside it',
  'IAM-2': 'nodes and people are authorized by Node and RBAC alone; tokens of workloads end when they say they do',
  'MON-5': 'the API server starts with the platform’s audit policy and keeps thirty days of its log',
  'NET-3': 'the requests that the API server works on at once are bounded, and so is the time that one may take',
  'NET-4': 'no service takes an external address',
} as const;

/**
 * Plugins besides those that Kubernetes turns on by itself (CIS Kubernetes Benchmark 1.12: 1.2.3, 1.2.9, 1.2.14). AlwaysPullImages
 * (1.2.11) is left out: the platform's own admission decides that tenant by tenant and says so, where the plugin would rewrite
 * the pods of the platform as well.
 */
const PLUGINS = [
  'NodeRestriction',
  'DenyServiceExternalIPs',
  'EventRateLimit',
  'OwnerReferencesPermissionEnforcement',
] as const;

const TLS13 = { 'tls-min-version': 'VersionTLS13' } as const;

/**
 * The settings of a control plane as a kubeadm configuration. Certificates and addresses are kubeadm's own; everything here
 * it would leave open or leave to a default that may change. Numbers are those of the CIS Kubernetes Benchmark 1.12.
 */
export class ControlPlaneFlags extends Construct {
  constructor(scope: Construct, id: string, props: ControlPlaneProps = {}) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const settings = parseOrThrow(controlPlaneSchema, props);
    const facts = clusterFactsOf(this);
    hostFile(this, 'Configuration', {
      path: hostPath('control-plane.yaml'),
      mode: '0600',
      content: {
        apiVersion: 'kubeadm.k8s.io/v1beta4',
        kind: 'ClusterConfiguration',
        kubernetesVersion: `stable-${facts.kubernetes}`,
        networking: { podSubnet: perFamily(facts.podCidrs), serviceSubnet: perFamily(facts.serviceCidrs) },
        apiServer: { extraArgs: argumentsOf(apiServerFlags(settings)), extraVolumes: volumes(settings) },
        controllerManager: { extraArgs: argumentsOf(CONTROLLER_FLAGS) },
        scheduler: { extraArgs: argumentsOf(SCHEDULER_FLAGS) },
        etcd: { local: { extraArgs: argumentsOf({ 'tls-min-version': 'TLS1.3' }) } },
      },
    });
  }
}

function apiServerFlags({ auditLog }: ControlPlaneSettings): Readonly<Record<string, string>> {
  return {
    'authentication-config': hostPath('authentication.yaml'),
    // 1.2.6, 1.2.7, 1.2.8
    'authorization-mode': 'Node,RBAC',
    'admission-control-config-file': hostPath('admission.yaml'),
    'enable-admission-plugins': PLUGINS.join(','),
    // 1.2.27; a rotated key is taken up without a restart.
    'encryption-provider-config': hostPath('encryption.yaml'),
    'encryption-provider-config-automatic-reload': 'true',
    // 1.2.16 to 1.2.19
    'audit-policy-file': hostPath('audit-policy.yaml'),
    'audit-log-path': auditLog,
    'audit-log-maxage': '30',
    'audit-log-maxbackup': '10',
    'audit-log-maxsize': '100',
    // 1.2.29: TLS 1.3 has these and leaves nothing to be chosen; they are named for those who read the flags.
    ...TLS13,
    'tls-cipher-suites': 'TLS_AES_128_GCM_SHA256,TLS_AES_256_GCM_SHA384,TLS_CHACHA20_POLY1305_SHA256',
    'strict-transport-security-directives': 'max-age=31536000,includeSubDomains',
    // 1.2.15
    profiling: 'false',
    // 1.2.5: the API server hands credentials to kubelets and reads logs from them.
    'kubelet-certificate-authority': '/etc/kubernetes/pki/ca.crt',
    // 1.2.20
    'request-timeout': '60s',
    'max-requests-inflight': '400',
    'max-mutating-requests-inflight': '200',
    // 1.2.21 and 1.2.30: without the last one a token that was asked for an hour lasts a year.
    'service-account-lookup': 'true',
    'service-account-max-token-expiration': '24h',
    'service-account-extend-token-expiration': 'false',
  };
}

/** CIS Kubernetes Benchmark 1.12: 1.3.1, 1.3.2, 1.3.3, 1.3.7. */
const CONTROLLER_FLAGS = {
  ...TLS13,
  'bind-address': '127.0.0.1',
  profiling: 'false',
  'terminated-pod-gc-threshold': '1000',
  'use-service-account-credentials': 'true',
} as const;

/** CIS Kubernetes Benchmark 1.12: 1.4.1, 1.4.2. */
const SCHEDULER_FLAGS = { ...TLS13, 'bind-address': '127.0.0.1', profiling: 'false' } as const;

/** What the API server sees of its host: the platform's files, the folder of the key service and that of the audit log. */
function volumes({ kmsSocket, auditLog }: ControlPlaneSettings): readonly JsonObject[] {
  const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/'));
  const [socket, log] = [folderOf(kmsSocket.replace(/^unix:\/\//, '')), folderOf(auditLog)];
  return [
    { name: 'drun', hostPath: HOST_FOLDER, mountPath: HOST_FOLDER, readOnly: true, pathType: 'Directory' },
    { name: 'kms', hostPath: socket, mountPath: socket, readOnly: true, pathType: 'Directory' },
    { name: 'audit', hostPath: log, mountPath: log, readOnly: false, pathType: 'DirectoryOrCreate' },
  ];
}

/** The first range of each address family: kubeadm takes one of each, further ranges are the network plugin's. */
function perFamily(cidrs: readonly string[]): string {
  const first = [cidrs.find((cidr) => !cidr.includes(':')), cidrs.find((cidr) => cidr.includes(':'))];
  return first.filter((cidr) => cidr !== undefined).join(',');
}

/** As kubeadm writes arguments since v1beta4: a list, for a flag may be given twice. */
function argumentsOf(flags: Readonly<Record<string, string>>): readonly JsonObject[] {
  return Object.entries(flags).map(([name, value]) => ({ name, value }));
}

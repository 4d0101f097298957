import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { hostFile } from '../core/host-file';
import type { JsonObject } from '../core/json';
import { hostPath } from './control-plane';

const CONTROLS = {
  'MON-1': 'every call of a person or a workload is written down: who, what, when, from where, with which answer',
  'MON-5': 'changes of rights, policies and quotas are written down in full; secrets never are',
} as const;

/**
 * The parts of the control plane, and the accounts of its controllers: what they read all day is nobody's deed. A rule that
 * named users and groups would ask for both at once, so each rule about them stands twice.
 */
const MACHINES = [
  { users: ['system:apiserver', 'system:kube-controller-manager', 'system:kube-scheduler', 'system:kube-proxy'] },
  { userGroups: ['system:nodes', 'system:serviceaccounts:kube-system'] },
] as const;

const READ = ['get', 'list', 'watch'] as const;
const CHANGE = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;

/** What carries secrets, or may: known to have been touched, never with what it says. */
const CONFIDENTIAL = [
  { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
  { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
  { group: 'certificates.k8s.io', resources: ['certificatesigningrequests'] },
] as const;

/** What the machinery writes all day without deciding anything. */
const CHATTER = [
  { group: '', resources: ['events'] },
  { group: 'events.k8s.io', resources: ['events'] },
  { group: 'coordination.k8s.io', resources: ['leases'] },
] as const;

/** What decides over rights, isolation and shares. Only the platform writes it, and none of it carries a secret. */
const DECISIVE = [
  { group: 'rbac.authorization.k8s.io' },
  { group: 'admissionregistration.k8s.io' },
  { group: 'policy.networking.k8s.io' },
  { group: 'policy.drun.io' },
  { group: 'security.istio.io' },
  { group: '', resources: ['namespaces', 'namespaces/finalize', 'namespaces/status', 'resourcequotas', 'limitranges'] },
  { group: 'networking.k8s.io', resources: ['networkpolicies'] },
  { group: 'node.k8s.io' },
  { group: 'scheduling.k8s.io' },
] as const;

/**
 * The first rule that fits decides, and the last fits everything: a call that no rule thought of is written down. Bodies are
 * kept of decisive kinds alone; those of workloads carry passwords in their environment. What is left out altogether: probes,
 * leases, events of the machinery, and what it reads that is not confidential.
 */
const RULES: readonly JsonObject[] = [
  { level: 'Metadata', resources: CONFIDENTIAL },
  { level: 'None', nonResourceURLs: ['/livez*', '/readyz*', '/healthz*'], verbs: ['get'] },
  ...MACHINES.map((who) => ({ level: 'None', ...who, verbs: READ })),
  ...MACHINES.map((who) => ({ level: 'None', ...who, resources: CHATTER })),
  { level: 'RequestResponse', verbs: CHANGE, resources: DECISIVE },
  { level: 'Metadata' },
];

/** Which calls the API server writes down, and how much of them (CIS Kubernetes Benchmark 1.12: 3.2.1 and 3.2.2). */
export class AuditPolicy extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    hostFile(this, 'Policy', {
      path: hostPath('audit-policy.yaml'),
      mode: '0600',
      flag: '--audit-policy-file',
      content: {
        apiVersion: 'audit.k8s.io/v1',
        kind: 'Policy',
        // A call is written down once, with its answer, instead of twice.
        omitStages: ['RequestReceived'],
        omitManagedFields: true,
        rules: RULES,
      },
    });
  }
}

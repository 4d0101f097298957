import { Construct } from 'constructs';
import { satisfiesAll } from '../core/control';
import { type ClusterRole, manifest } from '../core/manifest';
import { stampFor } from '../core/stamp';

const CONTROLS = {
  'IAM-2': 'tenant roles name each resource and verb; no wildcard, no impersonation, nothing outside the namespace',
} as const;

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const READ = ['get', 'list', 'watch'] as const;
const WRITE = ['create', 'update', 'patch', 'delete', 'deletecollection'] as const;

const core = (resources: readonly string[], verbs: readonly string[]): Rule => ({ apiGroups: [''], resources, verbs });
const group = (apiGroup: string, resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups: [apiGroup],
  resources,
  verbs,
});

/** Sees everything of the tenant except secrets. */
const VIEWER: readonly Rule[] = [
  core(['pods', 'pods/log', 'pods/status', 'services', 'configmaps', 'events', 'persistentvolumeclaims'], READ),
  core(['replicationcontrollers', 'serviceaccounts', 'resourcequotas', 'limitranges', 'endpoints'], READ),
  group('apps', ['deployments', 'statefulsets', 'replicasets', 'deployments/status', 'statefulsets/status'], READ),
  group('batch', ['jobs', 'cronjobs', 'jobs/status', 'cronjobs/status'], READ),
  group('autoscaling', ['horizontalpodautoscalers'], READ),
  group('policy', ['poddisruptionbudgets'], READ),
  group('networking.k8s.io', ['networkpolicies', 'ingresses'], READ),
  group('discovery.k8s.io', ['endpointslices'], READ),
  group('events.k8s.io', ['events'], READ),
  group('rbac.authorization.k8s.io', ['rolebindings'], READ),
  group('kueue.x-k8s.io', ['localqueues', 'workloads'], READ),
  group('resource.k8s.io', ['resourceclaims', 'resourceclaimtemplates'], READ),
];

/** Runs workloads, without opening a shell in them and without reading secrets. */
const DEVELOPER: readonly Rule[] = [
  core(['pods', 'services', 'configmaps', 'persistentvolumeclaims'], WRITE),
  group('apps', ['deployments', 'statefulsets', 'deployments/scale', 'statefulsets/scale'], WRITE),
  group('batch', ['jobs', 'cronjobs'], WRITE),
  group('autoscaling', ['horizontalpodautoscalers'], WRITE),
  group('policy', ['poddisruptionbudgets'], WRITE),
  group('resource.k8s.io', ['resourceclaims', 'resourceclaimtemplates'], WRITE),
];

/** Keeps services running: shells, debugging containers, secrets, public entry points. */
const OPERATOR: readonly Rule[] = [
  core(['pods/exec', 'pods/attach', 'pods/portforward'], ['create', 'get']),
  core(['pods/eviction'], ['create']),
  core(['pods/ephemeralcontainers', 'pods/resize'], ['update', 'patch']),
  core(['secrets'], [...READ, ...WRITE]),
  group('networking.k8s.io', ['ingresses'], WRITE),
];

/**
 * Answers for the tenant. Who belongs to it is decided in the identity provider and in the tenant's file: with a right to
 * write role bindings an owner could rewrite the platform's own.
 */
const OWNER: readonly Rule[] = [core(['serviceaccounts'], WRITE)];

const DUTIES = {
  viewer: VIEWER,
  developer: [...VIEWER, ...DEVELOPER],
  operator: [...VIEWER, ...DEVELOPER, ...OPERATOR],
  owner: [...VIEWER, ...DEVELOPER, ...OPERATOR, ...OWNER],
} as const;

/** ClusterRoles `drun-tenant-<duty>`, bound by tenants namespace by namespace; never aggregated, never bound cluster-wide. */
export class TenantRoles extends Construct {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    satisfiesAll(this, CONTROLS);
    const stamp = stampFor({ component: 'identity' }, CONTROLS);
    for (const [duty, rules] of Object.entries(DUTIES)) {
      const name = `drun-tenant-${duty}`;
      manifest<ClusterRole>(this, name, {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRole',
        metadata: stamp(name),
        rules,
      });
    }
  }
}

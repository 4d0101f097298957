import { EVERYTHING, type Rule } from './rule';

/** A ClusterRole that every cluster has without anybody writing it. */
export interface BuiltinRole {
  readonly rules: readonly Rule[];
  /** Whether other ClusterRoles can add rules to it by label. */
  readonly aggregates: boolean;
}

const READ = ['get', 'list', 'watch'];
const WRITE = ['create', 'delete', 'deletecollection', 'patch', 'update'];

/**
 * The user-facing roles of Kubernetes 1.36 (`plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go`), shortened to
 * the rules by which rights become other rights. `edit` and `admin` may impersonate service accounts and mint tokens.
 */
export const BUILTIN_ROLES: ReadonlyMap<string, BuiltinRole> = new Map([
  ['cluster-admin', { rules: [EVERYTHING], aggregates: false }],
  ['admin', { rules: adminRules(), aggregates: true }],
  ['edit', { rules: editRules(), aggregates: true }],
  ['view', { rules: viewRules(), aggregates: true }],
]);

/** Label prefix by which the built-in `admin`, `edit` and `view` take up the rules of other ClusterRoles. */
export const AGGREGATE_TO = 'rbac.authorization.k8s.io/aggregate-to-';

function viewRules(): Rule[] {
  return [
    rule([''], READ, ['pods', 'pods/log', 'serviceaccounts', 'services', 'configmaps', 'resourcequotas', 'namespaces']),
    rule(['apps'], READ, ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
    rule(['batch'], READ, ['jobs', 'cronjobs']),
    rule(['networking.k8s.io'], READ, ['networkpolicies', 'ingresses']),
  ];
}

function editRules(): Rule[] {
  return [
    ...viewRules(),
    rule([''], READ, ['pods/attach', 'pods/proxy', 'pods/exec', 'pods/portforward', 'secrets', 'services/proxy']),
    rule([''], ['impersonate'], ['serviceaccounts']),
    rule([''], ['create'], ['serviceaccounts/token', 'pods/eviction']),
    rule([''], WRITE, ['pods', 'pods/attach', 'pods/proxy', 'pods/exec', 'pods/portforward', 'serviceaccounts']),
    rule([''], WRITE, ['services', 'services/proxy', 'persistentvolumeclaims', 'configmaps', 'secrets']),
    rule(['apps'], WRITE, ['deployments', 'statefulsets', 'daemonsets', 'replicasets']),
    rule(['batch'], WRITE, ['jobs', 'cronjobs']),
    rule(['networking.k8s.io'], WRITE, ['networkpolicies', 'ingresses']),
  ];
}

function adminRules(): Rule[] {
  return [
    ...editRules(),
    rule(['rbac.authorization.k8s.io'], [...READ, ...WRITE], ['roles', 'rolebindings']),
    rule(['authorization.k8s.io'], ['create'], ['localsubjectaccessreviews']),
  ];
}

function rule(apiGroups: readonly string[], verbs: readonly string[], resources: readonly string[]): Rule {
  return { apiGroups, verbs, resources, resourceNames: [], nonResourceURLs: [] };
}

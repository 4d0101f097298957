import { recordAt, stringAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import type { Rule } from './rule';

/** Where a right holds: a namespace, or {@link CLUSTER} for every namespace and everything outside of them. */
export type Scope = string;

/** The whole cluster; no namespace can have this name. */
export const CLUSTER: Scope = '*';

/** Whether two rights can be used together: in the same namespace, or one of them holds everywhere. */
export function narrower(a: Scope, b: Scope): Scope | undefined {
  if (a === b || b === CLUSTER) return a;
  return a === CLUSTER ? b : undefined;
}

/** Tells `group/resource` outside of namespaces, from what Kubernetes 1.36 and our controllers have and from the CRDs at hand. */
export function clusterScoped(objects: readonly Manifest[]): ReadonlySet<string> {
  const found = new Set(BUILT_IN);
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition' || stringAt(object, 'spec', 'scope') !== 'Cluster') continue;
    found.add(`${stringAt(object, 'spec', 'group')}/${stringAt(recordAt(object, 'spec', 'names'), 'plural')}`);
  }
  return found;
}

/**
 * The part of a rule that works through a RoleBinding. Requests outside of namespaces never meet a RoleBinding, with
 * two exceptions: a request for one Namespace by name carries that namespace (apiserver `requestinfo.go`), and `bind`
 * on clusterroles is asked in the namespace of the new binding (`escalation_check.go`). Undefined when nothing is left.
 */
export function namespacedPart(rule: Rule, clusterOnly: ReadonlySet<string>): Rule | undefined {
  const resources = rule.resources.filter((resource) => {
    if (resource === 'clusterroles' && rule.verbs.some((verb) => verb === 'bind' || verb === '*')) return true;
    const plural = resource.split('/', 1)[0] ?? resource;
    return !rule.apiGroups.every((group) => clusterOnly.has(`${group}/${plural}`));
  });
  return resources.length === 0 || rule.apiGroups.length === 0
    ? undefined
    : { ...rule, resources, nonResourceURLs: [] };
}

const BUILT_IN: readonly string[] = [
  ...['nodes', 'persistentvolumes', 'componentstatuses', 'users', 'groups'].map((plural) => `/${plural}`),
  ...['userextras', 'uids', 'tokenreviews', 'selfsubjectreviews'].map((plural) => `authentication.k8s.io/${plural}`),
  ...['subjectaccessreviews', 'selfsubjectaccessreviews', 'selfsubjectrulesreviews'].map(
    (plural) => `authorization.k8s.io/${plural}`,
  ),
  ...['clusterroles', 'clusterrolebindings'].map((plural) => `rbac.authorization.k8s.io/${plural}`),
  ...['certificatesigningrequests', 'clustertrustbundles', 'signers'].map((plural) => `certificates.k8s.io/${plural}`),
  ...['storageclasses', 'csidrivers', 'csinodes', 'volumeattachments', 'volumeattributesclasses'].map(
    (plural) => `storage.k8s.io/${plural}`,
  ),
  ...[
    'validatingwebhookconfigurations',
    'mutatingwebhookconfigurations',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
  ].map((plural) => `admissionregistration.k8s.io/${plural}`),
  ...['flowschemas', 'prioritylevelconfigurations'].map((plural) => `flowcontrol.apiserver.k8s.io/${plural}`),
  ...['deviceclasses', 'resourceslices', 'devicetaintrules'].map((plural) => `resource.k8s.io/${plural}`),
  'apiextensions.k8s.io/customresourcedefinitions',
  'apiregistration.k8s.io/apiservices',
  'scheduling.k8s.io/priorityclasses',
  'node.k8s.io/runtimeclasses',
  'networking.k8s.io/ingressclasses',
  'networking.k8s.io/servicecidrs',
  'networking.k8s.io/ipaddresses',
  'gateway.networking.k8s.io/gatewayclasses',
  'policy.networking.k8s.io/clusternetworkpolicies',
  'policy.networking.k8s.io/adminnetworkpolicies',
  'policy.networking.k8s.io/baselineadminnetworkpolicies',
  'kueue.x-k8s.io/clusterqueues',
  'kueue.x-k8s.io/resourceflavors',
  'kueue.x-k8s.io/admissionchecks',
  'kueue.x-k8s.io/workloadpriorityclasses',
  'kueue.x-k8s.io/cohorts',
  'kueue.x-k8s.io/topologies',
  'cert-manager.io/clusterissuers',
  'external-secrets.io/clustersecretstores',
  'external-secrets.io/clusterexternalsecrets',
  'snapshot.storage.k8s.io/volumesnapshotcontents',
  'snapshot.storage.k8s.io/volumesnapshotclasses',
];

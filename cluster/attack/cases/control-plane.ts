import type { JsonObject } from '../../../constructs/core/json';
import type { AttackCase, CaseObject } from './case';
import { create, object } from './objects';
import { closedToStrangers, forbidden, forbiddenTo, http, type Line, plainCase } from './plain';
import { pod } from './templates';

const AGGREGATED: JsonObject = {
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'ClusterRole',
  metadata: { name: 'case', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } },
  rules: [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }],
};

const roleWith = (resource: string): CaseObject =>
  object('rbac.authorization.k8s.io/v1', 'Role', {
    rules: [{ apiGroups: [''], resources: [resource], verbs: ['get'] }],
  });

const bindingTo = (name: string): CaseObject =>
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name: '{viewer-group}' }],
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
  });

const CORE = '/api/v1';
const NS = `${CORE}/namespaces/{ns}`;
const B = `${CORE}/namespaces/{b-ns}`;
const PLATFORM = `${CORE}/namespaces/{platform}`;
const RBAC = '/apis/rbac.authorization.k8s.io/v1';
const ADMISSION = '/apis/admissionregistration.k8s.io/v1';

/** Reading what belongs to others. The twin is the same in one's own namespace. */
const READING: readonly Line[] = [
  ['R01', `GET ${B}/secrets`, `GET ${NS}/secrets`],
  ['R01', `GET ${B}/secrets/default`, `GET ${NS}/secrets`],
  ['R01', `GET ${PLATFORM}/secrets`, `GET ${NS}/secrets`],
  ['R01', `GET ${B}/configmaps`, `GET ${NS}/configmaps`],
  ['R02', `GET ${CORE}/secrets`, `GET ${NS}/secrets`],
  ['R02', `GET ${CORE}/secrets?watch=true&timeoutSeconds=1`, `GET ${NS}/secrets`],
  ['R02', `GET ${CORE}/configmaps`, `GET ${NS}/configmaps`],
  ['R39', `GET ${CORE}/namespaces`],
  ['R39', `GET ${B}`],
  ['R39', `GET ${CORE}/pods`, `GET ${NS}/pods`],
  ['R39', `GET ${CORE}/services`, `GET ${NS}/services`],
  ['R39', `GET ${B}/pods`, `GET ${NS}/pods`],
  ['R39', 'GET /apis/networking.k8s.io/v1/ingresses', 'GET /apis/networking.k8s.io/v1/namespaces/{ns}/ingresses'],
  ['R39', 'GET /apis/policy.drun.io/v1/namespaces/{b-ns}/tenantpolicies/tenant'],
];

/** Rights that nobody may give himself, and identities that nobody may take on. */
const IDENTITIES: readonly Line[] = [
  ['R05', `POST ${RBAC}/namespaces/{ns}/roles`, `GET ${RBAC}/namespaces/{ns}/rolebindings`],
  ['R05', `POST ${RBAC}/clusterroles`, `GET ${RBAC}/namespaces/{ns}/rolebindings`],
  ['R05', `PATCH ${RBAC}/clusterroles/drun-tenant-owner`, `GET ${RBAC}/namespaces/{ns}/rolebindings`],
  ['R06', `POST ${RBAC}/namespaces/{ns}/rolebindings`, `GET ${RBAC}/namespaces/{ns}/rolebindings`],
  [
    'R06',
    `PATCH ${RBAC}/namespaces/{ns}/rolebindings/drun-owner`,
    `GET ${RBAC}/namespaces/{ns}/rolebindings/drun-owner`,
  ],
  ['R06', `POST ${RBAC}/namespaces/{b-ns}/rolebindings`, `GET ${RBAC}/namespaces/{ns}/rolebindings`],
  ['R07', `POST ${RBAC}/clusterrolebindings`, `GET ${RBAC}/namespaces/{ns}/rolebindings`],
  ['R07', `PATCH ${RBAC}/clusterrolebindings/drun-platform-operator`],
  ['R07', `DELETE ${RBAC}/clusterrolebindings/drun-platform-viewer`],
  ['R11', `POST ${B}/serviceaccounts/workload/token`],
  ['R11', `POST ${PLATFORM}/serviceaccounts/default/token`],
  ['R11', `POST ${CORE}/namespaces/istio-system/serviceaccounts/istiod/token`],
  ['R11', `POST ${CORE}/namespaces/kube-system/serviceaccounts/default/token`],
  ['R24', 'POST /apis/certificates.k8s.io/v1/certificatesigningrequests'],
  ['R24', 'PUT /apis/certificates.k8s.io/v1/certificatesigningrequests/case/approval'],
  ['R36', 'POST /apis/certificates.k8s.io/v1beta1/clustertrustbundles'],
  ['R36', 'POST /apis/certificates.k8s.io/v1beta1/namespaces/{ns}/podcertificaterequests'],
  ['R31', 'POST /apis/authentication.k8s.io/v1/tokenreviews'],
  ['R31', 'POST /apis/authorization.k8s.io/v1/subjectaccessreviews'],
  ['R31', 'POST /apis/authorization.k8s.io/v1/namespaces/{ns}/localsubjectaccessreviews'],
];

/** What all tenants share. */
const CLUSTER: readonly Line[] = [
  ['R20', `POST ${CORE}/namespaces`],
  ['R15', `PATCH ${NS}`],
  ['R17', `PATCH ${NS}/status`],
  ['R18', `PUT ${NS}/finalize`],
  ['R21', `DELETE ${NS}`],
  ['R21', `DELETE ${B}`],
  ['R25', `GET ${CORE}/nodes`],
  ['R25', `GET ${CORE}/nodes/n1/proxy/metrics`],
  ['R25', `GET ${CORE}/nodes/n1/proxy/logs/`],
  ['R25', `PATCH ${CORE}/nodes/n1`],
  ['R25', `PATCH ${CORE}/nodes/n1/status`],
  ['R28', 'POST /apis/scheduling.k8s.io/v1/priorityclasses'],
  ['R28', 'POST /apis/node.k8s.io/v1/runtimeclasses'],
  ['R28', 'POST /apis/storage.k8s.io/v1/storageclasses'],
  ['R28', 'POST /apis/networking.k8s.io/v1/ingressclasses'],
  ['R28', 'POST /apis/gateway.networking.k8s.io/v1/gatewayclasses'],
  ['R28', 'POST /apis/resource.k8s.io/v1/deviceclasses'],
  ['R28', 'POST /apis/resource.k8s.io/v1/resourceslices'],
  ['R28', 'POST /apis/kueue.x-k8s.io/v1beta2/clusterqueues'],
  ['R28', 'POST /apis/policy.networking.k8s.io/v1alpha2/clusternetworkpolicies'],
  ['R29', 'POST /apis/apiextensions.k8s.io/v1/customresourcedefinitions'],
  ['R29', 'PATCH /apis/apiextensions.k8s.io/v1/customresourcedefinitions/tenantpolicies.policy.drun.io'],
  ['R29', 'POST /apis/apiregistration.k8s.io/v1/apiservices'],
  ['R29', `POST ${ADMISSION}/mutatingwebhookconfigurations`],
  ['R29', `POST ${ADMISSION}/validatingwebhookconfigurations`],
  ['R30', `DELETE ${ADMISSION}/validatingadmissionpolicies/drun-pod-images`],
  ['R30', `PATCH ${ADMISSION}/validatingadmissionpolicies/drun-pod-images`],
  ['R30', `DELETE ${ADMISSION}/validatingadmissionpolicybindings/drun-pod-images`],
  ['R30', `PATCH ${ADMISSION}/validatingadmissionpolicybindings/drun-pod-images`],
  ['R30', `DELETE ${ADMISSION}/mutatingadmissionpolicies/drun-pod-defaults`],
  ['R30', `DELETE ${ADMISSION}/mutatingadmissionpolicybindings/drun-pod-defaults`],
  ['R30', `POST ${ADMISSION}/validatingadmissionpolicies`],
  ['R30', `POST ${ADMISSION}/mutatingadmissionpolicies`],
  ['R32', 'POST /apis/flowcontrol.apiserver.k8s.io/v1/flowschemas'],
  ['R32', 'POST /apis/flowcontrol.apiserver.k8s.io/v1/prioritylevelconfigurations'],
  ['R33', 'GET /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases'],
  ['R33', 'PATCH /apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases/n1'],
  ['R33', 'PATCH /apis/coordination.k8s.io/v1/namespaces/kube-system/leases/kube-scheduler'],
  ['R35', `POST ${CORE}/namespaces/default/pods`, `GET ${NS}/pods`],
  ['R35', `POST ${CORE}/namespaces/default/configmaps`],
  ['R35', `POST ${CORE}/namespaces/kube-system/pods`],
  ['R35', `POST ${CORE}/namespaces/kube-system/configmaps`],
  ['R35', `POST ${CORE}/namespaces/kube-public/configmaps`],
  ['R35', `POST ${CORE}/namespaces/kube-node-lease/configmaps`],
];

/** What the platform made in the tenant's namespace, and ways round the walls. */
const INSIDE: readonly Line[] = [
  ['R22', `DELETE ${NS}/resourcequotas`, `GET ${NS}/resourcequotas`],
  ['R22', `DELETE ${NS}/resourcequotas/compute`, `GET ${NS}/resourcequotas/compute`],
  ['R22', `DELETE ${NS}/limitranges`, `GET ${NS}/limitranges/limits`],
  [
    'R22',
    'DELETE /apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies',
    'GET /apis/networking.k8s.io/v1/namespaces/{ns}/networkpolicies/default-deny',
  ],
  ['R22', `DELETE ${RBAC}/namespaces/{ns}/rolebindings`, `GET ${RBAC}/namespaces/{ns}/rolebindings/drun-owner`],
  ['R22', 'DELETE /apis/policy.drun.io/v1/namespaces/{ns}/tenantpolicies'],
  ['R22', 'PATCH /apis/policy.drun.io/v1/namespaces/{ns}/tenantpolicies/tenant'],
  ['R26', `POST ${NS}/pods/runner/binding`],
  ['R26', `POST ${NS}/bindings`],
  ['R27', `PATCH ${NS}/pods/runner/status`, `GET ${NS}/pods`],
  ['R27', `PATCH ${NS}/services/web/status`, `GET ${NS}/services`],
  ['R27', `POST ${NS}/endpoints`, `GET ${NS}/endpoints`],
  [
    'R27',
    'POST /apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices',
    'GET /apis/discovery.k8s.io/v1/namespaces/{ns}/endpointslices',
  ],
  ['R37', `GET ${NS}/services/web:80/proxy/`, `GET ${NS}/services`],
  ['R37', `POST ${NS}/services/web:80/proxy/`],
  ['R37', `GET ${NS}/pods/runner/proxy/`, `GET ${NS}/pods`],
  ['R37', `GET ${B}/services/web:80/proxy/`],
  ['R37', `GET ${PLATFORM}/services/vault:8200/proxy/v1/sys/health`],
  ...[B, PLATFORM, `${CORE}/namespaces/kube-system`].flatMap((at): readonly Line[] => [
    ['R38', `POST ${at}/pods/p/exec?command=id`],
    ['R38', `POST ${at}/pods/p/attach`],
    ['R38', `POST ${at}/pods/p/portforward`],
    ['R38', `PATCH ${at}/pods/p/ephemeralcontainers`],
    ['R38', `GET ${at}/pods/p/log`],
  ]),
  ['N06', `PATCH ${NS}/services/web/status`, `GET ${NS}/services`],
  ['Q12', `POST ${NS}/events`, `GET ${NS}/events`],
  ['Q14', `PATCH ${NS}/resourcequotas/compute`, `GET ${NS}/resourcequotas/compute`],
  ['Q14', `PATCH ${NS}/resourcequotas/gpu/status`, `GET ${NS}/resourcequotas/gpu`],
  ['Q14', `POST ${NS}/resourcequotas`, `GET ${NS}/resourcequotas`],
  ['Q14', `PATCH ${NS}/limitranges/limits`, `GET ${NS}/limitranges/limits`],
];

/** What the lesser duties may not do although the owner may; the twins are what they may. */
const DUTIES: readonly AttackCase[] = [
  ...forbiddenTo('viewer', [
    ['R01', `GET ${NS}/secrets`, `GET ${NS}/configmaps`],
    ['R22', `POST ${NS}/pods`, `GET ${NS}/pods`],
    ['R22', 'POST /apis/apps/v1/namespaces/{ns}/deployments', 'GET /apis/apps/v1/namespaces/{ns}/deployments'],
    ['R22', `DELETE ${NS}/configmaps`, `GET ${NS}/configmaps`],
    ['R38', `POST ${NS}/pods/runner/exec?command=id`, `GET ${NS}/pods`],
  ]),
  ...forbiddenTo('developer', [
    ['R01', `GET ${NS}/secrets`, `GET ${NS}/configmaps`],
    ['R38', `POST ${NS}/pods/runner/exec?command=id`, `GET ${NS}/pods`],
    ['R38', `PATCH ${NS}/pods/runner/ephemeralcontainers`, `GET ${NS}/pods`],
    [
      'N13',
      'POST /apis/networking.k8s.io/v1/namespaces/{ns}/ingresses',
      'GET /apis/networking.k8s.io/v1/namespaces/{ns}/ingresses',
    ],
    ['D17', `POST ${NS}/serviceaccounts`, `GET ${NS}/serviceaccounts`],
  ]),
  ...forbiddenTo('operator', [
    ['D17', `POST ${NS}/serviceaccounts`, `GET ${NS}/serviceaccounts`],
    ['R11', `POST ${NS}/serviceaccounts/{account}/token`, `GET ${NS}/serviceaccounts`],
  ]),
  ...forbiddenTo('workload', [
    ['R01', `GET ${NS}/secrets`, 'GET /version'],
    ['R39', `GET ${NS}/pods`, 'GET /version'],
    ['R11', `POST ${NS}/serviceaccounts/{account}/token`, 'GET /version'],
  ]),
];

const OWN_RIGHTS = { by: 'policy', policy: 'drun-platform-objects' } as const;
const CREATED = create(pod());

/** A List is a client's idea: no server takes one for what is in it. */
const LIST = { apiVersion: 'v1', kind: 'List', items: [{ ...pod({ spec: { hostNetwork: true } }) }] };

/** Rights that one needs for one's own, turned against what is the platform's. */
const TURNED: readonly AttackCase[] = [
  plainCase(
    'R22',
    'tenant',
    http(`DELETE ${NS}/serviceaccounts`),
    OWN_RIGHTS,
    http('DELETE /apis/batch/v1/namespaces/{ns}/jobs'),
    'delete all accounts',
  ),
  plainCase(
    'D18',
    'tenant',
    http(`DELETE ${NS}/configmaps`),
    { by: 'policy', policy: 'drun-root-certificates' },
    http('DELETE /apis/batch/v1/namespaces/{ns}/jobs'),
    'delete all settings',
  ),
  plainCase(
    'R22',
    'tenant',
    http(`DELETE ${NS}/serviceaccounts/{account}`),
    OWN_RIGHTS,
    http(`GET ${NS}/serviceaccounts/{account}`),
    'delete an account',
  ),
  plainCase(
    'S35',
    'tenant',
    http(`POST ${NS}/pods`, LIST),
    { by: 'api', says: 'List|no kind' },
    CREATED,
    'a list of pods',
  ),
  plainCase(
    'S35',
    'tenant',
    http(`POST ${NS}/pods`, { ...LIST, kind: 'PodList' }),
    { by: 'api', says: 'PodList' },
    CREATED,
    'a PodList',
  ),
  plainCase(
    'R40',
    'tenant',
    http(`POST ${RBAC}/clusterroles`, AGGREGATED),
    { by: 'rbac' },
    http(`GET ${NS}/pods`),
    'a role that the built-in roles would take in',
  ),
  plainCase(
    'R05',
    'role-writer',
    create(roleWith('secrets')),
    { by: 'rbac' },
    create(roleWith('pods')),
    'a role with rights that one has not',
  ),
  plainCase(
    'R06',
    'role-writer',
    create(bindingTo('drun-tenant-owner')),
    { by: 'rbac' },
    create(roleWith('pods')),
    'a binding to more rights',
  ),
];

/** Rows that roles decide: what is nobody's but the platform's. */
export const CONTROL_PLANE_CASES: readonly AttackCase[] = [
  ...TURNED,
  ...forbidden([...READING, ...IDENTITIES, ...CLUSTER, ...INSIDE]),
  ...DUTIES,
  ...closedToStrangers([
    ['R34', 'GET /api'],
    ['R34', 'GET /apis'],
    ['R34', 'GET /api/v1/namespaces'],
    ['R34', 'GET /metrics'],
    ['R34', 'GET /debug/pprof/'],
    ['R34', 'GET /openapi/v2'],
    ['R34', 'GET /logs/'],
    ['R34', 'GET /configz'],
    ['R34', 'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews'],
    ['R34', 'GET /api/v1/namespaces/{ns}/secrets'],
  ]),
];

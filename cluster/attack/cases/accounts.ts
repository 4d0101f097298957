import type { JsonObject } from '../../../constructs/core/json';
import type { AdmissionCase, CaseRequest } from './case';
import { attack, create, object, patch } from './objects';

const token = (audience: string, of = '{account}'): CaseRequest => ({
  verb: 'create',
  of,
  subresource: 'token',
  object: object('authentication.k8s.io/v1', 'TokenRequest', { spec: { audiences: [audience] } }, { name: of }),
});

const API_SERVER = 'https://kubernetes.default.svc';

const secret = (type: string, rest: JsonObject = {}, metadata: JsonObject = {}) =>
  create(object('v1', 'Secret', { type, ...rest }, metadata));

const account = (metadata: JsonObject) => create(object('v1', 'ServiceAccount', {}, metadata));

const binding = (subject: JsonObject, role = 'drun-tenant-viewer') =>
  create(
    object('rbac.authorization.k8s.io/v1', 'RoleBinding', {
      subjects: [subject],
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    }),
  );

const group = (name: string): JsonObject => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name });

const role = (rule: JsonObject) =>
  create(
    object('rbac.authorization.k8s.io/v1', 'Role', {
      rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'], ...rule }],
    }),
  );

/** Attacks with tokens, secrets, accounts and roles. */
export const ACCOUNT_CASES: readonly AdmissionCase[] = [
  ...['vault', 'istio-ca', 'sts.amazonaws.com'].map((audience) =>
    attack(`R12-${audience}`, 'tokens', token(audience), token(API_SERVER)),
  ),
  attack('R11-waypoint-token', 'tokens', token(API_SERVER, 'waypoint'), token(API_SERVER)),
  attack('R12-of-node', 'tokens', token('vault'), token('vault'), {
    twinActor: 'node',
    offline: 'a node gets tokens for pods that run on it, and no node runs here',
  }),
  attack(
    'R13-long-lived',
    'secrets',
    secret(
      'kubernetes.io/service-account-token',
      {},
      { annotations: { 'kubernetes.io/service-account.name': '{account}' } },
    ),
    secret('Opaque'),
  ),
  attack(
    'D25-bootstrap',
    'secrets',
    secret('bootstrap.kubernetes.io/token', {
      stringData: { 'token-id': 'abcdef', 'token-secret': '0123456789abcdef' },
    }),
    secret('kubernetes.io/dockerconfigjson', { stringData: { '.dockerconfigjson': '{}' } }),
  ),
  attack(
    'D25-basic',
    'secrets',
    secret('kubernetes.io/basic-auth', { stringData: { username: 'a', password: 'b' } }),
    secret('Opaque'),
  ),
  attack(
    'S11-secret-key',
    'secrets',
    secret('Opaque', { data: { NVIDIA_VISIBLE_DEVICES: 'YWxs' } }),
    secret('Opaque', { data: { KEY: 'YWxs' } }),
  ),
  attack(
    'S11-config-key',
    'config-maps',
    create(object('v1', 'ConfigMap', { data: { NVIDIA_VISIBLE_DEVICES: 'all' } })),
    create(object('v1', 'ConfigMap', { data: { KEY: 'all' } })),
  ),
  attack(
    'D18-root',
    'root-certificates',
    patch('rootCa', { data: { 'ca.crt': 'mine' } }),
    patch('configMap', { data: { 'ca.crt': 'mine' } }),
  ),
  attack(
    'D18-root-deleted',
    'root-certificates',
    { verb: 'delete', target: 'rootCa' },
    { verb: 'delete', target: 'configMap' },
  ),
  attack(
    'D17-aws',
    'service-accounts',
    account({ annotations: { 'eks.amazonaws.com/role-arn': 'x' } }),
    account({ annotations: { note: 'x' } }),
  ),
  attack(
    'D17-gcp',
    'service-accounts',
    account({ annotations: { 'iam.gke.io/gcp-service-account': 'x' } }),
    account({}),
  ),
  attack(
    'D17-azure',
    'service-accounts',
    account({ labels: { 'azure.workload.identity/use': 'true' } }),
    account({ labels: { app: 'x' } }),
  ),
  attack('R14-everyone', 'role-bindings', binding(group('system:authenticated')), binding(group('{owner-group}'))),
  attack('R14-nobody', 'role-bindings', binding(group('system:unauthenticated')), binding(group('{owner-group}'))),
  attack('R14-accounts', 'role-bindings', binding(group('system:serviceaccounts')), binding(group('{owner-group}'))),
  attack(
    'R14-other-account',
    'role-bindings',
    binding({ kind: 'ServiceAccount', name: '{account}', namespace: '{b-ns}' }),
    binding({ kind: 'ServiceAccount', name: '{account}', namespace: '{ns}' }),
  ),
  attack(
    'R06-cluster-admin',
    'role-bindings',
    binding(group('{owner-group}'), 'cluster-admin'),
    binding(group('{owner-group}')),
  ),
  attack('R08-impersonate', 'roles', role({ resources: ['serviceaccounts'], verbs: ['impersonate'] }), role({})),
  attack('R08-wildcard', 'roles', role({ resources: ['*'] }), role({})),
];

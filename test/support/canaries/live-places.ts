import type { ClusterRequest } from '../../../cluster/client/cluster';
import type { Json, JsonObject } from '../../../constructs/core/json';

/** A request that carries a secret, and the answer that it must get. */
export interface LivePlace {
  readonly place: string;
  readonly status: number;
  readonly request: (name: string, secret: string) => ClusterRequest;
}

const NAMESPACE = 'team-alpha-main';
const IMAGE = `registry.dev.drun.example/team-alpha/web@sha256:${'0'.repeat(64)}`;
const APPLY = 'application/apply-patch+yaml';

const base64 = (text: string) => Buffer.from(text).toString('base64');

function path(prefix: string, resource: string, name?: string): string {
  return `${prefix}/namespaces/${NAMESPACE}/${resource}${name === undefined ? '' : `/${name}`}`;
}

function post(
  prefix: string,
  resource: string,
  body: Json,
  query: Readonly<Record<string, string>> = {},
): ClusterRequest {
  return { method: 'POST', path: path(prefix, resource), body, query };
}

function secret(name: string, more: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace: NAMESPACE }, ...more };
}

function configMap(name: string, more: JsonObject, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: NAMESPACE, ...metadata }, ...more };
}

/** A pod template that the platform accepts. */
function template(container: JsonObject = {}, metadata: JsonObject = {}, spec: JsonObject = {}): JsonObject {
  const security = { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } };
  const resources = { limits: { cpu: '100m', memory: '64Mi' }, requests: { cpu: '100m', memory: '64Mi' } };
  return {
    metadata: { labels: { app: 'web' }, ...metadata },
    spec: {
      securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        { name: 'web', image: IMAGE, imagePullPolicy: 'Always', securityContext: security, resources, ...container },
      ],
      ...spec,
    },
  };
}

function deployment(name: string, pod: JsonObject): ClusterRequest {
  const metadata = { name, namespace: NAMESPACE };
  const spec = { replicas: 0, selector: { matchLabels: { app: 'web' } }, template: pod };
  return post('/apis/apps/v1', 'deployments', { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec });
}

function patch(resource: string, name: string, contentType: string, body: Json): ClusterRequest {
  const query: Record<string, string> = contentType === APPLY ? { fieldManager: 'canary', force: 'true' } : {};
  return { method: 'PATCH', path: path('/api/v1', resource, name), contentType, body, query };
}

/** Where tenants put secrets, rightly or not. Patches change objects that the rows above them made. */
export const LIVE_PLACES: readonly LivePlace[] = [
  {
    place: 'a Secret',
    status: 201,
    request: (name, text) => post('/api/v1', 'secrets', secret(name, { data: { key: base64(text) } })),
  },
  {
    place: 'a Secret in plain text',
    status: 201,
    request: (name, text) => post('/api/v1', 'secrets', secret(name, { stringData: { key: text } })),
  },
  {
    place: 'an annotation of a Secret',
    status: 201,
    request: (name, text) =>
      post('/api/v1', 'secrets', {
        ...secret(name, {}),
        metadata: { name, namespace: NAMESPACE, annotations: { note: text } },
      }),
  },
  {
    place: 'an applied Secret',
    status: 201,
    request: (name, text) => patch('secrets', name, APPLY, secret(name, { stringData: { key: text } })),
  },
  {
    place: 'a registry’s password',
    status: 201,
    request: (name, text) =>
      post(
        '/api/v1',
        'secrets',
        secret(name, {
          type: 'kubernetes.io/dockerconfigjson',
          stringData: {
            '.dockerconfigjson': JSON.stringify({ auths: { 'r.example': { username: 'a', password: text } } }),
          },
        }),
      ),
  },
  {
    place: 'a Secret of a refused type',
    status: 422,
    request: (name, text) =>
      post(
        '/api/v1',
        'secrets',
        secret(name, { type: 'kubernetes.io/service-account-token', stringData: { token: text } }),
      ),
  },
  {
    place: 'a Secret that is only tried',
    status: 201,
    request: (name, text) => post('/api/v1', 'secrets', secret(name, { stringData: { key: text } }), { dryRun: 'All' }),
  },
  {
    place: 'a Secret with a key that nobody knows',
    status: 400,
    request: (name, text) =>
      post('/api/v1', 'secrets', secret(name, { strngData: { key: text } }), { fieldValidation: 'Strict' }),
  },
  {
    place: 'a config map',
    status: 201,
    request: (name, text) => post('/api/v1', 'configmaps', configMap(name, { data: { key: text } })),
  },
  {
    place: 'bytes of a config map',
    status: 201,
    request: (name, text) => post('/api/v1', 'configmaps', configMap(name, { binaryData: { key: base64(text) } })),
  },
  {
    place: 'an annotation of a config map',
    status: 201,
    request: (name, text) => post('/api/v1', 'configmaps', configMap(name, {}, { annotations: { token: text } })),
  },
  {
    place: 'what kubectl remembers',
    status: 201,
    request: (name, text) =>
      post(
        '/api/v1',
        'configmaps',
        configMap(
          name,
          {},
          {
            annotations: {
              'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ data: { key: text } }),
            },
          },
        ),
      ),
  },
  {
    place: 'a variable of a deployment',
    status: 201,
    request: (name, text) => deployment(name, template({ env: [{ name: 'TOKEN', value: text }] })),
  },
  {
    place: 'an argument of a deployment',
    status: 201,
    request: (name, text) => deployment(name, template({ args: [`--token=${text}`] })),
  },
  {
    place: 'a command of a deployment',
    status: 201,
    request: (name, text) => deployment(name, template({ command: ['login', text] })),
  },
  {
    place: 'an annotation of a pod template',
    status: 201,
    request: (name, text) => deployment(name, template({}, { annotations: { note: text } })),
  },
  {
    place: 'a header of a probe',
    status: 201,
    request: (name, text) =>
      deployment(
        name,
        template({ livenessProbe: { httpGet: { port: 80, httpHeaders: [{ name: 'Authorization', value: text }] } } }),
      ),
  },
  {
    place: 'a hook',
    status: 201,
    request: (name, text) =>
      deployment(name, template({ lifecycle: { preStop: { exec: { command: ['logout', text] } } } })),
  },
  {
    place: 'a variable of a refused pod template',
    status: 403,
    request: (name, text) =>
      deployment(name, template({ env: [{ name: 'TOKEN', value: text }] }, {}, { nodeName: 'n1' })),
  },
  {
    place: 'an image with a password',
    status: 403,
    request: (name, text) => deployment(name, template({ image: `me:${text}@evil.example/web` })),
  },
  {
    place: 'a variable of a pod that Pod Security refuses',
    status: 403,
    request: (name, text) =>
      post('/api/v1', 'pods', {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name, namespace: NAMESPACE },
        spec: { containers: [{ name: 'web', image: IMAGE, env: [{ name: 'TOKEN', value: text }] }] },
      }),
  },
  {
    place: 'a variable of a job',
    status: 201,
    request: (name, text) =>
      post('/apis/batch/v1', 'jobs', {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: { name, namespace: NAMESPACE, labels: { 'kueue.x-k8s.io/queue-name': 'default' } },
        spec: {
          suspend: true,
          activeDeadlineSeconds: 600,
          ttlSecondsAfterFinished: 600,
          template: template({ env: [{ name: 'TOKEN', value: text }] }, {}, { restartPolicy: 'Never' }),
        },
      }),
  },
  {
    place: 'an annotation of a service',
    status: 201,
    request: (name, text) =>
      post('/api/v1', 'services', {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name, namespace: NAMESPACE, annotations: { note: text } },
        spec: { selector: { app: 'web' }, ports: [{ port: 80 }] },
      }),
  },
  {
    place: 'a claim on disk',
    status: 201,
    request: (name, text) =>
      post('/api/v1', 'persistentvolumeclaims', {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: { name, namespace: NAMESPACE, annotations: { key: text } },
        spec: {
          accessModes: ['ReadWriteOnce'],
          storageClassName: 'drun-encrypted',
          resources: { requests: { storage: '1Gi' } },
        },
      }),
  },
  {
    place: 'an account',
    status: 201,
    request: (name, text) =>
      post('/api/v1', 'serviceaccounts', {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name, namespace: NAMESPACE, annotations: { note: text } },
        automountServiceAccountToken: false,
      }),
  },
  {
    place: 'a right that a tenant has not',
    status: 403,
    request: (name, text) =>
      post('/apis/rbac.authorization.k8s.io/v1', 'roles', {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'Role',
        metadata: { name, namespace: NAMESPACE, annotations: { note: text } },
      }),
  },
  { place: 'a body that is no JSON', status: 400, request: (_, text) => post('/api/v1', 'configmaps', [text]) },
];

/** Patches of one Secret that is there. */
export const PATCHES: readonly LivePlace[] = [
  {
    place: 'a merge patch',
    status: 200,
    request: (name, text) => patch('secrets', name, 'application/merge-patch+json', { stringData: { merged: text } }),
  },
  {
    place: 'a strategic merge patch',
    status: 200,
    request: (name, text) =>
      patch('secrets', name, 'application/strategic-merge-patch+json', { stringData: { strategic: text } }),
  },
  {
    place: 'a JSON patch',
    status: 200,
    request: (name, text) =>
      patch('secrets', name, 'application/json-patch+json', [
        { op: 'add', path: '/data/patched', value: base64(text) },
      ]),
  },
  {
    place: 'a JSON patch that fails',
    status: 422,
    request: (name, text) =>
      patch('secrets', name, 'application/json-patch+json', [{ op: 'test', path: '/data/none', value: base64(text) }]),
  },
];

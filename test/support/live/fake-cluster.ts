import type { Cluster, ClusterAnswer, ClusterRequest } from '../../../cluster/client/cluster';
import { isRecord, type Json, type JsonObject, recordAt, stringAt, valueAt } from '../../../constructs/core/json';

/** Kinds of the stand-in: group/version, kind, plural, whether it is namespaced. */
const KINDS: readonly (readonly [string, string, string, string, boolean])[] = [
  ['', 'v1', 'Namespace', 'namespaces', false],
  ['', 'v1', 'ConfigMap', 'configmaps', true],
  ['', 'v1', 'ServiceAccount', 'serviceaccounts', true],
  ['', 'v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', true],
  ['apiextensions.k8s.io', 'v1', 'CustomResourceDefinition', 'customresourcedefinitions', false],
  ['networking.k8s.io', 'v1', 'NetworkPolicy', 'networkpolicies', true],
  ['rbac.authorization.k8s.io', 'v1', 'RoleBinding', 'rolebindings', true],
];

const VERBS = ['create', 'delete', 'get', 'list', 'patch'];

/**
 * A stand-in for an API server, for tests of what this project asks and when: objects by path, server-side apply without
 * merging by key, namespaces that take what is in them along. What a real server does is tested with a real one.
 */
export class FakeCluster implements Cluster {
  readonly name = 'fake';
  readonly objects = new Map<string, JsonObject>();
  readonly requests: ClusterRequest[] = [];
  private version = 0;
  /** Answers in the place of the stand-in, where it says something. */
  intercept: (request: ClusterRequest) => ClusterAnswer | undefined = () => undefined;

  async request(request: ClusterRequest): Promise<ClusterAnswer> {
    this.requests.push(request);
    await new Promise((resolve) => setImmediate(resolve));
    return this.intercept(request) ?? this.answer(request);
  }

  close(): void {}

  /** Requests that changed something, as `PATCH /path`. */
  get writes(): readonly string[] {
    return this.requests
      .filter(({ method, query }) => method !== 'GET' && query?.dryRun === undefined)
      .map(({ method, path }) => `${method} ${path}`);
  }

  /** Puts an object there as somebody else would. */
  put(path: string, object: JsonObject): void {
    this.version += 1;
    const metadata = {
      ...recordAt(object, 'metadata'),
      uid: `uid-${this.version}`,
      resourceVersion: String(this.version),
    };
    this.objects.set(path, json({ ...object, metadata }));
  }

  private answer({ method, path, body, query }: ClusterRequest): ClusterAnswer {
    if (path === '/api' || path === '/apis') return said(200, discovery(path === '/api'));
    const object = this.objects.get(path);
    if (method === 'GET') return object === undefined ? this.list(path, query?.labelSelector) : said(200, object);
    if (method === 'DELETE') return this.remove(path, object);
    return this.apply(path, json(body), object, query?.dryRun !== undefined);
  }

  private list(path: string, selector = ''): ClusterAnswer {
    const plural = path.split('/').at(-1);
    const kind = KINDS.find(([, , , name]) => name === plural);
    if (kind === undefined) return said(404, { message: 'not found' });
    const [key = '', value] = selector.split('=');
    const items = [...this.objects.values()].filter((object) => {
      const label = stringAt(recordAt(object, 'metadata', 'labels'), key);
      return (
        object.kind === kind[2] &&
        (selector === '' || (label !== undefined && (value === undefined || label === value)))
      );
    });
    return said(200, { kind: 'List', metadata: {}, items });
  }

  private remove(path: string, object: JsonObject | undefined): ClusterAnswer {
    if (object === undefined) return said(404, {});
    for (const other of this.objects.keys()) if (other.startsWith(`${path}/`)) this.objects.delete(other);
    if (object.kind === 'Namespace') {
      const name = stringAt(object, 'metadata', 'name');
      for (const other of [...this.objects.keys()])
        if (other.includes(`/namespaces/${name}/`)) this.objects.delete(other);
    }
    this.objects.delete(path);
    return said(200, {});
  }

  private apply(path: string, wanted: JsonObject, there: JsonObject | undefined, dryRun: boolean): ClusterAnswer {
    const namespace = /\/namespaces\/([^/]+)\/[^/]+\/[^/]+$/.exec(path)?.[1];
    if (namespace !== undefined && !this.objects.has(`/api/v1/namespaces/${namespace}`))
      return said(404, { message: `namespaces "${namespace}" not found` });
    const { uid: _, ...metadata } = recordAt(wanted, 'metadata');
    const record = [{ manager: 'drun', operation: 'Apply', fieldsV1: fieldsOf({ ...wanted, metadata }) }];
    const kept = recordAt(there, 'metadata');
    const next = json({
      ...wanted,
      ...statusOf(wanted),
      metadata: { ...metadata, uid: kept.uid ?? `uid-${this.version + 1}`, managedFields: record },
    });
    const same = there !== undefined && JSON.stringify(content(there)) === JSON.stringify(content(next));
    const version = same ? kept.resourceVersion : String(this.version + 1);
    const stored = json({ ...next, metadata: { ...recordAt(next, 'metadata'), resourceVersion: version } });
    if (!dryRun && !same) {
      this.version += 1;
      this.objects.set(path, stored);
    }
    return said(there === undefined ? 201 : 200, stored);
  }
}

function discovery(core: boolean): JsonObject {
  const kinds = KINDS.filter(([group]) => (group === '') === core);
  const items = kinds.map(([group, version, kind, resource, namespaced]) => ({
    metadata: { name: group },
    versions: [
      {
        version,
        resources: [{ resource, responseKind: { kind }, scope: namespaced ? 'Namespaced' : 'Cluster', verbs: VERBS }],
      },
    ],
  }));
  return json({ kind: 'APIGroupDiscoveryList', items });
}

function statusOf({ kind }: JsonObject): JsonObject {
  if (kind === 'Namespace') return { status: { phase: 'Active' } };
  if (kind !== 'CustomResourceDefinition') return {};
  return { status: { conditions: [{ type: 'Established', status: 'True' }] } };
}

function content(object: JsonObject): unknown {
  const { resourceVersion: _, ...metadata } = recordAt(object, 'metadata');
  return { ...object, metadata };
}

function fieldsOf(value: unknown): Json {
  if (!isRecord(value)) return {};
  return Object.fromEntries(Object.keys(value).map((key) => [`f:${key}`, fieldsOf(valueAt(value, key))]));
}

function said(status: number, body: JsonObject): ClusterAnswer {
  return { status, body, warnings: [] };
}

/** A plain copy: what travels to a server and back. */
function json(value: unknown): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(value ?? {}));
  return copy;
}

import type { Json } from '../../constructs/core/json';
import { call, type Endpoint } from './https';
import { localError } from './problem';

const CAPACITY = { cpu: '64', memory: '512Gi', 'ephemeral-storage': '1Ti', pods: '250', 'nvidia.com/gpu': '8' };

/** Registers nodes that say that they are ready. Pods are placed on them and stay pending: nothing runs there. */
export async function createNodes(admin: Endpoint, many: number): Promise<void> {
  const names = Array.from({ length: many }, (_, at) => `local-${at + 1}`);
  await Promise.all(names.map((name) => createNode(admin, name)));
}

async function createNode(admin: Endpoint, name: string): Promise<void> {
  const labels = { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'amd64' };
  const metadata = { name, labels };
  await done(admin, 'POST', '/api/v1/nodes', { apiVersion: 'v1', kind: 'Node', metadata });
  const conditions = [{ type: 'Ready', status: 'True', reason: 'Local', message: 'a node that runs nothing' }];
  const status = { conditions, capacity: CAPACITY, allocatable: CAPACITY };
  await done(admin, 'PATCH', `/api/v1/nodes/${name}/status`, { status });
  // The server marks new nodes as not ready, and the controller that would take the mark away watches kubelets.
  await done(admin, 'PATCH', `/api/v1/nodes/${name}`, { spec: { taints: null } });
}

async function done(admin: Endpoint, method: 'POST' | 'PATCH', path: string, body: Json): Promise<void> {
  const contentType = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
  const { status, body: said } = await call(admin, { method, path, body, contentType });
  if (status >= 300)
    throw localError('LC002', path, `status ${status}: ${said.slice(0, 300)}`, 'a node that is registered');
}

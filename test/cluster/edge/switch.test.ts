import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClusterAnswer, ClusterRequest } from '../../../cluster/client/cluster';
import { writePrivate } from '../../../cluster/local/host-root';
import { listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { EDGE_RUNTIME } from '../../../constructs/ingress/edge-switch';
import { toolPath } from '../../../tools/provide';
import { type Ended, run } from '../../../tools/run';
import { EDGE_LAB_TENANTS, edgeLab } from '../../support/edge/environment';
import { type LiveRegion, objectsOf, startRegion, up } from '../region';

jest.setTimeout(300_000);

const NAMESPACE = '/api/v1/namespaces/drun-ingress';
const RUNTIME = `${NAMESPACE}/configmaps/${EDGE_RUNTIME.name}`;
const UNTIL = 'drun.io/under-attack-until';
const EDGE = edgeLab({
  alerts: 'prometheus-operator',
  limits: { automatic: { image: `registry.example.com/edge-switch@sha256:${'0'.repeat(64)}` } },
});

/** A Prometheus of which only the one alert is asked. */
interface Prometheus {
  readonly server: Server;
  readonly url: string;
  firing: boolean;
}

async function startPrometheus(): Promise<Prometheus> {
  const state = { firing: false };
  const server = createServer((_, response) => {
    const result = state.firing ? [{ metric: { alertname: 'EdgeUnderAttack' }, value: [0, '1'] }] : [];
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return Object.assign(state, { server, url: `http://127.0.0.1:${port}` });
}

describe('[NET-3] the switch of an edge, on a control plane with the platform applied', () => {
  let region: LiveRegion;
  let prometheus: Prometheus;
  let credentials: string;
  let token: string;
  beforeAll(async () => {
    prometheus = await startPrometheus();
    region = await startRegion(EDGE, 'eu-central-1', { tenants: EDGE_LAB_TENANTS });
    expect((await up(region)).flatMap(({ problems }) => problems)).toEqual([]);
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: [] } };
    const path = `${NAMESPACE}/serviceaccounts/edge-switch/token`;
    const answer = await region.live.cluster.request({ method: 'POST', path, body });
    token = stringAt(answer.body, 'status', 'token') ?? '';
    credentials = mkdtempSync(join(tmpdir(), 'drun-switch-'));
    mkdirSync(credentials, { recursive: true });
    writePrivate(join(credentials, 'token'), token);
    writePrivate(join(credentials, 'ca.crt'), region.plane.admin.authority);
  });
  afterAll(async () => {
    prometheus?.server.close();
    await region?.stop();
    rmSync(credentials, { recursive: true, force: true });
  });

  /** Runs the program with the arguments of its container, but for the two addresses and the folder. */
  async function turn(): Promise<Ended> {
    const [job] = objectsOf(region.plan).filter(
      ({ kind, metadata }) => kind === 'CronJob' && metadata.name === 'edge-switch',
    );
    const [container] = listAt(job, 'spec', 'jobTemplate', 'spec', 'template', 'spec', 'containers');
    const given = listAt(container, 'args').map(String);
    const own = [
      `--prometheus=${prometheus.url}`,
      `--server=${region.plane.admin.url}`,
      `--credentials=${credentials}`,
    ];
    return run(await toolPath('edge-switch'), [...given, ...own]);
  }
  const asAdmin = (request: ClusterRequest) => region.live.cluster.request(request);
  const asSwitch = (request: ClusterRequest) => region.live.cluster.request({ ...request, token });
  async function switched(): Promise<{ readonly data: unknown; readonly until: string | undefined }> {
    const { body } = await asAdmin({ method: 'GET', path: RUNTIME });
    return { data: recordAt(body, 'data'), until: stringAt(body, 'metadata', 'annotations', UNTIL) };
  }
  const merge = (path: string, body: object): ClusterRequest => ({
    method: 'PATCH',
    path,
    contentType: 'application/merge-patch+json',
    body: JSON.parse(JSON.stringify(body)),
  });
  const status = ({ status: code }: ClusterAnswer) => code;

  test('is turned on while the alert fires, stays for a while after it, and ends by itself', async () => {
    expect(await turn()).toMatchObject({ code: 0 });
    expect(await switched()).toEqual({ data: {}, until: undefined });
    prometheus.firing = true;
    expect(await turn()).toMatchObject({ code: 0 });
    const on = await switched();
    expect(on.data).toEqual({ [EDGE_RUNTIME.key]: '100' });
    expect(Date.parse(on.until ?? '') - Date.now()).toBeGreaterThan(29 * 60_000);
    prometheus.firing = false;
    expect(await turn()).toMatchObject({ code: 0 });
    expect(await switched()).toEqual(on);
    const over = { metadata: { annotations: { [UNTIL]: new Date(Date.now() - 1_000).toISOString() } } };
    expect(status(await asAdmin(merge(RUNTIME, over)))).toBe(200);
    expect(await turn()).toMatchObject({ code: 0 });
    expect(await switched()).toEqual({ data: {}, until: undefined });
  });

  test('is turned back by a deployment, which leaves nothing in its objects that is not its own, and on again by the next run', async () => {
    prometheus.firing = true;
    expect(await turn()).toMatchObject({ code: 0 });
    expect((await switched()).data).toEqual({ [EDGE_RUNTIME.key]: '100' });
    expect((await up(region)).flatMap(({ problems }) => problems)).toEqual([]);
    expect((await switched()).data).toEqual({});
    expect(await turn()).toMatchObject({ code: 0 });
    expect((await switched()).data).toEqual({ [EDGE_RUNTIME.key]: '100' });
    prometheus.firing = false;
  });

  test('is all that its account may read or change', async () => {
    const change = { metadata: { annotations: { 'example.com/changed': 'yes' } } };
    expect(status(await asSwitch(merge(RUNTIME, change)))).toBe(200);
    expect(status(await asSwitch({ method: 'GET', path: RUNTIME }))).toBe(200);
    const filters = '/apis/networking.istio.io/v1alpha3/namespaces/drun-ingress/envoyfilters';
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'another' } };
    const denied: readonly ClusterRequest[] = [
      merge(`${NAMESPACE}/configmaps/waf`, change),
      { method: 'GET', path: `${NAMESPACE}/configmaps/waf` },
      { method: 'GET', path: `${NAMESPACE}/configmaps` },
      { method: 'POST', path: `${NAMESPACE}/configmaps`, body: map },
      { method: 'DELETE', path: RUNTIME },
      { method: 'GET', path: `${NAMESPACE}/secrets` },
      merge(`${filters}/edge-rates`, change),
      merge('/api/v1/namespaces/istio-system/configmaps/edge-runtime', change),
    ];
    const statuses = await Promise.all(denied.map(async (request) => status(await asSwitch(request))));
    expect(statuses).toEqual(denied.map(() => 403));
    expect(status(await asAdmin({ method: 'GET', path: `${filters}/edge-rates` }))).toBe(200);
  });
});

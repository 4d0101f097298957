import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { whenParametersAreKnown } from '../../../cluster/attack/parameters';
import type { ClusterRequest } from '../../../cluster/client/cluster';
import { stringAt } from '../../../constructs/core/json';
import { dev } from '../../../stacks/environments/dev';
import { type Canary, canary, type Form, hits } from '../../support/canaries/canary';
import { LIVE_PLACES, type LivePlace, PATCHES } from '../../support/canaries/live-places';
import { drun } from '../../support/drun';
import { storedValues } from '../../support/local/checks';
import { connectTo, type LiveRegion, startRegion, up } from '../region';

jest.setTimeout(300_000);

/** Whoever answers for the tenant, as the identity provider would say. */
const OWNER = { user: 'oidc:ann@team-alpha.example', groups: ['oidc:team-alpha-leads', 'system:authenticated'] };
const FORMS: readonly Form[] = ['plain', 'base64', 'url', 'hex'];
const SECRETS = '/api/v1/namespaces/team-alpha-main/secrets';

describe('secrets that are sent to a control plane with the platform applied', () => {
  let region: LiveRegion;
  const birds: Canary[] = [];
  const answers: string[] = [];

  beforeAll(async () => {
    region = await startRegion(dev, 'eu-central-1');
    const outcomes = await up(region);
    expect(outcomes.flatMap(({ problems }) => problems)).toEqual([]);
    const names = { ns: 'team-alpha-main', 'owner-group': 'oidc:team-alpha-leads' };
    await whenParametersAreKnown(region.live.cluster, names);
    const target = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'patched' }, data: { none: '' } };
    await send({ method: 'POST', path: SECRETS, body: target });
  });
  afterAll(() => region?.stop());

  const send = (request: ClusterRequest) => region.live.cluster.request({ ...request, as: OWNER });

  /** Sends one secret and checks the answer, so that nobody looks for what never arrived. */
  async function release({ place, status, request }: LivePlace, name: string, form: Form): Promise<void> {
    const bird = canary(place, form);
    birds.push(bird);
    const answer = await send(request(name, bird.text));
    if (answer.status !== status)
      answers.push(`${bird.at}: ${answer.status} ${stringAt(answer.body, 'message') ?? ''}`);
  }

  test('[ENC-3] are sent through every place that a tenant can write to, in four forms', async () => {
    for (const [form, i] of FORMS.map((one, at) => [one, at] as const)) {
      for (const [at, place] of LIVE_PLACES.entries()) await release(place, `canary-${at}-${i}`, form);
      for (const place of PATCHES) await release(place, 'patched', form);
    }
    expect(answers).toEqual([]);
    expect(birds.length).toBeGreaterThanOrEqual(100);
  });

  test('[ENC-2] stand nowhere in the raw bytes of the store', () => {
    const files = filesOf(join(region.plane.folder, 'etcd'));
    expect(files.length).toBeGreaterThan(1);
    expect(found(files)).toEqual([]);
  });

  test('[ENC-2] are all encrypted: every Secret in the store begins with the name of the key service', async () => {
    const stored = await storedValues(region, '/registry/secrets/');
    expect(stored.size).toBeGreaterThan(20);
    expect([...stored].filter(([, value]) => !value.startsWith('k8s:enc:kms:v2:drun:')).map(([key]) => key)).toEqual(
      [],
    );
  });

  test('[MON-5] stand nowhere in the audit events, though each call is there', async () => {
    await sleep(1000);
    const log = readFileSync(region.plane.auditLog, 'utf8');
    const calls = log.split('\n').filter((line) => line.includes('oidc:ann@team-alpha.example'));
    expect(calls.length).toBeGreaterThanOrEqual(birds.length);
    expect(birds.flatMap((bird) => hits(log, bird))).toEqual([]);
  });

  test('[ENC-3] stand in no log of any part of the control plane', () => {
    const logs = filesOf(join(region.plane.folder, 'logs'));
    expect(logs.length).toBeGreaterThan(3);
    expect(found(logs)).toEqual([]);
  });

  test('[ENC-3] are not repeated by drift, when somebody put them under the platform’s labels', async () => {
    const { cluster } = region.live;
    const labels = { 'app.kubernetes.io/managed-by': 'drun-platform', 'drun.io/tenant': 'team-alpha' };
    const bird = canary('an object that drift reports');
    const metadata = { name: 'planted', namespace: 'team-alpha-main', labels, annotations: { note: bird.text } };
    const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { PASSWORD: bird.text, other: bird.text } };
    await cluster.request({ method: 'POST', path: '/api/v1/namespaces/team-alpha-main/configmaps', body });
    const pruned = await cluster.request({
      method: 'PATCH',
      path: '/api/v1/namespaces/team-alpha-main',
      contentType: 'application/merge-patch+json',
      body: { metadata: { labels: { 'drun.io/trust': bird.secret.slice(4) }, annotations: { token: bird.text } } },
    });
    expect(pruned.status).toBe(200);
    const flags = ['dev', '--kubeconfig', region.plane.kubeconfig];
    const said = [await drun(['drift', ...flags]), await drun(['drift', ...flags, '--json'])];
    expect(said.map(({ code }) => code)).toEqual([1, 1]);
    expect(said[0]?.out).toContain('planted');
    const all = said.map(({ out, err }) => out + err).join('\n');
    expect([bird, ...birds].flatMap((one) => hits(all, one))).toEqual([]);
  });

  test('[ENC-3] fails to hide what stands in the address of a request: the search sees it in the audit events', async () => {
    // Kubernetes writes addresses and the names of unknown fields down, whatever the policy says.
    const bird = canary('an address');
    const own = await connectTo(region.plane);
    await own.request({ method: 'GET', path: SECRETS, query: { labelSelector: `a=${bird.secret.slice(4)}` } });
    own.close();
    await sleep(1000);
    expect(hits(readFileSync(region.plane.auditLog), bird)).not.toEqual([]);
  });

  function found(files: readonly string[]): readonly string[] {
    return files.flatMap((file) => {
      const bytes = withoutPadding(readFileSync(file));
      return birds.flatMap((bird) => hits(bytes, bird).map((hit) => `${file}: ${hit}`));
    });
  }
});

/** The store reserves its files as zeros before it fills them. */
function withoutPadding(bytes: Buffer): Buffer {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end -= 1;
  return bytes.subarray(0, end);
}

function filesOf(folder: string): readonly string[] {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

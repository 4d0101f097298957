import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startControlPlane } from '../../../cluster/local/control-plane';
import { call } from '../../../cluster/local/https';
import { startRegions } from '../../../cluster/local/region';
import { listAt, stringAt } from '../../../constructs/core/json';
import { environmentNamed } from '../../../stacks/environments';
import { loadPlan } from '../../../stacks/load';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import { startWorld, type World } from '../../support/local/world';

const SECRET = '/api/v1/namespaces/default/secrets';

describe('a control plane', () => {
  let world: World;
  beforeAll(async () => {
    world = await startWorld({ controllers: true });
    const stringData = { key: 'value' };
    const body = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData };
    expect((await world.ask({ method: 'POST', path: SECRET, body })).status).toBe(201);
  });
  afterAll(() => world?.stop());

  test('[ENC-3] keeps its folder, keys and logs to the one who started it', () => {
    const { folder } = world.plane;
    for (const path of ['kubeconfig', 'kms/key', 'root/etc/kubernetes/pki/ca.key', 'logs/kube-apiserver.log'])
      expect([path, (statSync(join(folder, path)).mode & 0o777).toString(8)]).toEqual([path, '600']);
    expect(statSync(folder).mode & 0o077).toBe(0);
  });

  test('[CTR-3] checks the types of admission policies, for which the controllers run', async () => {
    const path = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies';
    const rules = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['configmaps'] }];
    const spec = { matchConstraints: { resourceRules: rules }, validations: [{ expression: 'object.dta.size() < 9' }] };
    const body = {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingAdmissionPolicy',
      metadata: { name: 'typo' },
      spec,
    };
    await world.ask({ method: 'POST', path, body });
    const warnings = async () =>
      listAt((await world.ask({ path: `${path}/typo` })).body, 'status', 'typeChecking', 'expressionWarnings');
    for (let tries = 0; tries < 100 && (await warnings()).length === 0; tries += 1) await sleep(100);
    expect(stringAt((await warnings())[0], 'warning')).toMatch(/undefined field 'dta'/);
  });

  test.each(['etcd', 'local-kms', 'kube-apiserver', 'kube-controller-manager'] as const)(
    '[BDR-2] loses nothing when %s is killed and started again',
    async (part) => {
      const before = world.plane.pid(part);
      await world.plane.kill(part);
      expect(world.plane.pid(part)).toBeUndefined();
      await world.plane.restart(part);
      expect(world.plane.pid(part)).not.toBe(before);
      // The server may have lost its store for a moment.
      for (let tries = 0; tries < 100; tries += 1) {
        const { status, body } = await world.ask({ path: `${SECRET}/s` });
        if (status === 200) return expect(stringAt(body, 'data', 'key')).toBe('dmFsdWU=');
        await sleep(100);
      }
      throw new Error('the secret cannot be read any more');
    },
  );

  test('[ENC-2] fails to come back without its key service, and comes back with it', async () => {
    await world.plane.kill('kube-apiserver');
    await world.plane.kill('local-kms');
    const back = world.plane.restart('kube-apiserver');
    await sleep(4_000);
    const { status } = await world.ask({ path: `${SECRET}/s` }).catch(() => ({ status: 0 }));
    expect(status).not.toBe(200);
    await world.plane.restart('local-kms');
    await back;
    expect((await world.ask({ path: `${SECRET}/s` })).status).toBe(200);
  });
});

describe('control planes', () => {
  test('[BDR-2] run one for each region at the same time, each with its own store', async () => {
    const regions = await startRegions(loadPlan(environmentNamed('staging')), { nodes: 1 });
    try {
      expect(regions.planes.size).toBe(2);
      for (const { admin, name } of regions.planes.values()) {
        const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: `only-${name}` } };
        expect((await call(admin, { method: 'POST', path: '/api/v1/namespaces', body })).status).toBe(201);
      }
      for (const { admin, name } of regions.planes.values()) {
        const found = (await call(admin, { path: '/api/v1/namespaces' })).body.match(/only-[a-z0-9-]+/g);
        expect(new Set(found)).toEqual(new Set([`only-${name}`]));
        expect((await call(admin, { path: '/api/v1/nodes/local-1' })).body).toContain('"type":"Ready","status":"True"');
      }
    } finally {
      await regions.stop();
    }
    for (const plane of regions.planes.values())
      expect(plane.parts.map((part) => plane.pid(part))).toEqual([undefined, undefined, undefined]);
  });

  test('fail where the folder is not empty, where a setting is missing', async () => {
    await expect(startControlPlane({ hosts: [], folder: PACKAGE_ROOT })).rejects.toThrow('LC003');
    await expect(startControlPlane({ hosts: [] })).rejects.toThrow('LC001');
  });

  test('end with the process that started them, however it went', async () => {
    const child = spawn(process.execPath, [join(__dirname, '../../support/local/hold-plane.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pids = await said(child);
    expect(pids).toHaveLength(3);
    child.kill('SIGKILL');
    for (let tries = 0; tries < 100 && pids.some(isAlive); tries += 1) await sleep(50);
    expect(pids.filter(isAlive)).toEqual([]);
  });
});

/** What the helper says once its control plane is up: the process ids of the parts. */
function said(child: ChildProcess): Promise<readonly number[]> {
  return new Promise((resolve, reject) => {
    child.stdout?.setEncoding('utf8').once('data', (text: string) => resolve(text.trim().split(' ').map(Number)));
    child.once('exit', () => reject(new Error('the helper ended before its control plane was up')));
  });
}

/** Whether a process is there and has not ended: one that nobody has collected yet has no open files. */
function isAlive(pid: number): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).length > 0;
  } catch {
    return false;
  }
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { decodeJwt, importPKCS8, SignJWT } from 'jose';
import { actorNamed, impersonate } from '../../../cluster/attack/actors';
import type { CaseObject } from '../../../cluster/attack/cases/case';
import { ADMISSION_CASES } from '../../../cluster/attack/cases/index';
import { container, pod, workload } from '../../../cluster/attack/cases/templates';
import { fill } from '../../../cluster/attack/names';
import { runTrials } from '../../../cluster/attack/run';
import { collectionPath } from '../../../cluster/attack/send';
import { admissionTrials } from '../../../cluster/attack/trials';
import type { ClusterAnswer } from '../../../cluster/client/cluster';
import { type JsonObject, listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { type Battlefield, startBattle, until } from '../../support/attacks/arena';
import { hostilePlan } from '../../support/attacks/environment';
import { without } from '../../support/attacks/faults';
import { wrong } from '../../support/attacks/outcomes';

let battle: Battlefield;
let started: Battlefield | undefined;

beforeAll(async () => {
  battle = await startBattle(hostilePlan());
  started = battle;
}, 240_000);

afterAll(() => started?.stop(), 60_000);

/** Creates for real, as the owner of the tenant. */
function create(object: CaseObject, name: string): Promise<ClusterAnswer> {
  const { cluster, names } = battle;
  const made = fill({ ...object, metadata: { ...object.metadata, name } }, names);
  const path = fill(collectionPath(object), names);
  return cluster.request({ method: 'POST', path, body: made, as: impersonate(actorNamed('tenant'), names) });
}

async function read(path: string): Promise<JsonObject> {
  const { cluster, names } = battle;
  return (await cluster.request({ method: 'GET', path: fill(path, names) })).body;
}

async function remove(path: string): Promise<void> {
  const { cluster, names } = battle;
  await cluster.request({ method: 'DELETE', path: fill(path, names), query: { gracePeriodSeconds: '0' } });
}

const used = async (quota: string, key: string): Promise<number> =>
  Number(recordAt(await read(`/api/v1/namespaces/{ns}/resourcequotas/${quota}`), 'status', 'used')[key] ?? Number.NaN);

const GPU = container({ resources: { limits: { cpu: '1', memory: '64Mi', '{gpu}': '1' } } });
const gpuPod = pod({ spec: { containers: [GPU] } });
const PODS = '/api/v1/namespaces/{ns}/pods';

describe('[GPU-1] quotas under load', () => {
  beforeAll(async () => {
    await remove(`${PODS}/trainer`);
    await until('no GPU is in use', async () => (await used('gpu', 'requests.nvidia.com/gpu')) === 0, 60);
  }, 90_000);

  test('Q02 fifty creations at the same time against a quota of eight admit exactly eight', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, (_, i) => create(gpuPod, `race-${i}`)));
    const admitted = answers.filter(({ status }) => status === 201).length;
    expect(admitted).toBe(8);
    const others = answers.filter(({ status }) => status !== 201);
    expect(
      others.filter(
        ({ body }) => !/exceeded quota: gpu|operation cannot be fulfilled/i.test(stringAt(body, 'message') ?? ''),
      ),
    ).toEqual([]);
    for (let i = 0; i < 50; i += 1) if (answers[i]?.status === 201) await remove(`${PODS}/race-${i}`);
    await until('all GPUs are free again', async () => (await used('gpu', 'requests.nvidia.com/gpu')) === 0, 60);
  }, 180_000);

  test('Q19 a scaler’s order for twelve replicas with a GPU each is cut to eight by the same quota', async () => {
    const wanted = workload('Deployment', { spec: { containers: [GPU] } });
    const { status } = await create({ ...wanted, spec: { ...Object(wanted.spec), replicas: 12 } }, 'greedy');
    expect(status).toBe(201);
    await until('eight pods are there', async () => (await used('gpu', 'requests.nvidia.com/gpu')) === 8, 60);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    const pods = listAt(await read(PODS), 'items').filter((one) =>
      (stringAt(one, 'metadata', 'name') ?? '').startsWith('greedy-'),
    );
    expect(pods.length).toBe(8);
    await remove('/apis/apps/v1/namespaces/{ns}/deployments/greedy');
    await until('they are gone', async () => (await used('gpu', 'requests.nvidia.com/gpu')) === 0, 90);
  }, 240_000);

  test('Q04 claims of devices end at the number that was leased', async () => {
    const one = { name: 'd', exactly: { deviceClassName: '{device-class}', allocationMode: 'ExactCount', count: 1 } };
    const claim: CaseObject = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceClaim',
      metadata: { namespace: '{ns}' },
      spec: { devices: { requests: [one] } },
    };
    const answers = [];
    for (let i = 0; i < 12; i += 1) answers.push(await create(claim, `claim-${i}`));
    expect(answers.filter(({ status }) => status === 201).length).toBe(8);
    expect(stringAt(answers.at(-1)?.body, 'message')).toMatch(/exceeded quota: gpu/);
  }, 60_000);

  test('Q20 the twenty-first CronJob is refused', async () => {
    const there = listAt(await read('/apis/batch/v1/namespaces/{ns}/cronjobs'), 'items').length;
    const answers = [];
    for (let i = there; i < 21; i += 1) answers.push(await create(workload('CronJob'), `clock-${i}`));
    expect(answers.map(({ status }) => status)).toEqual([...Array.from({ length: 20 - there }, () => 201), 403]);
    expect(stringAt(answers.at(-1)?.body, 'message')).toMatch(/exceeded quota: objects/);
  }, 60_000);
});

describe('[IAM-2] the wall when something is broken', () => {
  const NAMESPACE = '/api/v1/namespaces/{bare}';
  const PARAMETERS = '/apis/policy.drun.io/v1/namespaces/{bare}/tenantpolicies/tenant';
  const lost = admissionTrials(ADMISSION_CASES).filter((trial) => trial.case.lost !== undefined);
  const refusedNow = (trials: typeof lost) =>
    until('the loss is noticed', async () => wrong(await runTrials(trials.slice(0, 1), battle)).length === 0);

  test('W03 without its parameters a namespace admits nothing that needs them', async () => {
    const trials = lost.filter((trial) => trial.case.lost === 'parameters');
    await without(battle, PARAMETERS, 'deleted', async () => {
      await refusedNow(trials);
      expect(wrong(await runTrials(trials, battle))).toEqual([]);
    });
  }, 90_000);

  test('W06 without its labels a namespace is watched as before', async () => {
    const trials = lost.filter((trial) => trial.case.lost === 'labels');
    const labels = recordAt(await read(NAMESPACE), 'metadata', 'labels');
    const none = Object.fromEntries(
      Object.keys(labels)
        .filter((key) => !key.startsWith('kubernetes.io/'))
        .map((key) => [key, null]),
    );
    await without(battle, NAMESPACE, { metadata: { labels: none } }, () =>
      without(battle, PARAMETERS, 'deleted', async () => {
        await refusedNow(trials);
        expect(wrong(await runTrials(trials, battle))).toEqual([]);
      }),
    );
  }, 90_000);

  test('W04 a rule that cannot be worked out refuses', async () => {
    const policy = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies/drun-services';
    const service: CaseObject = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: '{ns}' },
      spec: { selector: { app: 'x' }, ports: [{ port: 80 }] },
    };
    const spec = recordAt(await read(policy), 'spec');
    const [first, ...rest] = listAt(spec, 'validations');
    const broken = { ...Object(first), expression: "object.metadata.labels['never'] == 'there'" };
    await without(
      battle,
      policy,
      { spec: { validations: JSON.parse(JSON.stringify([broken, ...rest])) } },
      async () => {
        await until('it is refused', async () => {
          const { status, body } = await create(service, 'unreadable');
          if (status === 201) await remove('/api/v1/namespaces/{ns}/services/unreadable');
          return status >= 400 && /drun-services.*resulted in error/.test(stringAt(body, 'message') ?? '');
        });
      },
    );
    await until('its twin is accepted again', async () => (await create(service, 'readable')).status === 201);
  }, 90_000);

  test('W09 the first write after a restart is policed, and so is every one on the way', async () => {
    const foreign = pod({ spec: { containers: [container({ image: 'docker.io/library/busybox:1' })] } });
    const seen = new Map<number, number>();
    let going = true;
    const hammer = (async () => {
      for (let i = 0; going; i += 1) {
        const status = await create(foreign, `early-${i}`).then(
          (answer) => answer.status,
          () => 0,
        );
        seen.set(status, (seen.get(status) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    })();
    await battle.plane.restart('kube-apiserver');
    const first = await create(foreign, 'first');
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    going = false;
    await hammer;
    expect(first.status).toBe(403);
    expect([...seen.keys()].filter((status) => status >= 200 && status < 300)).toEqual([]);
    // A server that has just started refuses until it has read the parameters: it fails closed, and then its twin is accepted.
    await until('the benign twin is accepted', async () => (await create(pod(), 'benign')).status === 201, 60);
  }, 180_000);

  test('W13 a restart between a policy and its binding leaves nothing open once the binding is there', async () => {
    const API = '/apis/admissionregistration.k8s.io/v1';
    const service = (spec: JsonObject): CaseObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: '{ns}' },
      spec,
    });
    const alias = service({ type: 'ExternalName', externalName: 'billing.example.com' });
    const admitted = async (object: CaseObject, name: string): Promise<boolean> => {
      const { status } = await create(object, name);
      if (status === 201) await remove(`/api/v1/namespaces/{ns}/services/${name}`);
      return status === 201;
    };
    await without(battle, `${API}/validatingadmissionpolicybindings/drun-services`, 'deleted', async () => {
      await without(battle, `${API}/validatingadmissionpolicies/drun-services`, 'deleted', () =>
        until('without the policy it is admitted', () => admitted(alias, 'alias-open')),
      );
      await battle.plane.restart('kube-apiserver');
    });
    await until('it is refused', async () => !(await admitted(alias, 'alias-shut')), 60);
    expect((await create(alias, 'alias')).status).toBe(403);
    const twin = service({ selector: { app: 'x' }, ports: [{ port: 80 }] });
    await until('its twin is accepted', () => admitted(twin, 'plain'), 60);
  }, 180_000);

  test('W12 a token that has expired is nobody’s, and neither is one of an account that is gone', async () => {
    const { cluster, names, plane } = battle;
    const path = fill('/api/v1/namespaces/{ns}/serviceaccounts/{account}/token', names);
    const { body } = await cluster.request({
      method: 'POST',
      path,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 600 } },
    });
    const token = stringAt(body, 'status', 'token') ?? '';
    const now = Math.floor(Date.now() / 1000);
    const key = await importPKCS8(readFileSync(join(plane.folder, 'root/etc/kubernetes/pki/sa.key'), 'utf8'), 'ES256');
    const signed = (exp: number) =>
      new SignJWT({ ...decodeJwt(token), iat: exp - 600, nbf: exp - 600, exp })
        .setProtectedHeader({ alg: 'ES256' })
        .sign(key);
    const who = async (bearer: string) =>
      (
        await cluster.request({
          method: 'POST',
          path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
          body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
          token: bearer,
        })
      ).status;
    expect([await who(token), await who(await signed(now + 300)), await who(await signed(now - 300))]).toEqual([
      201, 201, 401,
    ]);
    expect(await who(`${token.slice(0, -8)}AAAAAAAA`)).toBe(401);
  }, 60_000);

  test('R09 a token of a workload cannot put on another identity', async () => {
    const { cluster, names } = battle;
    const path = fill('/api/v1/namespaces/{ns}/serviceaccounts/{account}/token', names);
    const { body } = await cluster.request({
      method: 'POST',
      path,
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} },
    });
    const token = stringAt(body, 'status', 'token') ?? '';
    for (const as of [
      { user: 'system:admin', groups: ['system:masters'] },
      { user: 'oidc:bea@attack.example', groups: [names['b-owner-group'] ?? ''] },
    ]) {
      const answer = await cluster.request({ method: 'GET', path: '/api/v1/nodes', token, as });
      expect([answer.status, stringAt(answer.body, 'message')]).toEqual([
        403,
        expect.stringMatching(/cannot impersonate/),
      ]);
    }
  }, 60_000);

  test('W14 a namespace goes away, whatever its tenant left in it', async () => {
    const at = '/api/v1/namespaces/{sidecar}';
    const name = fill('{sidecar}', battle.names);
    const stuck = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'stuck', namespace: name, finalizers: ['example.com/never'] },
    };
    const { cluster, names } = battle;
    const owner = impersonate(actorNamed('sidecar-owner'), names);
    const post = (body: JsonObject) =>
      cluster.request({ method: 'POST', path: `/api/v1/namespaces/${name}/configmaps`, body, as: owner });
    expect((await post(stuck)).status).toBe(403);
    expect(
      (await post({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'left', namespace: name } })).status,
    ).toBe(201);
    await remove(at);
    await until('the namespace is gone', async () => (await read(at)).code === 404, 90);
  }, 120_000);
});

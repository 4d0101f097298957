import { listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { ADA, type Check, pod, ready, storedValues } from './checks';
import type { World } from './world';

/** Texts that stand for secrets, one for each place that a user could put one. */
const SENTINEL = { secret: 'Zq7-secret-4f1c', config: 'Zq7-config-88d2', variable: 'Zq7-variable-e0a9' } as const;

/** What becomes of what people write: encrypted in the store, and in the audit log as far as it is no secret. */
export const SECRECY: readonly Check[] = [
  {
    title: '[ENC-2] everything in etcd is encrypted by the key service: secrets, pods, namespaces, rights',
    look: async (world) => {
      await write(world);
      const values = [...(await storedValues(world, '/registry/')).entries()];
      // What API servers tell each other is no object of the API: addresses, and which ports are taken.
      const plain = values.filter(([key, value]) => !value.startsWith('k8s:enc:kms:v2:drun:') && !isOwn(key));
      return { many: values.length > 100, plain: plain.map(([key]) => key) };
    },
    seen: { many: true, plain: [] },
  },
  {
    title: '[ENC-3] no secret stands in the bytes of the store, in any of four spellings',
    look: async (world) => {
      await write(world);
      const bytes = [...(await storedValues(world, '/registry/')).values()].join('\n');
      return spellings().filter((text) => bytes.includes(text));
    },
    seen: [],
  },
  {
    title: '[ENC-3] a secret can still be read by whoever may',
    look: async (world) => {
      await write(world);
      const { body } = await world.ask({ path: '/api/v1/namespaces/secrecy/secrets/s' });
      return Buffer.from(stringAt(body, 'data', 'key') ?? '', 'base64').toString();
    },
    seen: SENTINEL.secret,
  },
  {
    title: '[MON-5] no secret, setting or variable of a workload stands in the audit log, in any of four spellings',
    look: async (world) => {
      await write(world);
      const text = JSON.stringify(await settledAudit(world));
      return spellings().filter((one) => text.includes(one));
    },
    seen: [],
  },
  {
    title: '[MON-1] who touched a secret is written down, and with which answer',
    look: async (world) => {
      const token = await world.issuer.sign(ADA);
      await write(world);
      await world.ask({ path: '/api/v1/namespaces/secrecy/secrets/s', token });
      const events = (await settledAudit(world)).filter(
        (one) => stringAt(one, 'user', 'username') === 'oidc:ada@dev.drun.example',
      );
      const last = events.filter((one) => stringAt(one, 'objectRef', 'resource') === 'secrets').at(-1);
      return [
        stringAt(last, 'verb'),
        stringAt(last, 'level'),
        recordAt(last, 'responseStatus').code,
        stringAt(last, 'stage'),
      ];
    },
    seen: ['get', 'Metadata', 403, 'ResponseComplete'],
  },
  {
    title: '[MON-5] a change of rights is written down in full',
    look: async (world) => {
      await write(world);
      const events = (await settledAudit(world)).filter((one) => stringAt(one, 'objectRef', 'resource') === 'roles');
      const made = events.find((one) => stringAt(one, 'objectRef', 'name') === 'reader');
      return [
        stringAt(made, 'verb'),
        listAt(made, 'requestObject', 'rules').length,
        stringAt(made, 'user', 'username'),
      ];
    },
    seen: ['create', 1, 'drun-local-admin'],
  },
  {
    title: '[MON-1] a workload’s call is written down without what it says',
    look: async (world) => {
      await write(world);
      const events = (await settledAudit(world)).filter((one) => stringAt(one, 'objectRef', 'resource') === 'pods');
      return [...new Set(events.map((one) => `${stringAt(one, 'level')} ${'requestObject' in one}`))];
    },
    seen: ['Metadata false'],
  },
  {
    title: '[MON-1] probes and second copies of the same call are not written down',
    look: async (world) => {
      await world.ask({ path: '/livez', token: '' });
      const events = await settledAudit(world);
      const noise = events.filter((one) => /^\/(livez|readyz|healthz)/.test(stringAt(one, 'requestURI') ?? ''));
      const stages = events.map((one) => stringAt(one, 'stage')).filter((stage) => stage === 'RequestReceived');
      return { some: events.length > 0, noise: noise.length, received: stages.length };
    },
    seen: { some: true, noise: 0, received: 0 },
  },
];

/** Writes one thing of each sort; again is no harm. */
async function write(world: World): Promise<void> {
  const namespace = '/api/v1/namespaces/secrecy';
  await ready(world, 'secrecy');
  const metadata = (name: string) => ({ name, namespace: 'secrecy' });
  const post = (path: string, body: Parameters<World['ask']>[0]['body']) =>
    world.ask({ method: 'POST', path, ...(body === undefined ? {} : { body }) });
  const stringData = { key: SENTINEL.secret };
  await post(`${namespace}/secrets`, { apiVersion: 'v1', kind: 'Secret', metadata: metadata('s'), stringData });
  const data = { key: SENTINEL.config };
  await post(`${namespace}/configmaps`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('c'), data });
  await pod(world, 'secrecy', { variable: SENTINEL.variable });
  const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }];
  await post('/apis/rbac.authorization.k8s.io/v1/namespaces/secrecy/roles', {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata('reader'),
    rules,
  });
}

/** The audit log is written before the answer is sent, but an event may still be on its way to the file. */
async function settledAudit(world: World): Promise<ReturnType<World['audit']>> {
  const mark = `mark-${process.hrtime.bigint()}`;
  await world.ask({ path: `/api/v1/namespaces/${mark}` });
  for (let tries = 0; tries < 100; tries += 1) {
    const events = world.audit();
    if (events.some((one) => stringAt(one, 'requestURI')?.endsWith(mark) === true)) return events;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the audit log does not say what was asked for');
}

function spellings(): readonly string[] {
  return Object.values(SENTINEL).flatMap((text) => [
    text,
    Buffer.from(text).toString('base64'),
    encodeURIComponent(text),
    Buffer.from(text).toString('hex'),
  ]);
}

function isOwn(key: string): boolean {
  return /^\/registry\/(masterleases|peerserverleases|ranges)\//.test(key);
}

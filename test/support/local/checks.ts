import { connect } from 'node:tls';
import { call, type Endpoint, isHealthy } from '../../../cluster/local/https';
import { isRecord, listAt, numberAt, stringAt, valueAt } from '../../../constructs/core/json';
import type { Claims } from './stand-in-issuer';
import type { World } from './world';

/** Something that the host files make true: what is done, and what is seen where they do their work. */
export interface Check {
  /** Sentence with the control in brackets. */
  readonly title: string;
  readonly look: (world: World) => Promise<unknown>;
  readonly seen: unknown;
}

/** An account that signs on as it should. */
export const ADA: Claims = { email: 'ada@dev.drun.example', email_verified: true, groups: ['drun-platform-viewers'] };

const REVIEW = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const HALF_A_DAY = 12 * 3600;

/** What each promise about single sign-on looks like from outside; the first rows are the twins that must be accepted. */
export const SIGN_ON: readonly Check[] = [
  {
    title: '[IAM-1] a token of the issuer names the account and its groups, with a prefix that Kubernetes does not use',
    look: async (world) => whoAmI(world, await world.issuer.sign(ADA)),
    seen: {
      status: 201,
      username: 'oidc:ada@dev.drun.example',
      groups: ['oidc:drun-platform-viewers', 'system:authenticated'],
    },
  },
  {
    title: '[IAM-1] a token of twelve hours is taken',
    look: (world) => signOn(world, { ...ADA, expires: HALF_A_DAY }),
    seen: 201,
  },
  {
    title: '[IAM-1] fails for a token of more than twelve hours',
    look: (world) => signOn(world, { ...ADA, expires: HALF_A_DAY + 60 }),
    seen: 401,
  },
  {
    title: '[IAM-1] fails for an address that nobody verified',
    look: (world) => signOn(world, { ...ADA, email_verified: false }),
    seen: 401,
  },
  {
    title: '[IAM-1] fails for a token that does not say whether the address is verified',
    look: (world) => signOn(world, { email: 'ada@dev.drun.example', groups: [] }),
    seen: 401,
  },
  {
    title: '[IAM-1] fails for another issuer',
    look: (world) => signOn(world, { ...ADA, iss: 'https://id.attacker.example/realms/drun' }),
    seen: 401,
  },
  {
    title: '[IAM-1] fails for a token that is meant for another audience',
    look: (world) => signOn(world, { ...ADA, aud: 'somebody-else' }),
    seen: 401,
  },
  {
    title: '[IAM-1] fails for a token that is over',
    look: (world) => signOn(world, { ...ADA, issuedAt: -7200, expires: -3600 }),
    seen: 401,
  },
  {
    title: '[IAM-1] fails for a token that somebody else signed in the issuer’s name',
    look: async (world) => (await whoAmI(world, await world.issuer.forge(ADA))).status,
    seen: 401,
  },
  {
    title: '[IAM-2] a group of the issuer is never a group of Kubernetes',
    look: async (world) => {
      const token = await world.issuer.sign({ ...ADA, groups: ['system:masters'] });
      return (await world.ask({ path: '/api/v1/secrets', token })).status;
    },
    seen: 403,
  },
  {
    title: '[IAM-1] fails for nobody, but for the health of the server',
    look: async (world) => {
      const paths = ['/livez', '/readyz', '/api', '/version', '/metrics', '/openapi/v3', '/debug/pprof/'];
      return Promise.all(paths.map(async (path) => `${path} ${(await world.ask({ path, token: '' })).status}`));
    },
    seen: [
      '/livez 200',
      '/readyz 200',
      '/api 401',
      '/version 401',
      '/metrics 401',
      '/openapi/v3 401',
      '/debug/pprof/ 401',
    ],
  },
];

/** What the flags of the control plane look like from outside. */
export const FLAGS: readonly Check[] = [
  {
    title: '[ENC-1] the API server and etcd speak TLS 1.3',
    look: ({ plane }) => Promise.all([plane.admin, plane.store].map((end) => handshake(end, 'TLSv1.3'))),
    seen: ['TLSv1.3', 'TLSv1.3'],
  },
  {
    title: '[ENC-1] fails for TLS 1.2 at the API server and at etcd',
    look: ({ plane }) => Promise.all([plane.admin, plane.store].map((end) => handshake(end, 'TLSv1.2'))),
    seen: ['refused', 'refused'],
  },
  {
    title: '[ENC-3] fails to open the store with an administrator’s certificate; the API server’s own opens it',
    look: async ({ plane }) => {
      const stranger = { ...plane.store, ...(plane.admin.client === undefined ? {} : { client: plane.admin.client }) };
      return Promise.all([isHealthy(stranger, '/health'), isHealthy(plane.store, '/health')]);
    },
    seen: [false, true],
  },
  {
    title: '[ENC-1] browsers are told to stay with https',
    look: async (world) => (await world.ask({ path: '/version' })).headers['strict-transport-security'],
    seen: 'max-age=31536000; includeSubDomains',
  },
  {
    title: '[IAM-2] nobody profiles the API server, not even an administrator',
    look: async (world) => (await world.ask({ path: '/debug/pprof/' })).status,
    seen: 404,
  },
  {
    title: '[IAM-2] a token of a workload ends when it says, after a day at most',
    look: async (world) => {
      const lifetimes = [600, 3607, 7 * 86_400].map((seconds) => tokenLifetime(world, seconds));
      return Promise.all(lifetimes);
    },
    seen: [600, 3607, 86_400],
  },
  {
    title: '[NET-4] fails for a service with an external address; its twin without one is taken',
    look: (world) => Promise.all([service(world, { externalIPs: ['203.0.113.7'] }), service(world, {})]),
    seen: [403, 201],
  },
  {
    title: '[CTR-3] fails for a privileged pod in a namespace that says nothing; its restricted twin is taken',
    look: async (world) => {
      await ready(world, 'says-nothing');
      return Promise.all([pod(world, 'says-nothing', { privileged: true }), pod(world, 'says-nothing', {})]);
    },
    seen: [403, 201],
  },
  {
    title: '[NET-3] fails for a flood of events in one namespace; another namespace still has its own',
    look: async (world) => {
      await Promise.all(['loud', 'quiet'].map((name) => ready(world, name)));
      const flood = await Promise.all(Array.from({ length: 400 }, (_, at) => event(world, 'loud', at)));
      const taken = flood.filter((status) => status === 201).length;
      return {
        some: taken >= 200,
        all: taken === 400,
        refused: flood.includes(429),
        quiet: await event(world, 'quiet', 0),
      };
    },
    seen: { some: true, all: false, refused: true, quiet: 201 },
  },
];

async function signOn(world: World, claims: Claims): Promise<number> {
  return (await whoAmI(world, await world.issuer.sign(claims))).status;
}

async function whoAmI(world: World, token: string) {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };
  const { status, body: said } = await world.ask({ method: 'POST', path: REVIEW, body, token });
  if (status !== 201) return { status };
  return {
    status,
    username: stringAt(said, 'status', 'userInfo', 'username'),
    groups: valueAt(said, 'status', 'userInfo', 'groups'),
  };
}

/** The protocol that a server agrees to where the caller can do nothing newer. */
function handshake({ url, authority: ca, client }: Endpoint, newest: 'TLSv1.2' | 'TLSv1.3'): Promise<string> {
  const { hostname: host, port } = new URL(url);
  const { certificate: cert, key } = client ?? {};
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), ca, cert, key, maxVersion: newest }, () => {
      resolve(socket.getProtocol() ?? 'none');
      socket.destroy();
    });
    socket.on('error', () => resolve('refused'));
  });
}

/** How many seconds a token lives that was asked for so many, as the token itself says. */
async function tokenLifetime(world: World, seconds: number): Promise<number> {
  const path = '/api/v1/namespaces/default/serviceaccounts';
  await world.ask({
    method: 'POST',
    path,
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'worker' } },
  });
  const spec = { expirationSeconds: seconds };
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec };
  const { body: said } = await world.ask({ method: 'POST', path: `${path}/worker/token`, body });
  const [, middle = ''] = (stringAt(said, 'status', 'token') ?? '').split('.');
  const claims: unknown = JSON.parse(Buffer.from(middle, 'base64url').toString() || '{}');
  return (numberAt(claims, 'exp') ?? 0) - (numberAt(claims, 'iat') ?? 0);
}

async function service(world: World, spec: { readonly externalIPs?: readonly string[] }): Promise<number> {
  const metadata = { generateName: 'web-' };
  const body = { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }], ...spec } };
  return (await world.ask({ method: 'POST', path: '/api/v1/namespaces/default/services', body })).status;
}

/** Makes a namespace with the account that pods run as; the controller that would make it does not run. */
export async function ready(world: World, name: string): Promise<void> {
  await world.ask({
    method: 'POST',
    path: '/api/v1/namespaces',
    body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
  });
  const body = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await world.ask({ method: 'POST', path: `/api/v1/namespaces/${name}/serviceaccounts`, body });
}

/** Tries to create a pod that keeps to `restricted` but for what is given; the value of its variable is given too. */
export async function pod(
  world: World,
  namespace: string,
  { privileged = false, variable = 'x' }: { readonly privileged?: boolean; readonly variable?: string },
): Promise<number> {
  const securityContext = {
    allowPrivilegeEscalation: privileged,
    privileged,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  };
  const container = {
    name: 'main',
    image: 'registry.example/a',
    env: [{ name: 'V', value: variable }],
    securityContext,
  };
  const spec = { containers: [container], automountServiceAccountToken: false };
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: { generateName: 'try-' }, spec };
  return (await world.ask({ method: 'POST', path: `/api/v1/namespaces/${namespace}/pods`, body })).status;
}

async function event(world: World, namespace: string, at: number): Promise<number> {
  const body = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `flood-${at}`, namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace, name: `pod-${at}` },
    reason: 'Flood',
    message: 'again',
    type: 'Normal',
  };
  return (await world.ask({ method: 'POST', path: `/api/v1/namespaces/${namespace}/events`, body })).status;
}

/** Every key and value of the store under a prefix, as bytes in latin1. */
export async function storedValues(world: Pick<World, 'plane'>, prefix: string): Promise<ReadonlyMap<string, string>> {
  const { store } = world.plane;
  const base64 = (text: string) => Buffer.from(text, 'latin1').toString('base64');
  const end = `${prefix.slice(0, -1)}${String.fromCharCode(prefix.charCodeAt(prefix.length - 1) + 1)}`;
  const { body } = await call(store, {
    method: 'POST',
    path: '/v3/kv/range',
    body: { key: base64(prefix), range_end: base64(end) },
  });
  const answer: unknown = JSON.parse(body);
  const text = (one: unknown, key: string) => Buffer.from(stringAt(one, key) ?? '', 'base64').toString('latin1');
  return new Map(
    listAt(answer, 'kvs')
      .filter(isRecord)
      .map((one) => [text(one, 'key'), text(one, 'value')]),
  );
}

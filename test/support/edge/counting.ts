import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writePrivate } from '../../../cluster/local/host-root';
import { Part } from '../../../cluster/local/part';
import { clusterFactsSchema } from '../../../constructs/core/cluster-facts';
import { stringAt } from '../../../constructs/core/json';
import { stampFor } from '../../../constructs/core/stamp';
import { edgeGlobal } from '../../../constructs/ingress/edge-global';
import { exposureLimits } from '../../../constructs/ingress/exposure-rules';
import { type ExposureProps, exposureSchema } from '../../../constructs/ingress/exposure-spec';
import { globalConfiguration } from '../../../constructs/ingress/global-rates';
import { globalSchema } from '../../../constructs/ingress/global-settings';
import { RATE_LIMIT, RATE_LIMIT_SETTINGS } from '../../../constructs/ingress/rate-limit-service';
import { toolPath } from '../../../tools/provide';
import type { Cast } from './cast';
import { type Answer, type Ask, ask } from './client';
import { startJudge } from './control';
import { startEcho } from './echo';
import { startEdge } from './edge';
import { TRUST_DOMAIN } from './environment';
import { GATEWAY_PORT, gatewayFixture, HOST, INGRESS, SELECTOR, WAF_PORT, withoutProxy } from './fixture';
import { type Loopback, newLoopback } from './loopback';
import { newMeshPki } from './mesh-pki';
import { workloadObjects } from './objects';
import { type Redis, startRedis } from './redis';
import { type Running, startTogether } from './running';
import { AT, surroundings } from './surroundings';

/** Two proxies of one edge, the service that counts for both, and its store. */
export interface CountingLab {
  /** Asks one of the two proxies. */
  readonly ask: (proxy: 0 | 1, host: string, headers: Readonly<Record<string, string>>) => Promise<Answer>;
  /** Ends the service that counts, as a crash would; starts it again. */
  readonly service: Part<'ratelimit'>;
  readonly redis: Redis;
  /** What Prometheus would read from one of the two proxies. */
  readonly metrics: (proxy: 0 | 1) => Promise<string>;
  readonly stop: () => Promise<void>;
}

const SERVICE = { host: 40, name: RATE_LIMIT.name, namespace: 'drun-ingress' } as const;
const SECOND = 11;

/** How an edge that counts differs from the one that the platform emits. */
export interface CountingProps {
  readonly cast: Cast;
  /** Requests a minute of one caller and of one address, both steps. */
  readonly perKey: number;
  readonly perAddress: number;
  /** Requests a minute to all that the tenant publishes. @default - more than a test sends */
  readonly perTenant?: number;
  /** @default - refuse, as the platform's own default */
  readonly localOnly?: boolean;
  /** Name of an object that is not there. @default - all are */
  readonly without?: string;
}

/** Starts all of it with the platform's own filter, limits and configuration. */
export function startCounting(props: CountingProps): Promise<CountingLab> {
  return startTogether((running) => start(running, props));
}

async function start(running: Running, props: CountingProps): Promise<Omit<CountingLab, 'stop'>> {
  const net = newLoopback();
  const folder = mkdtempSync(join(tmpdir(), 'drun-counts-'));
  await running.ends(() => rmSync(folder, { recursive: true, force: true }));
  const redis = await running.has(startRedis(folder, net(50)));
  const service = await newService(folder, net, redis);
  await running.ends(() => service.kill());
  await service.start();
  const echo = await running.has(startEcho({ host: net(AT.web) }));
  const pki = await newMeshPki(TRUST_DOMAIN);
  const { mesh, annotations } = gatewayFixture(props.cast.jwks, { alerts: 'prometheus-operator' });
  const own = { namespace: INGRESS, account: 'ingress', labels: SELECTOR, role: 'router' as const, annotations };
  const pod = { ...own, statistics: 'istio' as const };
  const edge = await running.has(
    startEdge({
      objects: objects(props, net, echo.port),
      mesh,
      pki,
      proxies: [
        { ...pod, name: 'ingress', address: net(AT.gateway) },
        { ...pod, name: 'ingress-2', address: net(SECOND) },
      ],
    }),
  );
  await running.has(startJudge(await toolPath('edge-lab'), `${net(AT.waf)}:${WAF_PORT}`, edge.folder));
  const proxies = [AT.gateway, SECOND].map((host) => ({ host: net(host), port: GATEWAY_PORT }));
  return {
    ask: (proxy, host, headers) => ask(wanted(proxies[proxy], host, headers, props.cast)),
    service,
    redis,
    metrics: async (proxy) => (await edge.proxies[proxy]?.admin('/stats/prometheus')) ?? '',
  };
}

function wanted(to: Ask['to'] | undefined, host: string, headers: Ask['headers'], { tls }: Cast): Ask {
  if (to === undefined) throw new Error('there are two proxies');
  return { to, host, tls, headers: { ...headers } };
}

function objects(
  { cast, perKey, perAddress, perTenant = 600_000, localOnly, without }: CountingProps,
  net: Loopback,
  upstream: number,
) {
  const around = surroundings({ net, upstream, server: cast.server, cdn: cast.cdnRoot });
  const at = { namespace: INGRESS, port: 443, targetPort: GATEWAY_PORT, portName: 'https', labels: SELECTOR };
  const counter = { namespace: SERVICE.namespace, name: SERVICE.name, portName: 'grpc', mesh: 'none' as const };
  const port = { port: RATE_LIMIT.port, targetPort: RATE_LIMIT.port };
  const own = [...platformFilter(localOnly === true), ...routes(perKey, perAddress, perTenant)].filter(
    ({ metadata }) => metadata.name !== without,
  );
  // The environment of the lab counts for each proxy alone: its routes are taken for those that count for all of them.
  const counted = new Set(own.map(({ kind, metadata }) => `${kind} ${metadata.name}`));
  const platform = withoutProxy(gatewayFixture(cast.jwks).objects).filter(
    (one) => !counted.has(`${stringAt(one, 'kind')} ${stringAt(one, 'metadata', 'name')}`),
  );
  return [
    ...platform,
    ...around,
    ...workloadObjects({ ...at, name: 'ingress-2', address: net(SECOND), mesh: 'none' }),
    ...workloadObjects({ ...counter, ...port, address: net(SERVICE.host) }),
    ...own.map((object) => ({ ...object, metadata: { ...object.metadata, namespace: INGRESS } })),
  ];
}

const STAMP = stampFor({ component: 'drun-ingress' }, {});
const EXEMPT = { because: 'the store is being moved', owner: 'edge@example.com', expires: '2027-01-31' };

/** The filter that the platform puts before the router. */
function platformFilter(localOnly: boolean) {
  const settings = globalSchema.parse({
    image: `registry.example.com/ratelimit@sha256:${'a'.repeat(64)}`,
    store: { host: 'redis.example.com', ranges: ['192.0.2.0/28'], password: { secret: 'counts', key: 'password' } },
    ...(localOnly ? { onFailure: { localOnly: EXEMPT } } : {}),
  });
  return edgeGlobal(settings, clusterFactsSchema.parse({}), 'ambient', STAMP).filter(
    ({ kind }) => kind === 'EnvoyFilter',
  );
}

/** What a tenant's routes have counted: by caller where a token is asked for, by address where none is. */
function routes(perKey: number, perAddress: number, perTenant: number) {
  const at = { namespace: 'train', service: 'web', port: 80 };
  const exposures: readonly ExposureProps[] = [
    { ...at, name: 'api', host: HOST.api, type: 'api', rate: { global: { perKey } } },
    {
      ...at,
      name: 'open',
      host: HOST.open,
      type: 'console',
      identity: { public: EXEMPT },
      rate: { global: { perAddress } },
    },
  ];
  const facts = { issuers: [], perTenant };
  return exposures.map((exposure) => exposureLimits('acme', exposureSchema.parse(exposure), facts, STAMP));
}

/** The service that counts, not yet started. */
async function newService(folder: string, net: Loopback, redis: Redis): Promise<Part<'ratelimit'>> {
  const host = net(SERVICE.host);
  writePrivate(join(folder, 'config', 'edge.yaml'), JSON.stringify(globalConfiguration()));
  writeFileSync(join(folder, 'ratelimit.log'), '');
  return new Part<'ratelimit'>({
    name: 'ratelimit',
    program: await toolPath('ratelimit'),
    args: [],
    env: {
      ...RATE_LIMIT_SETTINGS,
      RUNTIME_ROOT: folder,
      HOST: host,
      GRPC_HOST: host,
      DEBUG_HOST: host,
      REDIS_URL: redis.address,
      REDIS_AUTH: redis.password,
      REDIS_TLS_CACERT: redis.authority,
    },
    log: join(folder, 'ratelimit.log'),
    isReady: () => isHealthy(host),
  });
}

/** As the readiness probe asks. */
function isHealthy(host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ host, port: RATE_LIMIT.health, path: '/healthcheck', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    asked.once('error', () => resolve(false));
    asked.end();
  });
}

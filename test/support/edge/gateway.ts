import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { recordAt, stringAt } from '../../../constructs/core/json';
import { EDGE_RUNTIME } from '../../../constructs/ingress/edge-switch';
import { toolPath } from '../../../tools/provide';
import type { Cast } from './cast';
import { type Answer, type Ask, ask, type Destination } from './client';
import { type Control, startJudge } from './control';
import { type Echo, startEcho } from './echo';
import { type Edge, startEdge } from './edge';
import { type EdgeChange, TRUST_DOMAIN } from './environment';
import {
  GATEWAY_PORT,
  type GatewayFixture,
  gatewayFixture,
  INGRESS,
  SELECTOR,
  WAF_PORT,
  withoutProxy,
} from './fixture';
import { type Loopback, newLoopback } from './loopback';
import { type MeshPki, newMeshPki } from './mesh-pki';
import { project } from './projected';
import type { EnvoyProxy, ProxyProps } from './proxy';
import { type Running, startTogether } from './running';
import { AT, surroundings } from './surroundings';
import type { Objects } from './weaken';

/** A gateway with a workload behind it. */
export interface GatewayLab {
  readonly net: Loopback;
  readonly edge: Edge;
  readonly gateway: EnvoyProxy;
  readonly echo: Echo;
  readonly judge: Control;
  readonly to: Destination;
  readonly pki: MeshPki;
  /** Sets the data of the ConfigMap that the gateway reads its runtime from, as the kubelet would. */
  readonly turn: (data: Readonly<Record<string, string>>) => void;
  /** Asks for a path of a host, over TLS and as a new caller behind the CDN unless told otherwise. */
  readonly ask: (host: string, path?: string, more?: Partial<Ask>) => Promise<Answer>;
  readonly stop: () => Promise<void>;
}

let callers = 0;

/** An address that nobody has called from: callers share no limit. */
function caller(): string {
  callers += 1;
  return `100.64.${Math.floor(callers / 250)}.${1 + (callers % 250)}`;
}

/** A change to what the gateway is made from. */
export type Change = (fixture: GatewayFixture) => GatewayFixture;

/** How a gateway is started. */
export interface GatewayLabProps {
  readonly cast: Cast;
  /** @default - the fixture as it is */
  readonly change?: Change;
  /** How the edge's settings differ. @default - those of the lab's environment */
  readonly edge?: EdgeChange;
  /** Whether something in front of the workload takes mutual TLS apart. @default - false */
  readonly proxied?: boolean;
  /** More variables of the gateway’s container. @default - none */
  readonly env?: Readonly<Record<string, string>>;
  /** Which statistics the gateway keeps, and their labels. @default 'envoy' */
  readonly statistics?: ProxyProps['statistics'];
}

/** Starts the fixture’s gateway, with a workload and a firewall behind it. */
export function startGateway(props: GatewayLabProps): Promise<GatewayLab> {
  return startTogether((running) => start(running, props));
}

async function start(running: Running, props: GatewayLabProps): Promise<Omit<GatewayLab, 'stop'>> {
  const { cast } = props;
  const net = newLoopback();
  const echo = await running.has(startEcho({ host: net(AT.web) }));
  const pki = await newMeshPki(TRUST_DOMAIN);
  const runtime = mkdtempSync(join(tmpdir(), 'drun-runtime-'));
  await running.ends(() => rmSync(runtime, { recursive: true, force: true }));
  const edge = await running.has(startEnvoy(props, { net, upstream: echo.port, pki, runtime }));
  const [gateway] = edge.proxies;
  if (gateway === undefined) throw new Error('no gateway was started');
  const to = { host: net(AT.gateway), port: GATEWAY_PORT };
  const judge = await running.has(startJudge(await toolPath('edge-lab'), `${net(AT.waf)}:${WAF_PORT}`, edge.folder));
  const behindCdn = () => ({ 'x-forwarded-for': caller() });
  return {
    net,
    edge,
    gateway,
    echo,
    judge,
    pki,
    to,
    turn: (data) => project(runtime, data),
    ask: (host, path = '/', { headers, ...more } = {}) =>
      ask({ to, host, path, tls: cast.tls, headers: { ...behindCdn(), ...headers }, ...more }),
  };
}

/** What a run has made for the gateway before it starts. */
interface Beside {
  readonly net: Loopback;
  readonly upstream: number;
  readonly pki: MeshPki;
  /** Folder in the place of the one that the switch is mounted at. */
  readonly runtime: string;
}

async function startEnvoy(
  { cast, change = (as) => as, edge, proxied = false, env, statistics = 'envoy' }: GatewayLabProps,
  { net, upstream, pki, runtime }: Beside,
): Promise<Edge> {
  const platform = gatewayFixture(cast.jwks, edge);
  const own = proxied ? platform.objects : withoutProxy(platform.objects);
  const around = surroundings({ net, upstream, server: cast.server, cdn: cast.cdnRoot });
  const { objects, mesh, annotations } = change({ ...platform, objects: [...own, ...around] });
  const pod = { name: 'ingress', namespace: INGRESS, account: 'ingress', labels: SELECTOR, address: net(AT.gateway) };
  const variables = env === undefined ? {} : { env };
  const override = bootstrapOverride(objects, annotations, runtime);
  const proxy = { ...pod, role: 'router' as const, annotations, override, statistics, ...variables };
  return startEdge({ objects, mesh, pki, proxies: [proxy] });
}

/** What the ConfigMap that the pod names adds to the bootstrap. Throws where there is none. */
function bootstrapOverride(objects: Objects, annotations: GatewayFixture['annotations'], runtime: string): object {
  const name = annotations['sidecar.istio.io/bootstrapOverride'];
  const found = objects.find((one) => stringAt(one, 'kind') === 'ConfigMap' && recordAt(one, 'metadata').name === name);
  const text = stringAt(found, 'data', 'custom_bootstrap.json');
  if (text === undefined) throw new Error(`there is no ConfigMap ${String(name)} with a bootstrap`);
  return recordAt({ bootstrap: JSON.parse(text.replaceAll(EDGE_RUNTIME.folder, runtime)) }, 'bootstrap');
}

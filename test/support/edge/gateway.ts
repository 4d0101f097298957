import { toolPath } from '../../../tools/provide';
import type { Cast } from './cast';
import { type Answer, type Ask, ask, type Destination } from './client';
import { type Control, startJudge } from './control';
import { type Echo, startEcho } from './echo';
import { type Edge, startEdge } from './edge';
import { GATEWAY_PORT, type GatewayFixture, gatewayFixture, INGRESS, SELECTOR, WAF_PORT } from './fixture';
import { type Loopback, newLoopback } from './loopback';
import { type MeshPki, newMeshPki } from './mesh-pki';
import type { EnvoyProxy } from './proxy';
import { AT, surroundings } from './surroundings';

/** A gateway with a workload behind it. */
export interface GatewayLab {
  readonly net: Loopback;
  readonly edge: Edge;
  readonly gateway: EnvoyProxy;
  readonly echo: Echo;
  readonly judge: Control;
  readonly to: Destination;
  readonly pki: MeshPki;
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
  /** What `sidecar.istio.io/bootstrapOverride` would add to the bootstrap. @default - nothing */
  readonly override?: object;
  /** More variables of the gateway’s container. @default - none */
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the fixture’s gateway, with a workload and a firewall behind it. */
export async function startGateway(props: GatewayLabProps): Promise<GatewayLab> {
  const { cast } = props;
  const net = newLoopback();
  const echo = await startEcho({ host: net(AT.web) });
  const pki = await newMeshPki('example.test');
  const edge = await startEnvoy(props, { net, upstream: echo.port, pki }).catch(async (error: unknown) => {
    await echo.stop();
    throw error;
  });
  const [gateway] = edge.proxies;
  if (gateway === undefined) throw new Error('no gateway was started');
  const to = { host: net(AT.gateway), port: GATEWAY_PORT };
  const judge = await startJudge(await toolPath('edge-lab'), `${net(AT.waf)}:${WAF_PORT}`, edge.folder);
  const behindCdn = () => ({ 'x-forwarded-for': caller() });
  return {
    net,
    edge,
    gateway,
    echo,
    judge,
    pki,
    to,
    ask: (host, path = '/', { headers, ...more } = {}) =>
      ask({ to, host, path, tls: { ca: cast.publicRoot }, headers: { ...behindCdn(), ...headers }, ...more }),
    stop: async () => {
      await judge.stop();
      await edge.stop();
      await echo.stop();
    },
  };
}

async function startEnvoy(
  { cast, change = (as) => as, override, env }: GatewayLabProps,
  { net, upstream, pki }: { readonly net: Loopback; readonly upstream: number; readonly pki: MeshPki },
): Promise<Edge> {
  const platform = gatewayFixture(cast.jwks);
  const around = surroundings({ net, upstream, server: cast.server, cdn: cast.cdnRoot });
  const { objects, mesh, annotations } = change({ ...platform, objects: [...platform.objects, ...around] });
  const pod = { name: 'gateway', namespace: INGRESS, account: 'gateway', labels: SELECTOR, address: net(AT.gateway) };
  const optional = { ...(override === undefined ? {} : { override }), ...(env === undefined ? {} : { env }) };
  return startEdge({ objects, mesh, pki, proxies: [{ ...pod, role: 'router', annotations, ...optional }] });
}

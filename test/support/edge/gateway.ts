import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose';
import { createAuthority, type KeyPair } from '../../../cluster/local/certificates';
import { toolPath } from '../../../tools/provide';
import { type Answer, type Ask, ask, type Destination } from './client';
import { type Control, startJudge } from './control';
import { type Echo, startEcho } from './echo';
import { type Edge, startEdge } from './edge';
import {
  AT,
  AUDIENCE,
  GATEWAY_PORT,
  type GatewayFixture,
  gatewayFixture,
  HOST,
  INGRESS,
  ISSUER,
  WAF_PORT,
} from './fixture';
import { type Loopback, newLoopback } from './loopback';
import { type MeshPki, newMeshPki } from './mesh-pki';
import type { EnvoyProxy } from './proxy';

/** Everybody's certificates and tokens; made once for all labs of a test file. */
export interface Cast {
  readonly publicRoot: string;
  readonly server: KeyPair;
  readonly cdnRoot: string;
  /** The CDN's certificate, and one that somebody else's authority gave out. */
  readonly cdn: KeyPair;
  readonly foreign: KeyPair;
  readonly jwks: string;
  /** A token of the identity provider; what is given replaces its claims, and `signer` its key. */
  readonly token: (claims?: JWTPayload, signer?: 'ours' | 'theirs') => Promise<string>;
}

/** Makes certificates and tokens. */
export async function newCast(): Promise<Cast> {
  const [publicly, cdn, elsewhere] = await Promise.all([
    createAuthority('public authority'),
    createAuthority('authority of the CDN'),
    createAuthority('authority of somebody else'),
  ]);
  const keys = { ours: await generateKeyPair('RS256'), theirs: await generateKeyPair('RS256') };
  const jwk = { ...(await exportJWK(keys.ours.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  return {
    publicRoot: publicly.certificate,
    server: await publicly.issue({ name: HOST.open, hosts: Object.values(HOST) }),
    cdnRoot: cdn.certificate,
    cdn: await cdn.issue({ name: 'cdn' }),
    foreign: await elsewhere.issue({ name: 'cdn' }),
    jwks: JSON.stringify({ keys: [jwk] }),
    token: (claims = {}, signer = 'ours') =>
      new SignJWT({ iss: ISSUER, aud: AUDIENCE, sub: 'ada', exp: Math.floor(Date.now() / 1000) + 600, ...claims })
        .setProtectedHeader({ alg: 'RS256', kid: 'one' })
        .sign(keys[signer].privateKey),
  };
}

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

/** Starts the fixture’s gateway. */
export async function startGateway({ cast, change = (as) => as, override, env }: GatewayLabProps): Promise<GatewayLab> {
  const net = newLoopback();
  const echo = await startEcho({ host: net(AT.web) });
  const { server, cdnRoot, jwks } = cast;
  const { objects, mesh, annotations } = change(
    gatewayFixture({ net, upstream: echo.port, server, cdn: cdnRoot, jwks }),
  );
  const address = net(AT.gateway);
  const pki = await newMeshPki('example.test');
  const props = {
    name: 'gateway',
    namespace: INGRESS,
    account: 'gateway',
    labels: { istio: 'ingress' },
    address,
    annotations,
  };
  const edge = await startEdge({
    objects,
    mesh,
    pki,
    proxies: [
      {
        ...props,
        role: 'router',
        ...(override === undefined ? {} : { override }),
        ...(env === undefined ? {} : { env }),
      },
    ],
  }).catch(async (error: unknown) => {
    await echo.stop();
    throw error;
  });
  const [gateway] = edge.proxies;
  if (gateway === undefined) throw new Error('no gateway was started');
  const to = { host: address, port: GATEWAY_PORT };
  const judge = await startJudge(await toolPath('edge-lab'), `${net(AT.waf)}:${WAF_PORT}`, edge.folder);
  return {
    net,
    edge,
    gateway,
    echo,
    judge,
    pki,
    to,
    ask: (host, path = '/', { headers, ...more } = {}) =>
      ask({
        to,
        host,
        path,
        tls: { ca: cast.publicRoot },
        headers: { 'x-forwarded-for': caller(), ...headers },
        ...more,
      }),
    stop: async () => {
      await Promise.all([edge.stop(), judge.stop()]);
      await echo.stop();
    },
  };
}

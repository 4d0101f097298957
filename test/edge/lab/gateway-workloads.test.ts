import { type Cast, newCast } from '../../support/edge/cast';
import { objects } from '../../support/edge/claims';
import type { Answer } from '../../support/edge/client';
import { HOST, TENANT, withoutProxy } from '../../support/edge/fixture';
import { type Change, startGateway } from '../../support/edge/gateway';
import { AT } from '../../support/edge/surroundings';
import { changed } from '../../support/edge/weaken';
import { startZtunnel } from '../../support/edge/ztunnel';

/** The tenant’s pod is in the mesh, as the node’s agent marks it. */
const AMBIENT = objects(
  changed('Pod', 'web', ['metadata', 'annotations'], { 'ambient.istio.io/redirection': 'enabled' }),
);
const NO_TUNNELS = { ISTIO_META_DISABLE_HBONE_SEND: 'true' };

describe('[NET-1] [ENC-1] between the gateway and a workload of the ambient mesh', () => {
  let cast: Cast;
  beforeAll(async () => {
    cast = await newCast();
  });

  test('there is mutual TLS, and the workload’s side sees the gateway’s identity', async () => {
    expect(await through(cast, {})).toEqual({
      status: 200,
      tunnels: [{ from: 'URI:spiffe://example.test/ns/drun-ingress/sa/ingress', port: true }],
    });
  });

  test('there is no plaintext where the gateway is told to open no tunnels: nothing arrives', async () => {
    expect(await through(cast, { env: NO_TUNNELS })).toEqual({ status: 503, tunnels: [] });
  });

  test('there is plaintext where it is told that as well', async () => {
    const plain = objects(withoutProxy);
    expect(await through(cast, { env: NO_TUNNELS, plain })).toEqual({ status: 200, tunnels: [] });
  });
});

/** What is not as the platform has it. */
interface Weak {
  readonly env?: Readonly<Record<string, string>>;
  readonly plain?: Change;
}

async function through(cast: Cast, { env = {}, plain = (as) => as }: Weak) {
  const lab = await startGateway({ cast, change: (as) => plain(AMBIENT(as)), env, proxied: true });
  const own = await lab.pki.workload(TENANT, 'web');
  const ztunnel = await startZtunnel({ host: lab.net(AT.web), own, root: lab.pki.root });
  try {
    const status = said(await lab.ask(HOST.open));
    const tunnels = ztunnel.tunnels.map(({ from, to }) => ({ from, port: to.endsWith(`:${lab.echo.port}`) }));
    return { status, tunnels };
  } finally {
    await lab.stop();
    await ztunnel.stop();
  }
}

function said(answer: Answer): number | string {
  return 'refused' in answer ? answer.refused : answer.status;
}

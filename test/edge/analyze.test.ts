import { join } from 'node:path';
import { newFolder, writePrivate } from '../../cluster/local/host-root';
import { isList, stringAt } from '../../constructs/core/json';
import { emitYaml } from '../../stacks/yaml/emit';
import { toolPath } from '../../tools/provide';
import { run } from '../../tools/run';
import { newCast } from '../support/edge/cast';
import { gatewayFixture } from '../support/edge/fixture';
import { newLoopback } from '../support/edge/loopback';
import { surroundings } from '../support/edge/surroundings';
import { changed } from '../support/edge/weaken';
import { renderedRegions } from '../support/rendered';

/** What Istio's analyzer says of a mistake. */
interface Message {
  readonly code: string;
  readonly level: string;
  readonly origin: string;
  readonly message: string;
}

/** What it says although it is so on purpose: each with the reason why it stays. */
const EXCUSED: readonly { readonly code: string; readonly message: RegExp; readonly because: string }[] = [
  {
    code: 'IST0133',
    message: /^Schema validation warning: EnvoyFilter exposes internal implementation details/,
    because:
      'limits and the firewall have no other field in Istio; each patch is run on the pinned Envoy by these tests',
  },
];

const regions = renderedRegions().map(
  (region) => [`${region.environment}/${region.planned.region.name}`, region] as const,
);

describe('Istio’s own analyzer', () => {
  test.each(regions)('[NET-1] finds nothing wrong with %s', async (_, region) => {
    expect((await analyze(region.objects)).left).toEqual([]);
  });

  test('[NET-3] finds nothing wrong with the gateway, and says of each excused thing that it is there', async () => {
    const { left, excused } = await analyze(await gatewayObjects());
    expect(left).toEqual([]);
    expect(new Set(excused)).toEqual(new Set(EXCUSED));
  });

  test('[NET-3] fails a limit that is misspelt: Istio would drop it without a word', async () => {
    const field = ['spec', 'configPatches', 0, 'patch', 'value', 'typed_config', 'max_request_header_kb'];
    const { left } = await analyze(changed('EnvoyFilter', 'edge-requests', field, 16)(await gatewayObjects()));
    expect(left).toEqual([expect.objectContaining({ message: expect.stringContaining('unknown field') })]);
  });

  test('fails objects that refer to what is not there, and that say what is not so', async () => {
    const [, region] = regions[0] ?? [];
    const { left } = await analyze([...(region?.objects ?? []), ...MISTAKES]);
    expect(left.map(({ code }) => code)).toEqual(expect.arrayContaining(['IST0101', 'IST0106']));
  });
});

const MISTAKES = [
  {
    apiVersion: 'networking.istio.io/v1',
    kind: 'VirtualService',
    metadata: { name: 'lost', namespace: 'drun-ingress' },
    spec: { hosts: ['lost.example'], gateways: ['nowhere'], http: [{ route: [{ destination: { host: 'nobody' } }] }] },
  },
  {
    apiVersion: 'security.istio.io/v1',
    kind: 'PeerAuthentication',
    metadata: { name: 'wrong', namespace: 'drun-ingress' },
    spec: { mtls: { mode: 'STRICT' }, portLevelMtls: { 8080: { mode: 'STRICT' } } },
  },
];

async function gatewayObjects(): Promise<readonly object[]> {
  const { cdnRoot: cdn, server, jwks } = await newCast();
  return [...gatewayFixture(jwks).objects, ...surroundings({ net: newLoopback(), upstream: 8080, server, cdn })];
}

async function analyze(
  objects: readonly object[],
): Promise<{ readonly left: readonly Message[]; readonly excused: readonly object[] }> {
  const file = join(newFolder(), 'objects.yaml');
  writePrivate(file, emitYaml(objects));
  const args = ['analyze', '--use-kube=false', '--all-namespaces', '--output', 'json', file];
  const ended = await run(await toolPath('istioctl'), args, { timeout: 60_000 });
  const found: unknown = JSON.parse(ended.stdout === '' ? 'null' : ended.stdout);
  if (!isList(found)) throw new Error(`istioctl analyze: ${ended.stderr}`);
  const messages = found.map((one) => ({
    code: stringAt(one, 'code') ?? '',
    level: stringAt(one, 'level') ?? '',
    origin: stringAt(one, 'origin') ?? '',
    message: stringAt(one, 'message') ?? '',
  }));
  const excuses = messages.map(({ code, message }) =>
    EXCUSED.find((row) => row.code === code && row.message.test(message)),
  );
  return {
    left: messages.filter((_, at) => excuses[at] === undefined),
    excused: excuses.flatMap((row) => row ?? []),
  };
}

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drift, hasDrifted } from '../../../cluster/drift/drift';
import { listAt, stringAt } from '../../../constructs/core/json';
import { ENVIRONMENTS } from '../../../stacks/environments';
import { objectCount, type StackContent } from '../../../stacks/sinks/pulumi/content';
import type { Environment } from '../../../stacks/spec/environment';
import { ENGINE, PASSPHRASE } from '../../support/engine/checkout';
import { skippedBecause, whereInstalled } from '../../support/where-installed';
import { eventually, everything, settled, TODAY } from '../region';
import { startWorld, type World, type WorldPart } from './world';

jest.setTimeout(600_000);

const DELIVERED = ENVIRONMENTS.filter(({ delivery }) => delivery.by === 'pulumi');

/** Environments that are deployed with their tenants, separated by commas. Of the others the platform’s own stack is. */
const WHOLE = (process.env.DRUN_ENGINE_ENVIRONMENTS ?? 'dev').split(',');

whereInstalled(ENGINE, () => {
  for (const environment of DELIVERED) {
    const { name } = environment;
    deployed(environment, WHOLE.includes(name) ? 'all' : 'platform');
    if (!WHOLE.includes(name))
      skippedBecause(`tenants of ${name} with the engine take minutes: DRUN_ENGINE_ENVIRONMENTS=dev,${name}`, () =>
        deployed(environment, 'all'),
      );
  }
});

function deployed(environment: Environment, part: WorldPart): void {
  /** What takes tenants, or is the same whichever environment it is tried in. */
  const once = part === 'all' ? test : () => undefined;
  describe(`${environment.name}${part === 'all' ? '' : ', the platform alone,'} by the real engine and its kubernetes plugin`, () => {
    let world: World;
    let empty: readonly string[];

    beforeAll(async () => {
      world = await startWorld(environment, part);
      for (const region of world.regions) await settled(region);
      empty = await names(world);
    });
    afterAll(() => world?.stop());

    test('a preview of every stack says that everything is to be made, and makes nothing', async () => {
      for (const content of world.stacks) {
        const { changeSummary } = await (await world.stack(content.stack)).preview();
        expect([content.stack, changeSummary]).toEqual([content.stack, { create: resources(content) }]);
      }
      expect(await names(world)).toEqual(empty);
    });

    test('an update makes every resource of every stack, in the order of its layers', async () => {
      for (const content of world.stacks) {
        const { summary } = await (await world.stack(content.stack)).up();
        expect([content.stack, summary.result, summary.resourceChanges]).toEqual([
          content.stack,
          'succeeded',
          { create: resources(content) },
        ]);
      }
    });

    once('what it made is what the direct path would make, for every object and every field', async () => {
      for (const { plan, connect } of world.regions) {
        const found = await drift([plan], { connect });
        expect({ objects: found.changes.objects, notes: found.notes, drifted: hasDrifted(found) }).toEqual({
          objects: [],
          notes: [],
          drifted: false,
        });
      }
    });

    test('a second update changes nothing, and the server sees no write', async () => {
      const before = await Promise.all(world.regions.map(settled));
      for (const content of world.stacks) {
        const { summary } = await (await world.stack(content.stack)).up();
        expect([content.stack, summary.resourceChanges]).toEqual([content.stack, { same: resources(content) }]);
      }
      expect(await Promise.all(world.regions.map(everything))).toEqual(before);
    });

    once('[BDR-2] drun up fails to remove a tenant that nobody let go, before anything is removed', async () => {
      const before = await names(world);
      const restore = withoutTenant(join(world.checkout.folder, 'stacks/environments', environment.name, 'tenants'));
      const flags = ['--engine', 'pulumi', '--today', TODAY, '--json'];
      const { code, stdout } = await world.checkout.drun('up', environment.name, ...flags);
      restore();
      const said: unknown = JSON.parse(stdout);
      const problems = listAt(said, 'stacks').flatMap((one) => listAt(one, 'problems'));
      expect({ failed: code !== 0, problems: problems.map((one) => stringAt(one, 'code')) }).toEqual({
        failed: true,
        problems: ['PL125'],
      });
      expect(await names(world)).toEqual(before);
    });

    test('a refresh finds nothing that changed', async () => {
      for (const content of world.stacks) {
        const { summary } = await (await world.stack(content.stack)).refresh();
        expect([content.stack, summary.resourceChanges]).toEqual([content.stack, { same: resources(content) }]);
      }
    });

    once('[CTR-2] fails where a registry has another chart than the catalog says, and takes the very one', async () => {
      const preview = async (sha256: string) => {
        const restore = withDigest(join(world.checkout.folder, 'lib/charts/catalog.js'), 'kueue', sha256);
        const { code, stdout } = await world.checkout.pulumi('preview', '--stack', environment.name);
        restore();
        return { accepted: code === 0, refused: /kueue@sha256:.*chart reference digest mismatch/.test(stdout) };
      };
      expect(await preview('f'.repeat(64))).toEqual({ accepted: false, refused: true });
      expect(await preview(world.digests.get('kueue') ?? '')).toEqual({ accepted: true, refused: false });
    });

    test('[ENC-3] neither state nor history holds a credential', () => {
      const { checkout, regions } = world;
      const texts = [checkout.state, checkout.folder].flatMap(filesBelow).map((path) => readFileSync(path, 'utf8'));
      const keys = regions.map(({ plane }) => /client-key-data: (\S{40})/.exec(readFileSync(plane.kubeconfig, 'utf8')));
      const secrets = [PASSPHRASE, 'client-key-data', 'PRIVATE KEY', ...keys.flatMap((found) => found?.[1] ?? [])];
      expect(keys.filter((found) => found === null)).toEqual([]);
      expect(texts.length).toBeGreaterThan(world.stacks.length);
      for (const secret of secrets) expect(texts.filter((text) => text.includes(secret))).toEqual([]);
    });

    test('[BDR-2] fails to destroy what holds data, before anything is removed', async () => {
      const before = await names(world);
      for (const { stack } of world.stacks) {
        // With the preview, as people call it: the Automation API goes without.
        const { code, stdout } = await world.checkout.pulumi('destroy', '--yes', '--stack', stack);
        expect({ failed: code !== 0, said: /cannot be deleted/.test(stdout) }).toEqual({ failed: true, said: true });
      }
      expect(await names(world)).toEqual(before);
    });

    test('once a person lets go of it, destroying the tenants and then the platform leaves nothing', async () => {
      for (const { stack } of [...world.stacks].reverse()) {
        expect(await world.checkout.pulumi('state', 'unprotect', '--all', '--yes', '--stack', stack)).toMatchObject({
          code: 0,
        });
        const { summary } = await (await world.stack(stack)).destroy();
        expect([stack, summary.result]).toEqual([stack, 'succeeded']);
      }
      expect(
        await eventually(
          async () => (await names(world)).filter((name) => !KEPT.test(name)),
          (found) => found.join() === empty.join(),
        ),
      ).toEqual(empty);
    });

    test('nothing was downloaded but charts', () => expect(world.refused).toEqual([]));
  });
}

/** Takes the last tenant out of the files, with what the others say of it; gives the way back. */
function withoutTenant(folder: string): () => void {
  const paths = readdirSync(folder).map((name) => join(folder, name));
  const texts = paths.map((path) => readFileSync(path, 'utf8'));
  const last = paths.length - 1;
  const name = /^name: (\S+)$/m.exec(texts[last] ?? '')?.[1] ?? '';
  const mention = new RegExp(`  - (to|from):\\n {6}tenant: ${name}\\n {6}namespace: .*\\n( {4}ports: .*\\n)?`, 'g');
  for (const [at, path] of paths.entries()) writeFileSync(path, (texts[at] ?? '').replace(mention, ''));
  rmSync(paths[last] ?? '');
  return () => {
    for (const [at, path] of paths.entries()) writeFileSync(path, texts[at] ?? '');
  };
}

/** Writes the digest of a chart into the catalog of a checkout, as whoever pulled it would; gives the way back. */
function withDigest(catalog: string, name: string, sha256: string): () => void {
  const text = readFileSync(catalog, 'utf8');
  const entry = new RegExp(`(name: '${name}',[^}]*?digest: )UNPINNED`);
  if (!entry.test(text)) throw new Error(`no chart ${name} in the catalog`);
  writeFileSync(catalog, text.replace(entry, `$1{ sha256: '${sha256}' }`));
  return () => writeFileSync(catalog, text);
}

/** Istio marks its definitions so that Helm leaves them behind: `helm.sh/resource-policy: keep`. */
const KEPT = /(CustomResourceDefinition|APIService)\/\/[\w.]+\.istio\.io$/;

/** Objects, layers, providers and the stack itself. */
function resources(content: StackContent): number {
  const layers = content.regions.flatMap((region) => region.layers);
  return objectCount(content) + layers.length + content.regions.length + 1;
}

async function names({ regions }: World): Promise<readonly string[]> {
  const all = await Promise.all(regions.map(everything));
  return all.flatMap((objects, at) => [...objects.keys()].map((key) => `${regions[at]?.plan.region} ${key}`)).sort();
}

/** Files of the state and of the stacks' configuration. */
function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.pulumi|Pulumi\./.test(join(entry.parentPath, entry.name)))
    .map((entry) => join(entry.parentPath, entry.name));
}

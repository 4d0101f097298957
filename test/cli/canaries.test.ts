import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { type Canary, canary, FORMS, type Form, hits } from '../support/canaries/canary';
import { TENANT_PLACES } from '../support/canaries/tenant-places';
import { drun } from '../support/drun';

const TENANTS = join(PACKAGE_ROOT, 'stacks/environments/dev/tenants');
const ALPHA = readFileSync(join(TENANTS, 'team-alpha.yaml'), 'utf8');

let work: string;
beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'drun-canaries-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Everything that the commands say and write, with one tenant's file as given. */
async function leaks(text: string, bird: Canary): Promise<readonly string[]> {
  const tenants = join(work, 'tenants');
  const out = join(work, 'out');
  for (const folder of [tenants, out]) rmSync(folder, { recursive: true, force: true });
  cpSync(TENANTS, tenants, { recursive: true });
  writeFileSync(join(tenants, 'team-alpha.yaml'), text);
  const said: string[] = [];
  for (const command of [
    ['synth', 'dev', '--out', out],
    ['preview', 'dev', '--json'],
    ['evidence', 'dev', '--out', join(out, 'evidence')],
  ]) {
    const ran = await drun([...command, '--tenants', tenants], { tty: command.length % 2 === 0 });
    said.push(ran.out, ran.err);
  }
  return [...hits(said.join('\n'), bird), ...files(out).flatMap((file) => hits(readFileSync(file), bird))];
}

function files(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const all = readdirSync(folder, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const ENCODED: readonly Form[] = ['base64', 'url', 'hex', 'base64url'];
/** Each place gets a plain secret and an encoded one, the encodings in turn. */
const formsOf = (turn: number): readonly Form[] => ['plain', ENCODED[turn % ENCODED.length] ?? 'hex'];
const PLACES = Object.entries(TENANT_PLACES).flatMap(([place, put], i) =>
  formsOf(i).map((form) => ({ place, form, put })),
);

describe('a secret in a tenant’s file', () => {
  test.each(PLACES)(
    '[ENC-3] does not show in what is said and written: $place ($form)',
    async ({ place, form, put }) => {
      const bird = canary(place, form);
      const text = put(ALPHA, bird.text);
      expect(text).not.toBe(ALPHA);
      expect(await leaks(text, bird)).toEqual([]);
    },
  );

  test('[ENC-3] fails to hide what no one could take for a secret: the search itself sees every form', async () => {
    for (const form of ['plain', 'base64', 'base64url', 'hex', 'url'] as const) {
      const bird = canary('a file', form);
      expect(hits(`before ${FORMS[form](bird.secret)} after`, bird)).not.toEqual([]);
      expect(hits(Buffer.from(`\u0000a${bird.text}`), bird)).not.toEqual([]);
    }
    const name = 'public-name-of-a-group';
    expect(
      await leaks(ALPHA.replace('team-alpha-leads', name), { at: 'a group', secret: name, text: name }),
    ).not.toEqual([]);
  });
});

const MANIFESTS: Readonly<Record<string, (secret: string) => object>> = {
  'a Secret': (secret) => ({ ...named('v1', 'Secret'), data: { key: FORMS.base64(secret) } }),
  'a Secret in plain text': (secret) => ({ ...named('v1', 'Secret'), stringData: { key: secret } }),
  'a config map': (secret) => ({ ...named('v1', 'ConfigMap'), data: { 'app.conf': `password = ${secret}` } }),
  'an entry named like a secret': (secret) => ({ ...named('v1', 'ConfigMap'), data: { API_TOKEN: secret } }),
  'a variable': (secret) => pod({ env: [{ name: 'PASSWORD', value: secret }] }),
  'an argument': (secret) => pod({ args: [`--password=${secret}`] }),
  'an image': (secret) => pod({ image: `robot:${secret}@registry.example.com/a` }),
  'an annotation': (secret) => ({ ...named('v1', 'ConfigMap', { annotations: { note: `token=${secret}` } }) }),
  'a label': (secret) => ({ ...named('v1', 'ConfigMap', { labels: { token: secret } }) }),
  'an unknown key': (secret) => ({ ...named('v1', 'ServiceAccount'), [secret]: true }),
  'a host': (secret) => ({
    ...named('networking.istio.io/v1', 'ServiceEntry'),
    spec: { hosts: [`https://me:${secret}@example.com`], exportTo: ['.'] },
  }),
  'values of a release': (secret) => ({
    ...named('helm.toolkit.fluxcd.io/v2', 'HelmRelease'),
    spec: { values: { auth: { adminPassword: secret } } },
  }),
};

function named(apiVersion: string, kind: string, metadata: object = {}) {
  return { apiVersion, kind, metadata: { name: 'a', namespace: 'team-alpha-main', ...metadata } };
}

function pod(container: object) {
  return { ...named('v1', 'Pod'), spec: { containers: [{ name: 'a', ...container }] } };
}

describe('a secret in a manifest', () => {
  test.each(Object.keys(MANIFESTS).flatMap((place, i) => formsOf(i).map((form) => ({ place, form }))))(
    '[ENC-3] is neither repeated by check nor by preview: $place ($form)',
    async ({ place, form }) => {
      const bird = canary(place, form);
      const folder = join(work, 'manifests');
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(join(folder, 'eu-central-1'), { recursive: true });
      writeFileSync(join(folder, 'eu-central-1', 'a.yaml'), JSON.stringify(MANIFESTS[place]?.(bird.text)));
      const said: string[] = [];
      for (const command of [
        ['check', folder],
        ['check', folder, '--json'],
        ['preview', 'dev', '--against', folder],
        ['preview', 'dev', '--against', folder, '--json'],
      ]) {
        const { out, err } = await drun(command);
        expect(out + err).not.toBe('');
        said.push(out, err);
      }
      expect(hits(said.join('\n'), bird)).toEqual([]);
    },
  );
});

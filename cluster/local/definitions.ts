import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parse } from 'yaml';
import { isRecord, type JsonObject, listAt, recordAt, stringAt } from '../../constructs/core/json';
import type { Manifest } from '../../constructs/core/manifest';
import { publishedModules } from '../../tools/published';
import { call, type Endpoint } from './https';
import { localError } from './problem';

/** Where the modules of tools/published keep their definitions: a file, or a folder of them. */
const PLACES: Readonly<Record<string, string>> = {
  'github.com/argoproj/argo-cd/v3': 'manifests/crds',
  'github.com/cert-manager/cert-manager': 'deploy/crds',
  'github.com/external-secrets/external-secrets': 'config/crds/bases',
  'github.com/fluxcd/helm-controller': 'config/crd/bases',
  'github.com/fluxcd/kustomize-controller': 'config/crd/bases',
  'github.com/fluxcd/source-controller': 'config/crd/bases',
  'github.com/hashicorp/vault-secrets-operator': 'config/crd/bases',
  'github.com/prometheus-operator/prometheus-operator': 'example/prometheus-operator-crd',
  'istio.io/api': 'kubernetes/customresourcedefinitions.gen.yaml',
  'sigs.k8s.io/gateway-api': 'config/crd/standard',
  'sigs.k8s.io/kueue': 'config/components/crd/bases',
  'sigs.k8s.io/network-policy-api': 'config/crd/standard',
  'sigs.k8s.io/secrets-store-csi-driver': 'config/crd/bases',
};

/**
 * The CustomResourceDefinitions that the pinned modules publish, or some of them by group and kind. Downloads modules that
 * are not there yet. Only what is wanted is parsed: all of them are two megabytes.
 */
export async function publishedDefinitions(
  wanted: (group: string, kind: string) => boolean = () => true,
): Promise<readonly JsonObject[]> {
  const folders = await publishedModules();
  return Object.entries(PLACES).flatMap(([name, place]) => {
    const folder = folders.get(name);
    if (folder === undefined)
      throw localError('LC005', name, 'a module that is not pinned', 'a module of tools/published');
    const texts = filesAt(join(folder, place)).flatMap(documentsIn);
    if (texts.length === 0)
      throw localError('LC005', name, `no definition in ${place}`, 'the definitions of its kinds');
    return texts.filter(({ group, kind }) => wanted(group, kind)).map(({ text }) => parsed(name, text));
  });
}

/** The published definitions of the kinds that some of the objects have; built-in kinds and kinds that they define need none. */
export async function definitionsFor(objects: readonly Manifest[]): Promise<readonly JsonObject[]> {
  const kinds = new Set(objects.map(({ apiVersion, kind }) => `${apiVersion.split('/')[0]} ${kind}`));
  return publishedDefinitions((group, kind) => kinds.has(`${group} ${kind}`));
}

/** Registers definitions and waits until the server serves their kinds. */
export async function installDefinitions(admin: Endpoint, definitions: readonly JsonObject[]): Promise<void> {
  await Promise.all(definitions.map((definition) => install(admin, definition)));
}

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

async function install(admin: Endpoint, definition: JsonObject): Promise<void> {
  const name = stringAt(definition, 'metadata', 'name') ?? '';
  const { status, body } = await call(admin, { method: 'POST', path: PATH, body: definition });
  if (status >= 300 && status !== 409) {
    throw localError('LC005', name, `status ${status}: ${body.slice(0, 500)}`, 'a definition that the server takes');
  }
  const until = performance.now() + 60_000;
  while (!(await isEstablished(admin, name))) {
    if (performance.now() > until)
      throw localError('LC005', name, 'a definition that is not established', 'kinds that are served');
    await sleep(100);
  }
}

async function isEstablished(admin: Endpoint, name: string): Promise<boolean> {
  const { body } = await call(admin, { path: `${PATH}/${name}` });
  const answer: unknown = JSON.parse(body);
  return listAt(answer, 'status', 'conditions').some(
    (one) => stringAt(one, 'type') === 'Established' && stringAt(one, 'status') === 'True',
  );
}

function filesAt(place: string): readonly string[] {
  if (place.endsWith('.yaml')) return [place];
  return readdirSync(place)
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => join(place, name));
}

/** Generated files are written alike: the group and the names stand at the same depth everywhere. */
function documentsIn(
  file: string,
): readonly { readonly text: string; readonly group: string; readonly kind: string }[] {
  return readFileSync(file, 'utf8')
    .split(/^---$/m)
    .filter((text) => /^kind: CustomResourceDefinition$/m.test(text))
    .map((text) => ({
      text,
      group: /^ {2}group: (\S+)$/m.exec(text)?.[1] ?? '',
      kind: /^ {4}kind: (\S+)$/m.exec(text)?.[1] ?? '',
    }));
}

function parsed(name: string, text: string): JsonObject {
  const content: unknown = parse(text);
  if (isDefinition(content)) return content;
  throw localError('LC005', name, 'a document that cannot be read', 'a CustomResourceDefinition');
}

function isDefinition(content: unknown): content is JsonObject {
  return isRecord(content) && isRecord(recordAt(content, 'spec').names);
}

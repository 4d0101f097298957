import { execFileSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { HelmReleaseProps } from '../../../constructs/core/helm-release';
import { stringAt } from '../../../constructs/core/json';
import { emitYaml } from '../../../stacks/yaml/emit';
import { groupBy } from '../../../tools/group';
import { type StandInWeb, startWeb } from '../local/stand-in-web';

/** Something that can be fetched. */
interface Served {
  readonly type: string;
  readonly bytes: Buffer;
}

/** Which definitions a chart carries, by the name of the chart and the end of their group. */
const CARRIES: Readonly<Record<string, string>> = { base: 'istio.io', kueue: 'kueue.x-k8s.io' };

/** The web that charts come from, and what its registries know of them. */
export interface ChartWeb extends StandInWeb {
  /** SHA-256 of the manifest of each chart that a registry has, by the name of the chart. */
  readonly digests: ReadonlyMap<string, string>;
}

/**
 * Stands in for the repositories and registries that charts come from, under their own addresses. What is served under the
 * name and version of a chart has the definitions of its kinds, as the real one has, and a mark; no program runs from it,
 * because there is no kubelet.
 */
export async function startCharts(
  releases: readonly HelmReleaseProps[],
  definitions: readonly object[],
  folder: string,
): Promise<ChartWeb> {
  const charts = [...groupBy(releases, addressOf)].map(([address, [first]]): Chart => {
    const { chart: name = '', version = '', repo = '' } = first ?? {};
    const end = CARRIES[name];
    const carried = definitions.filter((one) => end !== undefined && groupOf(one).endsWith(end));
    return { name, version, bytes: packed(name, version, carried, folder), from: isOci(repo) ? address : repo };
  });
  const repositories = groupBy(
    charts.filter(({ from }) => !isOci(from)),
    ({ from }) => from,
  );
  const pushed = charts.filter(({ from }) => isOci(from));
  const served = new Map([
    ...[...repositories].flatMap(([repo, members]) => repository(repo, members)),
    ...pushed.flatMap(registry),
  ]);
  const hosts = [...new Set([...served.keys()].map((address) => new URL(address).hostname))];
  const web = await startWeb(hosts, (request, response) => answer(served, request, response), folder);
  return { ...web, digests: new Map(pushed.map((chart) => [chart.name, hash('sha256', manifestOf(chart))])) };
}

function addressOf({ repo, chart }: HelmReleaseProps): string {
  return `${repo}/${chart}`;
}

function isOci(address: string): boolean {
  return address.startsWith('oci://');
}

function groupOf(definition: object): string {
  return stringAt(definition, 'spec', 'group') ?? '';
}

/** A chart with the address of its repository, or its own in a registry. */
interface Chart {
  readonly name: string;
  readonly version: string;
  readonly bytes: Buffer;
  readonly from: string;
}

function answer(served: ReadonlyMap<string, Served>, request: IncomingMessage, response: ServerResponse): void {
  const found = served.get(`https://${request.headers.host}${request.url}`);
  if (found === undefined) {
    response.writeHead(404).end();
    return;
  }
  const { type, bytes } = found;
  response.writeHead(200, {
    'content-type': type,
    'content-length': bytes.length,
    'docker-content-digest': digestOf(bytes),
  });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function packed(name: string, version: string, objects: readonly object[], folder: string): Buffer {
  const parent = mkdtempSync(join(folder, 'chart-'));
  const root = join(parent, name);
  mkdirSync(join(root, 'templates'), { recursive: true });
  const mark = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `${name}-stands-in` }, data: { chart: name } };
  writeFileSync(join(root, 'Chart.yaml'), emitYaml([{ apiVersion: 'v2', name, version, description: 'stands in' }]));
  writeFileSync(join(root, 'objects.yaml'), emitYaml([...objects, mark]));
  // Descriptions in definitions have braces: what is read as a file is no template.
  writeFileSync(join(root, 'templates', 'objects.yaml'), '{{ .Files.Get "objects.yaml" }}\n');
  return execFileSync('tar', ['-czf', '-', '-C', parent, name]);
}

type Place = readonly [address: string, served: Served];

/** An index, and the charts beside it. */
function repository(repo: string, charts: readonly Chart[]): readonly Place[] {
  const file = ({ name, version }: Chart) => `${repo}/${name}-${version}.tgz`;
  const entries = charts.map((chart): [string, readonly object[]] => {
    const { name, version, bytes } = chart;
    return [name, [{ apiVersion: 'v2', name, version, digest: hash('sha256', bytes), urls: [file(chart)] }]];
  });
  const index = emitYaml([{ apiVersion: 'v1', entries: Object.fromEntries(entries) }]);
  return [
    [`${repo}/index.yaml`, { type: 'application/yaml', bytes: Buffer.from(index) }],
    ...charts.map((chart): Place => [file(chart), { type: 'application/gzip', bytes: chart.bytes }]),
  ];
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const CONTENT = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

/** A manifest under the chart's version, and what it names. */
function registry(chart: Chart): readonly Place[] {
  const { host, pathname } = new URL(chart.from.replace('oci://', 'https://'));
  const root = `https://${host}/v2${pathname}`;
  const [config, manifest] = [configOf(chart), manifestOf(chart)];
  return [
    [`https://${host}/v2/`, { type: 'application/json', bytes: Buffer.from('{}') }],
    [`${root}/manifests/${chart.version}`, { type: MANIFEST, bytes: manifest }],
    [`${root}/manifests/${digestOf(manifest)}`, { type: MANIFEST, bytes: manifest }],
    [`${root}/blobs/${digestOf(config)}`, { type: CONFIG, bytes: config }],
    [`${root}/blobs/${digestOf(chart.bytes)}`, { type: CONTENT, bytes: chart.bytes }],
  ];
}

function configOf({ name, version }: Chart): Buffer {
  return Buffer.from(JSON.stringify({ apiVersion: 'v2', name, version }));
}

function manifestOf(chart: Chart): Buffer {
  const layer = (mediaType: string, content: Buffer) => ({
    mediaType,
    digest: digestOf(content),
    size: content.length,
  });
  const config = layer(CONFIG, configOf(chart));
  const layers = [layer(CONTENT, chart.bytes)];
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers }));
}

function digestOf(bytes: Buffer): string {
  return `sha256:${hash('sha256', bytes)}`;
}

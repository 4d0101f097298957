import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as cdk8s from 'cdk8s';
import * as ts from 'typescript';
import * as constructs from '../../constructs';
import { METADATA_CIDRS } from '../../constructs/core/cluster-facts';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { renderedRegions } from '../support/rendered';

interface Example {
  readonly file: string;
  readonly code: string;
}

const examples: readonly Example[] = ['constructs', 'charts', 'analysis', 'stacks'].flatMap((folder) =>
  readdirSync(join(PACKAGE_ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => examplesIn(join(folder, file))),
);

/** What an example may use without saying where it comes from, besides the exports of its own file and of the library. */
const given = sample();

test('there are examples', () => {
  expect(examples.length).toBeGreaterThanOrEqual(7);
});

test.each(examples.map(({ file, code }) => [file, code] as const))('the example in %s runs', (file, code) => {
  const own: Readonly<Record<string, unknown>> = require(join(PACKAGE_ROOT, 'lib', file.replace(/\.ts$/, '.js')));
  const scope: Readonly<Record<string, unknown>> = { ...cdk8s, ...constructs, ...given, ...own };
  const javascript = ts.transpile(code, { target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.CommonJS });
  const used = Object.keys(scope).filter((name) => new RegExp(`\\b${name}\\b`).test(javascript));
  const run = new Function(...used, javascript);
  expect(() => run(...used.map((name) => scope[name]))).not.toThrow();
});

function examplesIn(file: string): readonly Example[] {
  const text = readFileSync(join(PACKAGE_ROOT, file), 'utf8');
  return [...text.matchAll(/@example([\s\S]*?)(?:\*\/|\n \* @)/g)].map(([, body = '']) => ({
    file,
    code: body.replace(/^\s*\* ?/gm, '').trim(),
  }));
}

function sample() {
  const [region] = renderedRegions();
  if (region === undefined) throw new Error('no environment');
  const { facts } = region.planned.region;
  return { objects: region.objects, facts: { ...facts, apiServerPorts: [443, 6443], metadataCidrs: METADATA_CIDRS } };
}

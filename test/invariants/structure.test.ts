import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import * as ts from 'typescript';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';

/** What each top folder may import of the others; nothing imports upward. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  constructs: ['constructs'],
  analysis: ['analysis', 'constructs'],
  charts: ['charts', 'constructs'],
  stacks: ['stacks', 'charts', 'analysis', 'constructs'],
  tools: ['tools', 'constructs'],
  cluster: ['cluster', 'tools', 'stacks', 'charts', 'analysis', 'constructs'],
  cli: ['cli', 'cluster', 'tools', 'stacks', 'charts', 'analysis', 'constructs'],
};

/** Packages that pure folders may use; a clock, a file system or a network is not among them. */
const PURE_PACKAGES = ['cdk8s', 'cdk8s-plus-28', 'constructs', 'zod', '@marcbachmann/cel-js'];
const PURE_FOLDERS = ['constructs', 'analysis', 'charts'];

interface Source {
  readonly file: string;
  readonly folder: string;
  readonly text: string;
  readonly lines: number;
}

const sources: readonly Source[] = Object.keys(MAY_IMPORT).flatMap((folder) =>
  filesOf(folder)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => {
      const text = readFileSync(join(PACKAGE_ROOT, folder, file), 'utf8');
      return { file: join(folder, file), folder, text, lines: text.split('\n').length - 1 };
    }),
);

describe('imports', () => {
  test('run one way: cli -> cluster -> tools, stacks -> charts and analysis -> constructs', () => {
    const upward = sources.flatMap(({ file, folder, text }) =>
      importsOf(text)
        .filter((name) => name.startsWith('.') && !name.endsWith('/package.json'))
        .map((name) => normalize(join(dirname(file), name)).split('/')[0] ?? '')
        .filter((target) => MAY_IMPORT[folder]?.includes(target) === false)
        .map((target) => `${file} imports ${target}`),
    );
    expect(upward).toEqual([]);
  });

  test('of tools take the core of the constructs and nothing else', () => {
    const more = sources
      .filter(({ folder }) => folder === 'tools')
      .flatMap(({ file, text }) =>
        importsOf(text).map((name) => ({ file, name, target: normalize(join(dirname(file), name)) })),
      )
      .filter(({ name, target }) => name.startsWith('.') && !/^(tools|constructs\/core)\//.test(target))
      .map(({ file, name }) => `${file} imports ${name}`);
    expect(more).toEqual([]);
  });

  test('of constructs, charts and analysis stay pure: no file system, clock, randomness, process or Pulumi', () => {
    const impure = sources
      .filter(({ folder }) => PURE_FOLDERS.includes(folder))
      .flatMap(({ file, text }) => [
        ...importsOf(text)
          .filter((name) => !name.startsWith('.') && !PURE_PACKAGES.includes(name))
          .map((name) => `${file} imports ${name}`),
        ...[...withoutComments(text).matchAll(/\b(process\.|Math\.random|Date\.now|new Date\(\)|crypto\.)/g)].map(
          ([found]) => `${file} uses ${found}`,
        ),
      ]);
    expect(impure).toEqual([]);
  });

  test('of Pulumi are found in stacks/ only', () => {
    const outside = sources
      .filter(({ folder, text }) => folder !== 'stacks' && importsOf(text).some((name) => name.startsWith('@pulumi/')))
      .map(({ file }) => file);
    expect(outside).toEqual([]);
  });
});

describe('files', () => {
  test('keep to the budget: median 100 lines, 95th percentile 300, none above 400', () => {
    const lengths = sources.map(({ lines }) => lines).sort((a, b) => a - b);
    const at = (share: number) => lengths[Math.floor(lengths.length * share)] ?? 0;
    expect(sources.filter(({ lines }) => lines > 400).map(({ file, lines }) => `${file}: ${lines}`)).toEqual([]);
    expect(at(0.5)).toBeLessThanOrEqual(100);
    expect(at(0.95)).toBeLessThanOrEqual(300);
  });

  test('assert no types, use no `any` and no `!` outside the boundary file', () => {
    const asserting = sources
      .filter(({ file }) => file !== 'constructs/core/boundary.ts')
      .flatMap(({ file, text }) => assertionsIn(file, text));
    expect(asserting).toEqual([]);
  });

  test('have functions of at most 40 lines', () => {
    const long = sources.flatMap(({ file, text }) => longFunctionsIn(file, text));
    expect(long).toEqual([]);
  });
});

function assertionsIn(file: string, text: string): readonly string[] {
  const found: string[] = [];
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const visit = (node: ts.Node): void => {
    const asserts = ts.isAsExpression(node) && !ts.isConstTypeReference(node.type);
    if (asserts || ts.isNonNullExpression(node) || node.kind === ts.SyntaxKind.AnyKeyword) {
      found.push(
        `${file}:${tree.getLineAndCharacterOfPosition(node.getStart()).line + 1} ${node.getText().slice(0, 60)}`,
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

function longFunctionsIn(file: string, text: string): readonly string[] {
  const found: string[] = [];
  const tree = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const lineOf = (position: number) => tree.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    const lines = lineOf(node.getEnd()) - lineOf(node.getStart()) + 1;
    if (ts.isFunctionLike(node) && 'body' in node && lines > 40)
      found.push(`${file}:${lineOf(node.getStart()) + 1} ${lines} lines`);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return found;
}

/** Files of a top folder; none where it is not there. */
function filesOf(folder: string): readonly string[] {
  const path = join(PACKAGE_ROOT, folder);
  return existsSync(path) ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
}

function importsOf(text: string): readonly string[] {
  return [...withoutComments(text).matchAll(/(?:from\s+|import\(|require\()'([^']+)'/g)].map(([, name]) => name ?? '');
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/[^\n]*/g, '$1');
}

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GoProgram } from './catalog';

/** Folder with the pinned Go modules; the compiled code lies in `lib/tools`, the modules beside its sources. */
export const MODULES_ROOT = join(__dirname, '..', '..', 'tools');

/** A folder with a `go.mod` that pins what is built. */
export interface GoModule {
  readonly folder: string;
  /** Oldest Go that compiles it, such as `1.26.0`. */
  readonly go: string;
  /** Version of each module that `go.mod` requires directly, without the `v`. */
  readonly requires: ReadonlyMap<string, string>;
  /** Hash over everything that is pinned: `go.mod`, `go.sum` and the sources. */
  readonly hash: string;
}

/**
 * Reads a pinned module: that of a name, or that of a folder from the root of the package. A module that replaces another one
 * with a folder beside it is the sum of both.
 */
export function readModule(name: string, root: string = MODULES_ROOT, folder?: string): GoModule {
  const place = folder === undefined ? join(root, name) : join(root, '..', folder);
  const text = readFileSync(join(place, 'go.mod'), 'utf8');
  const hash = createHash('sha256');
  for (const part of [place, ...replacedBy(text).map((path) => join(place, path))]) {
    for (const file of sourcesIn(part)) {
      const bytes = readFileSync(join(part, file));
      hash.update(`${file} ${bytes.length}\n`).update(bytes);
    }
  }
  return {
    folder: place,
    go: /^go (\S+)$/m.exec(text)?.[1] ?? '1',
    requires: requiresOf(text),
    hash: hash.digest('hex'),
  };
}

/** Everything that is compiled or embedded; tests are not, nor is a module inside of the module. */
function sourcesIn(folder: string): readonly string[] {
  const found = readdirSync(folder, { withFileTypes: true }).flatMap((entry): readonly string[] => {
    const inside = join(folder, entry.name);
    if (entry.isDirectory()) {
      return existsSync(join(inside, 'go.mod')) ? [] : sourcesIn(inside).map((file) => `${entry.name}/${file}`);
    }
    return SOURCES.test(entry.name) && !entry.name.endsWith('_test.go') ? [entry.name] : [];
  });
  return found.sort();
}

const SOURCES = /^go\.(mod|sum)$|\.(go|tmpl|conf|json)$/;

/** Folders, from that of the module, which stand in for other modules. */
function replacedBy(text: string): readonly string[] {
  return [...text.matchAll(/=> (\.\.?\/\S*)/g)].flatMap(([, path]) => path ?? []);
}

/** Version of a program: that of the module it comes from; undefined for our own. */
export function versionOf({ versionOf: name }: GoProgram, { requires }: GoModule): string | undefined {
  return name === undefined ? undefined : requires.get(name);
}

/** Arguments of the linker: no symbol tables, and the version that the program will say of itself. */
export function linkerFlags({ variables }: GoProgram, version: string | undefined): string {
  const [major = '', minor = ''] = (version ?? '').split('.');
  const fill = (text: string) =>
    text
      .replace('%major', major)
      .replace('%minor', minor)
      .replace('%', version ?? '');
  return ['-s -w', ...Object.entries(variables).map(([name, text]) => `-X ${name}=${fill(text)}`)].join(' ');
}

function requiresOf(text: string): ReadonlyMap<string, string> {
  const direct = text.split('\n').filter((line) => !line.includes('// indirect') && !line.includes('=>'));
  const found = direct.flatMap((line): (readonly [string, string])[] => {
    const [, name, version] = /^(?:require)?\s+([^\s()]+\.[^\s()]+) v(\S+)$/.exec(line) ?? [];
    return name === undefined || version === undefined ? [] : [[name, version]];
  });
  return new Map(found);
}

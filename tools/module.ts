import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
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

/** Reads a pinned module. */
export function readModule(name: string, root: string = MODULES_ROOT): GoModule {
  const folder = join(root, name);
  const text = readFileSync(join(folder, 'go.mod'), 'utf8');
  const hash = createHash('sha256');
  for (const file of readdirSync(folder)
    .filter((one) => /^go\.(mod|sum)$|\.(go|tmpl)$/.test(one))
    .sort()) {
    const bytes = readFileSync(join(folder, file));
    hash.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return { folder, go: /^go (\S+)$/m.exec(text)?.[1] ?? '1', requires: requiresOf(text), hash: hash.digest('hex') };
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

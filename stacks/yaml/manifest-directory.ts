import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { stringAt } from '../../constructs/core/json';
import type { Problem } from '../../constructs/core/problem';
import { MANIFEST_CODES, type ManifestCode } from './manifest-codes';
import { type LocatedManifest, type ManifestReading, readManifests } from './read-manifests';

const MAX_FILE_BYTES = 64 * 1024 * 1024;
const MAX_DEPTH = 32;
const MANIFEST_FILE = /\.(?:ya?ml|json)$/i;
/** Files with a fixed name that are another tool's input and hold no objects. */
const OTHER_TOOLS = new Set(['helmfile.yaml']);

/**
 * Reads every `.yaml`, `.yml` and `.json` file below a directory (or one file), in the order of their names. Files and
 * directories whose names start with a dot are left out, and so is a helmfile; links to directories are not followed, and say so.
 */
export function readManifestDirectory(path: string): ManifestReading {
  const manifests: LocatedManifest[] = [];
  const problems: Problem[] = [];
  for (const found of filesBelow(path, 0)) {
    const reading = typeof found === 'string' ? readFile(found) : { manifests: [], problems: [found] };
    for (const manifest of reading.manifests) manifests.push(manifest);
    for (const problem of reading.problems) problems.push(problem);
  }
  return { manifests, problems };
}

function filesBelow(path: string, depth: number): (string | Problem)[] {
  if (depth > MAX_DEPTH) return [refuse('IN205', path, `${depth} levels of directories`, `at most ${MAX_DEPTH}`)];
  try {
    if (depth === 0 && !statSync(path).isDirectory()) return [path];
    const entries = readdirSync(path, { withFileTypes: true }).filter(({ name }) => !name.startsWith('.'));
    entries.sort((a, b) => (a.name < b.name ? -1 : 1));
    return entries.flatMap((entry) => entryBelow(entry, join(path, entry.name), depth));
  } catch (error) {
    return [unreadable(path, error)];
  }
}

function entryBelow(entry: Dirent, path: string, depth: number): (string | Problem)[] {
  if (entry.isDirectory()) return filesBelow(path, depth + 1);
  const followed = entry.isSymbolicLink() ? statSync(path, { throwIfNoEntry: false }) : undefined;
  if (followed?.isDirectory()) return [refuse('IN206', path, 'a link to a directory', 'a directory')];
  const isFile = entry.isFile() || (entry.isSymbolicLink() && MANIFEST_FILE.test(entry.name));
  return isFile && MANIFEST_FILE.test(entry.name) && !OTHER_TOOLS.has(entry.name) ? [path] : [];
}

function readFile(file: string): ManifestReading {
  try {
    const { size } = statSync(file);
    if (size > MAX_FILE_BYTES) {
      return { manifests: [], problems: [refuse('IN205', file, `${size} bytes`, `at most ${MAX_FILE_BYTES} bytes`)] };
    }
    return readManifests(readFileSync(file), file);
  } catch (error) {
    return { manifests: [], problems: [unreadable(file, error)] };
  }
}

function unreadable(path: string, error: unknown): Problem {
  const code = stringAt(error, 'code');
  if (code === undefined) throw error;
  return refuse('IN206', path, code, 'a file or directory that can be read');
}

function refuse(code: ManifestCode, file: string, given: string, expected: string): Problem {
  return { code, path: '(file)', given, expected, remedy: MANIFEST_CODES[code].remedy, place: { file } };
}

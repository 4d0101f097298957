import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { isList, isRecord, listAt, stringAt } from '../../constructs/core/json';
import { readFast } from '../../stacks/spec/fast-yaml';

/** A hash of every object of an output, by group, kind, namespace and name. */
export type ObjectSet = ReadonlyMap<string, string>;

/** From this many tenants on a fast reader takes the place of the `yaml` package where it is sure of a document. */
const FAST_FROM = 1000;

/** Reads back everything that a contestant wrote: JSON lists, YAML streams, in any number of files. */
export function objectSet(folder: string, count: number, only: (file: string) => boolean = () => true): ObjectSet {
  const objects = new Map<string, string>();
  for (const file of filesOf(folder).filter(only)) {
    const text = readFileSync(join(folder, file), 'utf8');
    for (const object of file.endsWith('.json') ? listAt(JSON.parse(text), 'items') : documents(text, count)) {
      const key = keyOf(object);
      if (objects.has(key)) throw new Error(`${file}: ${key} is there twice`);
      objects.set(key, hash('sha1', canonical(object), 'base64'));
    }
  }
  return objects;
}

/** What is in one and not, or not the same, in the other; empty where they are equal. */
export function differences(expected: ObjectSet, found: ObjectSet): readonly string[] {
  const missing = [...expected.keys()].filter((key) => !found.has(key)).map((key) => `${key} is missing`);
  const extra = [...found.keys()].filter((key) => !expected.has(key)).map((key) => `${key} is too many`);
  const other = [...expected]
    .filter(([key, digest]) => found.has(key) && found.get(key) !== digest)
    .map(([key]) => `${key} differs`);
  return [...missing, ...extra, ...other];
}

/** A hash of the bytes of every file, by path; the notes beside an output are no part of it. */
export function bytesOf(folder: string): string {
  const files = filesOf(folder).filter((file) => !file.startsWith('.'));
  return hash('sha256', files.map((file) => `${file} ${hash('sha256', readFileSync(join(folder, file)))}`).join('\n'));
}

function filesOf(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ya?ml|json)$/.test(file) && !file.startsWith('.'))
    .sort();
}

function documents(text: string, count: number): readonly unknown[] {
  const parts = text.split(/^---$/m).filter((part) => /^[^\s#]/m.test(part));
  return parts.map((part) => (count >= FAST_FROM ? readFast(part)?.value : undefined) ?? readSlowly(part));
}

function readSlowly(text: string): unknown {
  const [document] = parseAllDocuments(text);
  const [error] = document?.errors ?? [];
  if (document === undefined || error !== undefined) throw error ?? new Error('no document');
  return document.toJS();
}

function keyOf(object: unknown): string {
  const apiVersion = stringAt(object, 'apiVersion') ?? '';
  const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
  const place = [stringAt(object, 'metadata', 'namespace') ?? '', stringAt(object, 'metadata', 'name') ?? ''];
  return [group, stringAt(object, 'kind') ?? '', ...place].join('/');
}

/** JSON with the keys in order. */
function canonical(value: unknown): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
    .join(',')}}`;
}

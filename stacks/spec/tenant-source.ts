import { existsSync, readFileSync } from 'node:fs';
import { parse } from '../../constructs/core/parse';
import type { Place, Problem } from '../../constructs/core/problem';
import { readUtf8 } from './read-yaml';
import { type TenantFile, tenantFileSchema } from './tenant-file';

/** What other tenants and the environment must know of a tenant: little enough to keep for every tenant. */
export type TenantOutline = Pick<
  TenantFile,
  'name' | 'regions' | 'shard' | 'allow' | 'accept' | 'hosts' | 'mesh' | 'failover' | 'secrets'
> & {
  readonly namespaces: readonly string[];
  /** Hosts under which it publishes something, as often as it does. */
  readonly published: readonly string[];
  /** Which of them, by their place, have requests counted over all proxies of a region. */
  readonly counted: readonly number[];
};

/** A tenant's file. */
export interface TenantSource {
  readonly file: string;
  readonly outline: TenantOutline;
  /** The whole tenant; absent where an earlier synth has already rendered the same text. */
  readonly spec?: TenantFile;
}

/**
 * Where a field of a tenant's file stands. The file is read again, because places are needed for mistakes only; one that
 * is not on disk, such as a file of an earlier commit, is named without a line.
 */
export function placeIn(file: string, path: readonly (string | number)[]): Place {
  if (!existsSync(file)) return { file };
  return readUtf8(readFileSync(file), file).placeOf(path);
}

/** Parses a tenant's file: the tenant, or every mistake in it with its place. */
export function parseTenant(
  bytes: Buffer,
  file: string,
): { readonly source: TenantSource } | { readonly problems: readonly Problem[] } {
  const read = readUtf8(bytes, file);
  if (read.value === undefined) return { problems: read.problems };
  const parsed = parse(tenantFileSchema, read.value, read.placeOf);
  // What the reader refused stands in the value as its text: the schema's complaint about it would be a second one.
  const refused = new Set(read.problems.map(({ path }) => path));
  const more = parsed.ok ? [] : parsed.problems.filter(({ path }) => !refused.has(path));
  if (!parsed.ok || read.problems.length > 0) return { problems: [...read.problems, ...more].sort(byPlace) };
  return { source: { file, outline: outlineOf(parsed.value), spec: parsed.value } };
}

/** As a reader meets them in the file. */
function byPlace(a: Problem, b: Problem): number {
  return (a.place?.line ?? 0) - (b.place?.line ?? 0) || (a.place?.column ?? 0) - (b.place?.column ?? 0);
}

function outlineOf({ namespaces, expose, ...file }: TenantFile): TenantOutline {
  const { name, regions, shard, allow, accept, hosts, mesh, failover, secrets } = file;
  const published = expose.map(({ host }) => host);
  const counted = expose.flatMap(({ rate }, i) => (rate.global === undefined ? [] : [i]));
  const own = { name, regions, shard, allow, accept, hosts, mesh, failover, secrets };
  return { ...own, namespaces: Object.keys(namespaces), published, counted };
}

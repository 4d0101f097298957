import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Input } from '../synth/inputs';

/** A commit of the repository that holds a folder. */
export interface Commit {
  /** Root of the work tree. */
  readonly root: string;
  /** Full hash. */
  readonly hash: string;
}

/** Why there is no commit to compare with. */
export type NoCommit = 'no-git' | 'no-repository' | 'unknown-ref';

/** The commit that `ref` names in the repository around `folder`; the repository is only read. */
export function commitAt(folder: string, ref: string): Commit | NoCommit {
  const root = git(folder, ['rev-parse', '--show-toplevel']);
  if (root === undefined) return 'no-git';
  if (root.status !== 0) return 'no-repository';
  // What follows --end-of-options is never taken for an option, whatever it starts with.
  const found = git(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  if (found?.status !== 0) return 'unknown-ref';
  return { root: firstLine(root.stdout), hash: firstLine(found.stdout) };
}

/** The tenants' files of a folder as they were at a commit; none where the folder did not exist. */
export function inputsAt({ root, hash: commit }: Commit, folder: string): readonly Input[] {
  const path = relative(realpathSync(root), realpathSync(folder)).split(sep).join('/');
  const listed = git(root, ['ls-tree', '-z', path === '' ? commit : `${commit}:${path}`]);
  if (listed?.status !== 0) return [];
  const files = listed.stdout
    .toString('utf8')
    .split('\0')
    .flatMap(tenantBlob)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const contents = blobs(
    root,
    files.map(({ id }) => id),
  );
  return files.flatMap(({ name }, i) => {
    const bytes = contents[i];
    if (bytes === undefined) return [];
    return [{ name, path: join(folder, name), bytes, sha256: hash('sha256', bytes, 'base64url') }];
  });
}

/** `<mode> blob <id>\t<name>` of a tenant's file; links and folders are none. */
function tenantBlob(line: string): readonly { readonly name: string; readonly id: string }[] {
  const found = /^100\d{3} blob ([0-9a-f]{40,64})\t([^/]+\.ya?ml)$/s.exec(line);
  return found?.[1] === undefined || found[2] === undefined ? [] : [{ id: found[1], name: found[2] }];
}

/** The contents of blobs, in one process for all of them: `<id> blob <size>`, a line feed, the bytes, a line feed. */
function blobs(root: string, ids: readonly string[]): readonly Buffer[] {
  if (ids.length === 0) return [];
  const read = git(root, ['cat-file', '--batch'], `${ids.join('\n')}\n`);
  const contents: Buffer[] = [];
  for (let at = 0; read !== undefined && at < read.stdout.length; ) {
    const lineEnd = read.stdout.indexOf('\n', at);
    const size = Number(/ blob (\d+)$/.exec(read.stdout.toString('utf8', at, lineEnd))?.[1]);
    if (lineEnd < 0 || !Number.isSafeInteger(size)) break;
    contents.push(read.stdout.subarray(lineEnd + 1, lineEnd + 1 + size));
    at = lineEnd + 1 + size + 1;
  }
  return contents;
}

/** What a git command gave. */
interface Answer {
  readonly status: number | null;
  readonly stdout: Buffer;
}

/** Runs git quietly; undefined where it is not installed. */
function git(folder: string, args: readonly string[], input = ''): Answer | undefined {
  // Inside a hook these variables name the repository of the hook, which need not be the tenants'.
  const { GIT_DIR, GIT_WORK_TREE, GIT_INDEX_FILE, GIT_PREFIX, ...env } = process.env;
  const { error, status, stdout } = spawnSync('git', ['-C', folder, ...args], {
    env: { ...env, LC_ALL: 'C' },
    input,
    maxBuffer: 256 * 1024 * 1024,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  return error === undefined ? { status, stdout } : undefined;
}

function firstLine(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

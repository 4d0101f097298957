import { hash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { WrittenFile } from './ledger';

const STAGE = '.drun/stage';

/**
 * An output folder that changes all at once: files are staged beside it and moved into place by {@link commit}; a run
 * that is abandoned leaves the old output as it was. A file whose content did not change is not touched.
 */
export class Output {
  private readonly known: ReadonlyMap<string, WrittenFile>;
  private readonly staged: WrittenFile[] = [];
  private readonly kept = new Set<string>();
  private readonly folders = new Set<string>();

  constructor(
    private readonly folder: string,
    known: Iterable<WrittenFile>,
  ) {
    this.known = new Map([...known].map((file) => [file.path, file]));
    rmSync(join(folder, STAGE), { recursive: true, force: true });
  }

  /** How many files {@link commit} will write. */
  get changed(): number {
    return this.staged.length;
  }

  /** Stages a file, unless it is there already with the same content. */
  put(path: string, text: string): WrittenFile {
    const sha256 = hash('sha256', text, 'base64url');
    this.kept.add(path);
    const known = this.known.get(path);
    if (known?.sha256 === sha256 && isUntouched(this.folder, known)) return known;
    const stage = join(this.folder, STAGE, path);
    const parent = dirname(stage);
    if (!this.folders.has(parent)) {
      mkdirSync(parent, { recursive: true });
      this.folders.add(parent);
    }
    writeFileSync(stage, text);
    const { size, mtimeMs } = statSync(stage);
    const file = { path, sha256, size, modified: mtimeMs };
    this.staged.push(file);
    return file;
  }

  /** Keeps a file that an earlier run wrote and that need not be made again. */
  keep(file: WrittenFile): void {
    this.kept.add(file.path);
  }

  /** Moves the staged files into place and removes those that this run no longer makes. Returns how many were removed. */
  commit(): number {
    const made = new Set<string>();
    for (const { path } of this.staged) {
      const target = join(this.folder, path);
      const parent = dirname(target);
      if (!made.has(parent)) {
        mkdirSync(parent, { recursive: true });
        made.add(parent);
      }
      renameSync(join(this.folder, STAGE, path), target);
    }
    rmSync(join(this.folder, STAGE), { recursive: true, force: true });
    const stale = [...this.known.keys()].filter((path) => !this.kept.has(path));
    for (const path of stale) this.remove(path);
    return stale.length;
  }

  /** Forgets what was staged; the output stays as it was. */
  abandon(): void {
    rmSync(join(this.folder, STAGE), { recursive: true, force: true });
  }

  private remove(path: string): void {
    rmSync(join(this.folder, path), { force: true });
    for (let parent = dirname(path); parent !== '.'; parent = dirname(parent)) {
      const absolute = join(this.folder, parent);
      if (!existsSync(absolute) || readdirSync(absolute).length > 0) return;
      rmdirSync(absolute);
    }
  }
}

/** Whether a file still stands as it was written. */
export function isUntouched(folder: string, { path, size, modified }: WrittenFile): boolean {
  // `join` would take as long as the question itself, which is asked for every file.
  const stat = statSync(`${folder}/${path}`, { throwIfNoEntry: false });
  return stat !== undefined && stat.size === size && stat.mtimeMs === modified;
}

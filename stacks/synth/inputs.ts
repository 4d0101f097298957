import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A tenant's file as it was read, before anybody looked into it. */
export interface Input {
  /** Name of the file in its folder. */
  readonly name: string;
  /** Path for messages. */
  readonly path: string;
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** The tenants' files of a folder, by name; other files are left alone. */
export function readInputs(folder: string): readonly Input[] {
  // Normalized once and not by `join` for each file, which would take as long as reading it.
  const prefix = join(folder, '-').slice(0, -1);
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml') || name.endsWith('.yml'))
    .sort()
    .map((name) => {
      const path = `${prefix}${name}`;
      const bytes = readFileSync(path);
      return { name, path, bytes, sha256: hash('sha256', bytes, 'base64url') };
    });
}

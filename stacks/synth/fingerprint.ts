import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Root of this package: where `package.json` and `stacks/environments` are. The code runs from `lib/stacks/synth`. */
export const PACKAGE_ROOT = join(__dirname, '..', '..', '..');

/** Folders whose code decides what is written; the environments are code too. */
const CODE = ['analysis', 'charts', 'constructs', 'stacks'] as const;

/**
 * A hash over everything besides the tenants' files that decides the output: the compiled code, the versions of its
 * libraries and of Node. An output made under another fingerprint is made again from scratch.
 */
export function codeFingerprint(): string {
  const hash = createHash('sha256').update(process.version);
  const add = (name: string, file: string) => {
    const bytes = readFileSync(file);
    hash.update(`\n${name} ${bytes.length}\n`).update(bytes);
  };
  for (const name of ['cdk8s', 'constructs', 'yaml', 'zod']) add(name, require.resolve(`${name}/package.json`));
  for (const folder of CODE) {
    const root = join(PACKAGE_ROOT, 'lib', folder);
    for (const file of codeFiles(root)) add(`${folder}/${file}`, `${root}/${file}`);
  }
  return hash.digest('base64url');
}

function codeFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .sort();
}

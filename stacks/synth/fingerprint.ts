import { hash } from 'node:crypto';
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
  const parts: string[] = [process.version];
  for (const name of ['cdk8s', 'constructs', 'yaml', 'zod']) parts.push(`${name}@${installedVersion(name)}`);
  for (const folder of CODE) {
    const root = join(PACKAGE_ROOT, 'lib', folder);
    for (const file of codeFiles(root)) parts.push(file, hash('sha1', readFileSync(join(root, file)), 'base64'));
  }
  return hash('sha256', parts.join('\n'), 'base64url');
}

function codeFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .sort();
}

function installedVersion(name: string): string {
  return hash('sha1', readFileSync(require.resolve(`${name}/package.json`)), 'base64');
}

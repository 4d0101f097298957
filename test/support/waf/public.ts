import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { toolsFolder } from '../../../tools/place';
import { run } from '../../../tools/run';

/** A file of a package of npm, pinned by version and checksum. */
interface PublicFile {
  readonly name: string;
  readonly package: string;
  readonly integrity: string;
  readonly path: string;
}

const FILES: readonly PublicFile[] = [
  {
    name: 'openapi.json',
    package: '@octokit/openapi@23.0.2',
    integrity: 'sha512-pV8M7L9GY23AybNvTmo2nyjmpmnt6+2sRE/tqr0ZLQcPS4lnw7u5eZGNmwRNkBC3D7gZXbFx5AHzLUVRBXGDhg==',
    path: 'package/generated/api.github.com.json',
  },
  {
    name: 'webhooks.json',
    package: '@octokit/webhooks-examples@7.6.1',
    integrity: 'sha512-De6U3XB6O3DtCa7bKgCMzTHdeopqqZ6SNivMYJnK65ierKL1AnNIA0tkRYCRS7lwGT792d+Ps1WbfHlso6MynQ==',
    path: 'package/api.github.com/index.json',
  },
];

/**
 * Folder of ordinary requests and texts that are public: the description of an API that everybody knows, with its examples, and
 * examples of its webhooks (both MIT). They are used where they lie and are no part of this project.
 *
 * @throws Error where npm cannot fetch a package, or what it fetched is another file.
 */
export async function publicRequests(): Promise<string> {
  const cache = toolsFolder(process.env);
  const id = createHash('sha256').update(JSON.stringify(FILES)).digest('hex').slice(0, 16);
  const folder = join(cache, `waf-public-${id}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const staged = mkdtempSync(join(cache, '.building-waf-public.'));
  for (const file of FILES) await fetchFile(file, staged);
  if (existsSync(folder)) rmSync(staged, { recursive: true });
  else renameSync(staged, folder);
  return folder;
}

async function fetchFile(file: PublicFile, folder: string): Promise<void> {
  const packed = await run('npm', ['pack', file.package, '--silent', '--pack-destination', folder]);
  const archive = join(folder, packed.stdout.trim());
  if (packed.code !== 0) throw new Error(`npm pack ${file.package}: ${packed.refused ?? packed.stderr}`);
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (found !== file.integrity) throw new Error(`${file.package} is ${found}, expected ${file.integrity}`);
  const taken = await run('tar', ['-xzf', archive, '-C', folder, file.path]);
  if (taken.code !== 0) throw new Error(`tar ${file.path}: ${taken.refused ?? taken.stderr}`);
  renameSync(join(folder, file.path), join(folder, file.name));
  rmSync(join(folder, 'package'), { recursive: true });
  rmSync(archive);
}

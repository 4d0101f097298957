import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { HostFileProps } from '../../constructs/core/host-file';
import { emitYaml } from '../../stacks/yaml/emit';
import type { Authority, KeyPair } from './certificates';
import { localError } from './problem';

/** The folder of a control plane. It is short: the path of a socket in it may have 107 characters at most. */
export function newFolder(wanted?: string): string {
  if (wanted === undefined) return mkdtempSync(join(tmpdir(), 'drun-'));
  const folder = resolve(wanted);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const inside = readdirSync(folder);
  if (inside.length > 0) throw localError('LC003', folder, `a folder that holds ${inside[0]}`, 'an empty folder');
  return folder;
}

/** Writes the host files below the folder that stands for the root of a host, byte for byte as the YAML sink would. */
export function writeHostFiles(hosts: readonly HostFileProps[], root: string): void {
  for (const { path, mode, content } of hosts) {
    writePrivate(join(root, path), emitYaml([content]), Number.parseInt(mode, 8));
  }
}

/** Files of a certificate and its key. */
export interface KeyFiles {
  readonly certificate: string;
  readonly key: string;
}

/** Writes a certificate and its key for the user who runs this, and nobody else. */
export function writeKeyPair(folder: string, name: string, { certificate, key }: KeyPair): KeyFiles {
  const files = { certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`) };
  writePrivate(files.certificate, certificate);
  writePrivate(files.key, key);
  return files;
}

/** Writes a kubeconfig with one context, which is chosen. */
export function writeKubeconfig(path: string, name: string, url: string, authority: Authority, client: KeyPair): void {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const cluster = { server: url, 'certificate-authority-data': base64(authority.certificate) };
  const user = { 'client-certificate-data': base64(client.certificate), 'client-key-data': base64(client.key) };
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writePrivate(path, emitYaml([kubeconfig]));
}

/** Writes a file that only its owner may read unless told otherwise, with the folders above it. */
export function writePrivate(path: string, text: string, mode = 0o600): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode });
}

import { mkdirSync, mkdtempSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * Puts a ConfigMap's data into the folder of its volume as the kubelet does: into a new folder, to which the link `..data` is
 * then turned in one step (https://github.com/kubernetes/kubernetes/blob/v1.36.1/pkg/volume/util/atomic_writer.go).
 */
export function project(folder: string, data: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true });
  const next = mkdtempSync(join(folder, '..next_'));
  for (const [name, text] of Object.entries(data)) writeFileSync(join(next, name), text);
  const link = join(folder, '..data_tmp');
  symlinkSync(basename(next), link);
  renameSync(link, join(folder, '..data'));
}

import { join } from 'node:path';
import { ENVIRONMENTS } from '../../stacks/environments';
import { tenantsFolder } from '../../stacks/load';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import { synth } from '../../stacks/synth/synth';

/** Folder of the committed output of an environment. */
export function goldenFolder(environment: string): string {
  return join(PACKAGE_ROOT, 'test', 'golden', environment);
}

/** Synthesizes every committed environment below a folder. */
export function synthesizeAll(folderOf: (environment: string) => string): void {
  for (const { name } of ENVIRONMENTS) {
    const result = synth({ environment: name, tenants: tenantsFolder(name), out: folderOf(name), today: '2026-11-22' });
    if (result.problems.length > 0) throw new Error(JSON.stringify(result.problems));
  }
}

if (require.main === module) synthesizeAll(goldenFolder);

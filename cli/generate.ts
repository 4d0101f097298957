import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PACKAGE_ROOT } from '../stacks/synth/fingerprint';
import { GENERATED } from './generated';

for (const { path, content } of GENERATED) {
  const file = join(PACKAGE_ROOT, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content());
  process.stdout.write(`${path}\n`);
}

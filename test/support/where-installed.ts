import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { listAt, stringAt } from '../../constructs/core/json';
import { PACKAGE_ROOT } from '../../stacks/synth/fingerprint';
import type { ToolName } from '../../tools/catalog';

/** Begins the title of a group that is skipped; what follows is the reason, and the closing line repeats it. */
const SKIPPED = 'skipped: ';

/**
 * Registers cases that need tools which cannot be had on every machine. Without one of them the cases are counted as skipped,
 * and the closing line says why; in a pipeline, which names a file in DRUN_CLOSING, that is a failure.
 */
export function whereInstalled(names: readonly ToolName[], cases: () => void): void {
  const missing = missingTools(names);
  const { DRUN_CLOSING: pipeline = '' } = process.env;
  if (missing === undefined) cases();
  else if (pipeline === '') skippedBecause(missing, cases);
  else test('every tool is there', () => expect(missing).toBe('a pipeline builds every tool'));
}

/** Counts cases as skipped; the closing line repeats the reason. */
export function skippedBecause(reason: string, cases: () => void): void {
  describe.skip(`${SKIPPED}${reason}`, cases);
}

/** Which tools are missing, in words; asked while tests are still being registered, which cannot wait. */
function missingTools(names: readonly ToolName[]): string | undefined {
  const main = join(PACKAGE_ROOT, 'lib', 'tools', 'main.js');
  const { stdout, stderr, status } = spawnSync(process.execPath, [main, '--check', '--json', ...names], {
    encoding: 'utf8',
    env: { ...process.env },
  });
  if (status === 0) return undefined;
  const answer: unknown = status === 1 || status === 2 ? JSON.parse(stdout) : {};
  const paths = listAt(answer, 'problems').flatMap((problem) => stringAt(problem, 'path') ?? []);
  if (paths.length === 0) throw new Error(`tools could not be looked for: ${stderr}`);
  return `no ${paths.join(', no ')}; \`npm run tools\` says why`;
}

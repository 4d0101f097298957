import { ProblemError } from '../constructs/core/problem';
import type { GoModule } from './module';
import type { Env } from './place';
import { toolError, toolProblem } from './problem';
import { type Ended, run } from './run';

/** Version of the Go that would build a module, such as `go1.26.8`. Throws a `ProblemError` (TL001, TL002). */
export async function goVersion(module: GoModule, env: Env): Promise<string> {
  const asked = await run('go', ['env', 'GOVERSION'], { cwd: module.folder, env });
  if (asked.refused !== undefined) throw toolError('TL001', 'go', asked.refused, 'a go program on the PATH');
  const version = asked.stdout.trim();
  if (asked.code !== 0 || isOlder(version.replace(/^go/, ''), module.go)) {
    const given = version === '' ? lastLines(asked.stderr, 1) : version;
    throw toolError('TL002', module.folder, given, `go ${module.go} or newer`);
  }
  return version;
}

/** Whether a version such as `1.25.3` or `1.27rc1` comes before another one; what says no version does. */
export function isOlder(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) =>
    /(\d+)\.(\d+)(?:\.(\d+))?/
      .exec(text)
      ?.slice(1)
      .map((part) => Number(part ?? 0)),
  );
  if (a === undefined || b === undefined) return true;
  const at = a.findIndex((part, i) => part !== b[i]);
  return at !== -1 && (a[at] ?? 0) < (b[at] ?? 0);
}

/** Why `go` did not do what it was asked for, as a problem that says whose fault it is. */
export function goFailure(path: string, { stderr, refused, code }: Ended): ProblemError {
  const said = lastLines(stderr, 12);
  if (refused !== undefined) return toolError('TL001', 'go', refused, 'a go program on the PATH');
  const checksum = /checksum mismatch|SECURITY ERROR/.exec(stderr);
  if (checksum !== null)
    return new ProblemError([toolProblem('TL004', path, said, 'the checksum that go.sum records')]);
  if (/requires go >= /.test(stderr)) return toolError('TL002', path, said, 'a go that is new enough');
  if (/\b(40[34]|410) |no such host|connection refused|i\/o timeout|module lookup disabled/i.test(stderr)) {
    return toolError('TL003', path, said, 'a module that the proxy serves');
  }
  return toolError('TL005', path, said === '' ? `exit code ${code}` : said, 'a tool that compiles');
}

function lastLines(text: string, many: number): string {
  return text
    .trim()
    .split('\n')
    .filter((line) => !line.startsWith('go: downloading '))
    .slice(-many)
    .join(' | ');
}

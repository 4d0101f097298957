import { CODE_GROUPS } from '../../cli/codes';
import { BENCHMARKS } from '../../cluster/attack/benchmarks';
import { SWEPT, TRIED } from '../../cluster/attack/rows';
import { allTrials } from '../../cluster/attack/table';

const automated = new Set<string>([...allTrials().map((trial) => trial.case.row), ...SWEPT, ...TRIED]);
const codes = new Set(CODE_GROUPS.flatMap((group) => group.codes.map(({ code }) => code)));

describe.each(BENCHMARKS.map((benchmark) => [benchmark.name, benchmark] as const))('%s', (_, { checks }) => {
  test('is mapped to rows that are tried automatically and to codes that exist, and each check is answered or explained', () => {
    expect(checks.flatMap(({ rows }) => rows).filter((row) => !automated.has(row))).toEqual([]);
    expect(checks.flatMap((check) => check.codes).filter((code) => !codes.has(code))).toEqual([]);
    const unanswered = checks.filter(
      (check) =>
        check.rows.length + check.codes.length === 0 || (check.rows.length === 0 && check.because === undefined),
    );
    expect(unanswered.map(({ id }) => id)).toEqual([]);
  });

  test('names each check once', () => {
    const ids = checks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('the catalogues are whole: 18 and 6 proposed, 34, 10', () => {
  expect(BENCHMARKS.map(({ checks }) => checks.length)).toEqual([24, 34, 10]);
  expect(BENCHMARKS[0]?.checks.filter(({ id }) => id.startsWith('proposed')).length).toBe(6);
});

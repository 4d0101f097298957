import { PLAIN, paintFor } from '../../cli/text/paint';
import { previewText } from '../../cli/text/preview';
import { peopleProblems, plainProblems, problemsText } from '../../cli/text/problems';
import { columns, count, indented, list, shortest } from '../../cli/text/words';
import { changesBetween, fieldText, NO_CHANGES } from '../../stacks/preview/changes';

const problem = { code: 'IN004', path: 'a.b', given: '"x"', expected: 'y', remedy: 'write y' };

describe('words', () => {
  test('count in the right number', () => {
    expect([count(0, 'tenant'), count(1, 'policy'), count(2, 'policy'), count(2, 'day')]).toEqual([
      '0 tenants',
      '1 policy',
      '2 policies',
      '2 days',
    ]);
  });

  test('are listed as people do', () => {
    expect([list([]), list(['a']), list(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
  });

  test('stand in columns without blanks at the end', () => {
    expect(
      columns([
        ['a', 'bb', 'c'],
        ['aaa', 'b', ''],
      ]),
    ).toBe('a    bb  c\naaa  b');
    expect(indented('a\n\nb\n', '  ')).toBe('  a\n\n  b\n');
  });

  test('shorten a path below the current folder only', () => {
    expect([shortest('/a/b/c', '/a/b'), shortest('/a/bc', '/a/b')]).toEqual(['c', '/a/bc']);
  });
});

describe('problems', () => {
  test('stand one on a line, with file, line and column', () => {
    const placed = { ...problem, place: { file: 'f.yaml', line: 3, column: 5 } };
    expect(plainProblems([problem, placed])).toBe(
      'IN004 a.b: given "x", expected y; write y\nIN004 f.yaml:3:5 a.b: given "x", expected y; write y\n',
    );
  });

  test('cannot start a line of their own or steer the terminal with what a document holds', () => {
    const hostile = { ...problem, path: 'a\nPRV001 fine', given: '\u001b[2Jx\u2028y\r' };
    for (const text of [plainProblems([hostile]), peopleProblems([hostile], PLAIN), problemsText([hostile], PLAIN)]) {
      expect(text).toContain('a<U+000A>PRV001 fine');
      expect(text).toContain('<U+001B>[2Jx<U+2028>y<U+000D>');
    }
  });

  test('are grouped by file for people', () => {
    const text = peopleProblems(
      [{ ...problem, place: { file: 'f.yaml', line: 3, column: 5 } }, problem],
      paintFor(false),
    );
    expect(text).toMatch(
      /^f\.yaml\n {2}3:5 {2}IN004 a\.b\n {6}given {5}"x"\n {6}expected {2}y\n {6}remedy {4}write y\n/,
    );
    expect(text).toMatch(/2 problems; drun explain IN004 says more\n$/);
  });
});

describe('changes', () => {
  const quota = (pods: string, cpu: string) => ({
    apiVersion: 'v1',
    kind: 'ResourceQuota',
    metadata: { name: 'compute', namespace: 'acme-main', labels: { 'drun.io/tenant': 'acme' } },
    spec: { hard: { pods, cpu } },
  });

  test('that are alike in several regions are said once', () => {
    const states = ['a', 'b'].map((region) => ({ region, before: [quota('1', '1')], after: [quota('2', '1000m')] }));
    expect(changesBetween(states).objects).toMatchObject([
      {
        label: 'ResourceQuota acme-main/compute',
        owner: 'tenant acme',
        regions: ['a', 'b'],
        fields: [{ path: 'spec.hard.pods' }],
      },
    ]);
    const [first] = changesBetween(states).posture;
    expect(first?.regions).toEqual(['a', 'b']);
  });

  test('that differ between regions are said for each', () => {
    const states = [
      { region: 'a', before: [quota('1', '1')], after: [quota('2', '1')] },
      { region: 'b', before: [quota('1', '1')], after: [quota('3', '1')] },
    ];
    expect(changesBetween(states).objects.map(({ regions }) => regions)).toEqual([['a'], ['b']]);
  });

  test('of fields read as before and after', () => {
    expect(fieldText({ path: 'a', before: 1, after: undefined })).toBe('a: removed 1');
    expect(fieldText({ path: 'a', before: undefined, after: ['x y'] })).toBe('a: added ["x y"]');
    expect(fieldText({ path: 'a', before: '50m', after: 'two words' })).toBe('a: 50m -> "two words"');
  });
});

test('a preview of nothing valid says so and gives a verdict', () => {
  const invalid = {
    environment: 'dev',
    description: '',
    verdict: 'invalid',
    problems: [problem],
    changes: NO_CHANGES,
    notes: [],
  } as const;
  const text = previewText(
    [invalid],
    { against: { kind: 'nothing', because: 'git is not installed' }, full: false },
    PLAIN,
  );
  expect(text).toBe(
    'compared with nothing, because git is not installed: everything is shown as new\n\ndev\n  1 mistake in the tenants’ files; nothing else was looked at\n\ndev  invalid  1 mistake\n',
  );
});

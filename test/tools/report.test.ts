import { GO_PROGRAMS } from '../../tools/catalog';
import { isOlder } from '../../tools/go';
import { linkerFlags, MODULES_ROOT, readModule, versionOf } from '../../tools/module';
import { buildReport } from '../../tools/report';

describe('progress', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  test('is a line at the start, at the end, and every twenty seconds where nobody watches', () => {
    const said: string[] = [];
    let at = 0;
    const report = buildReport({ write: (text) => said.push(text) }, () => at);
    report.on({ started: 'etcd', programs: ['etcd'] });
    report.on({ step: 'etcd', said: 'go: downloading go.uber.org/zap v1.27.0' });
    at = 20_000;
    jest.advanceTimersByTime(20_000);
    report.on({ step: 'etcd', said: 'go.uber.org/zap' });
    at = 40_000;
    jest.advanceTimersByTime(20_000);
    report.on({ ended: 'etcd', seconds: 41.4, failed: false });
    report.stop();
    expect(said.join('')).toBe(
      [
        'tools: building etcd (etcd)',
        'tools: building etcd (etcd): 20 s, downloading go.uber.org/zap v1.27.0',
        'tools: building etcd (etcd): 40 s, 1 packages, go.uber.org/zap',
        'tools: built etcd (etcd) in 41 s',
        '',
      ].join('\n'),
    );
  });

  test('is one line that changes on a terminal, and no wider than it', () => {
    const said: string[] = [];
    const report = buildReport({ write: (text) => said.push(text), isTTY: true, columns: 40 }, () => 0);
    report.on({ started: 'kubernetes', programs: ['kube-apiserver', 'kube-controller-manager'] });
    jest.advanceTimersByTime(500);
    report.stop();
    const [, shown = ''] = said.at(1)?.split('\r\u001b[2K') ?? [];
    expect(shown).toMatch(/^building kubernetes/);
    expect(shown.length).toBeLessThan(40);
    expect(said.at(-1)).toBe('\r\u001b[2K');
  });
});

describe('the catalog', () => {
  test('takes every version from the go.mod that pins it', () => {
    for (const program of GO_PROGRAMS) {
      const version = versionOf(program, readModule(program.module, MODULES_ROOT, program.folder));
      expect([program.name, version]).toEqual([
        program.name,
        // A module without releases has versions named after a commit: 0.0.0-20260827124520-eed52ebb66ad,
        // and one whose releases are old those of the next one: 1.4.1-0.20260122083618-3fb702589d36.
        'versionOf' in program ? expect.stringMatching(/^\d+\.\d+\.\d+(-(0\.)?\d{14}-[0-9a-f]{12})?$/) : undefined,
      ]);
    }
  });

  test('builds kubernetes that says its version as the releases do', () => {
    const program = GO_PROGRAMS.find(({ name }) => name === 'kube-apiserver');
    if (program === undefined) throw new Error('the catalog has no API server');
    expect(linkerFlags(program, '1.36.1')).toBe(
      '-s -w -X k8s.io/component-base/version.gitVersion=v1.36.1 -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36',
    );
  });

  test.each([
    ['1.25.9', '1.26.0', true],
    ['1.26.0', '1.26.0', false],
    ['1.26', '1.26.0', false],
    ['1.27rc1', '1.26.0', false],
    ['1.9.9', '1.26.0', true],
    ['', '1.26.0', true],
    ['devel +abc', '1.26.0', true],
  ])('takes go %s for older than %s: %s', (version, than, older) => {
    expect(isOlder(version, than)).toBe(older);
  });
});

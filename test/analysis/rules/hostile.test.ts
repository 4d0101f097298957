import fc from 'fast-check';
import { checkObjects } from '../../../analysis/rules';
import { isRecord } from '../../../constructs/core/json';
import type { Waiver } from '../../../constructs/core/waiver';
import { deployment, platform, TODAY, tenant } from './platform';

/** Words that rules look for, so that random objects reach their insides. */
const KINDS = [
  'Namespace',
  'Pod',
  'Deployment',
  'CronJob',
  'ResourceQuota',
  'LimitRange',
  'NetworkPolicy',
  'RoleBinding',
  'ClusterRole',
  'ServiceEntry',
  'Gateway',
  'Schedule',
  'LocalQueue',
  'TenantPolicy',
  'Secret',
  'List',
  'VaultStaticSecret',
  'JobSet',
  '__proto__',
  'constructor',
];
const VERSIONS = [
  'v1',
  'apps/v1',
  'batch/v1',
  'networking.k8s.io/v1',
  'rbac.authorization.k8s.io/v1',
  'networking.istio.io/v1',
  'gateway.networking.k8s.io/v1',
  'velero.io/v1',
  'kueue.x-k8s.io/v1beta2',
  'policy.drun.io/v1',
  'secrets.hashicorp.com/v1beta1',
  '/',
  '',
  '__proto__/v1',
];
const KEYS = [
  'metadata',
  'name',
  'namespace',
  'labels',
  'annotations',
  'spec',
  'containers',
  'image',
  'template',
  'rules',
  'verbs',
  'hosts',
  'hard',
  'limits',
  'max',
  'resources',
  'volumes',
  'hostPath',
  'data',
  'items',
  'schedule',
  'drun.io/rpo',
  'drun.io/tenant',
  'env',
  'value',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  '',
];
const TEXTS = [
  '*',
  'undefined',
  '[object Object]',
  '\u0000',
  '\n',
  '1e999',
  '1e-30',
  '9'.repeat(40),
  '0x10',
  '-0',
  '64Gi',
  '*/0 * * * *',
  '* * * * * *',
  '@every 99999999999h',
  '0-0/1 */1 1-31/40 FEB mon',
  '999.1.1.1/99',
  '::/0',
  '1::2::3/64',
  'eyJ-'.repeat(200),
  '://'.repeat(300),
  'password:'.repeat(200),
  '\ud800',
  'ﷺ',
  '../..',
  'xn--',
  'a'.repeat(5000),
];

const scalar = fc.oneof(
  fc.constantFrom(...TEXTS),
  fc.constantFrom(...KINDS),
  fc.string(),
  fc.double(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
);
const key = fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...KEYS) }, fc.string());
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6 }),
  ),
}));
const document = fc.oneof(
  value,
  fc.record(
    {
      apiVersion: fc.oneof(fc.constantFrom(...VERSIONS), value),
      kind: fc.oneof(fc.constantFrom(...KINDS), value),
      metadata: value,
      spec: value,
      rules: value,
      items: value,
    },
    { requiredKeys: [] },
  ),
);

/** A good platform, and one value somewhere in it replaced. */
const GOOD: readonly unknown[] = [...platform(), ...tenant('acme'), deployment()];
const mutant = fc
  .tuple(fc.nat(GOOD.length - 1), fc.array(fc.nat(50), { maxLength: 8 }), value)
  .map(([at, path, replacement]) => GOOD.with(at, replaceAt(GOOD[at], path, replacement)));

const WAIVER: Waiver = { rule: 'DRN110', scope: 'Pod a/b', reason: 'for the test of it', owner: 'sre', expires: TODAY };
const FACTS = [{ cluster: 'eu', podCidrs: TEXTS, serviceCidrs: ['10.0.0.0/8'], nodeCidrs: [''] }];

describe('hostile documents', () => {
  test('[CMP-1] no document makes the engine or a rule throw, and every rejection has code, place and remedy', () => {
    fc.assert(fc.property(fc.array(document, { minLength: 1, maxLength: 3 }), expectReport), {
      numRuns: 20_000,
      seed: 1,
    });
  });

  test('[CMP-1] no change of one value in a good platform makes the engine or a rule throw', () => {
    fc.assert(fc.property(mutant, expectReport), { numRuns: 2_000, seed: 2 });
  });

  test('[CMP-1] texts made to be slow cost no more than their length', () => {
    const long = TEXTS.map((text) => text.repeat(Math.ceil(300_000 / Math.max(1, text.length))));
    const start = process.cpuUsage();
    expectReport([deployment({ env: long.map((text) => ({ name: 'DB_PASSWORD', value: text })) })]);
    expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
  });
});

/** One assertion a report: thousands of reports with a hundred problems each are too many for `expect`. */
function expectReport(documents: readonly unknown[]): void {
  const { subjects, problems, rules } = checkObjects(documents, { today: TODAY, waivers: [WAIVER], facts: FACTS });
  const mute = problems.filter(({ code, path, given, expected, remedy }) => {
    return !/^DRN[14]\d\d$/.test(code) || code === 'DRN192' || ![path, given, expected, remedy].every(Boolean);
  });
  const uneven = rules.filter((each) => each.passed + each.failed + each.notApplicable + each.waived !== subjects);
  expect({ mute, uneven }).toEqual({ mute: [], uneven: [] });
}

function replaceAt(target: unknown, path: readonly number[], replacement: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (Array.isArray(target))
    return target.length === 0
      ? replacement
      : target.with(step % target.length, replaceAt(target[step % target.length], rest, replacement));
  if (!isRecord(target)) return replacement;
  const keys = Object.keys(target);
  const at = keys[step % Math.max(1, keys.length)];
  return at === undefined ? replacement : { ...target, [at]: replaceAt(target[at], rest, replacement) };
}

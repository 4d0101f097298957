import { isRecord, stringAt } from '../../../constructs/core/json';
import { platform, TODAY, tenant } from './platform';

type Engine = typeof import('../../../analysis/rules');

/** Kinds whose specifications are judged once where they are alike. */
const REMEMBERED = ['ResourceQuota', 'LimitRange', 'ClusterQueue'];

/** An engine that has seen nothing yet: what it remembers is in its modules. */
function freshEngine(): Engine {
  const loaded: Engine[] = [];
  jest.isolateModules(() => loaded.push(require('../../../analysis/rules')));
  const [engine] = loaded;
  if (engine === undefined) throw new Error('no engine');
  return engine;
}

/** As it is, under other names, with faults, and with its specification under another kind. */
function variants(object: Readonly<Record<string, unknown>>): readonly unknown[] {
  const { spec } = object;
  return [
    object,
    { ...object, metadata: { name: 'other', namespace: 'other', labels: {} } },
    { ...object, spec: spoiled(spec) },
    { ...object, spec: {} },
    ...REMEMBERED.map((kind) => ({ ...object, kind })),
    object,
  ];
}

/** The same with every amount spoiled. */
function spoiled(value: unknown): unknown {
  if (typeof value === 'string') return /^\d/.test(value) ? `-${value}x` : value;
  if (Array.isArray(value)) return value.map(spoiled);
  return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, spoiled(each)])) : value;
}

describe('what the engine remembers', () => {
  const documents = [...platform(), ...tenant('acme')]
    .filter(isRecord)
    .filter((object) => REMEMBERED.includes(stringAt(object, 'kind') ?? ''))
    .flatMap(variants);

  test('[CMP-1] an engine that remembers other objects says of each what one says that has seen none', () => {
    const { CheckRun } = freshEngine();
    const run = new CheckRun({ today: TODAY });
    const remembering = documents.map((document) => run.add([document]));
    const forgetful = documents.map((document) => new (freshEngine().CheckRun)({ today: TODAY }).add([document]));
    expect(remembering).toEqual(forgetful);
    const failing = remembering.filter(({ breaches }) => breaches.length > 0).length;
    expect(failing).toBeGreaterThan(0);
    expect(failing).toBeLessThan(documents.length);
  });
});

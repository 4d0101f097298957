import {
  CHART_READERS,
  KEYLESS_CHARTS,
  KEYLESS_VAULT_KINDS,
  keysOf,
  periodText,
  VAULT_READERS,
} from '../../../analysis/keys';
import { recordAt, stringAt } from '../../../constructs/core/json';
import { VAULT_KINDS } from '../../../constructs/core/vault-kinds';
import { environmentNamed } from '../../../stacks/environments';
import { checkedObjects, type RenderedRegion, renderPlan } from '../../../stacks/examine';
import { loadPlan } from '../../../stacks/load';

const regions = ['dev', 'staging', 'prod'].flatMap((name) => renderPlan(loadPlan(environmentNamed(name))).regions);
const nameOf = ({ planned, objects }: RenderedRegion) => `${planned.region.name} with ${objects.length} objects`;
const transit = (spec: object) => ({
  apiVersion: 'vault.drun.io/v1',
  kind: 'TransitKey',
  metadata: { name: 'transit/a' },
  spec: { minDecryptionVersion: 3, ...spec },
});

describe('[ENC-2] the keys of a region', () => {
  test.each(regions.map((region) => [nameOf(region), region] as const))('of %s hang together', (_, region) => {
    const keys = keysOf(checkedObjects(region));
    const ids = keys.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(keys.flatMap(({ above }) => above.map(({ id }) => id)).filter((id) => !ids.includes(id))).toEqual([]);
    expect(ids).toEqual(expect.arrayContaining(['etcd/kek', 'etcd/dek', 'mesh/authority', 'mesh/workloads']));
  });

  test('none has a period of never, and each says who replaces it', () => {
    const keys = regions.flatMap((region) => keysOf(checkedObjects(region)));
    expect(keys.filter(({ period, by }) => periodText(period) === 'never' || by === '')).toEqual([]);
  });

  test('a period that is missing or zero shows as never, and one that is set as itself', () => {
    const periodOf = (spec: object) => keysOf([transit(spec)]).map(({ period }) => periodText(period));
    expect([{}, { autoRotatePeriod: 0 }, { autoRotatePeriod: 2_592_000 }].flatMap(periodOf)).toEqual([
      'never',
      'never',
      '30 days',
    ]);
  });

  test('old versions of a transit key are told by the number that is set', () => {
    expect(keysOf([transit({ autoRotatePeriod: 86_400 })])[0]?.old).toContain('versions from 3 on');
  });

  test('keys that are replaced alike are one, and counted', () => {
    const certificate = (name: string, duration = '2160h') => ({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      metadata: { name, namespace: 'edge' },
      spec: { duration, renewBefore: '720h', issuerRef: { kind: 'ClusterIssuer', name: 'edge' } },
    });
    const keys = keysOf([certificate('a'), certificate('b'), certificate('c', '72h')]);
    expect(keys.map(({ count, period }) => [count, periodText(period)])).toEqual([
      [2, '60 days'],
      [1, expect.any(String)],
    ]);
  });

  test('every kind that Vault is told is read for keys, or is known to hold none', () => {
    const known = [...Object.keys(VAULT_READERS), ...Object.keys(KEYLESS_VAULT_KINDS)];
    expect([...known].sort()).toEqual([...VAULT_KINDS].sort());
  });

  test('every chart of every environment is read for keys, or is known to bring none', () => {
    const charts = regions.flatMap(({ outside }) =>
      outside.flatMap((one) => (one.kind === 'Release' ? (stringAt(recordAt(one, 'spec'), 'chart') ?? '') : [])),
    );
    const known = [...Object.keys(CHART_READERS), ...Object.keys(KEYLESS_CHARTS)];
    expect([...new Set(charts)].filter((chart) => !known.includes(chart))).toEqual([]);
    expect(charts.length).toBeGreaterThan(0);
  });
});

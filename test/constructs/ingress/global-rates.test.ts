import { App, Chart, Testing } from 'cdk8s';
import { checkObjects } from '../../../analysis/rules';
import { CATALOG } from '../../../charts';
import type { TenantProps } from '../../../constructs';
import { clusterFactsSchema } from '../../../constructs/core/cluster-facts';
import { listAt, recordAt, stringAt, valueAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { parse } from '../../../constructs/core/parse';
import type { EdgeFacts } from '../../../constructs/ingress/edge-facts';
import type { ExposureProps } from '../../../constructs/ingress/exposure-spec';
import { globalConfiguration } from '../../../constructs/ingress/global-rates';
import { type IngressProps, ingressSchema } from '../../../constructs/ingress/ingress-settings';
import { nearestSteps, RATE_STEPS } from '../../../constructs/ingress/rate-steps';
import { ROUTE_TYPE_NAMES, routeType } from '../../../constructs/ingress/route-types';
import { WafIngress } from '../../../constructs/ingress/waf-ingress';
import { tenantManifests } from '../../../constructs/tenant/tenant-manifests';
import { tenantSchema, tenantSpec } from '../../../constructs/tenant/tenant-spec';

const DIGEST = `sha256:${'a'.repeat(64)}`;
type Global = NonNullable<NonNullable<IngressProps['limits']>['global']>;
const GLOBAL: Global = {
  image: `registry.example.com/ratelimit@${DIGEST}`,
  store: { host: 'redis.example.com', ranges: ['192.0.2.0/28'], password: { secret: 'edge-counts', key: 'password' } },
};
const SETTINGS: IngressProps = {
  waf: { engine: { kind: 'ext-proc', image: `registry.example.com/drun/waf@${DIGEST}` } },
  certificates: { issuer: 'vault', path: 'pki-edge/sign/edge' },
  dns: { provider: 'aws', zones: ['example.com'] },
};
const CHAT: ExposureProps = {
  name: 'chat',
  host: 'api.lumen.example',
  namespace: 'serve',
  service: 'gateway',
  port: 8443,
  type: 'inference',
};
const PUBLIC = {
  public: { because: 'a page that everybody may read', owner: 'a@lumen.example', expires: '2027-03-31' },
};
const EDGE = { issuers: ['https://id.example'], perTenant: 600_000 };

function lumen(exposure: ExposureProps): TenantProps {
  return {
    name: 'lumen',
    owner: 'ml@lumen.example',
    namespaces: { serve: {} },
    hosts: ['api.lumen.example'],
    expose: [exposure],
  };
}

function edge(global?: Global): readonly Manifest[] {
  const chart = new Chart(new App(), 'edge');
  const settings = ingressSchema.parse({ ...SETTINGS, limits: global === undefined ? {} : { global } });
  new WafIngress(chart, 'Ingress', { settings, gateway: CATALOG.ingressGateway });
  return Testing.synth(chart);
}

/** The counts of an exposure, as lists of the entries that the proxy would send for one request. */
function countsOf(change: Partial<ExposureProps>, facts: EdgeFacts = EDGE): readonly (readonly string[])[] {
  const spec = tenantSpec(lumen({ ...CHAT, ...change }));
  const filters = tenantManifests(spec, clusterFactsSchema.parse({}), facts).filter(
    ({ kind }) => kind === 'EnvoyFilter',
  );
  const [patch] = listAt(filters[0], 'spec', 'configPatches');
  return listAt(patch, 'patch', 'value', 'route', 'rate_limits').map((limit) => listAt(limit, 'actions').map(entryOf));
}

function entryOf(action: unknown): string {
  const { descriptor_key: key, descriptor_value: value } = recordAt(action, 'generic_key');
  if (key !== undefined) return `${String(key)}=${String(value)}`;
  return `${stringAt(action, 'metadata', 'descriptor_key') ?? 'masked_remote_address'}=`;
}

/** What the rate limit service would count, by its rule: the entry with its value, else with any value, level by level. */
function limitOf(entries: readonly string[]): number | undefined {
  let level: unknown = globalConfiguration();
  for (const entry of entries) {
    const [key, value] = entry.split('=');
    const all = listAt(level, 'descriptors').filter((one) => stringAt(one, 'key') === key);
    level = all.find((one) => stringAt(one, 'value') === value) ?? all.find((one) => !stringAt(one, 'value'));
  }
  const most = valueAt(level, 'rate_limit', 'requests_per_unit');
  return typeof most === 'number' ? most : undefined;
}

describe('[NET-3] requests that are counted over all proxies', () => {
  test('are counted by fixed words, by networks of addresses and by claims of the verified token', () => {
    const counts = countsOf({ rate: { global: { perAddress: 60, perKey: 30, total: 6_000 } } });
    expect(counts).toEqual([
      ['per_address=60', 'route=inference/lumen/chat', 'masked_remote_address='],
      ['per_key=30', 'route=inference/lumen/chat', 'issuer=', 'subject='],
      ['per_route=6000', 'route=inference/lumen/chat'],
      ['per_tenant=600000', 'tenant=lumen'],
    ]);
  });

  test('are at least those of each caller and of the tenant; of callers without tokens those of the tenant', () => {
    expect(countsOf({}).map(([first]) => first)).toEqual(['per_key=120', 'per_tenant=600000']);
    expect(countsOf({ identity: PUBLIC }).map(([first]) => first)).toEqual(['per_tenant=600000']);
  });

  test('are none where the region has nobody who counts', () => {
    expect(countsOf({}, { issuers: EDGE.issuers })).toEqual([]);
  });

  test.each(RATE_STEPS)('have the limit that was ordered: %d', (step) => {
    for (const counts of [{ perAddress: step }, { perKey: step }, { total: step, perKey: 10 }]) {
      const [first, ...rest] = countsOf({ rate: { global: counts } }).filter(([one]) => one?.endsWith(`=${step}`));
      expect(first).toBeDefined();
      expect([first, ...rest].map((entries) => limitOf(entries ?? []))).toEqual([first, ...rest].map(() => step));
    }
  });

  test('have the smallest limit where a step is not in the table, and none that is wider', () => {
    expect(limitOf(['per_key=7', 'route=api/a/b', 'issuer=', 'subject='])).toBe(10);
    expect(limitOf(['per_tenant=', 'tenant=a'])).toBe(10);
  });

  test('have types whose own limit is a step', () => {
    expect(ROUTE_TYPE_NAMES.map((name) => nearestSteps(routeType(name).perKey))).toEqual([[600], [120], [1_200], [60]]);
  });
});

describe('[NET-3] a rate between two steps', () => {
  const problemsOf = (exposure: ExposureProps) => {
    const parsed = parse(tenantSchema, lumen(exposure), () => ({ file: 'lumen.yaml' }));
    return parsed.ok ? [] : parsed.problems;
  };
  test.each([
    [100, '60 or 120'],
    [7, '10'],
    [9_000_000, '6000000'],
  ])('fails with %d, and names the steps beside it', (perKey, near) => {
    const [problem, ...more] = problemsOf({ ...CHAT, rate: { global: { perKey } } });
    expect(problem?.path).toBe('expose[0].rate.global.perKey');
    expect(problem?.expected).toContain(`a step of the table of rates: ${near}`);
    expect(more).toEqual([]);
    expect(problemsOf({ ...CHAT, rate: { global: { perKey: 120 } } })).toEqual([]);
  });

  test.each([
    ['more from one address than from all', { perAddress: 600, total: 60 }, {}, 'perAddress'],
    ['more from one caller than from all', { perKey: 600, total: 60 }, {}, 'perKey'],
    ['callers without tokens by their token', { perKey: 60 }, { identity: PUBLIC }, 'perKey'],
  ])('fails with %s', (_, global, more, field) => {
    expect(problemsOf({ ...CHAT, ...more, rate: { global } }).map(({ path }) => path)).toEqual([
      `expose[0].rate.global.${field}`,
    ]);
  });
});

describe('[NET-3] who counts', () => {
  const named = (objects: readonly Manifest[], kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name);

  test('is there where the region says so, and nothing of it anywhere else', () => {
    const added = (objects: readonly Manifest[]) =>
      objects.filter(({ metadata: { name } }) => /ratelimit|global/.test(name)).map(({ kind }) => kind);
    expect(added(edge())).toEqual([]);
    expect(added(edge(GLOBAL)).sort()).toEqual([
      'AuthorizationPolicy',
      'ConfigMap',
      'Deployment',
      'EnvoyFilter',
      'HorizontalPodAutoscaler',
      'NetworkPolicy',
      'NetworkPolicy',
      'PeerAuthentication',
      'PodDisruptionBudget',
      'Service',
      'ServiceAccount',
    ]);
  });

  test('has a configuration that names no tenant, so that no change of a tenant changes it', () => {
    const text = stringAt(named(edge(GLOBAL), 'ConfigMap', 'ratelimit'), 'data', 'edge.yaml') ?? '';
    expect(JSON.parse(text)).toEqual(globalConfiguration());
    expect(text).not.toContain('lumen');
  });

  test('refuses what it cannot count, unless somebody says why not, and until when', () => {
    const filter = (global: Global) => named(edge(global), 'EnvoyFilter', 'edge-global-rates');
    const deny = (global: Global) =>
      valueAt(
        listAt(filter(global), 'spec', 'configPatches')[0],
        'patch',
        'value',
        'typed_config',
        'failure_mode_deny',
      );
    const localOnly = { because: 'the store is being moved', owner: 'edge@example.com', expires: '2027-01-31' };
    expect([deny(GLOBAL), deny({ ...GLOBAL, onFailure: { localOnly } })]).toEqual([true, false]);
    const codes = (today: string) =>
      checkObjects(edge({ ...GLOBAL, onFailure: { localOnly } }), { today }).problems.map(({ code }) => code);
    expect(codes('2027-01-31').filter((code) => ['DRN321', 'DRN350'].includes(code))).toEqual([]);
    expect(codes('2027-02-01')).toContain('DRN350');
    expect(
      ingressSchema.safeParse({ ...SETTINGS, limits: { global: { ...GLOBAL, onFailure: 'allow' } } }).success,
    ).toBe(false);
  });

  test('is asked after tokens are verified and before the firewall inspects', () => {
    const priority = (name: string) => Number(valueAt(named(edge(GLOBAL), 'EnvoyFilter', name), 'spec', 'priority'));
    expect(priority('edge-global-rates')).toBeLessThan(priority('edge-waf'));
    const place = (name: string) =>
      JSON.stringify(valueAt(listAt(named(edge(GLOBAL), 'EnvoyFilter', name), 'spec', 'configPatches')[0], 'match'));
    expect(place('edge-global-rates')).toBe(place('edge-waf'));
  });

  test('[ENC-3] knows its password and its authority by the names of Secrets, and speaks TLS to its store', () => {
    const withCa = { ...GLOBAL, store: { ...GLOBAL.store, ca: { secret: 'edge-counts', key: 'ca.crt' } } };
    const [container] = listAt(
      named(edge(withCa), 'Deployment', 'ratelimit'),
      'spec',
      'template',
      'spec',
      'containers',
    );
    const env = listAt(container, 'env');
    expect(env).toContainEqual({ name: 'REDIS_TLS', value: 'true' });
    expect(env).toContainEqual({
      name: 'REDIS_AUTH',
      valueFrom: { secretKeyRef: { name: 'edge-counts', key: 'password' } },
    });
    expect(env).toContainEqual({ name: 'REDIS_TLS_CACERT', value: '/etc/ratelimit/store/ca.crt' });
    expect(
      ingressSchema.safeParse({
        ...SETTINGS,
        limits: { global: { ...GLOBAL, store: { ...GLOBAL.store, tls: false } } },
      }).success,
    ).toBe(false);
  });

  test('[NET-4] reaches its store and nothing else outside, and nobody but the edge’s proxies asks it', () => {
    const objects = edge(GLOBAL);
    expect(listAt(named(objects, 'NetworkPolicy', 'allow-ratelimit-store'), 'spec', 'egress')).toEqual([
      { to: [{ ipBlock: { cidr: '192.0.2.0/28' } }], ports: [{ protocol: 'TCP', port: 6_379 }] },
    ]);
    expect(listAt(named(objects, 'AuthorizationPolicy', 'edge-ratelimit'), 'spec', 'rules')).toEqual([
      {
        from: [{ source: { principals: ['cluster.local/ns/drun-ingress/sa/ingress'] } }],
        to: [{ operation: { ports: ['8081'] } }],
      },
    ]);
    for (const ranges of [['0.0.0.0/0'], []])
      expect(
        ingressSchema.safeParse({ ...SETTINGS, limits: { global: { ...GLOBAL, store: { ...GLOBAL.store, ranges } } } })
          .success,
      ).toBe(false);
  });
});

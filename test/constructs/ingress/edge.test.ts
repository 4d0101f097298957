import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Testing } from 'cdk8s';
import { proveReachability } from '../../../analysis/network';
import { checkObjects } from '../../../analysis/rules';
import { CATALOG } from '../../../charts';
import { HelmRelease, Platform } from '../../../constructs';
import { METADATA_CIDRS } from '../../../constructs/core/cluster-facts';
import { listAt, recordAt, stringAt, valueAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { parse } from '../../../constructs/core/parse';
import { EdgeCertificates } from '../../../constructs/ingress/edge-certificates';
import { externalDnsValues } from '../../../constructs/ingress/edge-controllers';
import type { DataPlane } from '../../../constructs/ingress/edge-deployment';
import { bootstrap } from '../../../constructs/ingress/edge-gateway';
import { type IngressProps, ingressSchema } from '../../../constructs/ingress/ingress-settings';
import { WafIngress } from '../../../constructs/ingress/waf-ingress';
import { PACKAGE_ROOT } from '../../../stacks/synth/fingerprint';
import { renderedRegions } from '../../support/rendered';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const SETTINGS: IngressProps = {
  waf: { engine: { kind: 'ext-proc', image: `registry.example.com/drun/waf@${DIGEST}` } },
  certificates: { issuer: 'vault', path: 'pki-edge/sign/edge' },
  dns: { provider: 'aws', zones: ['example.com'] },
  issuers: [{ issuer: 'https://id.example' }],
};
const CDN = { profile: 'generic' as const, ranges: ['192.0.2.0/24'], clientCa: 'cdn-ca', hops: 2 };
const COUNTED = {
  image: `registry.example.com/ratelimit@${DIGEST}`,
  store: { host: 'redis.example.com', ranges: ['192.0.2.0/28'], password: { secret: 'edge-counts', key: 'password' } },
};
const SWITCH = { image: `registry.example.com/drun/edge-switch@${DIGEST}` };
const WAF_ALERTS = ['WafUnseen', 'WafConfigRefused', 'WafInspectionsFail', 'WafTenantFileIgnored', 'WafExclusionEnds'];
const EXEMPT = { because: 'the rules are being tried out', owner: 'a@example.com', expires: '2027-01-31' };

function edge(more: Partial<IngressProps> = {}, dataPlane: DataPlane = 'ambient'): readonly Manifest[] {
  const chart = new Chart(new App(), 'edge');
  new WafIngress(chart, 'Ingress', {
    settings: ingressSchema.parse({ ...SETTINGS, ...more }),
    gateway: CATALOG.ingressGateway,
    dataPlane,
  });
  return Testing.synth(chart);
}

function gateway(more: Partial<IngressProps> = {}): unknown {
  const chart = new Chart(new Platform(), 'edge');
  const made = new WafIngress(chart, 'Ingress', {
    settings: ingressSchema.parse({ ...SETTINGS, ...more }),
    gateway: CATALOG.ingressGateway,
  });
  return made.node.findAll().find((one) => one instanceof HelmRelease)?.release.values;
}

const text = (objects: readonly Manifest[]): ReadonlyMap<string, string> =>
  new Map(objects.map((one) => [`${one.kind} ${one.metadata.name}`, JSON.stringify(one)]));

/** Names of the objects that differ. */
function changed(before: readonly Manifest[], after: readonly Manifest[]): readonly string[] {
  const [was, is] = [text(before), text(after)];
  return [...new Set([...was.keys(), ...is.keys()])].filter((name) => was.get(name) !== is.get(name)).sort();
}

test('[NET-3] the switch to under-attack changes three filters, tighter in every number, and nothing else', () => {
  const attacked = edge({ limits: { profile: 'under-attack' } });
  expect(changed(edge(), attacked)).toEqual([
    'EnvoyFilter edge-connections',
    'EnvoyFilter edge-rates',
    'EnvoyFilter edge-requests',
  ]);
  expect(changed(edge({ limits: { profile: 'normal' } }), edge())).toEqual([]);
  const numbers = (objects: readonly Manifest[]) =>
    objects
      .filter(({ metadata }) => /^edge-(connections|rates|requests)$/.test(metadata.name))
      .flatMap((object) => [
        ...JSON.stringify(valueAt(object, 'spec', 'configPatches')).matchAll(/"(\w+)":"?(\d+)s?"?/g),
      ]);
  const [normal, tight] = [numbers(edge()), numbers(attacked)];
  expect(tight).toHaveLength(normal.length);
  expect(tight.filter(([, , value], i) => Number(value) > Number(normal[i]?.[2]))).toEqual([]);
  expect(tight.filter(([, , value], i) => Number(value) < Number(normal[i]?.[2])).length).toBeGreaterThan(8);
});

test('[NET-3] with a CDN only its addresses reach the edge: load balancer, network policy and authorization say so', () => {
  const objects = edge({ cdn: CDN });
  const [lock] = objects.filter(({ metadata }) => metadata.name === 'edge-cdn-only');
  expect(valueAt(lock, 'spec')).toEqual({
    selector: { matchLabels: { istio: 'ingress' } },
    action: 'DENY',
    rules: [{ from: [{ source: { notIpBlocks: CDN.ranges } }] }],
  });
  const [policy] = objects.filter(({ metadata }) => metadata.name === 'allow-public');
  expect(listAt(policy, 'spec', 'ingress')).toEqual([
    { from: [{ ipBlock: { cidr: '192.0.2.0/24' } }], ports: [{ protocol: 'TCP', port: 8443 }] },
  ]);
  expect(gateway({ cdn: CDN })).toMatchObject({
    service: { loadBalancerSourceRanges: CDN.ranges, externalTrafficPolicy: 'Local' },
  });
  expect(edge().some(({ metadata }) => metadata.name === 'edge-cdn-only')).toBe(false);
});

test('[NET-3] the proxy believes as many headers as there are proxies in front of it, and none without', () => {
  const topology = (more: Partial<IngressProps>) => {
    const annotations = recordAt(gateway(more), 'podAnnotations');
    const config: unknown = JSON.parse(String(annotations['proxy.istio.io/config']));
    return valueAt(config, 'gatewayTopology');
  };
  expect(topology({})).toEqual({ numTrustedProxies: 0, forwardClientCertDetails: 'SANITIZE' });
  expect(topology({ cdn: CDN })).toEqual({ numTrustedProxies: 2, forwardClientCertDetails: 'SANITIZE' });
});

test('[NET-1] the proxy listens on one port, above those that need rights, and never on that of plain HTTP', () => {
  expect(valueAt(gateway(), 'service', 'ports')).toEqual([
    { name: 'https', port: 443, targetPort: 8443, protocol: 'TCP' },
  ]);
  expect(valueAt(gateway(), 'securityContext')).toEqual({
    runAsNonRoot: true,
    seccompProfile: { type: 'RuntimeDefault' },
  });
});

test('[NET-2] whatever the engine, what cannot be inspected is refused', () => {
  const engines: readonly IngressProps['waf']['engine'][] = [
    SETTINGS.waf.engine,
    { kind: 'wasm', url: 'oci://registry.example.com/waf:1', sha256: 'b'.repeat(64) },
    { kind: 'dynamic-module', module: 'waf' },
  ];
  const rules = ['DRN311', 'DRN316', 'DRN340'];
  for (const engine of engines) {
    const objects = edge({ waf: { engine } });
    const servers = [{ tls: { mode: 'SIMPLE' } }];
    const server = {
      apiVersion: 'networking.istio.io/v1',
      kind: 'Gateway',
      metadata: { name: 'x', namespace: 'drun-ingress' },
      spec: { selector: { istio: 'ingress' }, servers },
    };
    const found = checkObjects([...objects, server], { today: '2026-11-22' }).problems.map(({ code }) => code);
    expect(found.filter((code) => rules.includes(code))).toEqual([]);
  }
});

test('[NET-2] a firewall that only watches says why, and until when', () => {
  const objects = edge({ waf: { ...SETTINGS.waf, mode: { detect: EXEMPT } } });
  const [config] = objects.filter(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'waf');
  expect(stringAt(config, 'data', 'platform.json')).toContain('"mode": "detect"');
  const problems = (today: string) => checkObjects(objects, { today }).problems.filter(({ code }) => code === 'DRN350');
  expect(problems('2027-01-31')).toEqual([]);
  expect(problems('2027-02-01').map(({ path }) => path)).toEqual([
    'ConfigMap drun-ingress/waf metadata.annotations["drun.io/exempt-until"]',
  ]);
});

test('[NET-2] only what carries exclusions has a token, and it reads ConfigMaps of one namespace', () => {
  const objects = edge({ waf: { ...SETTINGS.waf, configSync: `registry.example.com/sync@${DIGEST}` } });
  const [role] = objects.filter(({ kind }) => kind === 'Role');
  expect(valueAt(role, 'rules')).toEqual([
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
  ]);
  const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
  const mounts = listAt(deployment, 'spec', 'template', 'spec', 'containers').map((one) => [
    stringAt(one, 'name'),
    JSON.stringify(valueAt(one, 'volumeMounts')).includes('serviceaccount'),
  ]);
  expect(mounts).toEqual([
    ['waf', false],
    ['config-sync', true],
  ]);
  expect(edge().some(({ kind }) => kind === 'Role')).toBe(false);
});

test('[NET-2] every edge that ships carries tenants’ exclusions to its firewall: one folder, written here and read there', () => {
  const edges = renderedRegions().filter(({ planned }) => planned.region.ingress !== undefined);
  expect(edges.length).toBeGreaterThan(5);
  for (const { objects } of edges) {
    const [waf] = objects.filter(({ kind, metadata }) => kind === 'Deployment' && metadata.name === 'waf');
    const [reads, writes] = listAt(waf, 'spec', 'template', 'spec', 'containers');
    expect(listAt(reads, 'args')).toContain('--tenants=/etc/waf/tenants');
    expect(listAt(writes, 'env')).toContainEqual({ name: 'FOLDER', value: '/etc/waf/tenants' });
  }
});

test('[CTR-2] images without digests say why, and the first to end is the one that is held to its day', () => {
  const unpinned = (day: string) => ({ ...EXEMPT, unpinned: 'registry.example.com/one:1', expires: day });
  const until = (image: string, sync: string) => {
    const engine = { kind: 'ext-proc' as const, image: unpinned(image) };
    const objects = edge({ waf: { engine, configSync: unpinned(sync) } });
    const [waf] = objects.filter(({ kind }) => kind === 'Deployment');
    return recordAt(waf, 'metadata', 'annotations')['drun.io/exempt-until'];
  };
  expect(until('2027-01-31', '2027-02-28')).toBe('2027-01-31');
  expect(until('2027-03-31', '2027-02-28')).toBe('2027-02-28');
});

test.each([
  ['ambient', 'istio.io/dataplane-mode', 'ambient'],
  ['sidecar', 'sidecar.istio.io/inject', 'true'],
] as const)(
  '[NET-1] the firewall’s pods are in the %s mesh, and take calls of the proxy alone',
  (dataPlane, key, value) => {
    const objects = edge({}, dataPlane);
    const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
    expect(recordAt(deployment, 'spec', 'template', 'metadata', 'labels')[key]).toBe(value);
    const [policy] = objects.filter(
      ({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name === 'edge-waf',
    );
    expect(JSON.stringify(valueAt(policy, 'spec', 'rules'))).toBe(
      '[{"from":[{"source":{"principals":["cluster.local/ns/drun-ingress/sa/ingress"]}}]}]',
    );
  },
);

test.each([
  ['ambient', 'istio.io/dataplane-mode', 'ambient'],
  ['sidecar', 'sidecar.istio.io/inject', 'true'],
] as const)('[NET-1] all that the edge deploys is in the %s mesh, and in no other', (dataPlane, key, value) => {
  const objects = edge({ limits: { global: COUNTED } }, dataPlane);
  const labels = objects
    .filter(({ kind }) => kind === 'Deployment')
    .map((one) => [one.metadata.name, recordAt(one, 'spec', 'template', 'metadata', 'labels')]);
  expect(labels).toEqual([
    ['waf', { 'app.kubernetes.io/name': 'waf', [key]: value }],
    ['ratelimit', { 'app.kubernetes.io/name': 'ratelimit', [key]: value }],
  ]);
});

test('[NET-3] memory runs out in steps: give back, then no new streams, then no connections', () => {
  const [map] = edge().filter(({ metadata }) => metadata.name === 'edge-bootstrap');
  const read: unknown = JSON.parse(stringAt(map, 'data', 'custom_bootstrap.json') ?? '');
  const steps = listAt(read, 'overload_manager', 'actions').map((action) =>
    valueAt(listAt(action, 'triggers')[0], 'threshold', 'value'),
  );
  expect(steps).toEqual([...steps].sort());
  expect(new Set(steps).size).toBe(4);
});

/** A namespace's peers and ports that policies open for some pods, as words. */
function opened(objects: readonly Manifest[], direction: 'ingress' | 'egress', name: string): unknown {
  const [policy] = objects.filter(({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === name);
  const peers = direction === 'ingress' ? 'from' : 'to';
  return {
    at: policy?.metadata.namespace,
    of: valueAt(policy, 'spec', 'podSelector', 'matchLabels'),
    ways: listAt(policy, 'spec', direction).map((rule) => [
      ...listAt(rule, peers).map((one) => [
        valueAt(one, 'namespaceSelector', 'matchLabels', 'kubernetes.io/metadata.name'),
        valueAt(one, 'podSelector', 'matchLabels'),
      ]),
      listAt(rule, 'ports').map((port) => valueAt(port, 'port')),
    ]),
  };
}

describe('metrics', () => {
  const objects = edge({ alerts: 'prometheus-operator' });
  const [waf, prometheus] = [{ 'app.kubernetes.io/name': 'waf' }, { 'app.kubernetes.io/name': 'prometheus' }];

  test('[NET-4] are read by Prometheus alone, at both ends of the way', () => {
    expect(opened(objects, 'ingress', 'allow-waf-metrics')).toEqual({
      at: 'drun-ingress',
      of: waf,
      ways: [
        [
          ['drun-telemetry', prometheus],
          [9003, 15008],
        ],
      ],
    });
    expect(opened(objects, 'egress', 'read-waf-metrics')).toEqual({
      at: 'drun-telemetry',
      of: prometheus,
      ways: [
        [
          ['drun-ingress', waf],
          [9003, 15008],
        ],
      ],
    });
    expect(opened(objects, 'ingress', 'allow-edge-metrics')).toEqual({
      at: 'drun-ingress',
      of: { istio: 'ingress' },
      ways: [[['drun-telemetry', prometheus], [15090]]],
    });
  });

  test('[NET-1] of the firewall are told to the namespace of Prometheus and on the one port; its other port stays the proxy’s', () => {
    const rules = objects
      .filter(({ kind, metadata }) => kind === 'AuthorizationPolicy' && metadata.name.startsWith('edge-waf'))
      .flatMap((policy) => listAt(policy, 'spec', 'rules'));
    expect(rules).toEqual([
      { from: [{ source: { principals: ['cluster.local/ns/drun-ingress/sa/ingress'] } }] },
      { from: [{ source: { namespaces: ['drun-telemetry'] } }], to: [{ operation: { ports: ['9003'] } }] },
    ]);
  });

  test('are read from ports that the pods name', () => {
    const [deployment] = objects.filter(({ kind }) => kind === 'Deployment');
    const [container] = listAt(deployment, 'spec', 'template', 'spec', 'containers');
    const monitors = objects.filter(({ kind }) => kind === 'PodMonitor');
    expect(monitors.map(({ metadata }) => metadata.name)).toEqual(['edge', 'waf']);
    expect(listAt(container, 'ports').map((port) => stringAt(port, 'name'))).toContain(
      stringAt(listAt(monitors[1], 'spec', 'podMetricsEndpoints')[0], 'port'),
    );
  });
});

describe('an edge that tightens by itself', () => {
  const automatic = { alerts: 'prometheus-operator', limits: { automatic: SWITCH } } as const;

  test('[NET-3] differs by one limit behind the one that is always there, which nobody has turned on', () => {
    const filters = (more: Partial<IngressProps>) =>
      listAt(
        edge(more).find(({ metadata }) => metadata.name === 'edge-rates'),
        'spec',
        'configPatches',
      ).map((patch) => recordAt(patch, 'patch', 'value'));
    const [routes, attack, address, ...more] = filters(automatic);
    expect([routes, address]).toEqual(filters({}));
    expect(more).toEqual([]);
    expect(recordAt(attack, 'typed_config').filter_enforced).toEqual({
      default_value: { numerator: 0, denominator: 'HUNDRED' },
      runtime_key: 'drun.edge_under_attack',
    });
    const tokens = (filter: unknown) =>
      valueAt(listAt(filter, 'typed_config', 'descriptors')[0], 'token_bucket', 'tokens_per_fill');
    expect([tokens(address), tokens(attack)]).toEqual([6_000, 600]);
  });

  test('[NET-3] reads the switch from a folder that its proxies have, and that the platform leaves to whoever turns it', () => {
    const [map] = edge(automatic).filter(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === 'edge-runtime',
    );
    expect(map).toBeDefined();
    expect(valueAt(map, 'data')).toBeUndefined();
    const values = gateway(automatic);
    expect(listAt(values, 'volumes')).toEqual([
      { name: 'edge-runtime', configMap: { name: 'edge-runtime', optional: true } },
    ]);
    const [mount] = listAt(values, 'volumeMounts');
    const [layer] = listAt(
      bootstrap({ automatic: { image: SWITCH.image, holdMinutes: 30 } }),
      'layered_runtime',
      'layers',
    );
    expect(stringAt(layer, 'disk_layer', 'symlink_root')).toBe(`${stringAt(mount, 'mountPath')}/..data`);
    expect([valueAt(gateway(), 'volumes'), valueAt(bootstrap(), 'layered_runtime')]).toEqual([undefined, undefined]);
  });

  test('[IAM-2] is turned by an account that may read and change one ConfigMap', () => {
    const roles = edge(automatic).filter(({ kind }) => kind === 'Role');
    expect(roles.map((role) => valueAt(role, 'rules'))).toEqual([
      [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['edge-runtime'], verbs: ['get', 'patch'] }],
    ]);
  });

  test.each(['ambient', 'sidecar'] as const)(
    '[NET-4] asks Prometheus in the %s mesh, and is called by nobody',
    (mode) => {
      const objects = edge(automatic, mode);
      const pods = { 'app.kubernetes.io/name': 'edge-switch' };
      expect(opened(objects, 'ingress', 'answer-edge-switch')).toEqual({
        at: 'drun-telemetry',
        of: { 'app.kubernetes.io/name': 'prometheus' },
        ways: [
          [
            ['drun-ingress', pods],
            [9090, 15008],
          ],
        ],
      });
      expect(opened(objects, 'ingress', 'allow-edge-switch')).toMatchObject({ at: 'drun-ingress', of: pods, ways: [] });
      const [job] = objects.filter(({ kind }) => kind === 'CronJob');
      const labels = recordAt(job, 'spec', 'jobTemplate', 'spec', 'template', 'metadata', 'labels');
      expect(Object.keys(labels)[1]).toBe(mode === 'ambient' ? 'istio.io/dataplane-mode' : 'sidecar.istio.io/inject');
    },
  );

  test('[CTR-3] has nothing that any rule finds', () => {
    const codes = (more: Partial<IngressProps>) =>
      // What stands in other layers is missed here: whole environments are checked for that.
      checkObjects(edge(more), { today: '2026-11-22' })
        .problems.filter(({ code }) => code !== 'DRN195')
        .map(({ code, path }) => `${code} ${path}`);
    expect(codes(automatic).filter((one) => !codes({}).includes(one))).toEqual([]);
  });
});

describe('alerts', () => {
  const named = (more: Partial<IngressProps>) =>
    edge(more)
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap((rule) => listAt(rule, 'spec', 'groups'))
      .flatMap((group) => listAt(group, 'rules'))
      .map((rule) => stringAt(rule, 'alert'));
  const operator = { alerts: 'prometheus-operator' } as const;

  test('[NET-3] call for the switch while it is off, and for taking it back while it is on', () => {
    expect(named(operator)).toEqual(['EdgeUnderAttack', 'EdgeFirewallDown', ...WAF_ALERTS]);
    expect(named({ ...operator, limits: { profile: 'under-attack' } })).toEqual([
      'EdgeCalm',
      'EdgeFirewallDown',
      ...WAF_ALERTS,
    ]);
  });

  test('[NET-3] tell of what counts over all proxies, and of an edge that tightens by itself, where there are such', () => {
    const of = (limits: IngressProps['limits']) => named({ ...operator, ...(limits === undefined ? {} : { limits }) });
    expect(of({ global: COUNTED }).filter((name) => !of({}).includes(name))).toEqual(['EdgeNobodyCounts']);
    expect(of({ automatic: SWITCH }).filter((name) => !of({}).includes(name))).toEqual(['EdgeTightened']);
  });

  test('[NET-2] read metrics that the firewall has', () => {
    const source = readFileSync(join(PACKAGE_ROOT, 'services', 'waf', 'internal', 'observe', 'metrics.go'), 'utf8');
    const has = [...source.matchAll(/Name: "(waf_\w+)"/g)].map(([, name]) => name);
    const rules = edge(operator)
      .filter(({ kind }) => kind === 'PrometheusRule')
      .flatMap((rule) => listAt(rule, 'spec', 'groups'))
      .flatMap((group) => listAt(group, 'rules'));
    const read = rules.flatMap((rule) => stringAt(rule, 'expr')?.match(/\bwaf_\w+/g) ?? []);
    expect(new Set(read).size).toBe(4);
    expect(read.filter((name) => !has.includes(name))).toEqual([]);
  });

  test('are made only where the operator’s kinds are', () => {
    expect(named({})).toEqual([]);
    expect(edge().filter(({ metadata: { name } }) => /metrics/.test(name))).toEqual([]);
  });

  test('[NET-3] read counters that the proxy is told to keep', () => {
    const annotations = recordAt(gateway(), 'podAnnotations');
    const config: unknown = JSON.parse(String(annotations['proxy.istio.io/config']));
    const kept = listAt(config, 'proxyStatsMatcher', 'inclusionRegexps').map((one) => new RegExp(`^${String(one)}$`));
    // As Envoy 1.40 names them.
    const counters = [
      'edge_address.http_local_rate_limit.rate_limited',
      'connection_limit.edge.limited_connections',
      'listener.10.0.0.1_8443.downstream_global_cx_overflow',
      'http.outbound_0.0.0.0_8443;.ext_proc.edge_waf.message_timeouts',
    ];
    expect(counters.filter((name) => !kept.some((one) => one.test(name)))).toEqual([]);
  });
});

describe('settings', () => {
  test.each([
    ['every address as a range of a CDN', { cdn: { ...CDN, ranges: ['0.0.0.0/0'] } }],
    ['a CDN without its authority', { cdn: { profile: 'generic', ranges: CDN.ranges } }],
    ['no hops at all', { cdn: { ...CDN, hops: 0 } }],
    ['watching without a reason', { waf: { ...SETTINGS.waf, mode: 'detect' } }],
    ['a paranoia level that does not exist', { waf: { ...SETTINGS.waf, paranoia: 5 } }],
    ['one firewall', { waf: { engine: { kind: 'ext-proc', image: `r.example/waf@${DIGEST}`, replicas: 1 } } }],
    ['a wildcard zone', { dns: { provider: 'aws', zones: ['*.example.com'] } }],
    ['a provider of names that external-dns does not have', { dns: { provider: 'bind', zones: ['example.com'] } }],
    ['a Vault path that does not sign', { certificates: { issuer: 'vault', path: 'pki-edge/issue/edge' } }],
    ['Vault in plain text', { certificates: { issuer: 'vault', path: 'pki-edge/sign/edge', server: 'http://vault' } }],
    [
      'ACME without anybody',
      { certificates: { issuer: 'acme', dns01: { provider: 'route53', region: 'eu-central-1' } } },
    ],
    ['a switch that follows an alert which nobody makes', { limits: { automatic: SWITCH } }],
    ['an issuer in plain text', { issuers: [{ issuer: 'http://id.example' }] }],
  ])('fail over %s', (_, change) => {
    const given: unknown = { ...SETTINGS, ...change };
    expect(parse(ingressSchema, given).ok).toBe(false);
    expect(parse(ingressSchema, SETTINGS).ok).toBe(true);
  });
});

test('[ENC-3] Vault is asked with tokens of one account that cert-manager may ask for', () => {
  const chart = new Chart(new App(), 'edge');
  new EdgeCertificates(chart, 'Certificates', ingressSchema.parse(SETTINGS).certificates);
  const objects: readonly Manifest[] = Testing.synth(chart);
  const [role] = objects.filter(({ kind }) => kind === 'Role');
  expect(valueAt(role, 'rules')).toEqual([
    { apiGroups: [''], resources: ['serviceaccounts/token'], resourceNames: ['edge-certificates'], verbs: ['create'] },
  ]);
  expect(JSON.stringify(objects)).not.toMatch(/caBundle"|tokenSecretRef|roleId/);
});

test('[ENC-1] records of names are owned, never taken away, and made for the edge’s hosts alone', () => {
  expect(externalDnsValues({ provider: 'aws', zones: ['example.com'], owner: 'prod-eu' }, 'eu')).toMatchObject({
    sources: ['istio-gateway'],
    policy: 'upsert-only',
    registry: 'txt',
    txtOwnerId: 'prod-eu',
    domainFilters: ['example.com'],
    extraArgs: ['--namespace=drun-ingress'],
  });
});

describe('objects of tenants at the edge', () => {
  const [dev] = renderedRegions(['dev']);
  if (dev === undefined) throw new Error('dev has no region');
  const facts = { ...dev.planned.region.facts, apiServerPorts: [443, 6443], metadataCidrs: METADATA_CIDRS };
  const declared = [{ from: 'team-alpha', to: 'team-beta', namespace: 'team-beta-main', ports: [8080] }];
  const found = (more: readonly Manifest[]) =>
    proveReachability({ objects: [...dev.objects, ...more], facts, declared }).violations.map(({ code }) => code);
  const labels = { 'drun.io/tenant': 'team-alpha', 'app.kubernetes.io/managed-by': 'drun-platform' };

  test('[NET-4] are settings of the proxy', () => {
    expect(found([])).toEqual([]);
  });

  test.each([
    ['apps/v1', 'Deployment'],
    ['v1', 'Pod'],
    ['v1', 'ServiceAccount'],
    ['v1', 'Secret'],
    ['rbac.authorization.k8s.io/v1', 'RoleBinding'],
    ['networking.istio.io/v1', 'ServiceEntry'],
  ])('[NET-4] fail where one is %s %s', (apiVersion, kind) => {
    const object = { apiVersion, kind, metadata: { name: 'x', namespace: 'drun-ingress', labels }, spec: {} };
    expect(found([object])).toContain('PRV043');
  });
});

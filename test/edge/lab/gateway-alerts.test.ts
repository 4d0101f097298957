import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Manifest } from '../../../constructs/core/manifest';
import { edgeProfile } from '../../../constructs/ingress/edge-profiles';
import { regionObjects } from '../../../stacks/load';
import { buildTree } from '../../../stacks/tree';
import { alertGroups, checkAlerts, firesOtherwise, type Readings } from '../../support/alerts';
import { type Cast, newCast } from '../../support/edge/cast';
import { askTogether, dial } from '../../support/edge/client';
import { startCounting } from '../../support/edge/counting';
import { type EdgeChange, edgeLabPlan } from '../../support/edge/environment';
import { HOST } from '../../support/edge/fixture';
import { type GatewayLab, startGateway } from '../../support/edge/gateway';
import { renderedRegions } from '../../support/rendered';
import { type MountedWaf, type MountOptions, mountWaf, startWaf } from '../../support/waf/mounted';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const image = (name: string) => `registry.example.com/${name}@${DIGEST}`;
const CONNECTIONS = 100;
const LIMITS = { perAddress: 600, connections: CONNECTIONS } as const;
const edge = (limits: EdgeChange['limits']): EdgeChange => ({ alerts: 'prometheus-operator', limits });
const NORMAL = edge({ profile: 'normal', ...LIMITS, automatic: { image: image('edge-switch') } });
const TIGHT = edge({ profile: 'under-attack', ...LIMITS });
const COUNTED = edge({
  profile: 'normal',
  ...LIMITS,
  global: {
    image: image('ratelimit'),
    store: { host: 'redis.example.com', ranges: ['192.0.2.0/28'], password: { secret: 'counts', key: 'password' } },
  },
});

function rendered(change: EdgeChange): readonly Manifest[] {
  return regionObjects(buildTree(edgeLabPlan(change)), 'eu-central-1');
}

/** What a firewall says of itself, once and again: nothing is asked of it. What happens to its files happens while it runs. */
async function firewall(
  options: MountOptions = {},
  happens: (mounted: MountedWaf) => void = () => {},
): Promise<Readings> {
  const mounted = mountWaf(rendered(NORMAL), options);
  const waf = await startWaf(mounted);
  try {
    happens(mounted);
    await sleep(READ_AGAIN);
    return still((await waf.get('/metrics')).text);
  } finally {
    await waf.stop();
    mounted.remove();
  }
}

const still = (text: string): Readings => ({ before: text, after: text });
/** Milliseconds in which the firewall has surely read its files again. */
const READ_AGAIN = 500;

function breakConfig({ args }: MountedWaf): void {
  const [path = ''] = args.flatMap((one) => (one.startsWith('--config=') ? [one.slice('--config='.length)] : []));
  writeFileSync(path, 'no configuration');
}

/** A tenant's file with an exclusion that ends in so many days. */
function exclusion(days: number): MountOptions {
  const expires = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const excluded = {
    rule: 942_100,
    target: 'ARGS:q',
    owner: 'a@acme.example',
    reason: 'queries are a language here',
    expires,
  };
  const file = { version: 1, routes: { 'api/acme/shop': { exclusions: [excluded] } } };
  return { tenants: { 'acme.json': JSON.stringify(file) } };
}

describe('[NET-3] alerts of the edge, in Prometheus, over what a proxy of Istio and the firewall count', () => {
  let cast: Cast;
  let calmFirewall: Readings;
  beforeAll(async () => {
    cast = await newCast();
    calmFirewall = await firewall();
  });

  /** What the gateway counts while something happens at it. */
  async function counted(change: EdgeChange, happens: (lab: GatewayLab) => Promise<unknown>): Promise<Readings> {
    const lab = await startGateway({ cast, edge: change, statistics: 'istio' });
    try {
      await ordinary(lab);
      const before = await lab.gateway.admin('/stats/prometheus');
      await happens(lab);
      return { before, after: await lab.gateway.admin('/stats/prometheus') };
    } finally {
      await lab.stop();
    }
  }
  const ordinary = async (lab: GatewayLab) => {
    for (let i = 0; i < 5; i += 1) await lab.ask(HOST.open);
  };
  const fromOneAddress = (lab: GatewayLab) => {
    const streams = Array.from({ length: 90 }, () => ({ path: '/', headers: { 'x-forwarded-for': '203.0.113.1' } }));
    return askTogether({ to: lab.to, host: HOST.open, tls: cast.tls }, streams);
  };
  const connections = async (lab: GatewayLab) => {
    const most = (CONNECTIONS * edgeProfile('normal').connectionPercent) / 100;
    const dialled = Array.from({ length: most + 3 }, () => dial({ to: lab.to, host: HOST.open, tls: cast.tls }));
    for (const one of await Promise.allSettled(dialled)) if (one.status === 'fulfilled') one.value.destroy();
  };
  const withoutFirewall = async (lab: GatewayLab) => {
    await lab.judge.stop();
    await ordinary(lab);
  };
  const switched = async (lab: GatewayLab) => {
    lab.turn({ 'drun.edge_under_attack': '100' });
    await sleep(1_000);
    await ordinary(lab);
  };

  test.each([
    ['ordinary calls', NORMAL, ordinary, []],
    ['ordinary calls under the tighter profile', TIGHT, ordinary, ['EdgeCalm']],
    ['one address that asks too much', NORMAL, fromOneAddress, ['EdgeUnderAttack']],
    ['one address that asks too much, under the tighter profile', TIGHT, fromOneAddress, []],
    ['more connections than a host may hold', NORMAL, connections, ['EdgeUnderAttack']],
    ['a firewall that does not answer', NORMAL, withoutFirewall, ['EdgeFirewallDown']],
    ['a switch that is turned', NORMAL, switched, ['EdgeTightened']],
  ] as const)('%s', async (_what, change, happens, alerts) => {
    const readings = [calmFirewall, await counted(change, happens)];
    expect(await firesOtherwise(alertGroups(rendered(change)), readings, alerts)).toBe('');
  });

  test('nobody who counts for all proxies', async () => {
    const lab = await startCounting({ cast, perKey: 600, perAddress: 600 });
    try {
      const from = { 'x-forwarded-for': '203.0.113.7' };
      const groups = alertGroups(rendered(COUNTED));
      await lab.ask(0, HOST.open, from);
      const first = await lab.metrics(0);
      await lab.ask(0, HOST.open, from);
      const second = await lab.metrics(0);
      expect(await firesOtherwise(groups, [calmFirewall, { before: first, after: second }], [])).toBe('');
      await lab.service.kill();
      await lab.ask(0, HOST.open, from);
      const third = { before: second, after: await lab.metrics(0) };
      expect(await firesOtherwise(groups, [calmFirewall, third], ['EdgeNobodyCounts'])).toBe('');
    } finally {
      await lab.stop();
    }
  });

  test.each([
    ['no file of a tenant', undefined, undefined, []],
    ['an exclusion that ends in three weeks', exclusion(21), undefined, []],
    ['an exclusion that ends in three days', exclusion(3), undefined, ['WafExclusionEnds']],
    ['a tenant’s file with a mistake', { tenants: { 'acme.json': 'no file' } }, undefined, ['WafTenantFileIgnored']],
    ['a configuration that is refused', undefined, breakConfig, ['WafConfigRefused']],
  ] as const)('a firewall with %s', async (_what, options, happens, alerts) => {
    const readings = [await firewall(options, happens)];
    expect(await firesOtherwise(alertGroups(rendered(NORMAL)), readings, alerts)).toBe('');
  });

  test('a firewall whose inspections fail, or that nobody reads', async () => {
    const groups = alertGroups(rendered(NORMAL));
    // Nothing makes an inspection fail on purpose: this counter is written by hand.
    const failing = { before: 'waf_errors_total{kind="engine"} 0', after: 'waf_errors_total{kind="engine"} 1' };
    expect(await firesOtherwise(groups, [calmFirewall, failing], ['WafInspectionsFail'])).toBe('');
    expect(await firesOtherwise(groups, [], ['WafUnseen'])).toBe('');
  });

  test('are seen not to fire where a counter goes by another name', async () => {
    const text = JSON.stringify(alertGroups(rendered(NORMAL))).replaceAll('envoy_edge_address_', 'envoy_');
    const readings = [calmFirewall, await counted(NORMAL, fromOneAddress)];
    expect(await firesOtherwise(JSON.parse(text), readings, ['EdgeUnderAttack'])).toContain('EdgeUnderAttack');
    expect(await firesOtherwise(JSON.parse(text), readings, [])).toBe('');
  });
});

describe('[NET-3] rules of alerts', () => {
  const lab = { 'the normal profile': NORMAL, 'the tighter profile': TIGHT, 'counts over all proxies': COUNTED };
  const written = Object.entries(lab).map(([what, change]) => [what, alertGroups(rendered(change))] as const);
  const committed = renderedRegions().map(
    ({ environment, planned, objects }) => [`${environment} ${planned.region.name}`, alertGroups(objects)] as const,
  );

  test.each([...written, ...committed].filter(([, groups]) => groups.length > 0))(
    'of %s are what Prometheus takes, without a remark',
    async (_where, groups) => {
      expect(await checkAlerts(groups)).toMatchObject({ code: 0, stderr: '' });
    },
  );

  test('are refused where an expression is none, or stands twice', async () => {
    const [group] = alertGroups(rendered(NORMAL));
    const text = JSON.stringify([group]);
    expect(text).toContain('absent(waf_config_valid)');
    const wrong = text.replace('absent(waf_config_valid)', 'absent(waf_config_valid');
    expect((await checkAlerts(JSON.parse(wrong))).code).not.toBe(0);
    expect((await checkAlerts([group, group])).code).not.toBe(0);
  });
});

import * as fc from 'fast-check';
import { FUTURE_TENANT, proveReachability, type Verdict } from '../../../analysis/network';
import { readFacts } from '../../../analysis/network/facts';
import { readPolicies } from '../../../analysis/network/policies';
import { hasPort, type PortSet } from '../../../analysis/network/port-set';
import type { Protocol } from '../../../analysis/network/protocol';
import { findWay, reach } from '../../../analysis/network/reach';
import { Reader } from '../../../analysis/network/reader';
import { openersOf } from '../../../analysis/network/witness';
import { buildWorld, type World } from '../../../analysis/network/world';
import { listAt, recordAt, stringAt } from '../../../constructs/core/json';
import { type Manifest, objectLabel } from '../../../constructs/core/manifest';
import { naiveNetwork, type Pod } from '../../support/naive-network';
import { adminPolicy, FACTS, namespace, networkPolicy } from '../../support/network-population';

const facts = { ...FACTS, podCidrs: ['10.0.0.0/24'], serviceCidrs: ['10.96.0.0/16'] };
/** Both ends of every interval that the policies below can make. */
const PORTS = [79, 80, 81, 443, 444];
const PROTOCOLS = ['TCP', 'UDP', 'SCTP'] as const;

/** Two tenants with a namespace each; `team` is a label of the platform's by which policies choose. */
const NAMESPACES = [
  { name: 'acme-a', labels: { 'drun.io/tenant': 'acme', team: 'x' } },
  { name: 'beta-b', labels: { 'drun.io/tenant': 'beta', team: 'y' } },
];

const labelTerm = (key: string, values: readonly string[]) =>
  fc.oneof(
    fc.record({
      key: fc.constant(key),
      operator: fc.constantFrom('In', 'NotIn'),
      values: fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 }),
    }),
    fc.record({ key: fc.constant(key), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  );
const selector = (...terms: readonly fc.Arbitrary<object>[]) =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constant<object>({}) },
    {
      weight: 3,
      arbitrary: fc
        .array(fc.oneof(...terms), { minLength: 1, maxLength: 2 })
        .map((matchExpressions) => ({ matchExpressions })),
    },
  );
const podSelector = fc.oneof(
  selector(labelTerm('app', ['x']), labelTerm('tier', ['x'])),
  fc.constant({ matchLabels: { app: 'x' } }),
);
const namespaceSelector = selector(labelTerm('drun.io/tenant', ['acme', 'beta']), labelTerm('team', ['x', 'y']));

const policyPort = fc.oneof(
  fc.constant<object>({ port: 80, endPort: 443 }),
  fc.record({ port: fc.constantFrom(80, 443), protocol: fc.constantFrom(...PROTOCOLS) }),
  fc.record({ protocol: fc.constantFrom(...PROTOCOLS) }),
);
const WHOLE = [
  { cidr: '0.0.0.0/0' },
  { cidr: '10.0.0.0/8', except: ['10.128.0.0/9'] },
  { cidr: '192.168.0.0/16' },
  { cidr: '0.0.0.0/0', except: ['10.0.0.0/8'] },
];
const PARTIAL = [
  ...WHOLE,
  { cidr: '10.0.0.0/25' },
  { cidr: '10.0.0.0/24', except: ['10.0.0.1/32'] },
  { cidr: '10.0.0.128/25' },
];

const policyPeer = (blocks: readonly object[]) =>
  fc.oneof(
    fc.record({ podSelector }),
    fc.record({ namespaceSelector }),
    fc.record({ namespaceSelector, podSelector }),
    fc.record({ ipBlock: fc.constantFrom(...blocks) }),
  );
const grant = (field: string, blocks: readonly object[]) =>
  fc.record(
    { [field]: fc.array(policyPeer(blocks), { maxLength: 2 }), ports: fc.array(policyPort, { maxLength: 2 }) },
    { requiredKeys: [] },
  );
const policySpec = (blocks: readonly object[]) =>
  fc.record(
    {
      podSelector,
      policyTypes: fc.constantFrom(['Ingress'], ['Egress'], ['Ingress', 'Egress'], []),
      ingress: fc.array(grant('from', blocks), { maxLength: 2 }),
      egress: fc.array(grant('to', blocks), { maxLength: 2 }),
    },
    { requiredKeys: ['podSelector'] },
  );

const adminProtocol = fc.oneof(
  fc.record({
    tcp: fc.constantFrom({ destinationPort: { number: 80 } }, { destinationPort: { range: { start: 80, end: 443 } } }),
  }),
  fc.record({ udp: fc.constant({ destinationPort: { number: 443 } }) }),
);
const inside = fc.oneof(
  fc.record({ namespaces: namespaceSelector }),
  fc.record({ pods: fc.record({ namespaceSelector, podSelector }) }),
);
const adminRule = (field: string, networks: readonly string[]) =>
  fc.record(
    {
      action: fc.constantFrom('Accept', 'Deny', 'Pass'),
      [field]: fc.array(
        field === 'from'
          ? inside
          : fc.oneof(
              { weight: 4, arbitrary: inside },
              { weight: 1, arbitrary: fc.constantFrom(...networks).map((cidr) => ({ networks: [cidr] })) },
            ),
        { minLength: 1, maxLength: 2 },
      ),
      protocols: fc.array(adminProtocol, { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['action', field] },
  );
const adminSpec = (networks: readonly string[]) =>
  fc.record({
    tier: fc.constantFrom('Admin', 'Admin', 'Baseline'),
    subject: inside,
    ingress: fc.array(adminRule('from', networks), { maxLength: 3 }),
    egress: fc.array(adminRule('to', networks), { maxLength: 3 }),
  });

const policies = (blocks: readonly { readonly cidr: string }[], networks: readonly string[]) =>
  fc
    .record({
      network: fc.array(fc.tuple(fc.constantFrom('acme-a', 'beta-b'), policySpec(blocks)), { maxLength: 4 }),
      admin: fc.array(adminSpec(networks), { maxLength: 3 }),
    })
    .map(({ network, admin }): readonly Manifest[] => [
      ...NAMESPACES.map(({ name, labels }) => namespace(name, labels)),
      ...network.map(([at, spec], index) => networkPolicy(`${at}/p${index}`, spec)),
      ...admin.map((spec, index) => adminPolicy(`c${index}`, { priority: index * 10, ...spec })),
    ]);

const POD_LABELS = [undefined, 'x', 'other'].flatMap((app) =>
  [undefined, 'x', 'other'].map((tier) => ({
    ...(app === undefined ? {} : { app }),
    ...(tier === undefined ? {} : { tier }),
  })),
);
const podsOf = (name: string, labels: Readonly<Record<string, string>>, ips: readonly string[]): readonly Pod[] =>
  POD_LABELS.flatMap((own) =>
    ips.map((ip) => ({
      namespace: name,
      namespaceLabels: { ...labels, 'kubernetes.io/metadata.name': name },
      labels: own,
      ip,
    })),
  );

/** Ports on which some pod of one side reaches some pod of the other, by trying them all. */
function tried(
  objects: readonly Manifest[],
  from: readonly Pod[],
  to: readonly Pod[],
  protocol: string,
): readonly number[] {
  const judge = naiveNetwork(objects);
  return PORTS.filter((port) => from.some((source) => to.some((target) => judge(source, target, protocol, port))));
}

function worldOf(objects: readonly Manifest[]): World {
  const policies = readPolicies(objects);
  expect(policies.unreadable).toEqual([]);
  const world = buildWorld(objects, policies, readFacts(new Reader(), facts));
  if (world === undefined) throw new Error('too many kinds of future namespaces');
  return world;
}

const spaceOf = (world: World, tenant: string) =>
  world.namespaces.filter((item) => item.tenant === tenant && !item.future);

/** The same by the proof. */
function proved(world: World, from: string, to: string, protocol: Protocol, verdict: Verdict): readonly number[] {
  const sets = spaceOf(world, from).flatMap((source) =>
    spaceOf(world, to).map((target) => reach(world, source, target, protocol, verdict)),
  );
  return inSample(sets);
}

function inSample(sets: readonly PortSet[]): readonly number[] {
  return PORTS.filter((port) => sets.some((ports) => hasPort(ports, port)));
}

const [ACME = [], BETA = []] = NAMESPACES.map(({ name, labels }) => podsOf(name, labels, ['10.0.0.7']));
const DIRECTIONS = [
  ['acme', 'beta', ACME, BETA],
  ['beta', 'acme', BETA, ACME],
] as const;
const NETWORKS = ['0.0.0.0/0', '192.168.0.0/16', '10.0.0.0/8'];

test('[NET-4] the proof over sets finds exactly the ports that trying every pod finds', () => {
  let open = 0;
  let closed = 0;
  fc.assert(
    fc.property(policies(WHOLE, NETWORKS), (objects) => {
      const world = worldOf(objects);
      for (const [from, to, sources, targets] of DIRECTIONS) {
        for (const protocol of ['TCP', 'UDP'] as const) {
          const expected = tried(objects, sources, targets, protocol);
          expect(proved(world, from, to, protocol, 'asWritten')).toEqual(expected);
          if (expected.length > 0) open += 1;
          if (expected.length < PORTS.length) closed += 1;
        }
      }
    }),
    { numRuns: 1500 },
  );
  // Otherwise the comparison would say little.
  expect(Math.min(open, closed)).toBeGreaterThan(1000);
});

test('[NET-4] the second verdict is that of policies that allow everything, added by the tenants themselves', () => {
  const all = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };
  const added = NAMESPACES.map(({ name }) => networkPolicy(`${name}/mine`, all));
  fc.assert(
    fc.property(policies(WHOLE, NETWORKS), (objects) => {
      const world = worldOf(objects);
      for (const [from, to, sources, targets] of DIRECTIONS) {
        for (const protocol of PROTOCOLS) {
          expect(proved(world, from, to, protocol, 'ifTenantOpensAll')).toEqual(
            tried([...objects, ...added], sources, targets, protocol),
          );
        }
      }
    }),
    { numRuns: 400 },
  );
});

test('[NET-4] the proof against a future tenant holds for any labels its namespace may have', () => {
  const future = ['', 'x', 'y', 'z'].flatMap((team) =>
    podsOf('new-n', { 'drun.io/tenant': 'new', ...(team === '' ? {} : { team }) }, ['10.0.0.7']),
  );
  fc.assert(
    fc.property(policies(WHOLE, NETWORKS), (objects) => {
      const { paths } = proveReachability({ objects, facts, declared: [], assumeTenantPolicies: false });
      const said = (from: string, to: string) =>
        inSample(
          paths
            .filter((path) => path.from === from && path.to === to && path.protocol === 'TCP')
            .map(({ ports }) => ports),
        );
      expect(said(FUTURE_TENANT, 'acme')).toEqual(tried(objects, future, ACME, 'TCP'));
      expect(said('acme', FUTURE_TENANT)).toEqual(tried(objects, ACME, future, 'TCP'));
    }),
    { numRuns: 150 },
  );
});

test('[NET-5] where a block meets some addresses of pods only, the proof never misses a path', () => {
  const ips = ['10.0.0.1', '10.0.0.200'];
  const [acme = [], beta = []] = NAMESPACES.map(({ name, labels }) => podsOf(name, labels, ips));
  fc.assert(
    fc.property(policies(PARTIAL, ['10.0.0.0/25', '10.0.0.128/25', '0.0.0.0/0']), (objects) => {
      const world = worldOf(objects);
      for (const protocol of PROTOCOLS) {
        const expected = tried(objects, acme, beta, protocol);
        expect(proved(world, 'acme', 'beta', protocol, 'asWritten')).toEqual(expect.arrayContaining([...expected]));
      }
    }),
    { numRuns: 250 },
  );
});

/** The object with nothing left that it grants; it isolates and denies as before. */
function silence(object: Manifest): Manifest {
  const spec = recordAt(object, 'spec');
  if (object.kind === 'NetworkPolicy') {
    const types = listAt(spec, 'policyTypes');
    const policyTypes =
      types.length > 0 ? types : listAt(spec, 'egress').length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
    return networkPolicy(`${object.metadata.namespace}/${object.metadata.name}`, {
      podSelector: spec.podSelector,
      policyTypes,
    });
  }
  const denials = (side: string) => listAt(spec, side).filter((rule) => stringAt(rule, 'action') === 'Deny');
  return object.kind === 'Namespace'
    ? object
    : adminPolicy(object.metadata.name, { ...spec, ingress: denials('ingress'), egress: denials('egress') });
}

test('[NET-4] the grants named are enough to open the port, and without any one of them it closes', () => {
  let checked = 0;
  fc.assert(
    fc.property(policies(WHOLE, NETWORKS), (objects) => {
      const world = worldOf(objects);
      for (const port of PORTS) {
        const [from, to] = [spaceOf(world, 'acme')[0], spaceOf(world, 'beta')[0]];
        const way = from && to && findWay(world, from, to, 'TCP', 'asWritten', port);
        if (way === undefined) continue;
        const openers = openersOf(world, way.route, port);
        const grants = openers.filter(({ role }) => role === 'grants').map(({ label }) => label);
        const open = (kept: readonly string[]) => {
          const judge = naiveNetwork(objects.map((item) => (kept.includes(objectLabel(item)) ? item : silence(item))));
          const pod = (side: 'from' | 'to', all: readonly Pod[]): Pod[] =>
            all.slice(0, 1).map((any) => ({ ...any, labels: way[side].labels }));
          return pod('from', ACME).some((source) =>
            pod('to', BETA).some((target) => judge(source, target, 'TCP', port)),
          );
        };
        expect(open(grants)).toBe(true);
        for (const one of grants) expect(open(grants.filter((label) => label !== one))).toBe(false);
        expect(openers.length).toBeGreaterThan(0);
        if (grants.length > 0) checked += 1;
      }
    }),
    { numRuns: 500 },
  );
  expect(checked).toBeGreaterThan(300);
});

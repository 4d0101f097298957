import { proveReachability, type Violation } from '../../../analysis/network';
import type { Manifest } from '../../../constructs/core/manifest';
import {
  ACME_TO_BETA,
  adminPolicy,
  FACTS,
  networkPolicy,
  respec,
  threeTenants,
  without,
} from '../../support/network-population';

const prove = (objects: readonly Manifest[]) =>
  proveReachability({ objects, facts: FACTS, declared: ACME_TO_BETA }).violations;
const codes = (violations: readonly Violation[]) => [...new Set(violations.map(({ code }) => code))].sort();
const to = (...blocks: readonly object[]) =>
  networkPolicy('gamma-serve/out', {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: blocks.map((ipBlock) => ({ ipBlock })) }],
  });
const noGuards = (objects: readonly Manifest[]) => {
  const names = ['tenants-no-metadata', 'tenants-no-api-server', 'tenants-no-nodes', 'tenants-no-outside'];
  return names.reduce((rest, name) => without(rest, `ClusterNetworkPolicy ${name}`), objects);
};

test.each([
  ['tenants-no-metadata', ['PRV014']],
  ['tenants-no-api-server', ['PRV015']],
  ['tenants-no-nodes', ['PRV016']],
])('[NET-5] fails when %s is missing, though the default deny of each namespace holds', (name, expected) => {
  // What comes last in the admin tier would close them too: take it away as well.
  const objects = without(
    without(threeTenants(), 'ClusterNetworkPolicy tenants-no-outside'),
    `ClusterNetworkPolicy ${name}`,
  );
  const found = prove(objects).filter(({ code }) => code !== 'PRV017');
  expect(codes(found)).toEqual(expected);
  expect(found[0]?.openedBy.map(({ role, label }) => `${role} ${label}`)).toEqual([
    `absent ClusterNetworkPolicy ${name}`,
  ]);
});

test('[NET-4] fails when nothing in the admin tier closes the world outside', () => {
  const found = prove(without(threeTenants(), 'ClusterNetworkPolicy tenants-no-outside'));
  expect(codes(found)).toEqual(['PRV017']);
  expect(found[0]?.openedBy[0]).toMatchObject({ role: 'absent', label: 'ClusterNetworkPolicy tenants-no-outside' });
});

test('[NET-4] fails when the admin tier closes one family of addresses and forgets the other', () => {
  const objects = respec(threeTenants(), 'ClusterNetworkPolicy tenants-no-outside', (spec) => ({
    ...spec,
    egress: [{ action: 'Deny', to: [{ networks: ['0.0.0.0/0'] }] }],
  }));
  const found = prove(objects).filter(({ code }) => code === 'PRV017');
  expect(found[0]?.sentence).toContain('such as 0:0:0:0:0:0:0:0 ');
});

test.each([
  ['the metadata service', '169.254.169.254/32', 'PRV010'],
  ['the API server', '172.31.0.0/24', 'PRV011'],
  ['nodes', '172.16.4.0/24', 'PRV012'],
  ['the world outside', '93.184.216.34/32', 'PRV013'],
  ['metadata over IPv6', 'fd00:ec2::/64', 'PRV010'],
])('[NET-5] fails when a network policy opens %s and names it', (_, cidr, code) => {
  const found = prove([...noGuards(threeTenants()), to({ cidr })]).filter((item) => item.code === code);
  expect(found.length).toBeGreaterThan(0);
  expect(found[0]?.from).toBe('gamma');
  expect(found[0]?.openedBy).toEqual([
    expect.objectContaining({ role: 'grants', label: 'NetworkPolicy gamma-serve/out' }),
  ]);
});

test('[NET-5] a network policy opens none of it while the admin tier denies it', () => {
  expect(
    codes(prove([...threeTenants(), to({ cidr: '0.0.0.0/0' }, { cidr: '::/0' })])).filter((code) => code < 'PRV020'),
  ).toEqual([]);
});

test('[NET-5] exceptions of an ipBlock are honoured to the last address', () => {
  const open = (except: readonly string[]) =>
    codes(prove([...noGuards(threeTenants()), to({ cidr: '169.254.0.0/16', except })])).filter(
      (code) => code < 'PRV014',
    );
  expect(open(['169.254.169.254/32'])).toEqual(['PRV013']);
  expect(open(['169.254.169.255/32'])).toEqual(['PRV010', 'PRV013']);
});

test('[NET-5] only the ports of the API server count for it', () => {
  const port = (number: number) =>
    networkPolicy('gamma-serve/out', {
      podSelector: {},
      policyTypes: ['Egress'],
      egress: [{ to: [{ ipBlock: { cidr: '10.96.0.1/32' } }], ports: [{ port: number }] }],
    });
  const api = (number: number) =>
    prove([...noGuards(threeTenants()), port(number)]).filter(({ code }) => code === 'PRV011');
  expect(api(443).map(({ ports }) => ports)).toEqual([[[443, 443]]]);
  expect(api(80)).toEqual([]);
});

test('[NET-5] fails when nodes are denied by a label that not all of them need carry', () => {
  const deny = (nodes: object) =>
    adminPolicy('tenants-no-nodes', {
      tier: 'Admin',
      priority: 30,
      subject: { namespaces: {} },
      egress: [{ action: 'Deny', to: [{ nodes }] }],
    });
  const rest = without(
    without(threeTenants(), 'ClusterNetworkPolicy tenants-no-nodes'),
    'ClusterNetworkPolicy tenants-no-outside',
  );
  expect(codes(prove([...rest, deny({})]))).toEqual(['PRV017']);
  expect(codes(prove([...rest, deny({ matchLabels: { pool: 'gpu' } })]))).toEqual(['PRV016', 'PRV017']);
});

test('[NET-5] fails when a domain name is accepted in the admin tier, for it resolves to what its owner says', () => {
  const accept = adminPolicy('names', {
    tier: 'Admin',
    priority: 5,
    subject: { namespaces: { matchLabels: { 'drun.io/tenant': 'gamma' } } },
    egress: [{ action: 'Accept', to: [{ domainNames: ['api.example.com'] }] }],
  });
  expect(codes(prove([...threeTenants(), accept]))).toEqual(
    expect.arrayContaining(['PRV010', 'PRV011', 'PRV012', 'PRV013']),
  );
});

import { proveReachability, type Violation } from '../../../analysis/network';
import type { Manifest } from '../../../constructs/core/manifest';
import {
  authorization,
  FACTS,
  networkPolicy,
  object,
  platformObjects,
  relabel,
  respec,
  tenantObjects,
} from '../../support/network-population';

const prove = (objects: readonly Manifest[]) => proveReachability({ objects, facts: FACTS, declared: [] });
const codes = (violations: readonly Violation[]) => [...new Set(violations.map(({ code }) => code))].sort();
const to = (name: string, ports: readonly object[]) =>
  networkPolicy(`acme-serve/to-${name}`, {
    podSelector: {},
    policyTypes: ['Egress'],
    egress: [{ to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': name } } }], ports }],
  });
const acme = (...uses: readonly string[]) => [...platformObjects(), ...tenantObjects({ name: 'acme', uses })];

describe('platform services', () => {
  test('[NET-4] a tenant whose namespace says so reaches the service, and the report lists it', () => {
    const { violations, paths } = prove([...acme('vault'), to('vault', [{ port: 8200 }])]);
    expect(violations).toEqual([]);
    expect(paths.filter(({ to: target }) => target === 'vault')).toEqual([
      expect.objectContaining({ kind: 'platform', from: 'acme', ports: [[8200, 8200]], expected: true }),
    ]);
  });

  test.each([[[]], [['telemetry']]])('[NET-4] fails without the label of that service (labels: %j)', (uses) => {
    const { violations } = prove([...acme(...uses), to('vault', [{ port: 8200 }])]);
    expect(violations.map(({ code, from, to: target }) => [code, from, target])).toEqual([['PRV020', 'acme', 'vault']]);
    expect(violations[0]?.openedBy.map(({ label }) => label)).toContain('NetworkPolicy acme-serve/to-vault');
  });

  test('[NET-4] fails on another port of a service it may use', () => {
    const { violations } = prove([...acme('vault'), to('vault', [{ port: 8200, endPort: 8201 }])]);
    expect(violations.map(({ code, ports }) => [code, ports])).toEqual([['PRV021', [[8201, 8201]]]]);
  });

  test('[NET-4] fails when a service in the mesh has no authorization policy behind its tunnel', () => {
    const open = relabel([...acme('models'), to('drun-models', [{ port: 15_008 }])], 'drun-models', (labels) => ({
      ...labels,
      'istio.io/dataplane-mode': 'ambient',
    }));
    expect(codes(prove(open).violations)).toEqual(['PRV021']);
    const callers = { from: [{ source: { namespaces: ['acme-serve'] } }], to: [{ operation: { ports: ['8443'] } }] };
    expect(prove([...open, authorization('drun-models/callers', { rules: [callers] })]).violations).toEqual([]);
  });

  test('[NET-4] names, the control plane of the mesh and the egress waypoint are open to everyone, on their ports', () => {
    const common = [to('istio-system', [{ port: 15_012 }]), to('drun-egress', [{ port: 15_008 }])];
    expect(prove([...acme(), ...common]).violations).toEqual([]);
    expect(codes(prove([...acme(), to('istio-system', [{ port: 15_010 }])]).violations)).toEqual(['PRV020']);
    expect(codes(prove([...acme(), to('kube-system', [{ port: 10_250 }])]).violations)).toEqual(['PRV020']);
  });
});

describe('names outside the cluster', () => {
  const entry = (spec: object) =>
    object('networking.istio.io/v1', 'ServiceEntry', 'acme-serve/openai', {
      hosts: ['api.openai.com'],
      exportTo: ['.'],
      ...spec,
    });
  const grant = (source: object) =>
    authorization('acme-serve/openai', {
      targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'openai' }],
      rules: [{ from: [{ source }] }],
    });
  const OWN = grant({ serviceAccounts: ['workload'] });
  const with2 = (...objects: readonly Manifest[]) => [...acme(), ...tenantObjects({ name: 'beta' }), ...objects];

  test('[NET-1] the report says who may use a name', () => {
    const { egress, violations } = prove(with2(entry({}), OWN));
    expect(violations).toEqual([]);
    expect(egress).toEqual([
      {
        tenant: 'acme',
        namespace: 'acme-serve',
        serviceEntry: 'openai',
        hosts: ['api.openai.com'],
        through: 'drun-egress',
        sources: ['acme-serve/workload'],
      },
    ]);
  });

  test.each([
    ['exported to everyone', { exportTo: ['*'] }, 'PRV030'],
    ['exported by default', { exportTo: [] }, 'PRV030'],
    ['exported to a second namespace', { exportTo: ['.', 'beta-serve'] }, 'PRV030'],
    ['a wildcard', { hosts: ['*.openai.com'] }, 'PRV031'],
    ['every name', { hosts: ['*'] }, 'PRV031'],
    ['no host', { hosts: [] }, 'PRV031'],
    ['a service of the cluster', { hosts: ['api.beta-serve.svc.cluster.local'] }, 'PRV032'],
    ['a short service name', { hosts: ['api.beta-serve.svc'] }, 'PRV032'],
    ['every service', { hosts: ['*.svc'] }, 'PRV032'],
    ['the API server', { hosts: ['kubernetes'] }, 'PRV032'],
    ['the API server in full', { hosts: ['kubernetes.default.svc.cluster.local.'] }, 'PRV032'],
    ['a single word', { hosts: ['vault'] }, 'PRV032'],
    ['upper case', { hosts: ['Vault.VAULT.SVC'] }, 'PRV032'],
    ['the metadata service', { endpoints: [{ address: '169.254.169.254' }] }, 'PRV035'],
    ['addresses of pods', { addresses: ['10.0.0.0/24'] }, 'PRV035'],
  ])('[NET-1] fails on a name that is %s', (_, spec, code) => {
    expect(codes(prove(with2(entry(spec), OWN)).violations)).toEqual([code]);
  });

  test('[NET-1] fails when no policy names the ServiceEntry', () => {
    expect(codes(prove(with2(entry({}))).violations)).toEqual(['PRV033']);
    const byName = {
      ...OWN,
      spec: { ...OWN.spec, targetRefs: [{ group: 'networking.istio.io', kind: 'ServiceEntry', name: 'other' }] },
    };
    expect(codes(prove(with2(entry({}), byName)).violations)).toEqual(['PRV033']);
  });

  test('[NET-1] fails when another tenant may use it', () => {
    const { violations } = prove(with2(entry({}), grant({ namespaces: ['acme-serve', 'beta-serve'] })));
    expect(violations.map(({ code, to: user }) => [code, user])).toEqual([['PRV034', 'beta-serve']]);
    expect(violations[0]?.openedBy).toEqual([
      expect.objectContaining({ role: 'grants', label: 'AuthorizationPolicy acme-serve/openai' }),
    ]);
    expect(codes(prove(with2(entry({}), grant({ namespaces: ['*'] }))).violations)).toEqual(['PRV034']);
  });
});

describe('what cannot be taken at its word', () => {
  test.each([
    ['a mistyped field', { podSelecter: {} }, 'spec.podSelecter'],
    [
      'a bad CIDR',
      { podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: '10.0.0.0' } }] }] },
      'spec.ingress[0].from[0].ipBlock.cidr',
    ],
    ['an empty peer', { podSelector: {}, ingress: [{ from: [{}] }] }, 'spec.ingress[0].from[0]'],
    [
      'an unknown operator',
      { podSelector: { matchExpressions: [{ key: 'a', operator: 'Is', values: ['b'] }] } },
      'spec.podSelector.matchExpressions[0].operator',
    ],
    ['a port out of range', { podSelector: {}, egress: [{ ports: [{ port: 0 }] }] }, 'spec.egress[0].ports[0].port'],
    [
      'endPort before port',
      { podSelector: {}, egress: [{ ports: [{ port: 90, endPort: 80 }] }] },
      'spec.egress[0].ports[0].endPort',
    ],
    ['a list for an object', { podSelector: [] }, 'spec.podSelector'],
  ])('[NET-4] fails on a network policy with %s and says where', (_, spec, path) => {
    const { violations } = prove([...acme(), networkPolicy('acme-serve/odd', spec)]);
    expect(codes(violations)).toEqual(['PRV040']);
    expect(violations[0]?.sentence).toContain(`NetworkPolicy acme-serve/odd cannot be read at ${path}:`);
  });

  test.each([
    ['action', 'Allow'],
    ['to', []],
    ['to', [{ networks: ['10.0.0.0/8'], namespaces: {} }]],
    ['protocols', [{ tcp: { destinationPort: { number: 80, range: { start: 1, end: 2 } } } }]],
    ['ports', [80]],
  ])('[NET-4] fails on an admin rule with %s: %j', (field, value) => {
    const rule = { action: 'Deny', to: [{ namespaces: {} }], [field]: value };
    const objects = respec(acme(), 'ClusterNetworkPolicy tenant-acme', (spec) => ({ ...spec, egress: [rule] }));
    expect(codes(prove(objects).violations)).toContain('PRV040');
  });

  test.each([
    [{ rules: [{ from: [{ source: {} }] }] }],
    [{ rules: [{ to: [{ operation: { ports: [8443] } }] }] }],
    [{ rules: [{ from: [{ source: { namespace: ['acme-serve'] } }] }] }],
    [{ action: 'DENYALL' }],
    [{ selector: { app: 'x' } }],
  ])('[NET-1] fails on an authorization policy %j that cannot be read', (spec) => {
    expect(codes(prove([...acme(), authorization('acme-serve/odd', spec)]).violations)).toEqual(['PRV040']);
  });

  test('[NET-4] fails on a kind that is not modelled', () => {
    const cilium = object('cilium.io/v2', 'CiliumNetworkPolicy', 'acme-serve/mine', {});
    const older = object('policy.networking.k8s.io/v1alpha1', 'AdminNetworkPolicy', 'all', {});
    expect(prove([...acme(), cilium, older]).violations.map(({ code, from }) => [code, from])).toEqual([
      ['PRV041', 'AdminNetworkPolicy all'],
      ['PRV041', 'CiliumNetworkPolicy acme-serve/mine'],
    ]);
  });

  test('[NET-5] fails when an address plan is incomplete', () => {
    const facts = { ...FACTS, metadataCidrs: [], nodeCidrs: ['172.16.0.0'] };
    const { violations } = proveReachability({ objects: acme(), facts, declared: [] });
    expect(violations.filter(({ code }) => code === 'PRV042').map(({ from }) => from)).toEqual(
      ['facts.metadataCidrs', 'facts.nodeCidrs', 'facts.nodeCidrs[0]'].filter((path) => path !== 'facts.nodeCidrs'),
    );
  });

  test('[NET-4] fails when selectors make more kinds of pods than can be examined', () => {
    const many = Array.from({ length: 14 }, (_, index) =>
      networkPolicy(`acme-serve/p${index}`, {
        podSelector: { matchExpressions: [{ key: `k${index}`, operator: 'Exists' }] },
      }),
    );
    expect(codes(prove([...acme(), ...many]).violations)).toContain('PRV044');
  });
});

import { FUTURE_TENANT, proveReachability, type Verdict, type Violation } from '../../../analysis/network';
import { isRecord, recordAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import {
  ACME_TO_BETA,
  adminPolicy,
  FACTS,
  networkPolicy,
  relabel,
  respec,
  tenantObjects,
  threeTenants,
  without,
} from '../../support/network-population';

const prove = (objects: readonly Manifest[], declared = ACME_TO_BETA) =>
  proveReachability({ objects, facts: FACTS, declared });
const found = (objects: readonly Manifest[], code: string) =>
  prove(objects).violations.filter((item) => item.code === code);
const pairs = (violations: readonly Violation[]) =>
  [...new Set(violations.map(({ from, to }) => `${from} > ${to}`))].sort();
const openers = (violations: readonly Violation[]) =>
  [...new Set(violations.flatMap(({ openedBy }) => openedBy.map(({ role, label }) => `${role} ${label}`)))].sort();

/** Passes on what is between pods and then denies the rest of the world: without the pass nothing would leave. */
const PASSED = 'grants ClusterNetworkPolicy tenants-no-outside';

const ALLOW_ALL = { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [{}], egress: [{}] };

describe.each(['ambient', 'sidecar', 'none'] as const)('tenants in mesh mode %s', (mesh) => {
  test('[NET-4] a tenant cannot be reached from another tenant but by the path both declared', () => {
    const report = prove(threeTenants(mesh));
    expect(report.violations).toEqual([]);
    expect(report.unused).toEqual([]);
    expect(report.pairs).toBe(6);
    const paths = report.paths.filter(({ kind, verdict }) => kind === 'tenant' && verdict === 'asWritten');
    expect(paths.map(({ from, to, protocol, ports, expected }) => [from, to, protocol, ports, expected])).toEqual([
      ['acme', 'beta', 'TCP', [[8443, 8443]], true],
    ]);
  });

  test('[NET-4] fails when the path is open and nobody declared it', () => {
    const report = prove(threeTenants(mesh), []);
    expect(pairs(report.violations)).toEqual(['acme > beta']);
    expect(report.violations.map(({ code }) => code)).toEqual(['PRV001', 'PRV002']);
    expect(report.violations[0]?.ports).toEqual([[8443, 8443]]);
  });

  test('[NET-4] fails when a declared path has lost its opening', () => {
    const report = prove(without(threeTenants(mesh), 'NetworkPolicy beta-serve/from-acme'));
    expect(report.violations).toEqual([]);
    expect(report.unused.map(({ code, ports }) => [code, ports])).toEqual([['PRV003', [[8443, 8443]]]]);
  });
});

test('[NET-4] fails when the admin tier of a tenant is missing, though its network policies hold', () => {
  const objects = ['acme', 'beta', 'gamma'].reduce<readonly Manifest[]>(
    (rest, name) => without(rest, `ClusterNetworkPolicy tenant-${name}`),
    threeTenants('none'),
  );
  expect(found(objects, 'PRV001')).toEqual([]);
  const weak = found(objects, 'PRV002');
  expect(pairs(weak)).toEqual([
    'acme > beta',
    'acme > gamma',
    'beta > acme',
    'beta > gamma',
    'gamma > acme',
    'gamma > beta',
  ]);
  expect(openers(weak)).toContain('absent ClusterNetworkPolicy tenant-beta-serve');
  expect(pairs(found(objects, 'PRV005'))).toHaveLength(6);
});

test('[NET-4] one admin policy of either side is enough to keep two tenants apart', () => {
  expect(
    prove(without(threeTenants('none'), 'ClusterNetworkPolicy tenant-gamma')).violations.map(({ code }) => code),
  ).not.toContain('PRV002');
});

test('[NET-4] an allow-all policy of one tenant opens nothing while the admin tier stands', () => {
  const { violations, paths } = prove([...threeTenants(), networkPolicy('gamma-serve/mine', ALLOW_ALL)]);
  // The platform has no admin policy of its own here: what the tenant then reaches of it is said too.
  expect([...new Set(violations.map(({ code }) => code))]).toEqual(['PRV020']);
  expect(paths.filter(({ kind, expected }) => kind === 'tenant' && !expected)).toEqual([]);
});

describe('without an admin tier, network policies decide', () => {
  const bare = (change: (objects: readonly Manifest[]) => readonly Manifest[] = (objects) => objects) => {
    const names = ['acme', 'beta', 'gamma'];
    const rest = names.reduce<readonly Manifest[]>(
      (left, name) => without(left, `ClusterNetworkPolicy tenant-${name}`),
      threeTenants('none'),
    );
    const open = networkPolicy('acme-serve/out', { podSelector: {}, policyTypes: ['Egress'], egress: [{}] });
    return found(change([...rest, open]), 'PRV001');
  };
  const into = (spec: object) => (objects: readonly Manifest[]) => [...objects, networkPolicy('gamma-serve/in', spec)];

  test('[NET-4] a caller that may go everywhere still stands before the default deny of the others', () => {
    expect(pairs(bare())).toEqual([]);
  });

  test('[NET-4] fails when the default deny of the callee is missing and names what should have denied', () => {
    const opened = bare((objects) => {
      const rest = without(objects, 'NetworkPolicy gamma-serve/default-deny');
      return without(rest, 'NetworkPolicy gamma-serve/allow-within');
    });
    expect(pairs(opened)).toEqual(['acme > gamma']);
    expect(openers(opened)).toEqual([
      'absent NetworkPolicy gamma-serve/default-deny',
      PASSED,
      'grants NetworkPolicy acme-serve/out',
    ]);
    expect(opened.map(({ protocol }) => protocol)).toEqual(['SCTP', 'TCP', 'UDP']);
  });

  test('[NET-4] fails when a mistyped selector leaves pods that do not exist yet without isolation', () => {
    const opened = bare((objects) => {
      const rest = without(objects, 'NetworkPolicy gamma-serve/allow-within');
      return respec(rest, 'NetworkPolicy gamma-serve/default-deny', (spec) => ({
        ...spec,
        podSelector: { matchLabels: { app: 'modle' } },
      }));
    });
    expect(pairs(opened)).toEqual(['acme > gamma']);
    expect(openers(opened)).toContain('does-not-apply NetworkPolicy gamma-serve/default-deny');
  });

  test('[NET-4] selectors that together cover every label isolate every pod', () => {
    const opened = bare((objects) => {
      const rest = without(
        without(objects, 'NetworkPolicy gamma-serve/allow-within'),
        'NetworkPolicy gamma-serve/default-deny',
      );
      const half = (name: string, operator: string) =>
        networkPolicy(`gamma-serve/${name}`, {
          podSelector: {
            matchExpressions: [{ key: 'app', operator, ...(operator.endsWith('In') ? { values: ['x'] } : {}) }],
          },
        });
      return [...rest, half('some', 'In'), half('others', 'NotIn')];
    });
    expect(pairs(opened)).toEqual([]);
  });

  test('[NET-4] fails on namespaceSelector {}, which is everyone', () => {
    const opened = bare(
      into({ podSelector: {}, ingress: [{ from: [{ namespaceSelector: {} }], ports: [{ port: 80, endPort: 90 }] }] }),
    );
    expect(opened.map(({ from, to, protocol, ports }) => [from, to, protocol, ports])).toEqual([
      ['acme', 'gamma', 'TCP', [[80, 90]]],
    ]);
    expect(openers(opened)).toEqual([
      PASSED,
      'grants NetworkPolicy acme-serve/out',
      'grants NetworkPolicy gamma-serve/in',
    ]);
  });

  test('[NET-4] podSelector {} without a namespaceSelector is the own namespace only', () => {
    expect(bare(into({ podSelector: {}, ingress: [{ from: [{ podSelector: {} }] }] }))).toEqual([]);
  });

  test('[NET-4] fails on a label that only future pods carry', () => {
    const debug = { podSelector: { matchLabels: { debug: 'yes' } }, ingress: [{}] };
    const opened = bare(into(debug));
    expect(pairs(opened)).toEqual(['acme > gamma']);
    expect(opened[0]?.sentence).toContain('a pod labelled debug=yes');
  });

  test('[NET-4] a selector that no pod can meet opens nothing', () => {
    const never = [
      { key: 'debug', operator: 'Exists' },
      { key: 'debug', operator: 'DoesNotExist' },
    ];
    expect(bare(into({ podSelector: { matchExpressions: never }, ingress: [{}] }))).toEqual([]);
  });

  test.each([
    ['0.0.0.0/0', []],
    ['10.1.0.0/16', []],
    ['fd00:10::/64', []],
    ['10.96.0.0/16', []],
    ['0.0.0.0/0', ['10.0.0.0/15']],
  ])('[NET-5] fails on an ipBlock %s except %j that meets addresses of pods', (cidr, except) => {
    expect(pairs(bare(into({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr, except } }] }] })))).toEqual([
      'acme > gamma',
    ]);
  });

  test.each([
    ['192.168.0.0/16', []],
    ['0.0.0.0/0', ['10.0.0.0/14', '10.96.0.0/16']],
  ])('[NET-5] an ipBlock %s except %j without addresses of pods opens nothing', (cidr, except) => {
    expect(bare(into({ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr, except } }] }] }))).toEqual([]);
  });

  test('[NET-4] fails on a named port, which may be any port the tenant chooses', () => {
    const opened = bare(into({ podSelector: {}, ingress: [{ ports: [{ port: 'metrics', protocol: 'UDP' }] }] }));
    expect(opened.map(({ protocol, ports }) => [protocol, ports])).toEqual([['UDP', [[1, 65_535]]]]);
  });

  test('[NET-4] egress rules without policyTypes isolate egress, an empty list of them does not', () => {
    const rules = (egress: readonly object[]) => (objects: readonly Manifest[]) => {
      const rest = ['default-deny', 'allow-within', 'allow-dns', 'to-beta'].reduce<readonly Manifest[]>(
        (left, name) => without(left, `NetworkPolicy acme-serve/${name}`),
        without(objects, 'NetworkPolicy acme-serve/out'),
      );
      const open = networkPolicy('gamma-serve/in', { podSelector: {}, ingress: [{}] });
      return [...rest, open, networkPolicy('acme-serve/some', { podSelector: {}, egress })];
    };
    expect(pairs(bare(rules([{ to: [{ ipBlock: { cidr: '192.168.0.0/16' } }] }])))).toEqual([]);
    expect(pairs(bare(rules([])))).toEqual(['acme > gamma']);
  });
});

describe('the admin tier', () => {
  const change = (name: string, edit: (spec: Record<string, unknown>) => object) =>
    prove(respec(threeTenants('none'), `ClusterNetworkPolicy tenant-${name}`, edit)).violations;
  const codes = (violations: readonly Violation[]) => [...new Set(violations.map(({ code }) => code))].sort();
  const asPass = (rules: unknown) =>
    Array.isArray(rules) ? rules.map((rule) => (isRecord(rule) ? { ...rule, action: 'Pass' } : rule)) : [];

  test('[NET-4] fails when both sides pass where they should deny', () => {
    const passing = ['acme', 'gamma'].reduce<readonly Manifest[]>(
      (objects, name) =>
        respec(objects, `ClusterNetworkPolicy tenant-${name}`, (spec) => ({
          ...spec,
          ingress: asPass(spec.ingress),
          egress: asPass(spec.egress),
        })),
      threeTenants('none'),
    );
    const weak = found(passing, 'PRV002');
    expect(pairs(weak)).toEqual(['acme > gamma', 'gamma > acme']);
    expect(openers(weak)).toContain('does-not-apply ClusterNetworkPolicy tenant-gamma');
    expect(found(passing, 'PRV001')).toEqual([]);
  });

  test('[NET-4] fails when a peer is passed on every port and not only the declared one', () => {
    const loose = ['acme', 'beta'].reduce<readonly Manifest[]>((objects, name) => {
      const open = (rules: unknown) =>
        Array.isArray(rules) ? rules.map((rule) => ({ ...recordAt(rule), protocols: null })) : [];
      return respec(objects, `ClusterNetworkPolicy tenant-${name}`, (spec) => ({
        ...spec,
        ingress: open(spec.ingress),
        egress: open(spec.egress),
      }));
    }, threeTenants('ambient'));
    // In ambient mode the mesh still guards TCP, but it does not carry anything else.
    expect(found(loose, 'PRV002').map(({ from, to, protocol }) => [from, to, protocol])).toEqual([
      ['acme', 'beta', 'SCTP'],
      ['acme', 'beta', 'UDP'],
    ]);
  });

  test('[NET-4] fails when a policy of higher precedence accepts what the tenant denies, and holds when it comes after', () => {
    const accept = (priority: number) =>
      adminPolicy('debugging', {
        tier: 'Admin',
        priority,
        subject: { namespaces: {} },
        ingress: [{ action: 'Accept', from: [{ namespaces: {} }] }],
        egress: [{ action: 'Accept', to: [{ namespaces: {} }] }],
      });
    const before = prove([...threeTenants(), accept(400)]).violations;
    expect(codes(before)).toEqual(expect.arrayContaining(['PRV001', 'PRV002', 'PRV004', 'PRV005']));
    expect(openers(before.filter(({ code, to }) => code === 'PRV001' && to === 'gamma'))).toContain(
      'grants ClusterNetworkPolicy debugging',
    );
    const after = prove([...threeTenants(), accept(600)]).violations;
    expect(codes(after).filter((code) => code < 'PRV010')).toEqual([]);
  });

  test('[NET-4] fails when a policy of equal priority accepts: no order between them is promised', () => {
    const accept = adminPolicy('equal', {
      tier: 'Admin',
      priority: 500,
      subject: { namespaces: {} },
      ingress: [{ action: 'Accept', from: [{ namespaces: {} }] }],
      egress: [{ action: 'Accept', to: [{ namespaces: {} }] }],
    });
    expect(pairs(found([...threeTenants('none'), accept], 'PRV001'))).toContain('gamma > acme');
  });

  test('[NET-4] fails when the subject of a denial is a list of pods that others need not join', () => {
    const some = { pods: { namespaceSelector: {}, podSelector: { matchLabels: { app: 'known' } } } };
    const objects = ['acme', 'gamma'].reduce<readonly Manifest[]>(
      (left, name) => respec(left, `ClusterNetworkPolicy tenant-${name}`, (spec) => ({ ...spec, subject: some })),
      threeTenants('none'),
    );
    expect(pairs(found(objects, 'PRV002'))).toEqual(['acme > gamma', 'gamma > acme']);
  });

  test('[NET-4] fails towards tenants yet to come when a denial lists the tenants of today', () => {
    const listed = { matchExpressions: [{ key: 'drun.io/tenant', operator: 'In', values: ['acme', 'beta'] }] };
    const violations = change('gamma', (spec) => ({
      ...spec,
      ingress: [{ action: 'Deny', from: [{ namespaces: listed }] }],
      egress: [{ action: 'Deny', to: [{ namespaces: listed }] }],
    }));
    expect(codes(violations)).toEqual(['PRV005']);
    expect(pairs(violations)).toEqual([`${FUTURE_TENANT} > gamma`, `gamma > ${FUTURE_TENANT}`]);
  });

  test('[NET-4] fails towards tenants yet to come when a policy admits a trust level', () => {
    const trusted = { namespaces: { matchLabels: { 'drun.io/trust': 'trusted' } } };
    const violations = change('gamma', (spec) => ({
      ...spec,
      ingress: [{ action: 'Accept', from: [trusted] }, ...(Array.isArray(spec.ingress) ? spec.ingress : [])],
    }));
    expect(codes(violations)).toEqual(['PRV004', 'PRV005']);
    expect(pairs(violations)).toEqual([`${FUTURE_TENANT} > gamma`]);
  });

  test('[NET-4] fails when a tenant namespace loses the label by which the admin tier knows it', () => {
    const objects = relabel(threeTenants(), 'gamma-serve', ({ 'drun.io/tenant': _, ...rest }) => rest);
    const marked = objects.map((item) =>
      item.metadata.namespace === 'gamma-serve'
        ? { ...item, metadata: { ...item.metadata, labels: { 'drun.io/tenant': 'gamma' } } }
        : item,
    );
    expect(found(marked, 'PRV043').map(({ from }) => from)).toEqual(['gamma-serve']);
    expect(prove(marked).tenants).toEqual(['acme', 'beta']);
  });

  test('[NET-4] fails when a namespace carries the label of another tenant', () => {
    const objects = relabel(threeTenants(), 'gamma-serve', (labels) => ({ ...labels, 'drun.io/tenant': 'acme' }));
    const marked = objects.map((item) =>
      item.metadata.namespace === 'gamma-serve'
        ? { ...item, metadata: { ...item.metadata, labels: { 'drun.io/tenant': 'gamma' } } }
        : item,
    );
    expect(found(marked, 'PRV043')).toHaveLength(1);
  });
});

test('[NET-4] a path to one namespace does not declare one to another', () => {
  const objects = [
    ...threeTenants().filter(
      (item) =>
        !`${item.metadata.namespace} ${item.metadata.name}`.includes('beta-serve') &&
        item.metadata.name !== 'tenant-beta',
    ),
    ...tenantObjects({ name: 'beta', namespaces: ['serve', 'train'], callers: ['acme'] }),
  ];
  const opened = found(objects, 'PRV001');
  expect(opened.map(({ sentence }) => sentence)).toEqual([
    'acme (acme-serve) reaches beta (beta-train) on TCP 8443 (a pod without labels to a pod without labels)',
  ]);
  expect(prove(objects, [{ from: 'acme', to: 'beta', ports: [8443] }]).violations).toEqual([]);
});

test('[NET-4] a declared path to a tenant that is not there is reported as unused', () => {
  const { unused } = prove(threeTenants(), [...ACME_TO_BETA, { from: 'acme', to: 'nobody', ports: [443] }]);
  expect(unused.map(({ path, sentence }) => [path.to, sentence])).toEqual([
    ['nobody', 'acme may call nobody on TCP 443 by declaration, but there are no such namespaces here'],
  ]);
});

test('[NET-4] the second verdict is left out on demand', () => {
  const verdicts = (assumeTenantPolicies: boolean): readonly Verdict[] => {
    const { paths } = proveReachability({
      objects: threeTenants(),
      facts: FACTS,
      declared: ACME_TO_BETA,
      assumeTenantPolicies,
    });
    return [...new Set(paths.filter(({ kind }) => kind === 'tenant').map(({ verdict }) => verdict))];
  };
  expect(verdicts(true)).toEqual(['asWritten', 'ifTenantOpensAll']);
  expect(verdicts(false)).toEqual(['asWritten']);
});

test('[NET-4] the report does not depend on the order of the objects', () => {
  const objects = threeTenants();
  expect(prove([...objects].reverse())).toEqual(prove(objects));
});

import { FUTURE_TENANT, proveReachability, type Violation } from '../../../analysis/network';
import type { Manifest } from '../../../constructs/core/manifest';
import {
  ACME_TO_BETA,
  authorization,
  FACTS,
  networkPolicy,
  object,
  peerAuthentication,
  respec,
  threeTenants,
  without,
} from '../../support/network-population';

const prove = (objects: readonly Manifest[]) => proveReachability({ objects, facts: FACTS, declared: ACME_TO_BETA });
/** What is open to tenants as the objects are written; what they could reach of tenants yet to come is another matter. */
const asWritten = (objects: readonly Manifest[]) =>
  prove(objects).violations.filter(({ code, to }) => (code === 'PRV001' || code === 'PRV004') && to !== FUTURE_TENANT);
const summary = (violations: readonly Violation[]) =>
  violations.map(({ from, to, protocol, ports }) => [from, to, protocol, ports]);
const openers = (violations: readonly Violation[]) =>
  [...new Set(violations.flatMap(({ openedBy }) => openedBy.map(({ role, label }) => `${role} ${label}`)))].sort();
const replace = (objects: readonly Manifest[], ...next: readonly Manifest[]) => [
  ...next.reduce(
    (rest, item) => without(rest, `${item.kind} ${item.metadata.namespace}/${item.metadata.name}`),
    objects,
  ),
  ...next,
];

const ALL_TCP = [[1, 65_535]];
const BUT_DECLARED = [
  [1, 8442],
  [8444, 65_535],
];
/** Opens the network of acme and beta to each other altogether, so that only the mesh is left. */
const L4 = ['acme', 'beta'].flatMap((name) => [
  networkPolicy(`${name}-serve/open`, {
    podSelector: {},
    policyTypes: ['Ingress', 'Egress'],
    ingress: [{ ports: [{}] }],
    egress: [{ ports: [{}] }],
  }),
]);
const bare = (mesh: 'ambient' | 'sidecar') =>
  ['acme', 'beta'].reduce<readonly Manifest[]>(
    (rest, name) => without(rest, `ClusterNetworkPolicy tenant-${name}`),
    [...threeTenants(mesh), ...L4],
  );

describe('ambient mode', () => {
  test('[NET-1] strict mutual TLS and the default deny keep all other ports closed where the network is open', () => {
    expect(asWritten(bare('ambient'))).toEqual([]);
  });

  test('[NET-1] fails when a peer authentication is PERMISSIVE and names it', () => {
    const objects = replace(bare('ambient'), peerAuthentication('beta-serve/default', 'PERMISSIVE'));
    // Plaintext carries no identity: the policies still refuse it, for they name namespaces.
    expect(asWritten(objects)).toEqual([]);
    const open = replace(objects, authorization('beta-serve/from-acme', { rules: [{}] }));
    const plain = asWritten(open).filter(({ from }) => from === 'acme');
    expect(summary(plain)).toEqual([['acme', 'beta', 'TCP', BUT_DECLARED]]);
  });

  test('[NET-1] fails when plaintext is accepted and a policy asks for no identity', () => {
    const l4 = without(bare('ambient'), 'PeerAuthentication beta-serve/default');
    const anyone = authorization('beta-serve/metrics', { rules: [{ to: [{ operation: { ports: ['9090'] } }] }] });
    expect(summary(asWritten([...l4, anyone]).filter(({ from }) => from === 'gamma'))).toEqual([]);
    expect(summary(asWritten([...l4, anyone]).filter(({ from }) => from === FUTURE_TENANT))).toEqual([
      [FUTURE_TENANT, 'beta', 'TCP', [[9090, 9090]]],
    ]);
  });

  test('[NET-1] fails when the AuthorizationPolicy default deny is missing together with every grant', () => {
    const grants = ['default-deny', 'allow-within', 'from-acme'];
    const objects = grants.reduce(
      (rest, name) => without(rest, `AuthorizationPolicy beta-serve/${name}`),
      threeTenants('ambient'),
    );
    const opened = asWritten(objects);
    expect(summary(opened)).toEqual([['acme', 'beta', 'TCP', BUT_DECLARED]]);
    expect(openers(opened)).toContain('absent AuthorizationPolicy beta-serve/default-deny');
  });

  test('[NET-1] any ALLOW policy denies the rest, so that one without rules may be missing', () => {
    expect(asWritten(without(threeTenants('ambient'), 'AuthorizationPolicy beta-serve/default-deny'))).toEqual([]);
  });

  test('[NET-1] fails when the default deny is only rehearsed', () => {
    const objects = ['allow-within', 'from-acme'].reduce(
      (rest, name) => without(rest, `AuthorizationPolicy beta-serve/${name}`),
      threeTenants('ambient'),
    );
    expect(asWritten(objects)).toEqual([]);
    const dry = objects.map((item) =>
      item.kind === 'AuthorizationPolicy' &&
      item.metadata.namespace === 'beta-serve' &&
      item.metadata.name === 'default-deny'
        ? { ...item, metadata: { ...item.metadata, annotations: { 'istio.io/dry-run': 'true' } } }
        : item,
    );
    expect(openers(asWritten(dry))).toContain('does-not-apply AuthorizationPolicy beta-serve/default-deny');
  });

  test('[NET-1] fails when no policy is attached to the waypoint, for it calls on in its own name', () => {
    const objects = ['waypoint-default-deny', 'waypoint-from-acme'].reduce(
      (rest, name) => without(rest, `AuthorizationPolicy beta-serve/${name}`),
      threeTenants('ambient'),
    );
    const opened = asWritten(objects);
    expect(summary(opened)).toEqual([['acme', 'beta', 'TCP', BUT_DECLARED]]);
    expect(openers(opened)).toEqual(
      expect.arrayContaining([
        'absent AuthorizationPolicy beta-serve/waypoint-default-deny',
        'grants AuthorizationPolicy beta-serve/allow-within',
      ]),
    );
  });

  test('[NET-1] fails when a policy of one service behind the waypoint is wider than that of the gateway', () => {
    const targetRefs = [{ group: '', kind: 'Service', name: 'api' }];
    const wide = (namespaces: readonly string[]) =>
      authorization('beta-serve/api', { targetRefs, rules: [{ from: [{ source: { namespaces } }] }] });
    expect(asWritten([...threeTenants('ambient'), wide(['beta-serve'])])).toEqual([]);
    expect(summary(asWritten([...threeTenants('ambient'), wide(['acme-serve'])]))).toEqual([
      ['acme', 'beta', 'TCP', BUT_DECLARED],
    ]);
  });

  test('[NET-1] the tunnel must be open for the mesh to carry anything', () => {
    const closed = respec(threeTenants('ambient'), 'NetworkPolicy beta-serve/from-acme', (spec) => ({
      ...spec,
      ingress: [{ ports: [{ port: 8443 }] }],
    }));
    expect(prove(closed).unused).toHaveLength(1);
    expect(asWritten(closed)).toEqual([]);
  });
});

describe('sidecar mode', () => {
  test('[NET-1] the proxy guards every port but its own', () => {
    const opened = asWritten(bare('sidecar')).filter(({ from, to }) => from === 'acme' && to === 'beta');
    expect(summary(opened)).toEqual(
      expect.arrayContaining([
        [
          'acme',
          'beta',
          'TCP',
          [
            [15_020, 15_021],
            [15_090, 15_090],
          ],
        ],
      ]),
    );
  });

  test('[NET-1] fails when a grant names no port', () => {
    const objects = replace(
      threeTenants('sidecar'),
      authorization('beta-serve/from-acme', { rules: [{ from: [{ source: { namespaces: ['acme-serve'] } }] }] }),
    );
    expect(asWritten(objects)).toEqual([]);
    const l4 = respec(
      respec(objects, 'NetworkPolicy beta-serve/from-acme', ports),
      'NetworkPolicy acme-serve/to-beta',
      ports,
    );
    const wider = ['acme', 'beta'].reduce<readonly Manifest[]>(
      (rest, name) => without(rest, `ClusterNetworkPolicy tenant-${name}`),
      l4,
    );
    expect(summary(asWritten(wider))).toEqual([['acme', 'beta', 'TCP', [[8444, 8450]]]]);
  });

  function ports(spec: Record<string, unknown>): object {
    const widen = (rules: unknown) =>
      Array.isArray(rules)
        ? rules.map((rule: object) => ({ ...rule, ports: [{ port: 8443, endPort: 8450 }] }))
        : undefined;
    return { ...spec, ...('ingress' in spec ? { ingress: widen(spec.ingress) } : { egress: widen(spec.egress) }) };
  }
});

describe('who an AuthorizationPolicy lets in', () => {
  /** Ports that acme reaches in beta where the network is open and one policy of beta is as given. */
  const reached = (rule: object, extra: readonly Manifest[] = []) => {
    const objects = replace(bare('ambient'), authorization('beta-serve/from-acme', { rules: [rule] }));
    const closed = without(objects, 'Gateway beta-serve/waypoint');
    const { paths } = proveReachability({
      objects: [...closed, ...extra],
      facts: FACTS,
      declared: [],
      assumeTenantPolicies: false,
    });
    return paths.find(({ from, to, protocol }) => from === 'acme' && to === 'beta' && protocol === 'TCP')?.ports ?? [];
  };
  const from = (source: object, ports: readonly string[] = ['9000']) => ({
    from: [{ source }],
    to: [{ operation: { ports } }],
  });
  const OPEN = [[9000, 9000]];

  test.each([
    ['an account that need not exist yet', { principals: ['cluster.local/ns/acme-serve/sa/robot'] }],
    ['any account of the namespace', { principals: ['cluster.local/ns/acme-serve/sa/*'] }],
    ['a prefix of namespaces', { principals: ['cluster.local/ns/acme-*'] }],
    ['a suffix', { principals: ['*/sa/robot'] }],
    ['everyone with an identity', { principals: ['*'] }],
    ['its namespace', { namespaces: ['acme-serve'] }],
    ['a namespace pattern', { namespaces: ['acme-*'] }],
    ['its account', { serviceAccounts: ['acme-serve/robot'] }],
    ['all but one account', { namespaces: ['acme-serve'], notPrincipals: ['cluster.local/ns/acme-serve/sa/default'] }],
    ['all but other namespaces', { notNamespaces: ['gamma-serve'] }],
    ['addresses of pods', { ipBlocks: ['10.0.0.0/8'] }],
    ['a single address of a pod', { ipBlocks: ['10.0.0.7'] }],
    ['its namespace on condition of a token', { namespaces: ['acme-serve'], requestPrincipals: ['*'] }],
  ])('[NET-1] fails on a source that admits %s', (_, source) => {
    expect(reached(from(source))).toEqual(OPEN);
  });

  test.each([
    ['an account of another namespace', { principals: ['cluster.local/ns/gamma-serve/sa/robot'] }],
    ['another trust domain', { principals: ['elsewhere/ns/acme-serve/sa/robot'] }],
    ['another namespace', { namespaces: ['acme'] }],
    [
      'its namespace but none of its accounts',
      { namespaces: ['acme-serve'], notPrincipals: ['cluster.local/ns/acme-serve/*'] },
    ],
    ['all but its namespace', { notNamespaces: ['acme-*'] }],
    ['addresses that are no pod’s', { ipBlocks: ['192.168.0.0/16'] }],
    ['an account of the policy’s own namespace', { serviceAccounts: ['robot'] }],
  ])('[NET-1] a source that admits only %s keeps the caller out', (_, source) => {
    expect(reached(from(source))).toEqual([]);
  });

  test('[NET-1] ports and notPorts bound a grant', () => {
    const operation = { ports: ['80', '443'], notPorts: ['80'] };
    expect(reached({ from: [{ source: { namespaces: ['acme-serve'] } }], to: [{ operation }] })).toEqual([[443, 443]]);
    expect(reached({ to: [{ operation: { notPorts: ['1'] } }] })).toEqual([[2, 65_535]]);
  });

  test('[NET-1] conditions on the request do not make a grant safe', () => {
    const when = [{ key: 'request.headers[x-key]', values: ['secret'] }];
    expect(reached({ ...from({ namespaces: ['acme-serve'] }), when })).toEqual(OPEN);
    expect(reached({ to: [{ operation: { methods: ['GET'], ports: ['9000'] } }] })).toEqual(OPEN);
  });

  test('[NET-1] a denial counts only where no request can avoid it', () => {
    const deny = (rule: object) => [authorization('beta-serve/deny', { action: 'DENY', rules: [rule] })];
    const grant = from({ namespaces: ['acme-serve'] });
    expect(reached(grant, deny({ from: [{ source: { namespaces: ['acme-*'] } }] }))).toEqual([]);
    expect(reached(grant, deny({}))).toEqual([]);
    expect(
      reached(grant, deny({ from: [{ source: { principals: ['cluster.local/ns/acme-serve/sa/default'] } }] })),
    ).toEqual(OPEN);
    expect(reached(grant, deny({ to: [{ operation: { paths: ['/admin'] } }] }))).toEqual(OPEN);
    expect(reached(grant, deny({ when: [{ key: 'source.ip', values: ['10.0.0.1'] }] }))).toEqual(OPEN);
  });

  test('[NET-1] a denial in the root namespace holds everywhere, and for the pods it selects', () => {
    const deny = (spec: object) => [authorization('istio-system/deny', { action: 'DENY', rules: [{}], ...spec })];
    const grant = from({ namespaces: ['acme-serve'] });
    expect(reached(grant, deny({}))).toEqual([]);
    expect(reached(grant, deny({ selector: { matchLabels: { app: 'x' } } }))).toEqual(OPEN);
  });

  test.each(['CUSTOM', 'AUDIT'])('[NET-1] a policy of action %s neither grants nor denies', (action) => {
    const other = [authorization('beta-serve/other', { action, rules: [{}] })];
    expect(reached(from({ namespaces: ['gamma-serve'] }), other)).toEqual([]);
    expect(reached(from({ namespaces: ['acme-serve'] }), other)).toEqual(OPEN);
  });
});

test('[NET-1] fails when a grant by prefix of namespaces admits a tenant yet to come', () => {
  const wide = authorization('beta-serve/from-acme', { rules: [{ from: [{ source: { namespaces: ['acme-*'] } }] }] });
  const opened = asWritten(without(replace(bare('ambient'), wide), 'Gateway beta-serve/waypoint'));
  expect(summary(opened.filter(({ code }) => code === 'PRV004'))).toContainEqual([
    FUTURE_TENANT,
    'beta',
    'TCP',
    ALL_TCP,
  ]);
});

describe('PeerAuthentication precedence', () => {
  /** Ports on which plaintext reaches beta, where the policies ask for no identity. */
  const plaintext = (...policies: readonly Manifest[]) => {
    const rest = without(
      without(bare('ambient'), 'Gateway beta-serve/waypoint'),
      'PeerAuthentication beta-serve/default',
    );
    const any = authorization('beta-serve/any', { rules: [{ from: [{ source: { notNamespaces: ['acme-serve'] } }] }] });
    const { paths } = proveReachability({
      objects: [...rest, any, ...policies],
      facts: FACTS,
      declared: [],
      assumeTenantPolicies: false,
    });
    const path = paths.find(
      ({ from, to, protocol, ports }) => from === 'acme' && to === 'beta' && protocol === 'TCP' && ports.length > 0,
    );
    return path?.ports ?? [];
  };
  const workload = (spec: object) =>
    object('security.istio.io/v1', 'PeerAuthentication', 'beta-serve/app', {
      selector: { matchLabels: { app: 'x' } },
      ...spec,
    });
  const DECLARED_ONLY = [[8443, 8443]];

  test('[NET-1] without any policy plaintext is accepted', () => {
    expect(plaintext()).toEqual(ALL_TCP);
  });

  test.each([
    ['mesh', 'istio-system/default'],
    ['namespace', 'beta-serve/default'],
  ])('[NET-1] STRICT at the level of the %s refuses it', (_, at) => {
    expect(plaintext(peerAuthentication(at, 'STRICT'))).toEqual(DECLARED_ONLY);
  });

  test('[NET-1] fails when the namespace weakens what the mesh demands', () => {
    expect(
      plaintext(
        peerAuthentication('istio-system/default', 'STRICT'),
        peerAuthentication('beta-serve/default', 'PERMISSIVE'),
      ),
    ).toEqual(ALL_TCP);
    expect(
      plaintext(
        peerAuthentication('istio-system/default', 'STRICT'),
        peerAuthentication('beta-serve/default', 'UNSET'),
      ),
    ).toEqual(DECLARED_ONLY);
  });

  test('[NET-1] fails when one workload or one port of it is opened to pods yet to come', () => {
    const strict = peerAuthentication('beta-serve/default', 'STRICT');
    expect(plaintext(strict, workload({ mtls: { mode: 'DISABLE' } }))).toEqual(ALL_TCP);
    expect(plaintext(strict, workload({ portLevelMtls: { 9090: { mode: 'DISABLE' } } }))).toEqual([
      ...DECLARED_ONLY,
      [9090, 9090],
    ]);
  });

  test('[NET-1] fails when two policies of a level differ, for their age is not known', () => {
    expect(
      plaintext(
        peerAuthentication('beta-serve/default', 'STRICT'),
        peerAuthentication('beta-serve/other', 'PERMISSIVE'),
      ),
    ).toEqual(ALL_TCP);
  });
});

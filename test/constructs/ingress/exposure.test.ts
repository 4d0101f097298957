import { App, Chart, Testing } from 'cdk8s';
import { diffPosture } from '../../../analysis/diff';
import { fqdn, SecureTenant, type TenantProps } from '../../../constructs';
import { clusterFactsSchema } from '../../../constructs/core/cluster-facts';
import { listAt, stringAt, valueAt } from '../../../constructs/core/json';
import type { Manifest } from '../../../constructs/core/manifest';
import { publishedName } from '../../../constructs/core/object-names';
import { parse } from '../../../constructs/core/parse';
import { DEFAULT_EDGE, type EdgeFacts } from '../../../constructs/ingress/edge-facts';
import type { ExposureProps } from '../../../constructs/ingress/exposure-spec';
import { tenantManifests } from '../../../constructs/tenant/tenant-manifests';
import { tenantSchema, tenantSpec } from '../../../constructs/tenant/tenant-spec';

const CHAT: ExposureProps = {
  name: 'chat',
  host: 'api.lumen.example',
  namespace: 'serve',
  service: 'gateway',
  port: 8443,
  type: 'inference',
  paths: ['/v1'],
  rate: { perAddress: 600 },
};
const STATUS: ExposureProps = {
  ...CHAT,
  name: 'status',
  type: 'console',
  paths: ['/'],
  identity: {
    public: { because: 'a status page that everybody may read', owner: 'a@lumen.example', expires: '2027-03-31' },
  },
};
const EDGE: EdgeFacts = { issuers: ['https://id.example'] };

function lumen(expose: readonly ExposureProps[], more: Partial<TenantProps> = {}): TenantProps {
  return {
    name: 'lumen',
    owner: 'ml@lumen.example',
    namespaces: { serve: {} },
    hosts: ['api.lumen.example', 'www.lumen.example'],
    expose: [...expose],
    ...more,
  };
}

function objects(expose: readonly ExposureProps[], edge: EdgeFacts = EDGE): readonly Manifest[] {
  return tenantManifests(tenantSpec(lumen(expose)), clusterFactsSchema.parse({}), edge);
}

const atEdge = (all: readonly Manifest[]) => all.filter(({ metadata }) => metadata.namespace === 'drun-ingress');

describe('a published service', () => {
  const all = atEdge(objects([CHAT]));
  const the = (kind: string): Manifest => {
    const [found, ...more] = all.filter((object) => object.kind === kind);
    if (found === undefined || more.length > 0) throw new Error(`expected one ${kind}`);
    return found;
  };

  test('[NET-1] is one object of each kind, owned by the tenant', () => {
    expect(all.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Certificate api-lumen-example',
      'Gateway api-lumen-example',
      'VirtualService api-lumen-example',
      'AuthorizationPolicy chat.lumen',
      'EnvoyFilter chat.lumen',
      'DestinationRule gateway.lumen-serve',
    ]);
    expect(all.every(({ metadata }) => metadata.labels?.['drun.io/tenant'] === 'lumen')).toBe(true);
  });

  test('[ENC-1] speaks TLS 1.3 alone, for its exact host, with a new key for every certificate', () => {
    expect(valueAt(the('Gateway'), 'spec', 'servers')).toEqual([
      {
        port: { number: 443, name: 'https', protocol: 'HTTPS' },
        hosts: ['./api.lumen.example'],
        tls: { mode: 'SIMPLE', credentialName: 'api-lumen-example', minProtocolVersion: 'TLSV1_3' },
      },
    ]);
    expect(valueAt(the('Certificate'), 'spec')).toMatchObject({
      dnsNames: ['api.lumen.example'],
      privateKey: { algorithm: 'ECDSA', rotationPolicy: 'Always' },
      secretName: 'api-lumen-example',
    });
  });

  test('[NET-1] asks for a token of the single sign-on that was made for the host', () => {
    expect(valueAt(the('AuthorizationPolicy'), 'spec')).toEqual({
      selector: { matchLabels: { istio: 'ingress' } },
      action: 'ALLOW',
      rules: [
        {
          from: [{ source: { requestPrincipals: ['https://id.example/*'] } }],
          to: [{ operation: { hosts: ['api.lumen.example', 'api.lumen.example:443'], paths: ['/v1', '/v1/*'] } }],
          when: [{ key: 'request.auth.audiences', values: ['https://api.lumen.example'] }],
        },
      ],
    });
  });

  test('[NET-2] goes by a route whose name says its type, and leads to the service under mutual TLS', () => {
    const [route] = listAt(the('VirtualService'), 'spec', 'http');
    expect(route).toMatchObject({
      name: 'inference/lumen/chat',
      match: [{ uri: { exact: '/v1' } }, { uri: { prefix: '/v1/' } }],
      route: [{ destination: { host: 'gateway.lumen-serve.svc.cluster.local', port: { number: 8443 } } }],
      timeout: '600s',
      retries: { attempts: 0 },
    });
    expect(stringAt(the('DestinationRule'), 'spec', 'trafficPolicy', 'tls', 'mode')).toBe('ISTIO_MUTUAL');
  });

  test('[NET-3] has a limit for each address and one for all', () => {
    const [patch] = listAt(the('EnvoyFilter'), 'spec', 'configPatches');
    const limits = valueAt(patch, 'patch', 'value', 'typed_per_filter_config', 'envoy.filters.http.local_ratelimit');
    expect(limits).toMatchObject({
      token_bucket: { max_tokens: 1200, tokens_per_fill: 12_000, fill_interval: '60s' },
      descriptors: [{ token_bucket: { max_tokens: 60, tokens_per_fill: 600, fill_interval: '60s' } }],
      filter_enforced: { default_value: { numerator: 100, denominator: 'HUNDRED' } },
    });
  });

  test('[NET-4] opens the way from the edge to its namespace and port, and to no other', () => {
    const paths = objects([CHAT]).filter(({ metadata }) => metadata.name === 'from-ingress');
    expect(paths.map(({ kind, metadata }) => `${kind} ${metadata.namespace}`)).toEqual([
      'NetworkPolicy lumen-serve',
      'AuthorizationPolicy lumen-serve',
    ]);
    expect(JSON.stringify(paths)).toContain('"ports":["8443"]');
    expect(objects([]).some(({ metadata }) => metadata.name === 'from-ingress')).toBe(false);
  });

  test('[NET-3] asks the CDN for its certificate where there is one', () => {
    const [gateway] = objects([CHAT], { ...EDGE, clientCa: 'cdn-ca' }).filter(
      ({ apiVersion, kind }) => kind === 'Gateway' && apiVersion.startsWith('networking.istio.io'),
    );
    expect(listAt(gateway, 'spec', 'servers')[0]).toMatchObject({
      tls: { mode: 'MUTUAL', caCertCredentialName: 'cdn-ca-cacert' },
    });
  });
});

test('[NET-1] a public path below which another exposure asks for identity does not open that one', () => {
  const rules = atEdge(objects([STATUS, CHAT]))
    .filter(({ kind }) => kind === 'AuthorizationPolicy')
    .map((object) => listAt(object, 'spec', 'rules')[0]);
  expect(rules).toEqual([
    {
      to: [
        {
          operation: {
            hosts: ['api.lumen.example', 'api.lumen.example:443'],
            paths: ['/*'],
            notPaths: ['/v1', '/v1/*'],
          },
        },
      ],
    },
    expect.objectContaining({ from: [{ source: { requestPrincipals: ['https://id.example/*'] } }] }),
  ]);
});

test('[NET-1] the longest path is asked first', () => {
  const [route] = atEdge(objects([STATUS, CHAT])).filter(({ kind }) => kind === 'VirtualService');
  expect(listAt(route, 'spec', 'http').map((one) => stringAt(one, 'name'))).toEqual([
    'inference/lumen/chat',
    'console/lumen/status',
  ]);
});

test('a tenant that publishes nothing has no object at the edge', () => {
  expect(atEdge(objects([]))).toEqual([]);
});

test('[NET-2] exclusions from firewall rules are a file for their route, with reason, owner and last day', () => {
  const exclusion = {
    rule: 942_100,
    target: 'ARGS:query',
    because: 'queries are a language here',
    owner: 'a@lumen.example',
    expires: '2027-03-31',
  };
  const [map] = atEdge(objects([{ ...CHAT, waf: { exclude: [exclusion] } }])).filter(
    ({ kind }) => kind === 'ConfigMap',
  );
  expect(map?.metadata).toMatchObject({ name: 'waf.lumen', labels: { 'drun.io/waf-routes': 'true' } });
  const { because, ...rest } = exclusion;
  expect(JSON.parse(stringAt(map, 'data', 'lumen.json') ?? '')).toEqual({
    version: 1,
    routes: { 'inference/lumen/chat': { exclusions: [{ ...rest, reason: because }] } },
  });
});

test('[NET-1] expose of a tenant says the same as its file, and owns the host', () => {
  const chart = new Chart(new App(), 'tenants');
  const acme = new SecureTenant(chart, 'lumen', lumen([], { hosts: [] }));
  acme.allow(fqdn('api.openai.com'));
  acme.expose(CHAT);
  expect(acme.spec.hosts).toEqual(['api.lumen.example']);
  const [written] = Testing.synth(chart).filter(({ kind }) => kind === 'VirtualService');
  const [expected] = atEdge(objects([CHAT], DEFAULT_EDGE)).filter(({ kind }) => kind === 'VirtualService');
  expect(written).toEqual(expected);
});

describe('names of published hosts', () => {
  test.each([
    ['a-b.example', 'a.b.example'],
    ['a.b-c.example', 'a-b.c.example'],
    ['a--b.example', 'a-b.example'],
    [
      `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'d'.repeat(50)}.example`,
      `${'a'.repeat(60)}.${'b'.repeat(60)}.${'c'.repeat(60)}.${'e'.repeat(50)}.example`,
    ],
  ])('%s and %s have names of their own', (one, other) => {
    expect(publishedName(one)).not.toBe(publishedName(other));
  });

  test('hold no dot, by which Istio parts the names of routes, and fit into a name', () => {
    const name = publishedName(
      `${'a-'.repeat(29)}a.${'b-'.repeat(29)}b.${'c-'.repeat(29)}c.${'d-'.repeat(20)}d.example`,
    );
    expect(name).toMatch(/^[a-z0-9-]{1,253}$/);
  });
});

describe('an exposure', () => {
  test.each([
    ['a host that is not the tenant’s', { host: 'api.other.example' }, 'expose[0].host'],
    ['a wildcard host', { host: '*.lumen.example' }, 'expose[0].host'],
    ['a namespace that it does not have', { namespace: 'train' }, 'expose[0].namespace'],
    ['a path with an escape', { paths: ['/a%2fb'] }, 'expose[0].paths[0]'],
    ['a path with a dot segment', { paths: ['/a/../b'] }, 'expose[0].paths[0]'],
    ['a path with an empty segment', { paths: ['//'] }, 'expose[0].paths[0]'],
    ['a wildcard path', { paths: ['/v1/*'] }, 'expose[0].paths[0]'],
    ['a path twice', { paths: ['/v1', '/v1'] }, 'expose[0].paths[1]'],
    ['a type that does not exist', { type: 'ftp' }, 'expose[0].type'],
    ['no reason for being public', { identity: { public: {} } }, 'expose[0].identity'],
    [
      'a reason without a last day',
      { identity: { public: { because: 'everybody may read it', owner: 'a@b.example' } } },
      'expose[0].identity',
    ],
    ['more from one address than from all', { rate: { perAddress: 100, total: 50 } }, 'expose[0].rate.perAddress'],
    [
      'a firewall rule outside of the rule set',
      { waf: { exclude: [{ rule: 1, because: 'because I say so', owner: 'a@b.example', expires: '2027-01-01' }] } },
      'expose[0].waf.exclude[0].rule',
    ],
    [
      'the firewall rule that decides over all others',
      {
        waf: { exclude: [{ rule: 949_110, because: 'because I say so', owner: 'a@b.example', expires: '2027-01-01' }] },
      },
      'expose[0].waf.exclude[0].rule',
    ],
    [
      'a reason of blanks',
      { waf: { exclude: [{ rule: 942_100, because: ' '.repeat(12), owner: 'a@b.example', expires: '2027-01-01' }] } },
      'expose[0].waf.exclude[0].because',
    ],
  ])('fails over %s', (_, change, at) => {
    const given: unknown = { ...lumen([]), expose: [{ ...CHAT, ...change }] };
    const parsed = parse(tenantSchema, given);
    expect(parsed.ok).toBe(false);
    expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual(
      expect.arrayContaining([expect.stringMatching(new RegExp(`^${at.replace(/[[\].]/g, '\\$&')}`))]),
    );
  });

  test('fails beside another of its name, its path, or an accept that it implies', () => {
    const parsed = parse(
      tenantSchema,
      lumen([CHAT, { ...CHAT, type: 'api' }], { accept: [{ from: { platform: 'ingress' }, ports: [8080, 8443] }] }),
    );
    expect(parsed.ok ? [] : parsed.problems.map(({ path }) => path)).toEqual([
      'expose[1].name',
      'expose[1].paths[0]',
      'accept[0].ports[1]',
    ]);
  });

  test('passes with all of its fields', () => {
    expect(
      parse(tenantSchema, lumen([{ ...CHAT, identity: { audience: 'lumen' }, rate: { total: 900 } }, STATUS])).ok,
    ).toBe(true);
  });
});

describe('the posture', () => {
  const said = (before: readonly ExposureProps[], after: readonly ExposureProps[]) =>
    diffPosture(objects(before), objects(after)).map(({ direction, sentence }) => `${direction}: ${sentence}`);

  test('[NET-1] says what is published, where, for whom and how much of it', () => {
    expect(said([], [CHAT])).toEqual([
      'widens: adds to the admin tier tenant-lumen-serve: Pass ingress from platform service ingress on TCP 15008',
      'widens: lets lumen accept platform service ingress on 15008 (mesh), 8443',
      'widens: publishes lumen/chat at https://api.lumen.example/v1 (inference, identity required, 600/min per address)',
      'changes: changes the order of rules in the admin tier',
    ]);
    expect(said([CHAT], [])).toContain('narrows: stops publishing lumen/chat at https://api.lumen.example/v1');
  });

  test('[NET-1] says why something is opened without identity, and when it asks for it again', () => {
    const closed = { ...STATUS, identity: {} };
    const opened =
      'opens lumen/status at https://api.lumen.example without identity because a status page that everybody may read';
    expect(said([closed], [STATUS])).toEqual([`widens: ${opened}`]);
    expect(said([STATUS], [closed])).toEqual([
      'narrows: lets callers with an identity call lumen/status at https://api.lumen.example',
    ]);
    expect(said([], [STATUS])).toContain(`widens: ${opened}`);
  });

  test('[NET-3] says which limits are raised and lowered', () => {
    const less = { ...CHAT, rate: { perAddress: 60 } };
    expect(said([less], [CHAT])).toEqual([
      'widens: raises the limit of lumen/chat at https://api.lumen.example/v1 60/min -> 600/min per address',
    ]);
    expect(said([CHAT], [less])[0]).toMatch(/^narrows: lowers/);
  });

  test('[NET-2] says which firewall rules do not apply', () => {
    const exclude = [
      { rule: 942_100, because: 'queries are a language here', owner: 'a@lumen.example', expires: '2027-03-31' },
    ];
    expect(said([CHAT], [{ ...CHAT, waf: { exclude } }])).toEqual([
      'widens: lets firewall rule 942100 pass on inference/lumen/chat because queries are a language here',
    ]);
  });

  test('[NET-1] tells a route below another one apart from it', () => {
    const sentences = said([], [STATUS, CHAT]).join('\n');
    expect(sentences).toContain('lumen/status at https://api.lumen.example (console, no identity required');
    expect(sentences).toContain('lumen/chat at https://api.lumen.example/v1 (inference, identity required');
  });

  test.each([
    ['EnvoyFilter', 'lifts the limit per address of lumen/chat at https://api.lumen.example/v1 (was 600/min)'],
    ['AuthorizationPolicy', 'lets nobody call lumen/chat at https://api.lumen.example/v1'],
    ['VirtualService', 'stops publishing lumen/chat at https://api.lumen.example/v1'],
  ])('sees that %s is gone', (kind, sentence) => {
    const all = objects([CHAT]);
    const without = all.filter((one) => one.kind !== kind || one.metadata.namespace !== 'drun-ingress');
    const sentences = diffPosture(all, without).map((change) => change.sentence);
    expect(sentences).toContain(sentence);
  });
});

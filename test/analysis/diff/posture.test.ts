import fc from 'fast-check';
import { diffPosture, type PostureChange } from '../../../analysis/diff';
import { FACTS_OF_KIND } from '../../../analysis/diff/posture/table';
import type { Manifest } from '../../../constructs/core/manifest';

type Objects = readonly Manifest[];

/** `[direction, sentence, objects without it, objects with it]`. The other way round the direction turns. */
const CASES: readonly (readonly [PostureChange['direction'], string, Objects, Objects])[] = [
  ['widens', 'grants acme-train/workload read of the secret db', [], [grant('kv/data/acme/db', '"read"')]],
  [
    'widens',
    'grants acme-train/workload certificates for the services of acme-train',
    [],
    [grant('pki-eu/issue/acme-train', '"update"')],
  ],
  [
    'widens',
    'grants acme-train/workload an account of its database: acme.orders.reader',
    [],
    [grant('database/creds/acme.orders.reader', '"read"')],
  ],
  ['widens', 'lets workload of acme-train log in to Vault as workload.acme-train.workload', [], [login(3600)]],
  [
    'widens',
    'raises TTL of logins to Vault as workload.acme-train.workload (seconds) 3600 -> 7200',
    [login(3600)],
    [login(7200)],
  ],
  ['widens', 'lets groups admins log in to Vault as platform.administrators', [], [people('admins')]],
  [
    'widens',
    'raises rotation period of key backups (seconds) 86400 -> 172800',
    [told('TransitKey', { autoRotatePeriod: 86_400 })],
    [told('TransitKey', { autoRotatePeriod: 172_800 })],
  ],
  [
    'widens',
    'raises TTL of certificate role backups (seconds) 3600 -> 7200',
    [told('PkiRole', { maxTtl: '3600' })],
    [told('PkiRole', { maxTtl: '7200' })],
  ],
  [
    'widens',
    'raises TTL of database role backups (seconds) 3600 -> 7200',
    [told('DatabaseRole', { maxTtl: 3600 })],
    [told('DatabaseRole', { maxTtl: 7200 })],
  ],
  [
    'widens',
    'raises rotation period of database account backups (seconds) 3600 -> 7200',
    [told('DatabaseAccount', { rotationPeriod: 3600 })],
    [told('DatabaseAccount', { rotationPeriod: 7200 })],
  ],
  ['narrows', 'records requests to Vault by file device log', [], [told('AuditDevice', { type: 'file', path: 'log' })]],
  ['widens', 'opens acme -> api.openai.com:443', [], [serviceEntry('api.openai.com')]],
  ['narrows', 'closes acme -> api.openai.com:443', [serviceEntry('api.openai.com')], []],
  ['widens', 'lets firewall rule 942100 pass on api/acme/shop because it is a test', [], [excluding(942_100)]],
  [
    'widens',
    'exports api.openai.com from acme-train to others',
    [serviceEntry('api.openai.com')],
    [serviceEntry('api.openai.com', ['*'])],
  ],
  ['widens', 'lets acme accept beta on 8443', [], [accept('acme-train', 'beta-train', '8443')]],
  ['widens', 'lets acme accept beta on 8443, 9090', [], [accept('acme-train', 'beta-train', '8443', '9090')]],
  ['widens', 'lets acme accept anyone on every port', [], [authz('acme-train', 'all', { rules: [{}] })]],
  ['widens', 'removes the default deny of the mesh in acme-train', [authz('acme-train', 'default-deny', {})], []],
  [
    'widens',
    'lets acme use ServiceEntry openai on 443',
    [],
    [
      authz('acme-train', 'x', {
        targetRefs: [{ kind: 'ServiceEntry', name: 'openai' }],
        rules: [{ from: [{ source: { serviceAccounts: ['acme-train/a'] } }], to: [{ operation: { ports: ['443'] } }] }],
      }),
    ],
  ],
  [
    'widens',
    'forwards calls of acme to a.example:443 at the egress gateway',
    [],
    [
      atWayOut('Gateway', {
        servers: [{ hosts: ['./443.a.example.acme.egress.drun.io'], tls: { mode: 'ISTIO_MUTUAL' } }],
      }),
    ],
  ],
  [
    'narrows',
    'keeps acme to the name a.example in what it asks of that host',
    [],
    [made('VirtualService', 'x', { spec: { hosts: ['a.example'], tls: [{ match: [{ sniHosts: ['a.example'] }] }] } })],
  ],
  [
    'widens',
    'lets acme call beta on 15008 (mesh)',
    [],
    [
      egress({
        to: [
          {
            namespaceSelector: {
              matchLabels: { 'drun.io/tenant': 'beta', 'kubernetes.io/metadata.name': 'beta-train' },
            },
          },
        ],
        ports: [{ port: 15008 }],
      }),
    ],
  ],
  [
    'narrows',
    'closes beta -> acme:8443',
    [toTenant('beta-train', 'acme'), accept('acme-train', 'beta-train', '8443')],
    [toTenant('beta-train', 'acme')],
  ],
  [
    'widens',
    'opens beta -> acme:8443',
    [accept('acme-train', 'beta-train', '8443')],
    [toTenant('beta-train', 'acme'), accept('acme-train', 'beta-train', '8443')],
  ],
  [
    'widens',
    'opens acme -> platform service vault:8200',
    [],
    [
      egress({
        to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'vault' } } }],
        ports: [{ port: 8200 }],
      }),
    ],
  ],
  ['widens', 'opens acme -> anywhere on every port', [], [egress({})]],
  [
    'widens',
    'opens acme -> 10.0.0.0/8 except 10.1.0.0/16:53/UDP',
    [],
    [
      egress({
        to: [{ ipBlock: { cidr: '10.0.0.0/8', except: ['10.1.0.0/16'] } }],
        ports: [{ port: 53, protocol: 'UDP' }],
      }),
    ],
  ],
  ['widens', 'removes the default deny of egress in acme-train', [egress()], []],
  [
    'widens',
    'opens acme -> platform service models',
    [space('acme-train', 'acme')],
    [space('acme-train', 'acme', { 'drun.io/uses-models': 'true' })],
  ],
  [
    'widens',
    'weakens Pod Security of acme-train from restricted to baseline',
    [space('acme-train', 'acme', psa('restricted'))],
    [space('acme-train', 'acme', psa('baseline'))],
  ],
  [
    'widens',
    'weakens Pod Security of acme-train from restricted to privileged',
    [space('acme-train', 'acme', psa('restricted'))],
    [space('acme-train', 'acme')],
  ],
  [
    'narrows',
    'strengthens Pod Security of acme-train from privileged to restricted',
    [space('acme-train', 'acme')],
    [space('acme-train', 'acme', psa('restricted'))],
  ],
  [
    'widens',
    'takes acme-train out of the mesh',
    [space('acme-train', 'acme', { 'istio.io/dataplane-mode': 'ambient' })],
    [space('acme-train', 'acme')],
  ],
  [
    'widens',
    'sends traffic of acme-train past its waypoint: rules on requests no longer apply',
    [space('acme-train', 'acme', { 'istio.io/use-waypoint': 'waypoint' })],
    [space('acme-train', 'acme')],
  ],
  [
    'widens',
    'raises trust of acme-train from untrusted to trusted',
    [space('acme-train', 'acme', { 'drun.io/trust': 'untrusted' })],
    [space('acme-train', 'acme', { 'drun.io/trust': 'trusted' })],
  ],
  [
    'widens',
    'lets acme-train claim devices that others use (admin access)',
    [space('acme-train', 'acme')],
    [space('acme-train', 'acme', { 'resource.kubernetes.io/admin-access': 'true' })],
  ],
  [
    'widens',
    'moves namespace acme-train from acme to beta',
    [space('acme-train', 'acme')],
    [space('acme-train', 'beta')],
  ],
  ['widens', 'mesh of acme-train PERMISSIVE: plaintext is accepted', [mtls('STRICT')], [mtls('PERMISSIVE')]],
  ['widens', 'mesh of acme-train no longer requires mutual TLS', [mtls('STRICT')], []],
  [
    'widens',
    'mesh of acme-train port 80 DISABLE: plaintext is accepted',
    [mtls('STRICT')],
    [mtls('STRICT', { '80': { mode: 'DISABLE' } })],
  ],
  [
    'widens',
    'lets acme-train call unregistered hosts',
    [made('Sidecar', 'default', { spec: { outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' } } })],
    [made('Sidecar', 'default', { spec: {} })],
  ],
  [
    'widens',
    'opens the door of acme-train to other regions',
    [],
    [made('Gateway', 'eastwest', { spec: { gatewayClassName: 'istio-east-west', listeners: [{ port: 15008 }] } })],
  ],
  [
    'changes',
    'fails over *.local: eu -> us',
    [],
    [rule({ loadBalancer: { localityLbSetting: { failover: [{ from: 'eu', to: 'us' }] } } })],
  ],
  [
    'widens',
    'keeps calling failing endpoints of *.local: failover does nothing',
    [rule({ outlierDetection: { interval: '5s' } })],
    [rule({})],
  ],
  [
    'widens',
    'calls *.local without verifying its certificate',
    [rule({})],
    [rule({ tls: { mode: 'SIMPLE', insecureSkipVerify: true } })],
  ],
  ['widens', 'decides for every namespace how *.local is called', [rule({})], [rule({}, ['*'])]],
  [
    'widens',
    'stops logging requests of acme-train',
    [made('Telemetry', 'default', { spec: { accessLogging: [{ providers: [] }] } })],
    [],
  ],
  [
    'widens',
    'turns access logs of acme-train off',
    [],
    [made('Telemetry', 'default', { spec: { accessLogging: [{ disabled: true }] } })],
  ],
  [
    'widens',
    'makes acme-train/ca a certificate authority',
    [],
    [made('Certificate', 'ca', { spec: { isCA: true, duration: '2160h' } })],
  ],
  [
    'widens',
    'removes the waypoint of acme-train: rules on requests no longer apply',
    [made('Gateway', 'waypoint', { spec: { gatewayClassName: 'istio-waypoint' } })],
    [],
  ],
  [
    'widens',
    'believes tokens of https://idp in acme-train',
    [],
    [made('RequestAuthentication', 'x', { spec: { jwtRules: [{ issuer: 'https://idp' }] } })],
  ],
  [
    'widens',
    'raises GPU quota of acme-train 8 -> 16',
    [quota({ 'requests.nvidia.com/gpu': 8, 'gpu.nvidia.com.deviceclass.resource.k8s.io/devices': 8 })],
    [quota({ 'requests.nvidia.com/gpu': 16, 'gpu.nvidia.com.deviceclass.resource.k8s.io/devices': 16 })],
  ],
  [
    'narrows',
    'lowers memory quota of acme-train 512Gi -> 256Gi',
    [quota({ 'requests.memory': '512Gi' })],
    [quota({ 'requests.memory': '256Gi' })],
  ],
  ['widens', 'lifts CPU quota of acme-train (was 10)', [quota({ 'requests.cpu': 10 })], []],
  ['widens', 'raises maximum memory per container in acme-train 1Gi -> 2Gi', [limits('1Gi')], [limits('2Gi')]],
  ['widens', 'raises GPU quota of queue acme (h100) 8 -> 16', [queue(8)], [queue(16)]],
  ['widens', 'grants role developer in acme-train to oidc:acme-interns', [], [binding('oidc:acme-interns')]],
  ['narrows', 'revokes role developer in acme-train from oidc:acme-interns', [binding('oidc:acme-interns')], []],
  ['widens', 'grants role developer in acme-train to oidc:a, oidc:b', [], [binding('oidc:a', 'oidc:b')]],
  [
    'widens',
    'lets role developer create, get pods/exec',
    [role('list')],
    [role('list'), role('create', 'get')].slice(1),
  ],
  [
    'widens',
    'lets role developer take up the rules of other roles by label',
    [],
    [made('ClusterRole', 'drun-tenant-developer', { aggregationRule: {} }, '')],
  ],
  [
    'widens',
    'mounts the token of service account acme-train/workload into pods by itself',
    [account(false)],
    [account(true)],
  ],
  [
    'widens',
    'gives service account acme-train/workload the AWS role arn',
    [account(false)],
    [account(false, { 'eks.amazonaws.com/role-arn': 'arn' })],
  ],
  [
    'widens',
    'lets acme run images from registry.example.com/acme/',
    [policy({})],
    [policy({ registries: ['registry.example.com/acme/'] })],
  ],
  [
    'widens',
    'allows acme to use runtime class runc',
    [policy({ runtimeClasses: ['gvisor'] })],
    [policy({ runtimeClasses: ['gvisor', 'runc'] })],
  ],
  [
    'widens',
    'allows acme to run without a sandbox in acme-train',
    [policy({ runtimeClassRequired: true })],
    [policy({ runtimeClassRequired: false })],
  ],
  ['widens', 'lets acme use storage class fast', [policy({})], [policy({ storageClasses: ['fast'] })]],
  ['widens', 'lets acme use priority class high', [policy({})], [policy({ priorityClasses: ['high'] })]],
  ['widens', 'adds host api.acme.example to acme', [policy({})], [policy({ hosts: ['api.acme.example'] })]],
  ['changes', 'changes pool of acme-train shared -> acme', [policy({ pool: 'shared' })], [policy({ pool: 'acme' })]],
  ['widens', 'removes admission policy images', [vap({})], []],
  [
    'widens',
    'admission policy images fails open (failurePolicy Ignore)',
    [vap({ failurePolicy: 'Fail' })],
    [vap({ failurePolicy: 'Ignore' })],
  ],
  [
    'widens',
    'drops from admission policy images: no latest',
    [vap({ validations: [{ expression: 'a', message: 'no latest' }] })],
    [vap({})],
  ],
  [
    'widens',
    'rewrites a check: admission policy images: no latest; see the fields',
    [vap({ validations: [{ expression: 'a', message: 'no latest' }] })],
    [vap({ validations: [{ expression: 'true', message: 'no latest' }] })],
  ],
  ['widens', 'disables admission policy images (binding images)', [vapBinding(['Deny'])], []],
  [
    'widens',
    'admission policy images no longer refuses, it only reports',
    [vapBinding(['Deny', 'Audit'])],
    [vapBinding(['Audit'])],
  ],
  [
    'widens',
    'changes where admission policy images applies; see the fields',
    [vapBinding(['Deny'])],
    [vapBinding(['Deny'], { matchResources: { namespaceSelector: {} } })],
  ],
  ['widens', 'webhook a.b fails open (failurePolicy Ignore)', [webhook('Fail')], [webhook('Ignore')]],
  [
    'widens',
    'removes from the admin tier tenants: Deny egress to 169.254.169.254/32',
    [admin([deny('169.254.169.254/32')])],
    [admin([])],
  ],
  [
    'changes',
    'changes the order of rules in the admin tier',
    [admin([deny('1.0.0.0/8'), deny('2.0.0.0/8')])],
    [admin([deny('2.0.0.0/8'), deny('1.0.0.0/8')])],
  ],
  [
    'widens',
    'exposes Service acme-train/x as LoadBalancer',
    [made('Service', 'x', { spec: {} })],
    [made('Service', 'x', { spec: { type: 'LoadBalancer' } })],
  ],
  [
    'widens',
    'gives Deployment acme-train/x full privilege over its node, hostNetwork',
    [deployment({})],
    [deployment({ hostNetwork: true }, { securityContext: { privileged: true } })],
  ],
  [
    'changes',
    'changes the image of Deployment acme-train/x (c) a -> b',
    [deployment({}, { image: 'a' })],
    [deployment({}, { image: 'b' })],
  ],
  [
    'widens',
    'storage class fast no longer encrypts',
    [made('StorageClass', 'fast', { parameters: { encrypted: 'true' } }, '')],
    [made('StorageClass', 'fast', {}, '')],
  ],
  [
    'widens',
    'drops control NET-4 from NetworkPolicy acme-train/default-deny',
    [claimed('NET-4 NET-5')],
    [claimed('NET-5')],
  ],
];

describe('difference of the posture, in words', () => {
  test.each(CASES)('%s: %s', (direction, sentence, before, after) => {
    const found = diffPosture([...base(), ...before], [...base(), ...after]);
    expect(found.map((change) => `${change.direction} ${change.sentence}`)).toContain(`${direction} ${sentence}`);
  });

  test.each(CASES)('backwards the direction turns: %s: %s', (direction, sentence, before, after) => {
    const turned = { widens: 'narrows', narrows: 'widens', changes: 'changes' } as const;
    const found = diffPosture([...base(), ...after], [...base(), ...before]).map((change) => change.direction);
    if (!/see the fields|^moves/.test(sentence)) expect(found).toContain(turned[direction]);
  });

  test.each(CASES)('nothing is said where nothing changed: %s: %s', (_direction, _sentence, before, after) => {
    const all = [...base(), ...before];
    expect(diffPosture(all, [...all].reverse())).toEqual([]);
    expect(diffPosture([...base(), ...after], [...base(), ...after])).toEqual([]);
  });

  test('every kind of the table has a case', () => {
    const tried = new Set(CASES.flatMap(([, , before, after]) => [...before, ...after].map(({ kind }) => kind)));
    const alike =
      /Pod|Set|Job|Mutating|^Validating.*Config|Class$|Route|VirtualService|Ingress|ClusterRoleBinding|^Role$|LocalQueue|Certificate|EnvoyFilter|DestinationRule/;
    expect([...FACTS_OF_KIND.keys()].filter((kind) => !tried.has(kind) && !alike.test(kind))).toEqual([]);
  });

  test('a new tenant is one sentence and what it opens, a removed one is one sentence', () => {
    const gamma = [
      space('gamma-train', 'gamma', psa('restricted')),
      made('ResourceQuota', 'gpu', { spec: { hard: { pods: 3 } } }, 'gamma-train'),
      made(
        'ServiceEntry',
        'x',
        { spec: { hosts: ['a.example'], ports: [{ number: 443 }], exportTo: ['.'] } },
        'gamma-train',
      ),
    ];
    expect(said(diffPosture(base(), [...base(), ...gamma]))).toEqual([
      'widens opens gamma -> a.example:443',
      'changes adds tenant gamma (3 objects)',
    ]);
    expect(said(diffPosture([...base(), ...gamma], base()))).toEqual(['changes removes tenant gamma (3 objects)']);
  });

  test('what already holds in another namespace is said with the namespace', () => {
    const serve = made(
      'ServiceEntry',
      'x',
      { spec: { hosts: ['a.example'], ports: [{ number: 443 }], exportTo: ['.'] } },
      'acme-serve',
    );
    const train = serviceEntry('a.example');
    const both = [...base(), space('acme-serve', 'acme')];
    expect(said(diffPosture([...both, train], [...both, train, serve]))).toEqual([
      'widens opens acme -> a.example:443 in acme-serve',
    ]);
  });

  test('what widens comes first, and every change names its objects and clauses', () => {
    const found = diffPosture([...base(), quota({ pods: 9 }), claimed('NET-4')], [...base(), quota({ pods: 3 })]);
    expect(found.map(({ direction }) => direction)).toEqual(['widens', 'widens', 'narrows', 'changes']);
    expect(found[0]).toEqual({
      direction: 'widens',
      tenant: 'acme',
      sentence: 'removes the default deny of egress in acme-train',
      controls: ['NET-4'],
      objects: ['NetworkPolicy acme-train/default-deny'],
    });
    expect(found[3]?.sentence).toBe('drops control NET-4 from NetworkPolicy acme-train/default-deny');
  });

  test('a removed object whose loss no fact tells widens by what it claimed', () => {
    const flavor = made('ResourceFlavor', 'x', {
      metadata: { name: 'x', annotations: { 'drun.io/controls': 'GPU-1' } },
    });
    expect(said(diffPosture([flavor], []))).toEqual(['widens drops control GPU-1 from ResourceFlavor x']);
    expect(said(diffPosture([claimed('NET-4'), egress()], [egress(), claimed('NET-4')].slice(0, 1)))).toContain(
      'widens removes the default deny of ingress in acme-train',
    );
  });

  test('the same quantity in other words is no change', () => {
    expect(diffPosture([quota({ 'requests.cpu': '1000m' })], [quota({ 'requests.cpu': 1 })])).toEqual([]);
  });

  test('never throws on malformed objects of any kind, and says nothing of equal ones', () => {
    const kinds = [...new Set(CASES.flatMap(([, , before, after]) => [...before, ...after].map(({ kind }) => kind)))];
    const field = fc.constantFrom(
      'spec',
      'rules',
      'hosts',
      'ports',
      'egress',
      'to',
      'hard',
      'subjects',
      'metadata',
      'labels',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(null, 1, 'x', true),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(field, tie('value'), { maxKeys: 4 }),
      ),
    }));
    const odd = fc.tuple(fc.constantFrom(...kinds), fc.dictionary(field, value, { maxKeys: 4 }));
    fc.assert(
      fc.property(fc.array(odd, { maxLength: 4 }), (parts) => {
        const objects = parts.map(([kind, fields]) => Object.assign(made(kind, 'x', {}), fields));
        expect(diffPosture(objects, [...objects].reverse())).toEqual([]);
        expect(diffPosture(objects, [])).toBeInstanceOf(Array);
      }),
      { numRuns: 1_000 },
    );
  });
});

function said(changes: readonly PostureChange[]): readonly string[] {
  return changes.map(({ direction, sentence }) => `${direction} ${sentence}`);
}

/** Two tenants that are there before and after. */
function base(): Objects {
  return ['acme', 'beta'].map((tenant) =>
    made('ConfigMap', 'x', {
      metadata: { name: 'x', namespace: `${tenant}-train`, labels: { 'drun.io/tenant': tenant } },
    }),
  );
}

function made(kind: string, name: string, fields: object, namespace = 'acme-train'): Manifest {
  const metadata = namespace === '' ? { name } : { name, namespace };
  return Object.assign({ apiVersion: 'v1', kind, metadata }, fields);
}

function space(name: string, tenant: string, labels: Readonly<Record<string, string>> = {}): Manifest {
  return made('Namespace', name, { metadata: { name, labels: { 'drun.io/tenant': tenant, ...labels } } });
}

function psa(level: string): Readonly<Record<string, string>> {
  return { 'pod-security.kubernetes.io/enforce': level };
}

function excluding(rule: number): Manifest {
  const routes = { 'api/acme/shop': { exclusions: [{ rule, reason: 'it is a test' }] } };
  const labels = { 'drun.io/tenant': 'acme', 'drun.io/waf-routes': 'true' };
  return {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'waf.acme', namespace: 'drun-ingress', labels } },
    ...{ data: { 'acme.json': JSON.stringify({ version: 1, routes }) } },
  };
}

function vault(
  kind: string,
  name: string,
  spec: object,
  labels: Readonly<Record<string, string>>,
): Manifest & { readonly spec: object } {
  return { apiVersion: 'vault.drun.io/v1', kind, metadata: { name, labels }, spec };
}

function grant(path: string, capabilities: string): Manifest {
  const name = 'workload.acme-train.workload';
  const policy = `path "${path}" {\n  capabilities = [${capabilities}]\n}\n`;
  return vault('Policy', name, { name, policy }, { 'drun.io/tenant': 'acme' });
}

function login(tokenMaxTtl: number): Manifest {
  const roleName = 'workload.acme-train.workload';
  const spec = {
    roleName,
    boundServiceAccountNames: ['workload'],
    boundServiceAccountNamespaces: ['acme-train'],
    tokenMaxTtl,
  };
  return vault('WorkloadLogin', roleName, spec, { 'drun.io/tenant': 'acme' });
}

function people(groups: string): Manifest {
  const roleName = 'platform.administrators';
  return vault(
    'PeopleLogin',
    roleName,
    { roleName, boundClaims: { groups }, tokenMaxTtl: 3600 },
    { 'drun.io/component': 'vault' },
  );
}

function told(kind: string, spec: object): Manifest {
  return vault(kind, 'backups', { name: 'backups', ...spec }, { 'drun.io/component': 'vault' });
}

function serviceEntry(host: string, exportTo: readonly string[] = ['.']): Manifest {
  return made('ServiceEntry', 'x', { spec: { hosts: [host], ports: [{ number: 443, protocol: 'TLS' }], exportTo } });
}

function atWayOut(kind: string, spec: object): Manifest {
  return made(kind, 'x', { spec }, 'drun-egress-gateway');
}

function authz(namespace: string, name: string, spec: object): Manifest {
  return made('AuthorizationPolicy', name, { spec }, namespace);
}

function accept(namespace: string, peer: string, ...ports: readonly string[]): Manifest {
  return authz(namespace, 'from', {
    rules: [{ from: [{ source: { principals: [`cluster.local/ns/${peer}/sa/x`] } }], to: [{ operation: { ports } }] }],
  });
}

function toTenant(namespace: string, tenant: string): Manifest {
  const to = [{ namespaceSelector: { matchLabels: { 'drun.io/tenant': tenant } } }];
  return made(
    'NetworkPolicy',
    'to',
    { spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{ to, ports: [{ port: 15008 }] }] } },
    namespace,
  );
}

function egress(...rules: readonly object[]): Manifest {
  return made('NetworkPolicy', 'out', { spec: { podSelector: {}, policyTypes: ['Egress'], egress: rules } });
}

function rule(trafficPolicy: object, exportTo: readonly string[] = ['.']): Manifest {
  return made('DestinationRule', 'x', { spec: { host: '*.local', exportTo, trafficPolicy } });
}

function mtls(mode: string, portLevelMtls = {}): Manifest {
  return made('PeerAuthentication', 'default', { spec: { mtls: { mode }, portLevelMtls } });
}

function quota(hard: object): Manifest {
  return made('ResourceQuota', 'compute', { spec: { hard } });
}

function limits(memory: string): Manifest {
  return made('LimitRange', 'limits', { spec: { limits: [{ type: 'Container', max: { memory } }] } });
}

function queue(nominalQuota: number): Manifest {
  return made(
    'ClusterQueue',
    'acme',
    {
      spec: {
        resourceGroups: [{ flavors: [{ name: 'h100', resources: [{ name: 'nvidia.com/gpu', nominalQuota }] }] }],
      },
    },
    '',
  );
}

function binding(...groups: readonly string[]): Manifest {
  return made('RoleBinding', 'x', {
    roleRef: { kind: 'ClusterRole', name: 'drun-tenant-developer' },
    subjects: groups.map((name) => ({ kind: 'Group', name })),
  });
}

function role(...verbs: readonly string[]): Manifest {
  return made(
    'ClusterRole',
    'drun-tenant-developer',
    { rules: [{ apiGroups: [''], resources: ['pods/exec'], verbs }] },
    '',
  );
}

function account(automountServiceAccountToken: boolean, annotations = {}): Manifest {
  return made('ServiceAccount', 'workload', {
    automountServiceAccountToken,
    metadata: { name: 'workload', namespace: 'acme-train', annotations },
  });
}

function policy(spec: object): Manifest {
  return made('TenantPolicy', 'tenant', { spec: { tenant: 'acme', ...spec } });
}

function vap(spec: object): Manifest {
  return made('ValidatingAdmissionPolicy', 'images', { spec }, '');
}

function vapBinding(validationActions: readonly string[], more = {}): Manifest {
  return made(
    'ValidatingAdmissionPolicyBinding',
    'images',
    { spec: { policyName: 'images', validationActions, ...more } },
    '',
  );
}

function webhook(failurePolicy: string): Manifest {
  return made('MutatingWebhookConfiguration', 'x', { webhooks: [{ name: 'a.b', failurePolicy }] }, '');
}

function admin(egressRules: readonly object[]): Manifest {
  return made('ClusterNetworkPolicy', 'tenants', { spec: { tier: 'Admin', egress: egressRules } }, '');
}

function deny(network: string): object {
  return { action: 'Deny', to: [{ networks: [network] }] };
}

function deployment(pod: object, container: object = {}): Manifest {
  return made('Deployment', 'x', {
    spec: { template: { spec: { ...pod, containers: [{ name: 'c', ...container }] } } },
  });
}

function claimed(controls: string): Manifest {
  return made('NetworkPolicy', 'default-deny', {
    metadata: { name: 'default-deny', namespace: 'acme-train', annotations: { 'drun.io/controls': controls } },
    spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'] },
  });
}

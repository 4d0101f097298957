import { App, Chart } from 'cdk8s';
import { provideClusterFacts } from '../../../constructs/core/cluster-facts';
import { type ControlId, claimsOf } from '../../../constructs/core/control';
import { HostFile, type HostFileProps } from '../../../constructs/core/host-file';
import { listAt, recordAt, stringAt, valueAt } from '../../../constructs/core/json';
import { ControlPlaneFlags } from '../../../constructs/identity/control-plane-flags';
import { EncryptionAtRest } from '../../../constructs/identity/encryption-at-rest';
import { ENVIRONMENTS } from '../../../stacks/environments';
import { renderPlan } from '../../../stacks/examine';
import { loadPlan } from '../../../stacks/load';
import { levelOf } from '../../support/audit-level';

const REGIONS = ENVIRONMENTS.flatMap((environment) => {
  const { tree, regions } = renderPlan(loadPlan(environment));
  return regions.map(({ planned: { region } }) => {
    const constructs = tree.node.findChild(region.name).node.findAll();
    const files = constructs.flatMap((one) => (one instanceof HostFile ? [one] : []));
    return [`${environment.name} ${region.name}`, files] as const;
  });
});

describe.each(REGIONS)('host files of %s', (_, constructs) => {
  const files = constructs.map(({ file }) => file);
  const flags = flagsOf(files, 'apiServer');

  test('[IAM-1] are all named by the flags of the API server, and only they are', () => {
    const named = files.flatMap(({ flag, path }) => (flag === undefined ? [] : [`${flag.slice(2)}=${path}`]));
    expect(named).toHaveLength(4);
    const inFlags = [...flags].filter(([, value]) => value.startsWith('/etc/kubernetes/drun/'));
    expect(inFlags.map(([name, value]) => `${name}=${value}`).sort()).toEqual([...named].sort());
  });

  test('[IAM-1] leave no other way in: no token file, no anonymous flag beside the configuration', () => {
    for (const name of [
      'anonymous-auth',
      'token-auth-file',
      'basic-auth-file',
      'insecure-port',
      'disable-admission-plugins',
    ])
      expect([name, flags.has(name)]).toEqual([name, false]);
    const anonymous = recordAt(contentOf(files, 'AuthenticationConfiguration'), 'anonymous');
    expect(listAt(anonymous, 'conditions').map((one) => stringAt(one, 'path'))).toEqual([
      '/livez',
      '/readyz',
      '/healthz',
    ]);
  });

  test('[ENC-2] fail to hold a key or a provider that writes plain text', () => {
    const encryption = contentOf(files, 'EncryptionConfiguration');
    const providers = listAt(encryption, 'resources').flatMap((one) => listAt(one, 'providers'));
    expect(providers.map((one) => Object.keys(recordAt(one)))).toEqual([['kms']]);
    expect(providers.map((one) => stringAt(one, 'kms', 'apiVersion'))).toEqual(['v2']);
    expect(JSON.stringify(encryption)).not.toMatch(/identity|secretbox|aescbc|aesgcm|"secret"/);
  });

  test.each([
    ['apiServer', 'VersionTLS13'],
    ['controllerManager', 'VersionTLS13'],
    ['scheduler', 'VersionTLS13'],
    ['etcd.local', 'TLS1.3'],
  ])('[ENC-1] let %s speak TLS 1.3 only', (part, version) => {
    expect(flagsOf(files, ...part.split('.')).get('tls-min-version')).toBe(version);
  });

  test('[IAM-2] keep to what CIS 1.12 asks of a control plane', () => {
    expect(Object.fromEntries(flags)).toMatchObject({
      'authorization-mode': 'Node,RBAC',
      profiling: 'false',
      'audit-log-maxage': '30',
      'audit-log-maxbackup': '10',
      'audit-log-maxsize': '100',
      'request-timeout': '60s',
      'service-account-lookup': 'true',
      'service-account-extend-token-expiration': 'false',
      'kubelet-certificate-authority': '/etc/kubernetes/pki/ca.crt',
    });
    const plugins = flags.get('enable-admission-plugins')?.split(',') ?? [];
    expect(plugins).toEqual(expect.arrayContaining(['NodeRestriction', 'DenyServiceExternalIPs', 'EventRateLimit']));
    expect(plugins).not.toContain('AlwaysAdmit');
    expect(flagsOf(files, 'controllerManager').get('use-service-account-credentials')).toBe('true');
  });

  test('[MON-5] are readable by root alone', () => {
    expect(files.map(({ mode }) => mode)).toEqual(files.map(() => '0600'));
  });

  test('[NET-3] tell EventRateLimit what it needs, which it cannot start without', () => {
    const plugins = listAt(contentOf(files, 'AdmissionConfiguration'), 'plugins');
    const limits = listAt(
      plugins.find((one) => stringAt(one, 'name') === 'EventRateLimit'),
      'configuration',
      'limits',
    );
    expect(limits.map((one) => stringAt(one, 'type'))).toEqual(['Server', 'Namespace', 'SourceAndObject']);
  });
});

describe('the audit policy', () => {
  const [[, constructs] = ['', []]] = REGIONS;
  const policy = contentOf(
    constructs.map(({ file }) => file),
    'Policy',
  );
  const person = { user: 'oidc:ada@drun.example', groups: ['oidc:team', 'system:authenticated'] };
  const kubelet = { user: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] };
  const manager = { user: 'system:kube-controller-manager', groups: ['system:authenticated'] };
  const collector = { user: 'system:serviceaccount:kube-system:gc', groups: ['system:serviceaccounts:kube-system'] };

  test.each([
    ['[MON-1] a person reads pods', person, 'list', '', 'pods', 'Metadata'],
    ['[MON-1] a person writes a pod', person, 'create', '', 'pods', 'Metadata'],
    ['[MON-1] a person opens a shell', person, 'create', '', 'pods/exec', 'Metadata'],
    ['[MON-5] a person reads a secret', person, 'get', '', 'secrets', 'Metadata'],
    ['[MON-5] a person writes a secret', person, 'create', '', 'secrets', 'Metadata'],
    ['[MON-5] the controllers read a secret', manager, 'get', '', 'secrets', 'Metadata'],
    ['[MON-5] a kubelet reads a setting', kubelet, 'get', '', 'configmaps', 'Metadata'],
    ['[MON-5] the controllers ask for a token', manager, 'create', '', 'serviceaccounts/token', 'Metadata'],
    ['[MON-5] somebody reviews a token', person, 'create', 'authentication.k8s.io', 'tokenreviews', 'Metadata'],
    ['[MON-5] a person binds a role', person, 'create', 'rbac.authorization.k8s.io', 'rolebindings', 'RequestResponse'],
    [
      '[MON-5] the collector deletes a role',
      collector,
      'delete',
      'rbac.authorization.k8s.io',
      'roles',
      'RequestResponse',
    ],
    ['[MON-5] a person changes a quota', person, 'patch', '', 'resourcequotas', 'RequestResponse'],
    [
      '[MON-5] a person deletes an admission policy',
      person,
      'delete',
      'admissionregistration.k8s.io',
      'validatingadmissionpolicies',
      'RequestResponse',
    ],
    ['[MON-1] a person reads a role', person, 'get', 'rbac.authorization.k8s.io', 'roles', 'Metadata'],
    ['[MON-1] a kubelet lists pods', kubelet, 'list', '', 'pods', 'None'],
    ['[MON-1] the controllers watch deployments', manager, 'watch', 'apps', 'deployments', 'None'],
    ['[MON-1] a kubelet renews its lease', kubelet, 'update', 'coordination.k8s.io', 'leases', 'None'],
    ['[MON-1] a person changes a lease', person, 'update', 'coordination.k8s.io', 'leases', 'Metadata'],
    ['[MON-1] the controllers write an event', manager, 'create', 'events.k8s.io', 'events', 'None'],
    ['[MON-1] a person writes an event', person, 'create', '', 'events', 'Metadata'],
    ['[MON-1] a kubelet changes a pod', kubelet, 'patch', '', 'pods/status', 'Metadata'],
  ])('%s', (_, who, verb, group, resource, level) => {
    expect(levelOf(policy, { ...who, verb, group, resource })).toBe(level);
  });

  test('[MON-1] probes are left out, what else nobody is asked is not', () => {
    const nobody = { user: 'system:anonymous', groups: ['system:unauthenticated'], verb: 'get' };
    expect(levelOf(policy, { ...nobody, url: '/readyz' })).toBe('None');
    expect(levelOf(policy, { ...nobody, url: '/readyz/etcd' })).toBe('None');
    expect(levelOf(policy, { ...nobody, url: '/metrics' })).toBe('Metadata');
  });
});

describe('the settings of a control plane', () => {
  test.each([
    ['a path without its scheme', '/run/drun/kms.sock'],
    ['a network address', 'unix://kms.example:443'],
    ['an abstract socket, which every process of the host may take', 'unix:///@kms'],
    ['a path that no socket can have', `unix:///run/${'a'.repeat(120)}.sock`],
  ])('[ENC-2] fail for %s', (_, kmsSocket) => {
    expect(() => new EncryptionAtRest(new Chart(new App(), 'a'), 'E', { kmsSocket })).toThrow('kmsSocket');
  });

  test('[ENC-2] give the key service its place in the files and in what the API server may see', () => {
    const chart = new Chart(new App(), 'a');
    const settings = { kmsSocket: 'unix:///var/run/keys/kms.sock' };
    const files = [new EncryptionAtRest(chart, 'E', settings), new ControlPlaneFlags(chart, 'F', settings)].flatMap(
      filesBelow,
    );
    expect(JSON.stringify(contentOf(files, 'EncryptionConfiguration'))).toContain(
      '"endpoint":"unix:///var/run/keys/kms.sock"',
    );
    const volumes = listAt(contentOf(files, 'ClusterConfiguration'), 'apiServer', 'extraVolumes');
    expect(volumes.map((one) => valueAt(one, 'hostPath'))).toContain('/var/run/keys');
  });

  test('[NET-4] name one range of each address family, as kubeadm takes them', () => {
    const chart = new Chart(new App(), 'a');
    provideClusterFacts(chart, {
      podCidrs: ['10.0.0.0/16', '10.4.0.0/16', 'fd00::/48'],
      serviceCidrs: ['10.1.0.0/16'],
    });
    const content = contentOf(filesBelow(new ControlPlaneFlags(chart, 'F')), 'ClusterConfiguration');
    expect(recordAt(content, 'networking')).toEqual({
      podSubnet: '10.0.0.0/16,fd00::/48',
      serviceSubnet: '10.1.0.0/16',
    });
  });

  test('claim what they make true', () => {
    const chart = new Chart(new App(), 'a');
    const claimed = [new EncryptionAtRest(chart, 'E'), new ControlPlaneFlags(chart, 'F')].flatMap(claimsOf);
    const controls = new Set(claimed.map(({ control }): ControlId => control));
    expect([...controls].sort()).toEqual(['ENC-1', 'ENC-2', 'ENC-3', 'IAM-1', 'IAM-2', 'MON-5', 'NET-3', 'NET-4']);
  });
});

function filesBelow(construct: EncryptionAtRest | ControlPlaneFlags): readonly HostFileProps[] {
  return construct.node.findAll().flatMap((one) => (one instanceof HostFile ? [one.file] : []));
}

function contentOf(files: readonly HostFileProps[], kind: string): HostFileProps['content'] {
  const found = files.find(({ content }) => content.kind === kind);
  if (found === undefined) throw new Error(`no file of kind ${kind}`);
  return found.content;
}

function flagsOf(files: readonly HostFileProps[], ...part: readonly string[]): ReadonlyMap<string, string> {
  const given = listAt(valueAt(contentOf(files, 'ClusterConfiguration'), ...part), 'extraArgs');
  return new Map(given.map((one) => [stringAt(one, 'name') ?? '', stringAt(one, 'value') ?? '']));
}

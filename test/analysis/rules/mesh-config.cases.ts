import { isRecord } from '../../../constructs/core/json';
import type { Case } from './cases';
import { by, type Doc, of } from './platform';

const CONFIG = of('acme', 'v1', 'ConfigMap', 'a', { metadata: { namespace: 'acme-train' } });
const BLOCKED = [
  '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,192.0.0.192/32',
  '127.0.0.0/8,::1/128,fc00::/7,fe80::/10',
].join(',');
const SECCOMP = { seccompProfile: { type: 'RuntimeDefault' } };

/** Values of a control plane that breaks no rule. */
const SOUND = {
  cni: { enabled: true },
  gateways: SECCOMP,
  global: { proxy: SECCOMP },
  env: {
    ENABLE_DEBUG_ON_HTTP: 'false',
    PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true',
    BLOCKED_CIDRS_IN_JWKS_URIS: BLOCKED,
  },
  meshConfig: {
    meshMTLS: { minProtocolVersion: 'TLSV1_3' },
    tlsDefaults: { minProtocolVersion: 'TLSV1_3' },
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    defaultVirtualServiceExportTo: ['.'],
    defaultDestinationRuleExportTo: ['.'],
    pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },
    extensionProviders: [
      { name: 'log', envoyFileAccessLog: { logFormat: { labels: { path: '%REQ_WITHOUT_QUERY(:PATH)%' } } } },
    ],
  },
} as const;

const flux = (chart: string, values: Doc) =>
  by('gitops', 'helm.toolkit.fluxcd.io/v2', 'HelmRelease', chart, {
    metadata: { namespace: 'flux-system' },
    spec: { chart: { spec: { chart } }, values },
  });
const argo = (values: Doc) =>
  by('gitops', 'argoproj.io/v1alpha1', 'Application', 'istiod', {
    metadata: { namespace: 'argocd' },
    spec: { source: { chart: 'istiod', helm: { valuesObject: values } } },
  });
const sail = (values: Doc) => by('mesh', 'sailoperator.io/v1', 'Istio', 'default', { spec: { values } });
const operator = ({ meshConfig, ...values }: Doc) =>
  by('mesh', 'install.istio.io/v1alpha1', 'IstioOperator', 'istio', {
    metadata: { namespace: 'istio-system' },
    spec: { meshConfig, values },
  });

/** The sound values with one field changed; undefined takes it away. */
function but(path: string, value: unknown, doc: unknown = SOUND): Doc {
  const [key = '', ...rest] = path.split('.');
  const record: Doc = isRecord(doc) ? doc : {};
  const { [key]: below, ...others } = record;
  const next = rest.length === 0 ? value : but(rest.join('.'), value, below);
  return next === undefined ? others : { ...others, [key]: next };
}

const broken = (rule: string, path: string, value: unknown, at = `spec.values.${path}`): Case => ({
  rule,
  where: `${path} is ${JSON.stringify(value)}`,
  fails: [flux('istiod', but(path, value))],
  at: `HelmRelease flux-system/istiod ${at}`,
  passes: [flux('istiod', SOUND), argo(SOUND), sail(SOUND), operator(SOUND)],
  silent: [CONFIG, flux('kueue', {})],
});
const logging = (format: Doc) => [{ name: 'log', envoyFileAccessLog: format }];
const FORMAT = 'spec.values.meshConfig.extensionProviders[0].envoyFileAccessLog.logFormat';
const NETWORK = { ...SOUND.global, network: 'eu' };
const MEMBER = {
  ...SOUND,
  global: { ...NETWORK, meshID: 'prod', multiCluster: { clusterName: 'eu' } },
  volumes: [{ name: 'ca', secret: { secretName: 'cacerts' } }],
};

/** How the mesh is installed. */
export const MESH_CONFIG: readonly Case[] = [
  ...['meshMTLS', 'tlsDefaults'].flatMap((field) =>
    [undefined, 'TLSV1_2', 'TLS_AUTO'].map((value) =>
      broken('DRN401', `meshConfig.${field}.minProtocolVersion`, value),
    ),
  ),
  broken('DRN401', 'env.COMPLIANCE_POLICY', 'fips-140-2'),
  {
    rule: 'DRN401',
    where: 'node tunnels are told to speak TLS 1.2',
    fails: [flux('ztunnel', { env: { TLS12_ENABLED: true } })],
    at: 'HelmRelease flux-system/ztunnel spec.values.env.TLS12_ENABLED',
    passes: [flux('ztunnel', {})],
    silent: [CONFIG],
  },
  ...[argo, sail, operator].map(
    (install): Case => ({
      rule: 'DRN401',
      where: `it is installed by ${String(install({}).kind)}`,
      fails: [install(but('meshConfig.meshMTLS', undefined))],
      passes: [install(SOUND)],
      silent: [CONFIG],
    }),
  ),
  broken('DRN402', 'meshConfig.outboundTrafficPolicy', undefined, 'spec.values.meshConfig.outboundTrafficPolicy.mode'),
  broken('DRN402', 'meshConfig.outboundTrafficPolicy.mode', 'ALLOW_ANY'),
  ...['defaultVirtualServiceExportTo', 'defaultDestinationRuleExportTo'].flatMap((field) =>
    [undefined, ['*'], ['.', '*'], []].map((value) => broken('DRN403', `meshConfig.${field}`, value)),
  ),
  ...[undefined, 'DEFAULT', 'NONE', 'MERGE_SLASHES'].map((value) =>
    broken('DRN404', 'meshConfig.pathNormalization.normalization', value),
  ),
  ...Object.entries({
    ENABLE_DEBUG_ON_HTTP: 'true',
    ENABLE_DEBUG_ENDPOINT_AUTH: 'false',
    ENABLE_XDS_API_GENERATOR_AUTH: false,
    UNSAFE_ENABLE_ADMIN_ENDPOINTS: 'true',
    XDS_AUTH: 'false',
    PILOT_ENABLE_XDS_IDENTITY_CHECK: 'false',
    PILOT_SKIP_VALIDATE_TRUST_DOMAIN: true,
    PILOT_SCOPE_GATEWAY_TO_NAMESPACE: undefined,
    PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS: 'exec',
    JWKS_RESOLVER_INSECURE_SKIP_VERIFY: 'true',
  }).map(([name, value]) => broken('DRN405', `env.${name}`, value)),
  broken('DRN406', 'env.BLOCKED_CIDRS_IN_JWKS_URIS', undefined),
  broken('DRN406', 'env.BLOCKED_CIDRS_IN_JWKS_URIS', BLOCKED.replace('169.254.0.0/16,', '')),
  broken('DRN406', 'env.BLOCKED_CIDRS_IN_JWKS_URIS', BLOCKED.replace('10.0.0.0/8', '10.0.0.0/16')),
  broken('DRN407', 'meshConfig.extensionProviders', logging({}), FORMAT),
  broken(
    'DRN407',
    'meshConfig.extensionProviders',
    logging({ logFormat: { labels: { path: '%REQ(:PATH)%' } } }),
    FORMAT,
  ),
  broken(
    'DRN407',
    'meshConfig.extensionProviders',
    logging({ logFormat: { text: 'as %REQ(AUTHORIZATION)%' } }),
    FORMAT,
  ),
  broken('DRN407', 'meshConfig.accessLogFile', '/dev/stdout', 'spec.values.meshConfig.accessLogFormat'),
  broken('DRN408', 'cni.enabled', undefined),
  broken('DRN408', 'gateways.seccompProfile', undefined, 'spec.values.gateways.seccompProfile.type'),
  broken('DRN408', 'global.proxy.seccompProfile.type', 'Unconfined'),
  ...[but('volumes', undefined, MEMBER), but('global.meshID', undefined, MEMBER)].map(
    (values, i): Case => ({
      rule: 'DRN409',
      where: `a region among several does not wait, or has no mesh (${i + 1})`,
      fails: [flux('istiod', values)],
      passes: [flux('istiod', MEMBER), flux('istiod', SOUND)],
      silent: [CONFIG, flux('ztunnel', {})],
    }),
  ),
  {
    rule: 'DRN409',
    where: 'the intermediate is optional',
    fails: [flux('istiod', { ...MEMBER, volumes: [{ secret: { secretName: 'cacerts', optional: true } }] })],
    at: 'HelmRelease flux-system/istiod spec.values.volumes',
    passes: [flux('istiod', MEMBER)],
    silent: [CONFIG],
  },
];

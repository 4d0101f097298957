import { METADATA_CIDRS } from '../../constructs/core/cluster-facts';
import { listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { PRIVATE_NETWORKS } from '../../constructs/core/private-networks';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type RuleText } from '../../constructs/core/rule';
import { parseCidr } from './cidr';
import { isCovered } from './guards';
import { type ControlPlane, chartValues, controlPlane, INSTALLERS, textsBelow } from './mesh-values';

/** A rule over the control plane of the mesh, wherever it is installed. */
function overControlPlane(text: RuleText, find: (plane: ControlPlane) => readonly Finding[]): ObjectRule {
  return {
    ...text,
    kinds: INSTALLERS,
    check: (subject) => {
      const plane = controlPlane(subject);
      return plane === undefined ? NOT_APPLICABLE : outcomeOf(find(plane));
    },
  };
}

/** TLS 1.3 wherever the mesh speaks. */
export const meshTls: ObjectRule = {
  id: 'DRN401',
  title: 'the mesh is installed so that no proxy speaks anything older than TLS 1.3',
  why: 'workloads, gateways and node tunnels each take their minimum from another setting, and two of them default to TLS 1.2',
  remedy:
    'set meshMTLS and tlsDefaults to minProtocolVersion TLSV1_3, and neither COMPLIANCE_POLICY: fips-140-2 nor TLS12_ENABLED',
  control: 'ENC-1',
  kinds: INSTALLERS,
  check: (subject) => {
    const found = chartValues(subject);
    if (found?.chart === 'ztunnel') {
      const old = String(valueAt(found.values, 'env', 'TLS12_ENABLED')) === 'true';
      return outcomeOf(old ? [{ field: `${found.path}.env.TLS12_ENABLED`, given: 'true', expected: 'nothing' }] : []);
    }
    const plane = controlPlane(subject);
    return plane === undefined ? NOT_APPLICABLE : outcomeOf(oldTls(plane));
  },
};

function oldTls({ config, at, env, envAt }: ControlPlane): readonly Finding[] {
  const minima = ['meshMTLS', 'tlsDefaults'].flatMap((field) => {
    const given = valueAt(config, field, 'minProtocolVersion');
    return given === 'TLSV1_3' ? [] : [wrong(at(`${field}.minProtocolVersion`), given, 'TLSV1_3')];
  });
  const policy = env('COMPLIANCE_POLICY');
  return policy === 'fips-140-2'
    ? [...minima, wrong(envAt('COMPLIANCE_POLICY'), policy, 'no policy that caps TLS at 1.2')]
    : minima;
}

/** Only hosts that somebody registered. */
export const meshRegistryOnly = overControlPlane(
  {
    id: 'DRN402',
    title: 'the mesh calls registered hosts only',
    why: 'with ALLOW_ANY, the default, a proxy passes on what it does not know, past every rule about hosts',
    remedy: 'set outboundTrafficPolicy.mode to REGISTRY_ONLY',
    control: 'NET-1',
  },
  ({ config, at }) => {
    const mode = valueAt(config, 'outboundTrafficPolicy', 'mode');
    return mode === 'REGISTRY_ONLY' ? [] : [wrong(at('outboundTrafficPolicy.mode'), mode, 'REGISTRY_ONLY')];
  },
);

/** Routes and destination rules stay at home. */
export const meshExports = overControlPlane(
  {
    id: 'DRN403',
    title: 'routes and destination rules hold in their own namespace unless they say otherwise',
    why: 'exported to all, the default, one namespace decides where the calls of every other one go and whether they are encrypted',
    remedy: "set defaultVirtualServiceExportTo and defaultDestinationRuleExportTo to ['.']",
    control: 'NET-1',
  },
  ({ config, at }) =>
    ['defaultVirtualServiceExportTo', 'defaultDestinationRuleExportTo'].flatMap((field) => {
      const given = listAt(config, field);
      return given.length === 1 && given[0] === '.' ? [] : [wrong(at(field), config[field], "['.']")];
    }),
);

/** Paths are judged as applications read them. */
export const meshPaths = overControlPlane(
  {
    id: 'DRN404',
    title: 'paths are decoded and their slashes merged before they are judged',
    why: 'with the default normalization //admin and /a%2fb pass a rule about /admin and /a/b, and applications read them as those',
    remedy: 'set pathNormalization.normalization to DECODE_AND_MERGE_SLASHES',
    control: 'NET-1',
  },
  ({ config, at }) => {
    const given = valueAt(config, 'pathNormalization', 'normalization');
    const wanted = 'DECODE_AND_MERGE_SLASHES';
    return given === wanted ? [] : [wrong(at('pathNormalization.normalization'), given, wanted)];
  },
);

/** Variables that take a check away, or leave one out, with what they may be. */
const SWITCHES: readonly (readonly [name: string, holds: (value: string | undefined) => boolean, expected: string])[] =
  [
    ['ENABLE_DEBUG_ON_HTTP', (value) => value === 'false', 'false'],
    ['ENABLE_DEBUG_ENDPOINT_AUTH', (value) => value !== 'false', 'true'],
    ['ENABLE_XDS_API_GENERATOR_AUTH', (value) => value !== 'false', 'true'],
    ['UNSAFE_ENABLE_ADMIN_ENDPOINTS', (value) => value !== 'true', 'false'],
    ['XDS_AUTH', (value) => value !== 'false', 'true'],
    ['PILOT_ENABLE_XDS_IDENTITY_CHECK', (value) => value !== 'false', 'true'],
    ['PILOT_SKIP_VALIDATE_TRUST_DOMAIN', (value) => value !== 'true', 'false'],
    ['PILOT_SCOPE_GATEWAY_TO_NAMESPACE', (value) => value === 'true', 'true'],
    ['PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS', (value) => (value ?? '') === '', 'nothing'],
    ['JWKS_RESOLVER_INSECURE_SKIP_VERIFY', (value) => value !== 'true', 'false'],
  ];

/** The control plane keeps its own checks. */
export const meshSwitches = overControlPlane(
  {
    id: 'DRN405',
    title:
      'the control plane of the mesh answers no debug requests, checks who asks, and keeps gateways to their namespace',
    why: 'its debug pages show every proxy’s configuration, and a gateway object of any namespace could take over the platform’s gateway',
    remedy: 'set the variable under `env` as expected',
    control: 'NET-1',
  },
  ({ env, envAt }) =>
    SWITCHES.flatMap(([name, holds, expected]) => (holds(env(name)) ? [] : [wrong(envAt(name), env(name), expected)])),
);

const LOCAL = ['127.0.0.0/8', '::1/128', 'fc00::/7', 'fe80::/10'];

/** Keys of token issuers come from outside. */
export const meshKeyRanges = overControlPlane(
  {
    id: 'DRN406',
    title: 'the control plane fetches no token keys from inside of the cluster',
    why: 'a jwksUri is called by istiod: without blocked ranges it reaches cloud metadata and private networks for whoever wrote it',
    remedy: 'list private, local and metadata ranges in BLOCKED_CIDRS_IN_JWKS_URIS',
    control: 'NET-1',
  },
  ({ env, envAt }) => {
    const name = 'BLOCKED_CIDRS_IN_JWKS_URIS';
    const blocked = (env(name) ?? '').split(',').flatMap((text) => parseCidr(text.trim()) ?? []);
    return [...PRIVATE_NETWORKS, ...METADATA_CIDRS, ...LOCAL]
      .filter((cidr) => !isCovered(cidr, blocked))
      .map((cidr) => ({ field: envAt(name), given: `a way to ${cidr}`, expected: 'the range among the blocked ones' }));
  },
);

/** A path with its query, or a header that holds a credential; `REQ_WITHOUT_QUERY` is the way to log a path. */
const TELLING = /%(?:REQ\([^)]*:PATH|PATH\((?!NQ)|(?:REQ|REQ_WITHOUT_QUERY)\([^)]*(?:AUTHORIZATION|COOKIE|X-API-KEY))/i;

/** What is logged can be read by many. */
export const meshLogs = overControlPlane(
  {
    id: 'DRN407',
    title: 'access logs hold neither queries nor credentials',
    why: 'tokens travel in queries and headers, and a log is read by more people than a secret is',
    remedy:
      'log %REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)% and no header of a credential, with a provider of extensionProviders',
    control: 'ENC-3',
  },
  ({ config, at }) => [...providerLogs(config, at), ...fileLog(config, at)],
);

function providerLogs(config: unknown, at: ControlPlane['at']): readonly Finding[] {
  return listAt(config, 'extensionProviders').flatMap((provider, i) =>
    ['envoyFileAccessLog', 'envoyOtelAls'].flatMap((kind) => {
      const format = recordAt(provider, kind, 'logFormat');
      const path = at(`extensionProviders[${i}].${kind}.logFormat`);
      if (valueAt(provider, kind) === undefined) return [];
      if (textsBelow(format).length === 0)
        return [{ field: path, given: 'nothing', expected: 'a format without queries' }];
      const telling = textsBelow(format).filter((text) => TELLING.test(text));
      return telling.map((text) => wrong(path, text, 'an operator that tells no secret'));
    }),
  );
}

/** The plain file has Istio's own format unless it is told another, and that one holds the whole path. */
function fileLog(config: unknown, at: ControlPlane['at']): readonly Finding[] {
  if ((stringAt(config, 'accessLogFile') ?? '') === '') return [];
  const format = stringAt(config, 'accessLogFormat') ?? '';
  return format === '' || TELLING.test(format)
    ? [{ field: at('accessLogFormat'), given: show(format), expected: 'a format without queries and credentials' }]
    : [];
}

/** Proxies that a namespace under Pod Security `restricted` admits. */
export const meshProxies = overControlPlane(
  {
    id: 'DRN408',
    title: 'proxies and waypoints are made so that a namespace under `restricted` admits them',
    why: 'without a seccomp profile, or with redirection set up inside the pod, no tenant namespace can hold a proxy, and the next step is to weaken the namespace',
    remedy: 'set cni.enabled, gateways.seccompProfile and global.proxy.seccompProfile to type RuntimeDefault',
    control: 'CTR-3',
  },
  ({ values, at }) => {
    const base = at('').replace('meshConfig.', '');
    const cni = valueAt(values, 'cni', 'enabled') ?? valueAt(values, 'pilot', 'cni', 'enabled');
    const profiles = [['gateways'], ['global', 'proxy']].flatMap((keys) => {
      const given = valueAt(values, ...keys, 'seccompProfile', 'type');
      const field = `${base}${keys.join('.')}.seccompProfile.type`;
      return given === 'RuntimeDefault' ? [] : [wrong(field, given, 'RuntimeDefault')];
    });
    return cni === true ? profiles : [wrong(`${base}cni.enabled`, cni, 'true'), ...profiles];
  },
);

/** A region among several waits for the certificate that makes it one of them. */
export const meshRegions = overControlPlane(
  {
    id: 'DRN409',
    title: 'a control plane among several names its mesh and its cluster, and waits for its intermediate certificate',
    why: 'without the intermediate it makes a root of its own, whose certificates no other region believes',
    remedy:
      'set global.meshID and global.multiCluster.clusterName, and mount the secret cacerts as a volume that is not optional',
    control: 'NET-1',
  },
  ({ values, at }) => {
    if ((stringAt(values, 'global', 'network') ?? '') === '') return [];
    const base = at('').replace('meshConfig.', '');
    const names = [['meshID'], ['multiCluster', 'clusterName']].flatMap((keys) => {
      const given = stringAt(values, 'global', ...keys) ?? '';
      return given === '' ? [wrong(`${base}global.${keys.join('.')}`, given, 'a name')] : [];
    });
    const waits = listAt(values, 'volumes').some(
      (one) => stringAt(one, 'secret', 'secretName') === 'cacerts' && valueAt(one, 'secret', 'optional') !== true,
    );
    return waits ? names : [...names, wrong(`${base}volumes`, values.volumes, 'the secret cacerts, not optional')];
  },
);

function wrong(field: string, given: unknown, expected: string): Finding {
  return { field, given: show(given), expected };
}

/** Rules over how the mesh is installed, in the order of their ids. */
export const MESH_CONFIG_RULES = [
  meshTls,
  meshRegistryOnly,
  meshExports,
  meshPaths,
  meshSwitches,
  meshKeyRanges,
  meshLogs,
  meshProxies,
  meshRegions,
] as const;

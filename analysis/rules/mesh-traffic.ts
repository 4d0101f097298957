import { isRecord, listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { show } from '../../constructs/core/problem';
import {
  type ClusterRule,
  claimBy,
  type Finding,
  NOT_APPLICABLE,
  type ObjectRule,
  outcomeOf,
  type Subject,
} from '../../constructs/core/rule';
import { EGRESS } from '../../constructs/network/egress-names';
import { flatMapClaims } from './claims';
import { isOutside } from './hostnames';
import { textsAt } from './mesh-values';
import { isManaged } from './presence';

const ROOT = PLATFORM_NAMESPACE.mesh;
const NETWORKING = 'networking.istio.io';

/** What changes a proxy from within. */
export const ownExtensions: ObjectRule = {
  id: 'DRN415',
  title: 'extensions of proxies are the platform’s, pinned by their digest, and refuse where they fail',
  why: 'an extension reads and changes every request; one that fails open is a check that a caller can switch off',
  remedy: 'leave EnvoyFilter and WasmPlugin to the platform, pin the module by sha256, and use failStrategy FAIL_CLOSE',
  control: 'NET-1',
  kinds: [`EnvoyFilter.${NETWORKING}`, 'WasmPlugin.extensions.istio.io'],
  check: (subject) => {
    const { object, kind, tenant, namespace } = subject;
    // The limits of a route that a tenant publishes stand at the edge under its name, where only the platform writes.
    const ours = tenant === undefined || (isManaged(subject) && namespace === PLATFORM_NAMESPACE.ingress);
    const own = ours ? [] : [wrong('metadata.labels', `an ${kind} of ${tenant}`, 'the platform’s')];
    if (kind === 'EnvoyFilter') return outcomeOf(own);
    const url = stringAt(object, 'spec', 'url') ?? '';
    const pinned = /@sha256:[0-9a-f]{64}$/.test(url) || /^[0-9a-f]{64}$/.test(stringAt(object, 'spec', 'sha256') ?? '');
    const strategy = valueAt(object, 'spec', 'failStrategy') ?? 'FAIL_CLOSE';
    return outcomeOf([
      ...own,
      ...(pinned ? [] : [wrong('spec.url', url, 'a module pinned by its sha256')]),
      ...(strategy === 'FAIL_CLOSE' ? [] : [wrong('spec.failStrategy', strategy, 'FAIL_CLOSE')]),
    ]);
  },
};

/** What is not logged cannot be explained. */
export const telemetryOn: ObjectRule = {
  id: 'DRN416',
  title: 'no Telemetry object turns access logs or metrics off',
  why: 'who called what is then nowhere to be found, and an attacker’s first wish is granted',
  remedy: 'remove `disabled`; a filter keeps volumes down',
  control: 'MON-1',
  kinds: ['Telemetry.telemetry.istio.io'],
  check: ({ object }) => {
    const logs = listAt(object, 'spec', 'accessLogging').flatMap((one, i) =>
      valueAt(one, 'disabled') === true ? [wrong(`spec.accessLogging[${i}].disabled`, true, 'an access log')] : [],
    );
    const metrics = listAt(object, 'spec', 'metrics').flatMap((one, i) =>
      listAt(one, 'overrides').flatMap((override, j) =>
        String(valueAt(override, 'disabled')) === 'true'
          ? [wrong(`spec.metrics[${i}].overrides[${j}].disabled`, true, 'metrics')]
          : [],
      ),
    );
    return outcomeOf([...logs, ...metrics]);
  },
};

const ENTRY = 'ServiceEntry';
const GRANTED = 'granted';

/** Every host outside has its callers by name; a policy with nobody in it refuses them all, or stands beside none. */
export const grantedEntries: ClusterRule = {
  id: 'DRN417',
  title: 'every host outside that is called through a waypoint names who may call it, and on which ports',
  why: 'one policy without identities opens the host to whoever reaches the waypoint; an entry without a policy is refused for all, and the next step is to open it',
  remedy: 'add an ALLOW policy with targetRefs to the ServiceEntry that lists principals of its namespace and ports',
  control: 'NET-1',
  kinds: [`ServiceEntry.${NETWORKING}`, 'AuthorizationPolicy.security.istio.io'],
  claims: (subject) => {
    const { kind, name, namespace, object, labels } = subject;
    if (!isManaged(subject) || !namespace) return [];
    if (kind === ENTRY) return labels['istio.io/use-waypoint'] ? [claimBy(subject, `${namespace}/${name}`, '')] : [];
    const grants = (valueAt(object, 'spec', 'action') ?? 'ALLOW') === 'ALLOW' && isUnionOfIdentities(object);
    return listAt(object, 'spec', 'targetRefs').flatMap((target) =>
      grants && valueAt(target, 'kind') === ENTRY
        ? [{ key: `${namespace}/${stringAt(target, 'name')}`, owner: '', object: '', field: '', value: GRANTED }]
        : [],
    );
  },
  judge: (claims) => {
    const granted = new Set<string>();
    for (const { key, value } of claims) if (value === GRANTED) granted.add(key);
    return flatMapClaims(claims, ({ key, object, field, value }) =>
      value === GRANTED || granted.has(key)
        ? []
        : [{ object, field, given: 'nobody who may call it', expected: 'a policy with identities and ports for it' }],
    );
  },
};

/** Each rule has at least one identity that is one namespace’s, and at least one port. */
function isUnionOfIdentities(object: unknown): boolean {
  const rules = listAt(object, 'spec', 'rules');
  return rules.length > 0 && rules.every((rule) => hasIdentities(rule) && hasPorts(rule));
}

function hasIdentities(rule: unknown): boolean {
  const sources = listAt(rule, 'from').map((one) => recordAt(one, 'source'));
  return sources.length > 0 && sources.every((source) => namesOf(source).length > 0 && namesOf(source).every(isOfOne));
}

function namesOf(source: unknown): readonly string[] {
  return ['principals', 'namespaces', 'serviceAccounts'].flatMap((key) => textsAt(source, key));
}

function isOfOne(name: string): boolean {
  return !/^\*|\/ns\/\*|^[^/]*\/\*$/.test(name);
}

function hasPorts(rule: unknown): boolean {
  const operations = listAt(rule, 'to').map((one) => textsAt(one, 'operation', 'ports'));
  return operations.length > 0 && operations.every((ports) => ports.length > 0);
}

/** The way to a host outside is encrypted, and leads there. */
export const encryptedEntries: ObjectRule = {
  id: 'DRN418',
  title: 'a host outside is called over TLS, by its name, and never answers for addresses of its own choice',
  why: 'plain HTTP shows the tenant’s keys to every network on the way, and a list of addresses turns calls meant for others',
  remedy:
    'use protocol TLS or HTTPS, resolution DNS, no addresses, and no endpoints but the egress gateway’s service, or there the host',
  control: 'NET-1',
  kinds: [`ServiceEntry.${NETWORKING}`],
  check: (subject) => {
    const { object, tenant } = subject;
    if (tenant === undefined) return NOT_APPLICABLE;
    const plain = listAt(object, 'spec', 'ports').flatMap((port, i) => {
      const protocol = valueAt(port, 'protocol');
      return protocol === 'TLS' || protocol === 'HTTPS' ? [] : [wrong(`spec.ports[${i}].protocol`, protocol, 'TLS')];
    });
    const { resolution, location } = recordAt(object, 'spec');
    const own = ['addresses', 'endpoints', 'workloadSelector'].filter(
      (field) => valueAt(object, 'spec', field) !== undefined && !(field === 'endpoints' && leadsOut(subject)),
    );
    return outcomeOf([
      ...plain,
      ...(resolution === 'DNS' ? [] : [wrong('spec.resolution', resolution, 'DNS')]),
      ...(location === 'MESH_INTERNAL' ? [wrong('spec.location', location, 'MESH_EXTERNAL')] : []),
      ...own.map((field) => wrong(`spec.${field}`, valueAt(object, 'spec', field), 'nothing')),
    ]);
  },
};

/** Whether the only endpoint is the egress gateway, or at the gateway itself one host outside. */
function leadsOut({ object, namespace }: Subject): boolean {
  const [address, ...more] = listAt(object, 'spec', 'endpoints').map((one) => stringAt(one, 'address') ?? '');
  if (address === undefined || more.length > 0) return false;
  return namespace === EGRESS.namespace ? isOutside(address) : address === EGRESS.host;
}

/** What one namespace says of the calls of others. */
export const soundDestinations: ObjectRule = {
  id: 'DRN419',
  title: 'a destination rule verifies whom it calls, finds failures before it fails over, and holds at home',
  why: 'locality failover does nothing without outlier detection, an unverified certificate is no certificate, and an exported rule decides for others',
  remedy:
    'add outlierDetection beside the failover, remove insecureSkipVerify, and export the rule to its own namespace',
  control: 'NET-1',
  kinds: [`DestinationRule.${NETWORKING}`],
  check: ({ object, namespace }) => {
    const wide = textsAt(object, 'spec', 'exportTo').filter((place) => place !== '.' && namespace !== ROOT);
    return outcomeOf([
      ...policiesOf(object).flatMap(([path, policy]) => [...unverified(path, policy), ...blindFailover(path, policy)]),
      ...wide.map((place) => wrong('spec.exportTo', place, "['.']")),
    ]);
  },
};

type Policy = readonly [path: string, policy: unknown];

/** The policy of the rule, of its subsets, and of the ports of each. */
function policiesOf(object: unknown): readonly Policy[] {
  const subsets = listAt(object, 'spec', 'subsets').map(
    (subset, i): Policy => [`spec.subsets[${i}].trafficPolicy`, valueAt(subset, 'trafficPolicy')],
  );
  return [['spec.trafficPolicy', valueAt(object, 'spec', 'trafficPolicy')] as const, ...subsets].flatMap(
    ([path, policy]): readonly Policy[] => [
      [path, policy],
      ...listAt(policy, 'portLevelSettings').map((port, i): Policy => [`${path}.portLevelSettings[${i}]`, port]),
    ],
  );
}

function unverified(path: string, policy: unknown): readonly Finding[] {
  return valueAt(policy, 'tls', 'insecureSkipVerify') === true
    ? [wrong(`${path}.tls.insecureSkipVerify`, true, 'a certificate that is verified')]
    : [];
}

function blindFailover(path: string, policy: unknown): readonly Finding[] {
  const locality = recordAt(policy, 'loadBalancer', 'localityLbSetting');
  const fails = listAt(locality, 'failover').length > 0 || listAt(locality, 'failoverPriority').length > 0;
  const detects = isRecord(valueAt(policy, 'outlierDetection'));
  return fails && !detects
    ? [wrong(`${path}.outlierDetection`, undefined, 'outlier detection beside the failover')]
    : [];
}

function wrong(field: string, given: unknown, expected: string): Finding {
  return { field, given: show(given), expected };
}

/** Rules over traffic in the mesh, in the order of their ids. */
export const MESH_TRAFFIC_RULES = [
  ownExtensions,
  telemetryOn,
  grantedEntries,
  encryptedEntries,
  soundDestinations,
] as const;

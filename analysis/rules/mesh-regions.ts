import { listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
import { PLATFORM_NAMESPACE } from '../../constructs/core/platform-service';
import { show } from '../../constructs/core/problem';
import { type Finding, NOT_APPLICABLE, type ObjectRule, outcomeOf, type Subject } from '../../constructs/core/rule';
import { textsAt } from './mesh-values';
import { containersOf, mayHoldPods, podsOf } from './pods';
import { isOwned } from './presence';

/** The door between regions opens to the mesh alone. */
export const eastWestDoors: ObjectRule = {
  id: 'DRN420',
  title: 'a gateway between regions takes the mesh’s own mutual TLS and nothing else',
  why: 'its address is reachable from other networks: whatever else it takes, it takes from strangers',
  remedy:
    'write HBONE with gateway.istio.io/tls-terminate-mode: ISTIO_MUTUAL for the class istio-east-west, and AUTO_PASSTHROUGH for *.local on 15443 for the classic gateway',
  control: 'NET-1',
  kinds: ['Gateway.gateway.networking.k8s.io', 'Gateway.networking.istio.io'],
  check: ({ object, group }) => {
    if (group === 'networking.istio.io') return passthrough(object);
    if (stringAt(object, 'spec', 'gatewayClassName') !== 'istio-east-west') return NOT_APPLICABLE;
    return outcomeOf(
      listAt(object, 'spec', 'listeners').flatMap((listener, i) => {
        const path = `spec.listeners[${i}]`;
        const protocol = valueAt(listener, 'protocol');
        const mode = valueAt(listener, 'tls', 'options', 'gateway.istio.io/tls-terminate-mode');
        return [
          ...(protocol === 'HBONE' ? [] : [wrong(`${path}.protocol`, protocol, 'HBONE')]),
          ...(valueAt(listener, 'tls', 'mode') === 'Terminate'
            ? []
            : [wrong(`${path}.tls.mode`, undefined, 'Terminate')]),
          ...(mode === 'ISTIO_MUTUAL' ? [] : [wrong(`${path}.tls.options`, mode, 'ISTIO_MUTUAL')]),
        ];
      }),
    );
  },
};

function passthrough(object: unknown): ReturnType<typeof outcomeOf> {
  const servers = listAt(object, 'spec', 'servers');
  const modes = servers.map((server) => valueAt(server, 'tls', 'mode'));
  if (!modes.includes('AUTO_PASSTHROUGH')) return NOT_APPLICABLE;
  return outcomeOf(
    servers.flatMap((server, i) => {
      const path = `spec.servers[${i}]`;
      const hosts = textsAt(server, 'hosts').filter((host) => !host.endsWith('.local'));
      const number = valueAt(server, 'port', 'number');
      return [
        ...(modes[i] === 'AUTO_PASSTHROUGH' ? [] : [wrong(`${path}.tls.mode`, modes[i], 'AUTO_PASSTHROUGH alone')]),
        ...hosts.map((host) => wrong(`${path}.hosts`, host, 'hosts of the mesh, such as *.local')),
        ...(number === 15_443 ? [] : [wrong(`${path}.port.number`, number, '15443')]),
      ];
    }),
  );
}

const YEAR = 8_784;

/** The authority that makes every identity of the mesh. */
export const rotatedAuthorities: ObjectRule = {
  id: 'DRN421',
  title: 'a certificate authority is renewed with a new key, and lives a year at most',
  why: 'whoever has its key can pass for any workload of the mesh; a key that is never changed was copied once and is good forever',
  remedy: 'set privateKey.rotationPolicy to Always, duration to 8784h or less, and renewBefore',
  control: 'ENC-3',
  kinds: ['Certificate.cert-manager.io'],
  check: ({ object }) => {
    if (valueAt(object, 'spec', 'isCA') !== true) return NOT_APPLICABLE;
    const { rotationPolicy } = recordAt(object, 'spec', 'privateKey');
    const duration = stringAt(object, 'spec', 'duration');
    const hours = Number(/^(\d+)h(0m)?(0s)?$/.exec(duration ?? '')?.[1] ?? Number.POSITIVE_INFINITY);
    const renews = stringAt(object, 'spec', 'renewBefore');
    return outcomeOf([
      ...(rotationPolicy === 'Always' ? [] : [wrong('spec.privateKey.rotationPolicy', rotationPolicy, 'Always')]),
      ...(hours <= YEAR ? [] : [wrong('spec.duration', duration, `at most ${YEAR}h, in hours`)]),
      ...(renews === undefined ? [wrong('spec.renewBefore', renews, 'a time before its end')] : []),
    ]);
  },
};

/** Keys between regions are put there by people, and stand in no file. */
export const noRemoteKeys: ObjectRule = {
  id: 'DRN422',
  title: 'neither the mesh’s authority nor access to another region’s API server stands in a file',
  why: 'the one makes every identity there is, the other reads every secret that Istio may read in the other region',
  remedy: 'let cert-manager write cacerts, and deliver remote secrets from Vault, as docs/mesh.md says',
  control: 'ENC-3',
  kinds: ['Secret.core'],
  check: ({ name, namespace, labels }) => {
    if (namespace !== PLATFORM_NAMESPACE.mesh) return NOT_APPLICABLE;
    if (labels['istio/multiCluster'] === 'true')
      return outcomeOf([wrong('metadata.labels["istio/multiCluster"]', 'true', 'no such secret among the files')]);
    return outcomeOf(
      name === 'cacerts' || name === 'istio-ca-secret'
        ? [wrong('metadata.name', name, 'no such secret among the files')]
        : [],
    );
  },
};

/** Whether a service is known beyond its region is not its own to say. */
export const platformScopes: ObjectRule = {
  id: 'DRN423',
  title:
    'no service or namespace of a tenant says by itself that it is known in other regions, or in which network it is',
  why: 'namespaces of one name are one to the mesh: a service that joins in gets calls meant for another region’s',
  remedy: 'remove istio.io/global and topology.istio.io/network; the tenant’s file says what answers elsewhere',
  control: 'NET-1',
  kinds: ['Service.core', 'Namespace.core', 'ServiceEntry.networking.istio.io'],
  check: ({ labels, tenant }) => {
    if (tenant === undefined) return NOT_APPLICABLE;
    const keys = ['istio.io/global', 'topology.istio.io/network', 'topology.istio.io/cluster'];
    return outcomeOf(
      keys
        .filter((key) => labels[key] !== undefined)
        .map((key) => wrong(`metadata.labels["${key}"]`, labels[key], 'nothing')),
    );
  },
};

/** Labels and annotations of pods that take them out of the mesh, with the values that do. */
const BYPASSES: readonly (readonly [key: RegExp, takesOut: (value: unknown) => boolean])[] = [
  [/^istio\.io\/dataplane-mode$/, (value) => value !== 'ambient'],
  [/^istio\.io\/use-waypoint$/, (value) => value === 'none'],
  [/^sidecar\.istio\.io\/inject$/, (value) => String(value) === 'false'],
  [/^ambient\.istio\.io\//, () => true],
  [/^traffic\.sidecar\.istio\.io\//, () => true],
  [/^sidecar\.istio\.io\/(proxyImage|interceptionMode|userVolume|bootstrapOverride)/, () => true],
  [/^(inject\.istio\.io\/templates|proxy\.istio\.io\/config)$/, () => true],
];

/** Pods stay inside the mesh; admission refuses it as well, and this says so before. */
export const noBypass: ObjectRule = {
  id: 'DRN424',
  title: 'no pod of a tenant leaves the mesh, by a label, an annotation, or the proxy’s own user',
  why: 'traffic of such a pod carries no identity, is not encrypted and meets no rule of the mesh',
  remedy: 'remove the setting, and run as another user than 1337',
  control: 'NET-1',
  kinds: mayHoldPods,
  check: (subject) => {
    if (subject.tenant === undefined || !isOwned(subject) || podsOf(subject).length === 0) return NOT_APPLICABLE;
    return outcomeOf([...metadataOf(subject).flatMap(bypasses), ...proxyUsers(subject)]);
  },
};

function metadataOf(subject: Subject): readonly (readonly [path: string, metadata: unknown])[] {
  return podsOf(subject).map(({ path }) => {
    const keys = path.split('.').slice(0, -1);
    return [[...keys, 'metadata'].join('.'), valueAt(subject.object, ...keys, 'metadata')] as const;
  });
}

function bypasses([path, metadata]: readonly [string, unknown]): readonly Finding[] {
  return ['labels', 'annotations'].flatMap((field) =>
    Object.entries(recordAt(metadata, field)).flatMap(([key, value]) =>
      BYPASSES.some(([pattern, takesOut]) => pattern.test(key) && takesOut(value))
        ? [wrong(`${path}.${field}["${key}"]`, value, 'nothing')]
        : [],
    ),
  );
}

function proxyUsers(subject: Subject): readonly Finding[] {
  const contexts = [...podsOf(subject).map(({ path, spec }) => [path, spec] as const)].concat(
    containersOf(subject).map(({ path, container }) => [path, container] as const),
  );
  return contexts.flatMap(([path, holder]) =>
    ['runAsUser', 'runAsGroup'].flatMap((field) =>
      valueAt(holder, 'securityContext', field) === 1337
        ? [wrong(`${path}.securityContext.${field}`, 1337, 'any other id')]
        : [],
    ),
  );
}

function wrong(field: string, given: unknown, expected: string): Finding {
  return { field, given: show(given), expected };
}

/** Rules over what crosses regions and what would leave the mesh, in the order of their ids. */
export const MESH_REGION_RULES = [eastWestDoors, rotatedAuthorities, noRemoteKeys, platformScopes, noBypass] as const;

import { listAt, recordAt, stringAt, valueAt } from '../../constructs/core/json';
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
import { flatMapClaims, keysOf, withoutRepeats } from './claims';
import { isAmbient, isManaged, isMeshed } from './presence';

const USE_WAYPOINT = 'istio.io/use-waypoint';
const INGRESS_USE_WAYPOINT = 'istio.io/ingress-use-waypoint';
const WAYPOINT_FOR = 'istio.io/waypoint-for';
const MESH = 'security.istio.io';

/** A tenant namespace belongs to the mesh, and in ambient mode all ways in lead through its waypoint. */
export const inMesh: ObjectRule = {
  id: 'DRN169',
  title: 'every tenant namespace is in the mesh, and in ambient mode behind its waypoint',
  why: 'outside the mesh no peer has an identity, and past the waypoint nobody asks what a peer may call',
  remedy: `label it istio.io/dataplane-mode: ambient with ${USE_WAYPOINT} and ${INGRESS_USE_WAYPOINT}, or istio-injection: enabled`,
  control: 'NET-1',
  kinds: ['Namespace.core'],
  check: (subject) => {
    const { labels, tenant } = subject;
    if (tenant === undefined || !isManaged(subject)) return NOT_APPLICABLE;
    if (!isMeshed(subject)) return outcomeOf([wrong(labels, 'istio.io/dataplane-mode', 'ambient')]);
    if (!isAmbient(labels)) return outcomeOf([]);
    const waypoint = labels[USE_WAYPOINT];
    return outcomeOf([
      ...(waypoint && waypoint !== 'none' ? [] : [wrong(labels, USE_WAYPOINT, 'the name of its waypoint')]),
      ...(labels[INGRESS_USE_WAYPOINT] === 'true' ? [] : [wrong(labels, INGRESS_USE_WAYPOINT, show('true'))]),
    ]);
  },
};

/** A waypoint says what traffic it takes. */
export const waypointFor: ObjectRule = {
  id: 'DRN173',
  title: 'a waypoint says which traffic goes through it',
  why: 'the default differs between versions and tools, and traffic that goes round the waypoint meets none of its rules',
  remedy: `label the Gateway ${WAYPOINT_FOR}: service, workload or all`,
  control: 'NET-1',
  kinds: ['Gateway.gateway.networking.k8s.io'],
  check: (subject) => {
    const { object, labels } = subject;
    if (stringAt(object, 'spec', 'gatewayClassName') !== 'istio-waypoint' || !isManaged(subject)) return NOT_APPLICABLE;
    const known = ['service', 'workload', 'all'].some((value) => value === labels[WAYPOINT_FOR]);
    return outcomeOf(known ? [] : [wrong(labels, WAYPOINT_FOR, 'service, workload or all')]);
  },
};

const MESHED = 'in the mesh';
const OUTSIDE = 'outside';

/** Policies of the mesh stand where the mesh is. The mesh's own namespace is its root: what is there holds everywhere. */
export const enforcedMeshPolicies: ClusterRule = {
  id: 'DRN174',
  title: 'a namespace with policies of the mesh is in the mesh',
  why: 'nobody enforces them otherwise: the namespace looks closed and is open',
  remedy: 'label the namespace istio.io/dataplane-mode: ambient or istio-injection: enabled, or remove the policies',
  control: 'NET-1',
  kinds: ['Namespace.core', `PeerAuthentication.${MESH}`, `AuthorizationPolicy.${MESH}`],
  claims: (subject) => {
    const { kind, name, namespace } = subject;
    if (kind === 'Namespace') return name ? [claimBy(subject, name, '', isMeshed(subject) ? MESHED : OUTSIDE)] : [];
    if (!namespace || namespace === PLATFORM_NAMESPACE.mesh || !isManaged(subject)) return [];
    // A proxy that stands by itself, such as a gateway, and pods with a label of their own are in the mesh without their namespace.
    if (Object.keys(recordAt(subject.object, 'spec', 'selector', 'matchLabels')).length > 0) return [];
    if (isOfGateway(subject)) return [];
    return [{ key: namespace, owner: '', object: '', field: '', value: '' }];
  },
  settle: (claims) => {
    const meshed = keysOf(claims, MESHED);
    return withoutRepeats(claims.filter(({ key }) => !meshed.has(key)));
  },
  judge: (claims) => {
    const holding = keysOf(claims, '');
    return flatMapClaims(claims, ({ key, object, value }) =>
      value === OUTSIDE && holding.has(key)
        ? [
            {
              object,
              field: 'metadata.labels',
              given: 'policies of the mesh, outside it',
              expected: 'a namespace in the mesh',
            },
          ]
        : [],
    );
  },
};

/** A gateway enforces what is attached to it, whatever its namespace is to the mesh. */
function isOfGateway({ object }: Subject): boolean {
  const kinds = listAt(object, 'spec', 'targetRefs').map((target) => stringAt(target, 'kind'));
  return kinds.length > 0 && kinds.every((kind) => kind === 'Gateway');
}

const BOUND = 'behind a waypoint';
const ENTRY = 'ServiceEntry';

/** Rules about a host outside the cluster hold at its waypoint only. */
export const enforcedEntryPolicies: ClusterRule = {
  id: 'DRN178',
  title: 'a service entry that an authorization policy speaks of is behind a waypoint',
  why: 'only a waypoint asks who calls a host outside: without one every pod that reaches the host may call it',
  remedy: `label the ServiceEntry ${USE_WAYPOINT}, and ${USE_WAYPOINT}-namespace where the waypoint is in another namespace`,
  control: 'NET-1',
  kinds: ['ServiceEntry.networking.istio.io', `AuthorizationPolicy.${MESH}`],
  claims: (subject) => {
    const { kind, name, namespace, object, labels } = subject;
    if (!isManaged(subject) || !namespace) return [];
    if (kind === ENTRY) return labels[USE_WAYPOINT] ? [claimBy(subject, `${namespace}/${name}`, '', BOUND)] : [];
    return listAt(object, 'spec', 'targetRefs').flatMap((target, i) =>
      valueAt(target, 'kind') === ENTRY
        ? [claimBy(subject, `${namespace}/${stringAt(target, 'name')}`, `spec.targetRefs[${i}]`)]
        : [],
    );
  },
  judge: (claims) => {
    const bound = new Set<string>();
    for (const { key, value } of claims) if (value === BOUND) bound.add(key);
    return flatMapClaims(claims, ({ key, object, field, value }) =>
      value === BOUND || bound.has(key)
        ? []
        : [{ object, field, given: `${ENTRY} ${key} without a waypoint`, expected: `the label ${USE_WAYPOINT} on it` }],
    );
  },
};

function wrong(labels: Subject['labels'], label: string, expected: string): Finding {
  return { field: `metadata.labels["${label}"]`, given: show(labels[label]), expected };
}

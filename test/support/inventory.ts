import { isControlId } from '../../constructs/core/control';
import { listAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { authority, failoverRule } from './inventory/across';
import { edgeAccounts, edgeBindings, edgeFields, edgeIssuer, edgePaths, edgeRights } from './inventory/edge';
import * as egress from './inventory/egress';
import { PARAMETERS, tenantParameters, tenantQueues, tenantQuotas } from './inventory/lease';
import {
  type Reader,
  readAdminPolicy,
  readAuthorization,
  readBinding,
  readCarrier,
  readDefinition,
  readFields,
  readLabels,
  readName,
  readNetworkPolicy,
  readPlaced,
  readRole,
} from './inventory/lines';
import * as platform from './inventory/platform';
import { issuerAccount, roleRights, staffBindings } from './inventory/roles';
import type { Order } from './inventory/spec-facts';
import * as tenant from './inventory/tenant';
import { SECRET_KINDS, secretFields, snapshotAccount, snapshotExemption } from './inventory/vault';

export type { Order } from './inventory/spec-facts';

/** One noun of a cluster: what was ordered of it, and how it is read off the objects. */
export interface Expectation {
  /** A sentence with the control that it serves. */
  readonly title: string;
  /** Kinds that it speaks of, `'*'` for all. */
  readonly kinds: '*' | readonly string[];
  readonly read: Reader;
  readonly ordered: (order: Order) => readonly string[];
}

/**
 * What a cluster must hold, written from the tenants' specifications and from the documentation, never from the code
 * that makes it. Both sides are lines; a line too few or too many is a fault.
 */
export const EXPECTATIONS: readonly Expectation[] = [
  {
    title: '[NET-4] every tenant namespace holds the objects that its specification calls for, by kind and name',
    kinds: '*',
    read: (object) => (object.metadata.labels?.['drun.io/tenant'] === undefined ? [] : readName(object)),
    ordered: tenant.tenantNames,
  },
  {
    title: '[CMP-1] every object names the controls that it makes true',
    kinds: '*',
    read: (object) => {
      const controls = object.metadata.annotations?.['drun.io/controls']?.split(' ') ?? [''];
      return controls.every(isControlId) ? [] : [objectLabel(object)];
    },
    ordered: () => [],
  },
  {
    title: '[CTR-3] every namespace has the labels that hold its pods to Pod Security, to the mesh and to its services',
    kinds: ['Namespace'],
    read: readLabels,
    ordered: (order) => [...tenant.tenantLabels(order), ...platform.platformLabels(order)],
  },
  {
    title: '[IAM-2] every group a tenant names holds its role in the tenant’s namespaces and nowhere else',
    kinds: ['RoleBinding', 'ClusterRoleBinding'],
    read: readBinding,
    ordered: (order) => [...tenant.tenantBindings(order), ...staffBindings(order), ...edgeBindings(order)],
  },
  {
    title: '[IAM-2] every role gives the rights of its duty and no other',
    kinds: ['ClusterRole', 'Role'],
    read: readRole,
    ordered: (order) => [...roleRights(order), ...edgeRights(order)],
  },
  {
    title: '[IAM-2] every service account a tenant declares is there, without a token',
    kinds: ['ServiceAccount'],
    read: readFields,
    ordered: (order) => [
      ...tenant.tenantAccounts(order),
      ...edgeAccounts(order),
      ...issuerAccount(order),
      ...snapshotAccount(order),
    ],
  },
  {
    title: '[NET-4] every declared path is open in the network policies, and no other is',
    kinds: ['NetworkPolicy'],
    read: readNetworkPolicy,
    ordered: (order) => [
      ...tenant.tenantPaths(order),
      ...platform.platformPaths(order),
      ...edgePaths(order),
      ...egress.egressPaths(order),
    ],
  },
  {
    title: '[NET-5] the admin tier passes on declared paths only and guards metadata, the API server and nodes',
    kinds: ['ClusterNetworkPolicy'],
    read: readAdminPolicy,
    ordered: (order) => [...tenant.tenantAdminTier(order), ...platform.platformGuards(order)],
  },
  {
    title: '[NET-1] every declared path is authorized by identity and port, and no other is',
    kinds: ['AuthorizationPolicy'],
    read: (object) => (isAtEdge(object) || isAtWayOut(object) ? [] : readAuthorization(object)),
    ordered: (order) => [...tenant.tenantAuthorizations(order), ...platform.platformAuthorizations(order)],
  },
  {
    title: '[ENC-1] every namespace in the mesh takes mutual TLS only',
    kinds: ['PeerAuthentication'],
    read: (object) => (isAtEdge(object) ? [] : readFields(object)),
    ordered: (order) => [...tenant.tenantMtls(order), ...platform.platformMtls()],
  },
  {
    title: '[NET-1] every waypoint, sidecar and outside host is there as ordered',
    kinds: ['Gateway', 'Sidecar', 'ServiceEntry'],
    read: (object) => (isAtEdge(object) ? [] : readCarrier(object)),
    ordered: (order) => [
      ...tenant.tenantCarriers(order),
      ...platform.platformCarriers(order),
      ...egress.egressCarriers(order),
    ],
  },
  {
    title: '[BDR-2] calls fail over between the regions that the environment names, once failures are seen',
    kinds: ['DestinationRule'],
    read: (object) => (isAtEdge(object) ? [] : readFields(object)),
    ordered: (order) => [...failoverRule(order), ...egress.egressCalls(order)],
  },
  {
    title: '[NET-1] a name at the egress gateway is open to the identities of the tenant that declared the host',
    kinds: ['AuthorizationPolicy'],
    read: (object) => (isAtWayOut(object) ? readFields(object) : []),
    ordered: egress.egressAuthorizations,
  },
  {
    title: '[NET-4] what sidecars ask for and what the egress gateway forwards is what was declared',
    kinds: ['VirtualService'],
    read: (object) => (isAtEdge(object) ? [] : readFields(object)),
    ordered: egress.egressRoutes,
  },
  {
    title: '[ENC-1] the egress gateway speaks TLS 1.3 and nothing older',
    kinds: ['EnvoyFilter'],
    read: (object) => (isAtEdge(object) ? [] : readPlaced(object)),
    ordered: egress.egressFilters,
  },
  {
    title: '[ENC-3] each region’s authority comes from Vault, for three months, and is renewed with a new key',
    kinds: ['Issuer', 'Certificate'],
    read: (object) => (isAtEdge(object) ? [] : readFields(object)),
    ordered: authority,
  },
  {
    title: '[ENC-3] every secret comes from Vault to the account that it was ordered for, and to no other',
    kinds: SECRET_KINDS,
    read: readFields,
    ordered: secretFields,
  },
  {
    title: '[MON-1] every proxy of the mesh writes its access log, and reports its metrics',
    kinds: ['Telemetry'],
    read: readFields,
    ordered: () => platform.meshDefaults('Telemetry'),
  },
  {
    title: '[NET-2] the edge publishes what was ordered, behind its firewall and within its limits, and nothing else',
    kinds: '*',
    read: (object) => (isAtEdge(object) && !READ_ELSEWHERE.includes(object.kind) ? readPlaced(object) : []),
    ordered: edgeFields,
  },
  {
    title: '[ENC-1] one issuer signs the certificates of published hosts',
    kinds: ['ClusterIssuer'],
    read: readPlaced,
    ordered: edgeIssuer,
  },
  {
    title: '[CMP-1] what is excepted says why, who answers for it and until when',
    kinds: ['AuthorizationPolicy', 'ConfigMap', 'CronJob', 'Deployment'],
    read: ({ kind, metadata: { name, annotations = {} } }) =>
      Object.entries(annotations)
        .filter(([key]) => key.startsWith('drun.io/exempt-'))
        .map(([key, value]) => `${kind} ${name} ${key}=${value}`),
    ordered: exemptions,
  },
  {
    title: '[SCN-1] every quota and limit is the one that was ordered',
    kinds: ['ResourceQuota', 'LimitRange'],
    read: readFields,
    ordered: tenantQuotas,
  },
  {
    title: '[GPU-1] every queue has what its tenant leased, on its pool',
    kinds: ['LocalQueue', 'ClusterQueue', 'ResourceFlavor'],
    read: readFields,
    ordered: (order) => [...tenantQueues(order), ...platform.platformQueues()],
  },
  {
    title: '[MON-1] every refusal of admission is audited as well',
    kinds: ['ValidatingAdmissionPolicyBinding'],
    read: (object) => {
      const actions = listAt(object, 'spec', 'validationActions').join(' and ');
      return actions === 'Deny and Audit' ? [] : [`${objectLabel(object)}: ${actions}`];
    },
    ordered: () => [],
  },
  {
    title: '[CTR-4] the parameters of admission are of a kind of their own, in a namespace, with nothing left out',
    kinds: ['CustomResourceDefinition'],
    read: readDefinition,
    ordered: () => PARAMETERS,
  },
  {
    title: '[CTR-4] admission asks of each tenant what its specification and its trust level say',
    kinds: ['TenantPolicy'],
    read: readFields,
    ordered: tenantParameters,
  },
  {
    title: '[CTR-4] every sandbox is offered, on nodes that carry it',
    kinds: ['RuntimeClass'],
    read: readFields,
    ordered: platform.platformRuntimes,
  },
  {
    title: '[SCN-1] every priority is there, and the lowest pushes nobody aside',
    kinds: ['PriorityClass'],
    read: (object) => readFields(object).filter((line) => !line.includes(' description=')),
    ordered: platform.platformPriorities,
  },
  {
    title: '[ENC-2] every disk that a tenant can claim is encrypted',
    kinds: ['StorageClass'],
    read: readFields,
    ordered: platform.platformDisks,
  },
];

/** Kinds at the edge that are read as they are everywhere. */
const READ_ELSEWHERE = ['NetworkPolicy', 'ServiceAccount', 'Role', 'RoleBinding'];

function isAtEdge({ metadata }: Manifest): boolean {
  return metadata.namespace === 'drun-ingress';
}

function isAtWayOut({ metadata }: Manifest): boolean {
  return metadata.namespace === 'drun-egress-gateway';
}

function exemptions(order: Order): readonly string[] {
  const { tenants, edge } = order;
  const engine = edge?.waf.engine;
  const image = engine?.kind === 'ext-proc' && typeof engine.image !== 'string' ? engine.image : undefined;
  const until = (label: string, { because, owner, expires }: { because: string; owner: string; expires: string }) =>
    Object.entries({ because, owner, until: expires }).map(([key, value]) => `${label} drun.io/exempt-${key}=${value}`);
  const published = tenants.flatMap(({ name, expose }) =>
    expose.flatMap((one) => {
      return 'public' in one.identity ? until(`AuthorizationPolicy ${one.name}.${name}`, one.identity.public) : [];
    }),
  );
  const counter = edge?.limits.global?.image;
  const snapshots = snapshotExemption(order);
  return [
    ...published,
    ...(snapshots === undefined ? [] : until(snapshots.label, snapshots)),
    ...(image === undefined ? [] : until('Deployment waf', image)),
    ...(counter === undefined || typeof counter === 'string' ? [] : until('Deployment ratelimit', counter)),
  ];
}

/** Whether an expectation speaks of objects of the kind. */
export function speaksOf({ kinds }: Expectation, kind: string): boolean {
  return kinds === '*' || kinds.includes(kind);
}

/** What is missing and what is too much, as sentences. Lines count as often as they stand. */
export function faults(expectation: Expectation, order: Order, objects: readonly Manifest[]): readonly string[] {
  const balance = new Map<string, number>();
  const add = (line: string, by: number): void => void balance.set(line, (balance.get(line) ?? 0) + by);
  for (const line of new Set(expectation.ordered(order))) add(line, 1);
  const seen = objects.filter(({ kind }) => speaksOf(expectation, kind)).flatMap(expectation.read);
  for (const line of new Set(seen)) add(line, -1);
  return [...balance]
    .flatMap(([line, left]) => (left === 0 ? [] : [left > 0 ? `missing: ${line}` : `not ordered: ${line}`]))
    .sort();
}

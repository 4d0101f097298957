import { isControlId } from '../../constructs/core/control';
import { listAt } from '../../constructs/core/json';
import { type Manifest, objectLabel } from '../../constructs/core/manifest';
import { authority, failoverRule } from './inventory/across';
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
  readRole,
} from './inventory/lines';
import * as platform from './inventory/platform';
import { issuerAccount, roleRights, staffBindings } from './inventory/roles';
import type { Order } from './inventory/spec-facts';
import * as tenant from './inventory/tenant';

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
    ordered: (order) => [...tenant.tenantBindings(order), ...staffBindings(order)],
  },
  {
    title: '[IAM-2] every role gives the rights of its duty and no other',
    kinds: ['ClusterRole', 'Role'],
    read: readRole,
    ordered: roleRights,
  },
  {
    title: '[IAM-2] every service account a tenant declares is there, without a token',
    kinds: ['ServiceAccount'],
    read: readFields,
    ordered: (order) => [...tenant.tenantAccounts(order), ...issuerAccount(order)],
  },
  {
    title: '[NET-4] every declared path is open in the network policies, and no other is',
    kinds: ['NetworkPolicy'],
    read: readNetworkPolicy,
    ordered: (order) => [...tenant.tenantPaths(order), ...platform.platformPaths(order)],
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
    read: readAuthorization,
    ordered: (order) => [...tenant.tenantAuthorizations(order), ...platform.platformAuthorizations(order)],
  },
  {
    title: '[ENC-1] every namespace in the mesh takes mutual TLS only',
    kinds: ['PeerAuthentication'],
    read: readFields,
    ordered: (order) => [...tenant.tenantMtls(order), ...platform.platformMtls()],
  },
  {
    title: '[NET-1] every waypoint, sidecar and outside host is there as ordered',
    kinds: ['Gateway', 'Sidecar', 'ServiceEntry'],
    read: readCarrier,
    ordered: (order) => [...tenant.tenantCarriers(order), ...platform.platformCarriers(order)],
  },
  {
    title: '[BDR-2] calls fail over between the regions that the environment names, once failures are seen',
    kinds: ['DestinationRule'],
    read: readFields,
    ordered: failoverRule,
  },
  {
    title: '[ENC-3] each region’s authority comes from Vault, for three months, and is renewed with a new key',
    kinds: ['Issuer', 'Certificate'],
    read: readFields,
    ordered: authority,
  },
  {
    title: '[MON-1] every proxy of the mesh writes its access log, and reports its metrics',
    kinds: ['Telemetry'],
    read: readFields,
    ordered: () => platform.meshDefaults('Telemetry'),
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

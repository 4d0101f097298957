import type { AnyRule, RuleText } from '../../constructs/core/rule';
import { boundAdmission, closedAdmission } from './admission-bindings';
import { exactCertificates, renewedCertificates, rotatedKeys, trustedIssuers } from './certificates';
import { disjointCidrs } from './cidrs';
import { ENGINE_CODES } from './codes';
import { reachableDestinations } from './destinations';
import { closedPlugin, firewallCloses, firewallSees, hardenedHttp, ratesHold, selectedFilter } from './edge-filters';
import { edgeCredential, edgeHosts, edgeSelector, edgeTerminates, edgeTlsVersion } from './edge-gateways';
import { countedByFacts, countsClosed, countsKnown, countsSomewhere } from './edge-global-rates';
import { believedIssuers, edgeIdentity, edgeOperation, noOpenAbove } from './edge-policies';
import {
  boundRoutes,
  hasCertificate,
  hasEdgeDeny,
  hasEdgeLimits,
  hasFirewall,
  hasRouteLimit,
  hasTokens,
  lockedOrigin,
  plainDns,
} from './edge-presence';
import {
  edgeCors,
  edgeOwnService,
  edgeRouteScope,
  edgeRouteTarget,
  edgeRouteTimeout,
  edgeRouteType,
} from './edge-routes';
import { EGRESS_RULES } from './egress-routes';
import { ownHost, ownPool, ownQueue, ownSecretPath } from './exclusive';
import { liveExemptions } from './exemptions';
import { baselineDeny, guardedAddresses, hasAdminPolicy } from './guards';
import { plainServiceEntries, validHosts } from './hostnames';
import { explicitNamespace, noOutputText, owned, wellFormed } from './identity';
import { pinnedImages } from './images';
import { noLookAlikes } from './look-alikes';
import { noPlainText } from './mesh';
import { MESH_CONFIG_RULES } from './mesh-config';
import { MESH_GUARD_RULES } from './mesh-guards';
import { enforcedEntryPolicies, enforcedMeshPolicies, inMesh, waypointFor } from './mesh-membership';
import { MESH_REGION_RULES } from './mesh-regions';
import { MESH_TRAFFIC_RULES } from './mesh-traffic';
import { platformLabels, tenantLabels } from './pod-security';
import { containerLimits, noHostAccess, noTokenMounted, unprivileged } from './privileges';
import { orderedLimits, quotaCoversLimits } from './quotas';
import { rpoHolds } from './recovery';
import { referencesResolve } from './references';
import { boundedRoles, noBuiltInRoles, noClusterWideGrants } from './roles';
import { emptySecrets, noSecretText } from './secrets';
import { claimedClasses, encryptedClasses, provisionedVolumes } from './stores';
import { encryptedEtcd, hasEncryption, keyedBuckets } from './stores-outside';
import {
  hasDefaultAccount,
  hasDefaultDeny,
  hasDenyAuthorization,
  hasLimitRange,
  hasQuota,
  hasStrictPeers,
  hasTenantPolicy,
} from './tenant-namespaces';
import { hasAffinityQuota, hasGpuQuota, hasObjectQuota, hasQueue, hasStorageQuota } from './tenant-quotas';
import { unique } from './unique';
import { units } from './units';
import { knownKeys } from './unknown-keys';
import { auditedTwice, boundedCertificates, rotatedAccounts, rotatedVaultKeys, sealedConnections } from './vault-keys';
import { boundedPolicies, exactLogins, strongSignOn } from './vault-policies';

/** Every rule of `drun check`, in the order of its id. */
export const RULES: readonly AnyRule[] = [
  wellFormed,
  owned,
  explicitNamespace,
  unique,
  noOutputText,
  knownKeys,
  units,
  noLookAlikes,
  validHosts,
  pinnedImages,
  containerLimits,
  unprivileged,
  noTokenMounted,
  noHostAccess,
  noSecretText,
  ownSecretPath,
  emptySecrets,
  ownQueue,
  ownPool,
  ownHost,
  disjointCidrs,
  quotaCoversLimits,
  orderedLimits,
  hasGpuQuota,
  hasStorageQuota,
  hasObjectQuota,
  hasAffinityQuota,
  hasQueue,
  rpoHolds,
  tenantLabels,
  hasDefaultDeny,
  hasStrictPeers,
  hasDenyAuthorization,
  hasTenantPolicy,
  hasQuota,
  hasLimitRange,
  platformLabels,
  hasDefaultAccount,
  inMesh,
  noPlainText,
  plainServiceEntries,
  reachableDestinations,
  waypointFor,
  enforcedMeshPolicies,
  guardedAddresses,
  baselineDeny,
  hasAdminPolicy,
  enforcedEntryPolicies,
  boundedRoles,
  noBuiltInRoles,
  noClusterWideGrants,
  referencesResolve,
  boundAdmission,
  closedAdmission,
  edgeTlsVersion,
  edgeTerminates,
  edgeCredential,
  edgeHosts,
  edgeSelector,
  edgeRouteScope,
  edgeRouteType,
  edgeRouteTimeout,
  edgeRouteTarget,
  edgeCors,
  edgeOwnService,
  firewallCloses,
  firewallSees,
  ratesHold,
  hardenedHttp,
  selectedFilter,
  closedPlugin,
  edgeIdentity,
  edgeOperation,
  believedIssuers,
  noOpenAbove,
  countsClosed,
  countedByFacts,
  rotatedKeys,
  exactCertificates,
  renewedCertificates,
  trustedIssuers,
  hasFirewall,
  hasEdgeDeny,
  hasTokens,
  hasEdgeLimits,
  hasRouteLimit,
  hasCertificate,
  boundRoutes,
  lockedOrigin,
  plainDns,
  countsSomewhere,
  liveExemptions,
  countsKnown,
  ...MESH_CONFIG_RULES,
  ...MESH_GUARD_RULES,
  ...MESH_TRAFFIC_RULES,
  ...MESH_REGION_RULES,
  ...EGRESS_RULES,
  boundedPolicies,
  exactLogins,
  strongSignOn,
  rotatedVaultKeys,
  rotatedAccounts,
  sealedConnections,
  boundedCertificates,
  auditedTwice,
  encryptedClasses,
  claimedClasses,
  provisionedVolumes,
  encryptedEtcd,
  hasEncryption,
  keyedBuckets,
];

/** Texts of a rule, or of a code of the engine, for `drun explain`; undefined for an id that nobody has. */
export function explainRule(id: string): RuleText | undefined {
  const found = [...RULES, ...ENGINE_CODES].find((text) => text.id === id);
  if (found === undefined) return undefined;
  const { title, why, remedy, control } = found;
  return { id, title, why, remedy, ...(control === undefined ? {} : { control }) };
}

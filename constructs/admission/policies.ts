import { accountPolicies } from './accounts';
import { devicePolicies } from './devices';
import { podImages } from './images';
import { ingressPolicies } from './ingress';
import { metadataPolicies } from './metadata';
import { namespacePolicies } from './namespaces';
import { ownershipPolicies } from './ownership';
import { podChangePolicies } from './pod-changes';
import { podDevices } from './pod-devices';
import { podIdentity } from './pod-identity';
import { podLifecycle } from './pod-lifecycle';
import { podMesh } from './pod-mesh';
import { podNetwork } from './pod-network';
import { podPlacement } from './pod-placement';
import { podPolicies } from './pod-rule';
import { podSize } from './pod-size';
import type { Policy } from './policy';
import { queuePolicies } from './queue';
import { rbacPolicies } from './rbac';
import { secretPolicies } from './secrets';
import { servicePolicies } from './services';
import type { AdmissionSettings } from './settings';
import { storagePolicies } from './storage';
import { waypointPolicies } from './waypoint';
import { workloadPolicies } from './workloads';

export { defaultPolicies } from './defaults';

/** Every policy that refuses, as data: what it serves, what it matches, what must hold. */
export function denyPolicies(settings: AdmissionSettings): readonly Policy[] {
  const podRules = [
    podPlacement(settings),
    podIdentity(settings),
    podImages(settings),
    podMesh(settings),
    podNetwork,
    podDevices,
    podLifecycle(settings),
    podSize(settings),
  ];
  return [
    ...podRules.flatMap((rule) => podPolicies(rule, settings)),
    ...podChangePolicies(settings),
    ...queuePolicies(settings),
    ...workloadPolicies,
    ...waypointPolicies(settings),
    ...devicePolicies,
    ...servicePolicies(settings),
    ...ingressPolicies(settings),
    ...storagePolicies,
    ...secretPolicies(settings),
    ...accountPolicies(settings),
    ...rbacPolicies,
    ...ownershipPolicies(settings),
    ...metadataPolicies(settings),
    ...namespacePolicies,
  ];
}

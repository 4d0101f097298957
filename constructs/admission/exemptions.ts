import { list } from './cel';
import type { AdmissionSettings } from './settings';

/** A controller of kube-controller-manager under its own service account (`--use-service-account-credentials`). */
export const controller = (name: string): string => `system:serviceaccount:kube-system:${name}`;

/** The label by which the mesh's controller marks what it makes for a waypoint. */
export const GATEWAY_LABEL = 'gateway.networking.k8s.io/gateway-name';

/** Name of every tenant namespace's waypoint, and so of the Deployment, Service and account that the mesh makes for it. */
export const WAYPOINT = 'waypoint';

/** CEL: the request does not come from the platform. */
export function notThePlatform({ platformGroups, platformUsers }: AdmissionSettings): string {
  const group = `!request.userInfo.groups.exists(g, g in ${list(platformGroups)})`;
  return platformUsers.length === 0 ? group : `${group} && !(request.userInfo.username in ${list(platformUsers)})`;
}

/**
 * CEL: the object is not one that the mesh's controller, or a controller on its behalf, makes for a waypoint. Safe though
 * the latter serve tenants too: no tenant can write the label into anything that they read (see `pod-mesh`).
 */
export function notTheWaypoint(labels: string, users: readonly string[]): string {
  return `!(request.userInfo.username in ${list(users)} && ${labels}[?'${GATEWAY_LABEL}'].orValue('') == '${WAYPOINT}')`;
}

/** CEL: the request is one of these users'. */
export function isUser(...users: readonly string[]): string {
  return `request.userInfo.username in ${list(users)}`;
}

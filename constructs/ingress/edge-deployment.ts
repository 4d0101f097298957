import type { JsonObject } from '../core/json';

/** Labels by which the mesh takes hold of pods in a namespace that is outside of it, by how it carries traffic. */
const IN_MESH = {
  ambient: { 'istio.io/dataplane-mode': 'ambient' },
  sidecar: { 'sidecar.istio.io/inject': 'true' },
} as const;

/** `ambient` or `sidecar`. */
export type DataPlane = keyof typeof IN_MESH;

/** Labels by which the mesh takes hold of pods of the edge's namespace. */
export function meshLabels(dataPlane: DataPlane): Readonly<Record<string, string>> {
  return IN_MESH[dataPlane];
}

/** No root, and only the system calls of the runtime's own profile; the group is what may read mounted tokens. */
export const EDGE_POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: 65_532,
  runAsGroup: 65_532,
  fsGroup: 65_532,
  seccompProfile: { type: 'RuntimeDefault' },
} as const;

/** No more rights than the pod has, none of root's, and nothing written beside its volumes. */
export const EDGE_CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const;

/** What tells one service of the edge from another. */
export interface EdgeDeployment {
  /** Its service account. */
  readonly account: string;
  readonly replicas: number;
  /** Labels by which its pods are selected. */
  readonly pods: Readonly<Record<string, string>>;
  /** How the mesh of the cluster carries traffic. */
  readonly dataPlane: DataPlane;
  readonly containers: readonly JsonObject[];
  readonly volumes: readonly JsonObject[];
}

/** The specification of a service beside the edge's proxy: no root, no token, spread over nodes, replaced without a gap. */
export function edgeDeployment(service: EdgeDeployment): JsonObject {
  const { account, replicas, pods, dataPlane, containers, volumes } = service;
  return {
    replicas,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: pods },
    template: {
      metadata: { labels: { ...pods, ...meshLabels(dataPlane) } },
      spec: {
        serviceAccountName: account,
        automountServiceAccountToken: false,
        priorityClassName: 'drun-platform',
        securityContext: EDGE_POD_SECURITY,
        topologySpreadConstraints: [
          {
            maxSkew: 1,
            topologyKey: 'kubernetes.io/hostname',
            whenUnsatisfiable: 'ScheduleAnyway',
            labelSelector: { matchLabels: pods },
          },
        ],
        containers,
        volumes,
      },
    },
  };
}

import { type ClusterFacts, METADATA_CIDRS } from '../core/cluster-facts';
import type { JsonObject } from '../core/json';
import { PRIVATE_NETWORKS } from '../core/private-networks';
import { meshConfig } from './mesh-config';
import { type MeshMember, type MeshSettings, meshMember } from './mesh-settings';

/** Secret with the region's intermediate, which Istio's chart mounts where it is there. */
export const CA_SECRET = 'cacerts';

const SECCOMP = { type: 'RuntimeDefault' } as const;

/**
 * Values of the istiod chart (`manifests/charts/istio-control/istio-discovery/values.yaml`). Proxies get a seccomp profile
 * and their redirection from the node agent, or no namespace under Pod Security `restricted` could hold one.
 */
export function controlPlaneValues(settings: MeshSettings, facts: ClusterFacts): JsonObject {
  const member = meshMember(settings, facts.region);
  return {
    ...(settings.dataPlane === 'ambient' ? { profile: 'ambient' } : {}),
    autoscaleMin: 2,
    cni: { enabled: true },
    seccompProfile: SECCOMP,
    gateways: { seccompProfile: SECCOMP },
    global: {
      variant: 'distroless',
      logAsJson: true,
      proxy: { seccompProfile: SECCOMP },
      ...(member === undefined ? {} : identity(member)),
    },
    env: environment(settings, facts),
    meshConfig: meshConfig(settings, facts),
    ...(member === undefined ? {} : REQUIRED_CA),
  };
}

/** How the region's proxies name the place where they run. */
function identity({ mesh, network, region }: MeshMember): JsonObject {
  return { meshID: mesh, network, multiCluster: { clusterName: region } };
}

/**
 * The chart mounts the intermediate as an optional secret: while it is missing istiod would invent a root of its own, and
 * no other region would believe its certificates. A second mount that is not optional makes it wait instead.
 */
const REQUIRED_CA: JsonObject = {
  volumes: [{ name: 'required-ca', secret: { secretName: CA_SECRET, items: [{ key: 'ca.crt', path: 'ca.crt' }] } }],
  volumeMounts: [{ name: 'required-ca', mountPath: '/var/run/secrets/required-ca', readOnly: true }],
};

/** Feature flags (`pilot/pkg/features`); every value is a text. */
function environment(settings: MeshSettings, facts: ClusterFacts): JsonObject {
  return {
    // No debug interface on any port; were it turned on again, it would answer the mesh's own namespace alone.
    ENABLE_DEBUG_ON_HTTP: 'false',
    ENABLE_DEBUG_ENDPOINT_AUTH: 'true',
    UNSAFE_ENABLE_ADMIN_ENDPOINTS: 'false',
    PILOT_SCOPE_GATEWAY_TO_NAMESPACE: 'true',
    PILOT_FILTER_GATEWAY_CLUSTER_CONFIG: 'true',
    PILOT_ENABLE_XDS_IDENTITY_CHECK: 'true',
    PILOT_SKIP_VALIDATE_TRUST_DOMAIN: 'false',
    PILOT_ENABLE_WORKLOAD_ENTRY_AUTOREGISTRATION: 'false',
    BLOCKED_CIDRS_IN_JWKS_URIS: blockedRanges(facts).join(','),
    ...(settings.clusters.mode === 'single' || settings.dataPlane === 'sidecar' ? {} : MULTI_NETWORK),
  };
}

/** Ambient meshes over several networks (https://istio.io/latest/docs/ambient/install/multicluster/). */
const MULTI_NETWORK: JsonObject = {
  AMBIENT_ENABLE_MULTI_NETWORK: 'true',
  AMBIENT_ENABLE_MULTI_NETWORK_INGRESS: 'true',
};

/** Where no key of a token issuer can be: whoever writes a jwksUri makes istiod call it, from inside of the cluster. */
export function blockedRanges({ podCidrs, serviceCidrs, nodeCidrs, apiServerCidrs }: ClusterFacts): readonly string[] {
  const own = [...podCidrs, ...serviceCidrs, ...nodeCidrs, ...apiServerCidrs];
  return [...new Set([...PRIVATE_NETWORKS, ...METADATA_CIDRS, ...LOCAL_RANGES, ...own])].sort();
}

/** This host, this link, and private addresses of IPv6 (RFC 1122, 4291, 4193). */
const LOCAL_RANGES = ['0.0.0.0/8', '127.0.0.0/8', '::1/128', 'fc00::/7', 'fe80::/10'] as const;

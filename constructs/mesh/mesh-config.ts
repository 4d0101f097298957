import type { ClusterFacts } from '../core/cluster-facts';
import type { JsonObject } from '../core/json';
import { ACROSS_REGIONS, LABEL } from '../core/labels';
import { type MeshSettings, meshMember } from './mesh-settings';

/** Name of the access log's provider in the mesh configuration, to which Telemetry objects refer. */
export const ACCESS_LOG = 'drun-access-log';
/** Name of the provider of spans. */
export const TRACES = 'drun-traces';

/**
 * What is written of a request: who, what, when and how it ended. Never the query (`REQ_WITHOUT_QUERY`), never a header that
 * holds a credential. Command operators: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
 */
const LOG_LABELS = {
  start_time: '%START_TIME%',
  method: '%REQ(:METHOD)%',
  authority: '%REQ(:AUTHORITY)%',
  path: '%REQ_WITHOUT_QUERY(X-ENVOY-ORIGINAL-PATH?:PATH)%',
  protocol: '%PROTOCOL%',
  response_code: '%RESPONSE_CODE%',
  response_code_details: '%RESPONSE_CODE_DETAILS%',
  response_flags: '%RESPONSE_FLAGS%',
  connection_termination_details: '%CONNECTION_TERMINATION_DETAILS%',
  bytes_received: '%BYTES_RECEIVED%',
  bytes_sent: '%BYTES_SENT%',
  duration: '%DURATION%',
  request_id: '%REQ(X-REQUEST-ID)%',
  route_name: '%ROUTE_NAME%',
  upstream_cluster: '%UPSTREAM_CLUSTER%',
  upstream_host: '%UPSTREAM_HOST%',
  downstream_remote_address: '%DOWNSTREAM_REMOTE_ADDRESS%',
  downstream_tls_version: '%DOWNSTREAM_TLS_VERSION%',
  downstream_peer: '%DOWNSTREAM_PEER_URI_SAN%',
  requested_server_name: '%REQUESTED_SERVER_NAME%',
} as const;

/**
 * The mesh configuration (https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/). Services are exported to all:
 * what a sidecar sees is decided where it stands, by Sidecar objects that the platform owns, and a gateway calls what its
 * routes name (docs/adr/0014). Routes and destination rules decide about the calls of others, so that they stay at home.
 */
export function meshConfig(settings: MeshSettings, facts: ClusterFacts): JsonObject {
  const member = meshMember(settings, facts.region);
  return {
    trustDomain: facts.trustDomain,
    meshMTLS: { minProtocolVersion: 'TLSV1_3' },
    tlsDefaults: { minProtocolVersion: 'TLSV1_3' },
    enableAutoMtls: true,
    // What the world reaches is published by exposures; Istio would serve Ingress objects past them, from the same proxy.
    ingressControllerMode: 'OFF',
    outboundTrafficPolicy: { mode: 'REGISTRY_ONLY' },
    defaultServiceExportTo: ['*'],
    defaultVirtualServiceExportTo: ['.'],
    defaultDestinationRuleExportTo: ['.'],
    pathNormalization: { normalization: 'DECODE_AND_MERGE_SLASHES' },
    // Merged metrics of an application would leave its pod in plain text, on a port that the mesh does not guard.
    enablePrometheusMerge: false,
    accessLogFile: '',
    extensionProviders: [
      { name: 'prometheus', prometheus: {} },
      { name: ACCESS_LOG, envoyFileAccessLog: { path: '/dev/stdout', logFormat: { labels: LOG_LABELS } } },
      ...tracing(settings),
    ],
    defaultConfig: {
      holdApplicationUntilProxyStarts: true,
      terminationDrainDuration: '30s',
      // What a caller says of its certificate in a header is not what a gateway saw.
      gatewayTopology: { forwardClientCertDetails: 'SANITIZE' },
      ...(member === undefined ? {} : { meshId: member.mesh }),
    },
    ...(member === undefined ? {} : scopes(settings)),
  };
}

function tracing({ tracing: to }: MeshSettings): readonly JsonObject[] {
  return to === undefined ? [] : [{ name: TRACES, opentelemetry: { service: to.service, port: to.port } }];
}

/**
 * What crosses regions. In ambient mode a service is local unless its namespace says otherwise, by a label that only the
 * platform writes: Istio's own profile takes a label of the service, which is its tenant's to set.
 */
function scopes({ dataPlane }: MeshSettings): JsonObject {
  if (dataPlane === 'sidecar') return {};
  const namespaceSelector = { matchLabels: { [LABEL.scope]: ACROSS_REGIONS } };
  return { serviceScopeConfigs: [{ namespaceSelector, scope: 'GLOBAL' }] };
}

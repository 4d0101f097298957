import type { Manifest } from '../core/manifest';
import { PLATFORM_NAMESPACE } from '../core/platform-service';
import type { Stamp } from '../core/stamp';
import { EDGE_PODS, WAF_BODY_FILTERS } from './edge-facts';
import { envoyFilter, LAST } from './edge-filters';
import type { IngressSettings } from './ingress-settings';
import { routeType } from './route-types';
import { WAF } from './waf-service';

interface SpecObject extends Manifest {
  readonly spec: object;
}

/** The web application firewall in the proxy's way, by engine; whatever it cannot inspect is refused. */
export function edgeFirewall({ waf }: IngressSettings, stamp: Stamp): readonly SpecObject[] {
  switch (waf.engine.kind) {
    case 'ext-proc':
      return [
        envoyFilter(
          'edge-waf',
          stamp,
          [wholeBodies(WAF_BODY_FILTERS.whole), externalProcessor(), wholeBodies(WAF_BODY_FILTERS.length)].map(
            (patch) => ({ applyTo: 'HTTP_FILTER', match: LAST, patch }),
          ),
        ),
      ];
    case 'wasm':
      return [wasmPlugin(waf.engine, waf, stamp)];
    case 'dynamic-module':
      return [
        envoyFilter('edge-waf', stamp, [
          { applyTo: 'HTTP_FILTER', match: LAST, patch: dynamicModule(waf.engine.module, waf) },
        ]),
      ];
  }
}

/** Attributes that the firewall goes by: the proxy’s own choice of route, which nothing in a request can contradict. */
const ATTRIBUTES = ['xds.route_name', 'xds.virtual_host_name', 'source.address', 'request.protocol'] as const;

function externalProcessor(): object {
  return {
    operation: 'INSERT_BEFORE',
    value: {
      name: 'envoy.filters.http.ext_proc',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.ext_proc.v3.ExternalProcessor',
        stat_prefix: 'edge_waf',
        grpc_service: {
          envoy_grpc: {
            cluster_name: `outbound|${WAF.port}||${WAF.name}.${PLATFORM_NAMESPACE.ingress}.svc.cluster.local`,
          },
        },
        failure_mode_allow: false,
        status_on_error: { code: 'ServiceUnavailable' },
        message_timeout: '1s',
        // Where nothing before it waits for the whole body, the firewall asks for patience with slow callers.
        max_message_timeout: '10s',
        processing_mode: {
          request_header_mode: 'SEND',
          // With the headers and not after an answer to them: one way to the firewall and back instead of two.
          request_body_mode: 'STREAMED',
          request_trailer_mode: 'SEND',
          response_header_mode: 'SKIP',
          response_body_mode: 'NONE',
          response_trailer_mode: 'SKIP',
        },
        send_body_without_waiting_for_header_response: true,
        request_attributes: ATTRIBUTES,
        // It refuses or lets pass; it never changes what is sent.
        mutation_rules: { disallow_all: true },
        route_cache_action: 'RETAIN',
      },
    },
  };
}

/** Whole, because a rule that saw half of a body would let the other half pass. A route says how much that is for its type. */
function wholeBodies(name: string): object {
  return {
    operation: 'INSERT_BEFORE',
    value: {
      name,
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.buffer.v3.Buffer',
        max_request_bytes: routeType('api').bodyBytes,
      },
    },
  };
}

function modeOf({ mode, paranoia }: IngressSettings['waf']): { readonly mode: string; readonly paranoia: number } {
  return { mode: typeof mode === 'string' ? mode : 'detect', paranoia };
}

function wasmPlugin(
  { url, sha256 }: { readonly url: string; readonly sha256: string },
  waf: IngressSettings['waf'],
  stamp: Stamp,
): SpecObject {
  return {
    apiVersion: 'extensions.istio.io/v1alpha1',
    kind: 'WasmPlugin',
    metadata: stamp('edge-waf', PLATFORM_NAMESPACE.ingress),
    spec: {
      selector: { matchLabels: EDGE_PODS },
      url,
      sha256,
      failStrategy: 'FAIL_CLOSE',
      imagePullPolicy: 'IfNotPresent',
      phase: 'STATS',
      type: 'HTTP',
      pluginConfig: modeOf(waf),
    },
  };
}

function dynamicModule(module: string, waf: IngressSettings['waf']): object {
  return {
    operation: 'INSERT_BEFORE',
    value: {
      name: 'drun.waf',
      typed_config: {
        '@type': 'type.googleapis.com/envoy.extensions.filters.http.dynamic_modules.v3.DynamicModuleFilter',
        dynamic_module_config: { name: module },
        filter_name: 'waf',
        filter_config: { '@type': 'type.googleapis.com/google.protobuf.Struct', value: modeOf(waf) },
      },
    },
  };
}

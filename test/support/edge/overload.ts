const HEAP = 'envoy.resource_monitors.fixed_heap';

/**
 * What a gateway does when its memory runs out, as an addition to Istio's bootstrap (`sidecar.istio.io/bootstrapOverride`). Istio
 * has a monitor of connections already; naming it again would keep Envoy from starting.
 */
export function memoryOverload(bytes: number): object {
  const above = (value: number) => [{ name: HEAP, threshold: { value } }];
  const between = [{ name: HEAP, scaled: { scaling_threshold: 0.85, saturation_threshold: 0.95 } }];
  return {
    overload_manager: {
      refresh_interval: '0.25s',
      buffer_factory_config: { minimum_account_to_track_power_of_two: 20 },
      resource_monitors: [
        {
          name: HEAP,
          typed_config: {
            '@type': 'type.googleapis.com/envoy.extensions.resource_monitors.fixed_heap.v3.FixedHeapConfig',
            max_heap_size_bytes: bytes,
          },
        },
      ],
      actions: [
        { name: 'envoy.overload_actions.shrink_heap', triggers: above(0.9) },
        { name: 'envoy.overload_actions.reset_high_memory_stream', triggers: between },
        { name: 'envoy.overload_actions.stop_accepting_requests', triggers: above(0.95) },
      ],
      loadshed_points: [{ name: 'envoy.load_shed_points.tcp_listener_accept', triggers: above(0.98) }],
    },
  };
}

/** Istio's own monitor once more. */
export const SECOND_MONITOR = {
  overload_manager: {
    resource_monitors: [
      {
        name: 'envoy.resource_monitors.global_downstream_max_connections',
        typed_config: {
          '@type':
            'type.googleapis.com/envoy.extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig',
          max_active_downstream_connections: 10,
        },
      },
    ],
  },
} as const;

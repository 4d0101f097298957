package main

import (
	listener "github.com/envoyproxy/go-control-plane/envoy/config/listener/v3"
	hcm "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"istio.io/istio/pilot/pkg/model"
	"istio.io/istio/pilot/pkg/xds/filters"
)

// vanilla changes two things in listeners after Istio has made them, neither of which decides about traffic:
//
// It leaves out what only Istio's own build of Envoy knows and no setting leaves out: the filter with which a waypoint learns
// the names of workloads for telemetry. And a listener at every address of a pod is one at the proxy's own address here, because
// all proxies of a lab share one machine and would take each other's connections.
type vanilla struct{ model.XdsResourceGenerator }

// Generate makes listeners as Istio does, with the two changes.
func (v vanilla) Generate(
	proxy *model.Proxy, watched *model.WatchedResource, request *model.PushRequest,
) (model.Resources, model.XdsLogDetails, error) {
	resources, details, err := v.XdsResourceGenerator.Generate(proxy, watched, request)
	if err != nil {
		return resources, details, err
	}
	for _, resource := range resources {
		one := &listener.Listener{}
		if err := resource.Resource.UnmarshalTo(one); err != nil {
			return nil, details, err
		}
		if at := one.GetAddress().GetSocketAddress(); at.GetAddress() == "0.0.0.0" {
			at.Address = proxy.IPAddresses[0]
		}
		for _, chain := range append(one.FilterChains, one.DefaultFilterChain) {
			if err := strip(chain); err != nil {
				return nil, details, err
			}
		}
		packed, err := anypb.New(one)
		if err != nil {
			return nil, details, err
		}
		resource.Resource = packed
	}
	return resources, details, nil
}

func strip(chain *listener.FilterChain) error {
	for _, filter := range chain.GetFilters() {
		manager := &hcm.HttpConnectionManager{}
		if !filter.GetTypedConfig().MessageIs(manager) {
			continue
		}
		if err := filter.GetTypedConfig().UnmarshalTo(manager); err != nil {
			return err
		}
		kept := []*hcm.HttpFilter{}
		for _, one := range manager.HttpFilters {
			if !isPeerMetadata(one) {
				kept = append(kept, one)
			}
		}
		manager.HttpFilters = kept
		packed, err := anypb.New(manager)
		if err != nil {
			return err
		}
		filter.ConfigType = &listener.Filter_TypedConfig{TypedConfig: packed}
	}
	return nil
}

func isPeerMetadata(filter *hcm.HttpFilter) bool {
	for _, known := range []*hcm.HttpFilter{filters.WaypointDownstreamMetadataFilter, filters.WaypointUpstreamMetadataFilter} {
		if proto.Equal(filter, known) {
			return true
		}
	}
	return false
}

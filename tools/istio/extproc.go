package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	extproc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	typev3 "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/grpc"
)

// judge stands in for a web application firewall: it refuses what asks for an attack, and tells the workload what Envoy told it
// of the route. It shows where in the gateway the real one stands and what becomes of requests without it; it finds nothing.
type judge struct {
	extproc.UnimplementedExternalProcessorServer
}

const filterName = "envoy.filters.http.ext_proc"

// Process answers for one request.
func (judge) Process(stream extproc.ExternalProcessor_ProcessServer) error {
	for {
		request, err := stream.Recv()
		if err != nil {
			return nil // the request is over
		}
		if err := stream.Send(verdict(request)); err != nil {
			return err
		}
	}
}

func verdict(request *extproc.ProcessingRequest) *extproc.ProcessingResponse {
	switch asked := request.Request.(type) {
	case *extproc.ProcessingRequest_RequestHeaders:
		for _, header := range asked.RequestHeaders.Headers.Headers {
			if header.Key == ":path" && strings.Contains(string(header.RawValue), "attack") {
				refusal := &extproc.ImmediateResponse{Status: &typev3.HttpStatus{Code: typev3.StatusCode_Forbidden}, Details: "attack"}
				return &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_ImmediateResponse{ImmediateResponse: refusal}}
			}
		}
		route := request.Attributes[filterName].GetFields()["xds.route_name"].GetStringValue()
		told := &core.HeaderValueOption{
			AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
			Header:       &core.HeaderValue{Key: "x-judged-route", RawValue: []byte(route)},
		}
		answer := &extproc.HeadersResponse{Response: &extproc.CommonResponse{
			HeaderMutation: &extproc.HeaderMutation{SetHeaders: []*core.HeaderValueOption{told}},
		}}
		return &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_RequestHeaders{RequestHeaders: answer}}
	case *extproc.ProcessingRequest_RequestBody:
		return &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_RequestBody{RequestBody: &extproc.BodyResponse{}}}
	case *extproc.ProcessingRequest_ResponseHeaders:
		return &extproc.ProcessingResponse{Response: &extproc.ProcessingResponse_ResponseHeaders{ResponseHeaders: &extproc.HeadersResponse{}}}
	}
	return &extproc.ProcessingResponse{}
}

// serveJudge serves until the parent wants no more.
func serveJudge(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	service := grpc.NewServer()
	extproc.RegisterExternalProcessorServer(service, judge{})
	ended := make(chan error, 1)
	go func() { ended <- service.Serve(listener) }()
	if err := json.NewEncoder(os.Stdout).Encode(ready{Address: listener.Addr().String()}); err != nil {
		return err
	}
	select {
	case err := <-ended:
		return fmt.Errorf("the judge: %w", err)
	case <-stopped():
		service.Stop()
		return nil
	}
}

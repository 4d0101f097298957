package extproc

import (
	"fmt"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	kind "github.com/envoyproxy/go-control-plane/envoy/type/v3"
	"google.golang.org/protobuf/types/known/durationpb"

	"drun.io/services/waf/internal/engine"
)

// Answers that let a message pass as it is.
var (
	passRequestHeaders  = &proc.ProcessingResponse{Response: &proc.ProcessingResponse_RequestHeaders{RequestHeaders: &proc.HeadersResponse{}}}
	passRequestBody     = &proc.ProcessingResponse{Response: &proc.ProcessingResponse_RequestBody{RequestBody: &proc.BodyResponse{}}}
	passResponseHeaders = &proc.ProcessingResponse{Response: &proc.ProcessingResponse_ResponseHeaders{ResponseHeaders: &proc.HeadersResponse{}}}
	passResponseBody    = &proc.ProcessingResponse{Response: &proc.ProcessingResponse_ResponseBody{ResponseBody: &proc.BodyResponse{}}}
)

// wait asks for more time; the proxy grants max_message_timeout at most.
var wait = &proc.ProcessingResponse{OverrideMessageTimeout: durationpb.New(10 * time.Second)}

// texts are what a client is told: what to do about it, and nothing about the rules.
var texts = map[string]string{
	engine.Matched:     "the request was refused",
	engine.TooLarge:    "the body is too large",
	engine.Unsupported: "this kind of body is not accepted here",
	engine.Malformed:   "the body cannot be read",
	engine.Trailers:    "trailers are not accepted",
	engine.Overloaded:  "try again later",
}

// refusal is the answer to the client of a request that does not pass.
func refusal(verdict engine.Verdict, requestID string) *proc.ProcessingResponse {
	text, known := texts[verdict.Reason]
	if !known {
		text = "the request could not be inspected"
	}
	headers := []*core.HeaderValueOption{set("content-type", "application/json"), set("x-request-id", requestID), set("cache-control", "no-store")}
	if verdict.Reason == engine.Overloaded {
		headers = append(headers, set("retry-after", "1"))
	}
	return &proc.ProcessingResponse{Response: &proc.ProcessingResponse_ImmediateResponse{ImmediateResponse: &proc.ImmediateResponse{
		Status:  &kind.HttpStatus{Code: kind.StatusCode(verdict.Status)},
		Headers: &proc.HeaderMutation{SetHeaders: headers},
		Body:    fmt.Appendf(nil, `{"error":{"message":%q,"request_id":%q}}`+"\n", text, requestID),
		Details: "waf_" + verdict.Reason,
	}}}
}

func set(name, value string) *core.HeaderValueOption {
	return &core.HeaderValueOption{
		Header:       &core.HeaderValue{Key: name, RawValue: []byte(value)},
		AppendAction: core.HeaderValueOption_OVERWRITE_IF_EXISTS_OR_ADD,
	}
}

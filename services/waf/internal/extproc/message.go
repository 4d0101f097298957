package extproc

import (
	"crypto/rand"
	"net/netip"
	"regexp"
	"strconv"
	"strings"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	mode "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_proc/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"

	"drun.io/services/waf/internal/engine"
)

// Attributes that the filter must send: docs/waf.md has the whole of its configuration.
const (
	routeName = "xds.route_name"
	source    = "source.address"
	protocol  = "request.protocol"
)

// sends says whether the proxy will send all that has to be inspected. Without it nothing could be.
func sends(request *proc.ProcessingRequest, whole, responses bool) bool {
	modes := request.GetProtocolConfig()
	body := modes.GetRequestBodyMode() == mode.ProcessingMode_STREAMED && modes.GetSendBodyWithoutWaitingForHeaderResponse()
	answer := modes.GetResponseBodyMode() == mode.ProcessingMode_BUFFERED
	return !request.GetObservabilityMode() && (body || whole) && (answer || !responses)
}

func attributes(request *proc.ProcessingRequest) func(name string) string {
	return func(name string) string {
		for _, one := range request.GetAttributes() {
			if value := one.GetFields()[name]; value != nil {
				return value.GetStringValue()
			}
		}
		return ""
	}
}

// requestOf reads the headers of a request.
func requestOf(headers *core.HeaderMap, attribute func(string) string) *engine.Request {
	request := &engine.Request{Protocol: "HTTP/1.1", Headers: make([]engine.Header, 0, len(headers.GetHeaders()))}
	if given := attribute(protocol); given != "" {
		request.Protocol = given
	}
	if from, err := netip.ParseAddrPort(attribute(source)); err == nil {
		request.Client, request.ClientPort = from.Addr().String(), int(from.Port())
	}
	for _, one := range headers.GetHeaders() {
		value := valueOf(one)
		switch one.GetKey() {
		case ":method":
			request.Method = value
		case ":path":
			request.Path = value
		case ":authority":
			request.Host = value
		case "x-request-id":
			request.ID = value
			request.Headers = append(request.Headers, engine.Header{Name: one.GetKey(), Value: value})
		default:
			if !strings.HasPrefix(one.GetKey(), ":") {
				request.Headers = append(request.Headers, engine.Header{Name: one.GetKey(), Value: value})
			}
		}
	}
	if !plainID.MatchString(request.ID) {
		request.ID = rand.Text()
	}
	return request
}

// A request's id goes into logs and answers, and a client may have chosen it.
var plainID = regexp.MustCompile(`^[A-Za-z0-9-]{1,64}$`)

func responseOf(headers *core.HeaderMap) (status int, all []engine.Header) {
	for _, one := range headers.GetHeaders() {
		if one.GetKey() == ":status" {
			status, _ = strconv.Atoi(valueOf(one))
		} else if !strings.HasPrefix(one.GetKey(), ":") {
			all = append(all, engine.Header{Name: one.GetKey(), Value: valueOf(one)})
		}
	}
	return status, all
}

func valueOf(one *core.HeaderValue) string {
	if raw := one.GetRawValue(); len(raw) > 0 {
		return string(raw)
	}
	return one.GetValue()
}

package extproc

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"

	"drun.io/services/waf/internal/engine"
	"drun.io/services/waf/internal/observe"
	"drun.io/services/waf/internal/policy"
	"drun.io/services/waf/internal/route"
)

// stage is what an exchange waits for.
type stage int

const (
	atRequest stage = iota
	atBody
	atResponse
	atResponseBody
	over
)

// errOrder is a message that does not belong there: whatever sends it does not speak this protocol.
var errOrder = errors.New("a message out of order")

// exchange is one request with its response, from its headers to the last decision.
type exchange struct {
	server  *Server
	ctx     context.Context
	at      stage
	route   route.Route
	how     policy.Inspector
	request *engine.Request
	running *engine.Inspection
	verdict engine.Verdict
	// early: the verdict over the headers is there before the body.
	early bool
	took  time.Duration
	bytes int
}

// receive answers one message of the proxy.
func (x *exchange) receive(message *proc.ProcessingRequest) (*proc.ProcessingResponse, error) {
	switch one := message.GetRequest().(type) {
	case *proc.ProcessingRequest_RequestHeaders:
		if x.at != atRequest {
			return nil, errOrder
		}
		return x.headers(message, one.RequestHeaders)
	case *proc.ProcessingRequest_RequestBody:
		if x.at != atBody {
			return nil, errOrder
		}
		return x.body(one.RequestBody.GetBody())
	case *proc.ProcessingRequest_RequestTrailers:
		return x.refuse(engine.Verdict{Status: http.StatusBadRequest, Reason: engine.Trailers}), nil
	case *proc.ProcessingRequest_ResponseHeaders:
		if x.at != atResponse {
			return nil, errOrder
		}
		return x.responseHeaders(one.ResponseHeaders)
	case *proc.ProcessingRequest_ResponseBody:
		if x.at != atResponseBody {
			return nil, errOrder
		}
		return x.responseBody(one.ResponseBody.GetBody())
	}
	return nil, fmt.Errorf("%w: %T", errOrder, message.GetRequest())
}

func (x *exchange) headers(message *proc.ProcessingRequest, headers *proc.HttpHeaders) (*proc.ProcessingResponse, error) {
	attribute := attributes(message)
	x.request = requestOf(headers.GetHeaders(), attribute)
	x.route, x.how = x.server.store.For(attribute(routeName))
	if headers.GetEndOfStream() {
		return x.decide(nil)
	}
	if !sendsBody(message) {
		x.server.observer.Metrics.Failed(engine.Misconfigured)
		return x.refuse(engine.Verdict{Status: http.StatusInternalServerError, Reason: engine.Misconfigured}), nil
	}
	x.at = atBody
	if x.how.Profile.InspectResponse {
		return withResponse, nil
	}
	// The proxy holds the headers back until the body is decided on; meanwhile they are inspected.
	return passRequestHeaders, nil
}

// ahead inspects the headers while the proxy still receives the body.
func (x *exchange) ahead() error {
	if x.at != atBody || x.running != nil {
		return nil
	}
	return x.inspect(func() error { x.begin(); return nil })
}

func (x *exchange) begin() {
	x.running = x.how.WAF.Begin(x.request, x.how.Exclusions, x.server.now())
	x.verdict, x.early = x.running.Headers(), true
}

func (x *exchange) body(body []byte) (*proc.ProcessingResponse, error) {
	x.bytes = len(body)
	return x.decide(body)
}

// decide inspects what is left of a request, and answers.
func (x *exchange) decide(body []byte) (*proc.ProcessingResponse, error) {
	err := x.inspect(func() (err error) {
		if !x.early {
			x.begin()
		}
		if !x.verdict.Refused {
			x.verdict, err = x.running.Body(body)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case x.verdict.Refused:
		return x.refuse(x.verdict), nil
	}
	x.decided()
	pass := passRequestHeaders
	switch {
	case x.at == atBody:
		pass = passRequestBody
	case x.how.Profile.InspectResponse:
		pass = withResponse
	}
	x.at = over
	if x.how.Profile.InspectResponse {
		x.at = atResponse
	}
	return pass, nil
}

func (x *exchange) responseHeaders(headers *proc.HttpHeaders) (*proc.ProcessingResponse, error) {
	status, all := responseOf(headers.GetHeaders())
	err := x.inspect(func() (err error) {
		x.verdict = x.running.ResponseHeaders(status, all)
		if !x.verdict.Refused && headers.GetEndOfStream() {
			x.verdict, err = x.running.ResponseBody(nil)
		}
		return err
	})
	x.at = atResponseBody
	if headers.GetEndOfStream() {
		x.at = over
	}
	return x.answer(passResponseHeaders, err)
}

func (x *exchange) responseBody(body []byte) (*proc.ProcessingResponse, error) {
	err := x.inspect(func() (err error) {
		x.verdict, err = x.running.ResponseBody(body)
		return err
	})
	x.at = over
	return x.answer(passResponseBody, err)
}

// answer lets a part of a response pass, or refuses it.
func (x *exchange) answer(pass *proc.ProcessingResponse, err error) (*proc.ProcessingResponse, error) {
	switch {
	case err != nil:
		return nil, err
	case x.verdict.Refused:
		return x.refuse(x.verdict), nil
	case len(x.verdict.Rules) > 0 && x.at == over:
		x.decided()
	}
	return pass, nil
}

// inspect does work that takes a place, and counts its time.
func (x *exchange) inspect(work func() error) error {
	x.server.observer.Metrics.Waiting(1)
	entered := x.server.gate.enter(x.ctx)
	x.server.observer.Metrics.Waiting(-1)
	if !entered {
		return errOverloaded
	}
	defer x.server.gate.leave()
	start := time.Now()
	defer func() { x.took += time.Since(start) }()
	return work()
}

// refuse ends the exchange.
func (x *exchange) refuse(verdict engine.Verdict) *proc.ProcessingResponse {
	verdict.Refused = true
	x.verdict, x.at = verdict, over
	x.decided()
	return refusal(verdict, x.id())
}

func (x *exchange) id() string {
	if x.request == nil {
		return ""
	}
	return x.request.ID
}

func (x *exchange) decided() {
	x.server.observer.Decided(observe.Decision{
		RequestID: x.id(), Route: x.route, Verdict: x.verdict, Took: x.took, Bytes: x.bytes,
	})
}

func (x *exchange) close() {
	if x.running != nil {
		x.running.Close()
	}
}

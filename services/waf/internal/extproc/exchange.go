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
	// content is the body so far; held are the messages that brought it and have no answer yet.
	content []byte
	held    int
	// upload inspects a body that passes while it arrives; the headers have passed with the first of it.
	upload *engine.Upload
	passed bool
	took   time.Duration
	bytes  int
}

// answers go to the proxy in the order of the messages that they answer; none where one is held back.
type answers []*proc.ProcessingResponse

// receive takes one message of the proxy, and gives the answers that are due.
func (x *exchange) receive(message *proc.ProcessingRequest) (answers, error) {
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
		return x.body(one.RequestBody)
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

func (x *exchange) headers(message *proc.ProcessingRequest, headers *proc.HttpHeaders) (answers, error) {
	attribute := attributes(message)
	x.request = requestOf(headers.GetHeaders(), attribute)
	x.route, x.how = x.server.store.For(attribute(routeName))
	if !sends(message, headers.GetEndOfStream(), x.how.Profile.InspectResponse) {
		x.server.observer.Metrics.Failed(engine.Misconfigured)
		return x.refuse(engine.Verdict{Status: http.StatusInternalServerError, Reason: engine.Misconfigured}), nil
	}
	if headers.GetEndOfStream() {
		return x.decide()
	}
	// Their answer waits for that of the body, which is on its way: until then the proxy forwards nothing.
	err := x.inspect(func() error { x.begin(); return nil })
	if err == nil && x.verdict.Refused {
		return x.refuse(x.verdict), nil
	}
	if err != nil {
		return nil, err
	}
	x.at, x.upload = atBody, x.running.Upload()
	return x.patience(), nil
}

func (x *exchange) begin() {
	x.running = x.how.WAF.Begin(x.request, x.how.Exclusions, x.server.now())
	x.verdict = x.running.Headers()
}

// patience has the proxy wait longer for answers: nothing stands before an upload route that waits for slow clients.
func (x *exchange) patience() answers {
	if x.how.Profile.Type != route.Upload {
		return nil
	}
	return answers{wait}
}

func (x *exchange) body(part *proc.HttpBody) (answers, error) {
	x.held++
	x.bytes += len(part.GetBody())
	if x.upload != nil {
		return x.stream(part)
	}
	if x.bytes > x.how.Profile.BodyLimit {
		return x.refuse(engine.Verdict{Status: http.StatusRequestEntityTooLarge, Reason: engine.TooLarge}), nil
	}
	if x.held == 1 {
		x.content = part.GetBody() // almost always the whole, and never copied then
	} else {
		x.content = append(x.content, part.GetBody()...)
	}
	if !part.GetEndOfStream() {
		return x.patience(), nil
	}
	return x.decide()
}

// stream lets pass what has been decided on.
func (x *exchange) stream(part *proc.HttpBody) (answers, error) {
	passes := false
	err := x.inspect(func() (err error) {
		passes, err = x.upload.Write(part.GetBody(), part.GetEndOfStream())
		x.verdict = x.upload.Verdict()
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case x.verdict.Refused:
		return x.refuse(x.verdict), nil
	case part.GetEndOfStream():
		return x.done(), nil
	case !passes:
		return x.patience(), nil
	}
	return x.pass(), nil
}

// decide inspects what is left of a request, and answers.
func (x *exchange) decide() (answers, error) {
	err := x.inspect(func() (err error) {
		if x.running == nil {
			x.begin()
		}
		if !x.verdict.Refused {
			x.verdict, err = x.running.Body(x.content)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, err
	case x.verdict.Refused:
		return x.refuse(x.verdict), nil
	}
	return x.done(), nil
}

// done lets the rest of a request pass.
func (x *exchange) done() answers {
	x.decided()
	x.at = over
	if x.how.Profile.InspectResponse {
		x.at = atResponse
	}
	return x.pass()
}

// pass answers whatever has no answer yet.
func (x *exchange) pass() answers {
	var all answers
	if !x.passed {
		x.passed = true
		all = append(all, passRequestHeaders)
	}
	for range x.held {
		all = append(all, passRequestBody)
	}
	x.held = 0
	return all
}

func (x *exchange) responseHeaders(headers *proc.HttpHeaders) (answers, error) {
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

func (x *exchange) responseBody(body []byte) (answers, error) {
	err := x.inspect(func() (err error) {
		x.verdict, err = x.running.ResponseBody(body)
		return err
	})
	x.at = over
	return x.answer(passResponseBody, err)
}

// answer lets a part of a response pass, or refuses it.
func (x *exchange) answer(pass *proc.ProcessingResponse, err error) (answers, error) {
	switch {
	case err != nil:
		return nil, err
	case x.verdict.Refused:
		return x.refuse(x.verdict), nil
	case len(x.verdict.Rules) > 0 && x.at == over:
		x.decided()
	}
	return answers{pass}, nil
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
func (x *exchange) refuse(verdict engine.Verdict) answers {
	verdict.Refused = true
	x.verdict, x.at = verdict, over
	x.decided()
	return answers{refusal(verdict, x.id())}
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
	if x.upload != nil {
		x.upload.Close()
	}
	if x.running != nil {
		x.running.Close()
	}
}

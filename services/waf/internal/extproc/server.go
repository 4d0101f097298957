// Package extproc speaks Envoy's external processing protocol.
//
// One stream is one request. The proxy sends its headers and right behind them its body (mode STREAMED, without waiting for an
// answer in between: one way to the service and back instead of two), and forwards nothing before an answer. Whatever goes wrong refuses the request: an error ends in an answer of 500, and where no answer
// can be sent the stream ends with an error, upon which the proxy refuses (failure_mode_allow must be false).
package extproc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"time"

	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"drun.io/services/waf/internal/engine"
	"drun.io/services/waf/internal/observe"
	"drun.io/services/waf/internal/policy"
)

// Store answers how a route is inspected.
type Store = policy.Store

// Limits bound the work that is done at once.
type Limits struct {
	// Places is how many requests are inspected at the same time, Queue how many more may wait, and Wait how long.
	Places int
	Queue  int
	Wait   time.Duration
}

// Server inspects requests.
type Server struct {
	proc.UnimplementedExternalProcessorServer
	store    *Store
	observer *observe.Observer
	gate     *gate
	now      func() time.Time
}

// NewServer makes a server; register it with gRPC.
func NewServer(store *Store, observer *observe.Observer, limits Limits, now func() time.Time) *Server {
	return &Server{store: store, observer: observer, gate: newGate(limits.Places, limits.Queue, limits.Wait), now: now}
}

var errOverloaded = errors.New("overloaded")

// Process inspects one request.
func (s *Server) Process(stream proc.ExternalProcessor_ProcessServer) error {
	x := &exchange{server: s, ctx: stream.Context()}
	defer x.close()
	for x.at != over {
		message, err := stream.Recv()
		if errors.Is(err, io.EOF) || status.Code(err) == codes.Canceled || errors.Is(err, context.Canceled) {
			return nil // the client or the proxy gave up
		}
		if err != nil {
			return err
		}
		for _, one := range s.answers(x, message) {
			if err := stream.Send(one); err != nil {
				return err
			}
		}
	}
	return nil
}

// answers never fails: what goes wrong is an answer that refuses.
func (s *Server) answers(x *exchange, message *proc.ProcessingRequest) (all answers) {
	err := s.guarded(func() (err error) {
		all, err = x.receive(message)
		return err
	})
	if err != nil {
		return s.failed(x, err)
	}
	return all
}

// guarded turns a panic into an error: one request is refused, and the others go on.
func (s *Server) guarded(work func() error) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			// The stack names code, never what a request held.
			s.observer.Log.Error("inspection panicked", "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %T", cause)
		}
	}()
	return work()
}

func (s *Server) failed(x *exchange, err error) answers {
	if errors.Is(err, errOverloaded) {
		s.observer.Metrics.Failed(engine.Overloaded)
		return x.refuse(engine.Verdict{Status: http.StatusServiceUnavailable, Reason: engine.Overloaded})
	}
	s.observer.Metrics.Failed(engine.Failed)
	s.observer.Log.Error("inspection failed", "request_id", x.id(), "error", err.Error())
	return x.refuse(engine.Verdict{Status: http.StatusInternalServerError, Reason: engine.Failed})
}

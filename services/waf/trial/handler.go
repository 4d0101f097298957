package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"time"

	"drun.io/services/waf/internal/engine"
	"drun.io/services/waf/internal/observe"
	"drun.io/services/waf/internal/policy"
)

// inProcess puts the engine in front of a handler, without a proxy.
func inProcess(config, route string, next http.Handler) (http.Handler, io.Reader, error) {
	store, err := open(config)
	if err != nil {
		return nil, nil, err
	}
	reader, writer, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	observer := &observe.Observer{Metrics: observe.NewMetrics(store), Log: slog.New(slog.NewJSONHandler(writer, nil)), Everything: true}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		parsed, how := store.For(route)
		request := requestOf(r)
		one := how.WAF.Begin(request, how.Exclusions, time.Now())
		defer one.Close()
		verdict := one.Headers()
		if !verdict.Refused {
			verdict, err = one.Body(body)
		}
		decide := func() {
			observer.Decided(observe.Decision{RequestID: request.ID, Route: parsed, Verdict: verdict})
		}
		if err != nil || verdict.Refused {
			decide()
			w.WriteHeader(max(verdict.Status, http.StatusForbidden))
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		recorded := httptest.NewRecorder()
		next.ServeHTTP(recorded, r)
		if how.Profile.InspectResponse {
			verdict = one.ResponseHeaders(recorded.Code, headersOf(recorded.Header()))
			if !verdict.Refused {
				verdict, _ = one.ResponseBody(recorded.Body.Bytes())
			}
		}
		decide()
		for name, values := range recorded.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorded.Code)
		_, _ = w.Write(recorded.Body.Bytes())
	}), reader, nil
}

func open(config string) (*policy.Store, error) {
	folder, err := os.MkdirTemp("", "waf-trial-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "waf.yaml")
	if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
		return nil, err
	}
	return policy.Open(policy.Files{Platform: path}, time.Now)
}

func requestOf(r *http.Request) *engine.Request {
	return &engine.Request{
		ID: r.Header.Get("X-Request-Id"), Method: r.Method, Path: r.RequestURI, Protocol: r.Proto, Client: "127.0.0.1", Host: r.Host,
		Headers: headersOf(r.Header),
	}
}

func headersOf(given http.Header) []engine.Header {
	var all []engine.Header
	for name, values := range given {
		for _, value := range values {
			all = append(all, engine.Header{Name: strings.ToLower(name), Value: value})
		}
	}
	return all
}

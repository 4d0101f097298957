package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// reached counts the requests that came through to the server behind the edge.
var reached atomic.Int64

// Claim is what must hold at the edge: the status that a client sees, and whether the server behind saw anything.
type Claim struct {
	Claim   string `json:"claim"`
	Status  int    `json:"status"`
	Reached bool   `json:"reached"`
}

// boundary asks a real Envoy with the real service: denials with their twins, and what happens when the service is gone.
func boundary(o options) ([]Claim, error) {
	hosts := []host{{Host: "api", Route: "api/acme/rest"}, {Host: "chat", Route: "inference/acme/chat"}, {Host: "wrong", Route: "inference/acme"}}
	edge, err := start(o, "version: 1\n", hosts, "none", false)
	if err != nil {
		return nil, err
	}
	defer edge.stop()
	go func() { _, _ = io.Copy(io.Discard, edge.decisions) }()
	prompt := `{"model":"llama-3","messages":[{"role":"user","content":"` + elsewhere + `"}]}`
	var found []Claim
	path := "/v1/x"
	ask := func(claim, host, body string, headers ...string) {
		if err == nil {
			var one Claim
			one, err = edge.claim(claim, host, path, body, headers...)
			found = append(found, one)
		}
	}
	ask("an ordinary call passes", "api", `{"a":"b"}`)
	ask("an attack in a body is refused", "api", `{"a":"`+elsewhere+`"}`)
	ask("an attack in a header is refused before the body", "api", `{"a":"b"}`, "Referer", "https://a.example/<script>alert(1)</script>")
	ask("a prompt passes on its route", "chat", prompt)
	ask("an attack beside a prompt is refused", "chat", strings.Replace(prompt, "llama-3", elsewhere, 1))
	ask("a prompt is refused on another route", "api", prompt)
	ask("a prompt is refused on a route without a typed name", "wrong", prompt)
	ask("a header does not choose the route", "api", prompt, "X-Route", "inference/acme/chat")
	ask("a body over the limit is refused", "api", `{"a":"`+strings.Repeat("b", 1<<20)+`"}`)
	ask("a name twice is refused", "api", `{"a":"b","a":"c"}`)
	path = "/length"
	ask("the server behind is told the length of a body", "api", `{"a":"b"}`)
	if err == nil {
		err = edge.waf.Process.Kill()
		_ = edge.waf.Wait()
	}
	ask("nothing passes without the service", "api", `{"a":"b"}`)
	return found, err
}

func (e *edge) claim(claim, host, path, body string, headers ...string) (Claim, error) {
	request, err := http.NewRequest("POST", e.url(path), bytes.NewReader([]byte(body)))
	if err != nil {
		return Claim{}, err
	}
	request.Host = host
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	before := reached.Load()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return Claim{}, err
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return Claim{Claim: claim, Status: answer.StatusCode, Reached: reached.Load() > before}, nil
}

package main

import (
	"encoding/json"
	"net/url"
	"strconv"
	"time"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/engine"
	"drun.io/services/waf/internal/route"
)

// exchange is a request in few words.
type exchange struct {
	method, path string
	json         any
	form         string
	headers      []engine.Header
	exclusions   []config.Exclusion
}

func (e exchange) parts() (*engine.Request, []byte) {
	request := &engine.Request{ID: "trial", Method: e.method, Path: e.path, Protocol: "HTTP/1.1", Client: "203.0.113.9", Host: "api.acme.example",
		Headers: append([]engine.Header{{Name: "user-agent", Value: "drun-cli/0.1.0 (linux; amd64)"}, {Name: "accept", Value: "application/json"}}, e.headers...)}
	var body []byte
	contentType := ""
	switch {
	case e.json != nil:
		body, _ = json.Marshal(e.json)
		contentType = "application/json"
	case e.form != "":
		body, contentType = []byte(e.form), "application/x-www-form-urlencoded"
	}
	if contentType != "" {
		request.Headers = append(request.Headers, engine.Header{Name: "content-type", Value: contentType},
			engine.Header{Name: "content-length", Value: strconv.Itoa(len(body))})
	}
	return request, body
}

func (e exchange) ask(waf *engine.WAF) (engine.Verdict, error) {
	request, body := e.parts()
	one := waf.Begin(request, e.exclusions, time.Now())
	defer one.Close()
	verdict := one.Headers()
	if verdict.Refused {
		return verdict, nil
	}
	return one.Body(body)
}

// carriers put a text where attackers put it.
var carriers = map[string]func(text string) exchange{
	"query": func(text string) exchange {
		return exchange{method: "GET", path: "/v1/items?q=" + url.QueryEscape(text)}
	},
	"form": func(text string) exchange {
		return exchange{method: "POST", path: "/v1/items", form: "q=" + url.QueryEscape(text)}
	},
	"json": func(text string) exchange {
		return exchange{method: "POST", path: "/v1/items", json: map[string]any{"q": text}}
	},
}

func compile(kind route.Type, level int) (*engine.WAF, error) {
	profile := config.Defaults()[kind]
	profile.Paranoia = level
	return engine.Compile(profile)
}

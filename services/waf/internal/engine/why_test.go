package engine

import (
	"testing"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/content"
	"drun.io/services/waf/internal/route"
)

func TestWhy(t *testing.T) {
	for _, level := range []int{1, 2} {
		p := config.Defaults()[route.API]
		p.Paranoia = level
		w, err := Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		r, body := apiCall()
		t.Log(level, "line", w.screen.CleanLine(r.Method, r.Path, r.Protocol))
		t.Log("host", w.screen.CleanHeader("host", r.Host))
		for _, h := range r.Headers {
			if !w.screen.CleanHeader(h.Name, h.Value) || !w.screen.CleanHeaderName(h.Name) {
				t.Log("header", h, w.screen.Why(h.Value))
			}
		}
		n := 0
		content.All(body, content.Limits{64, 1000}, func(name, value string) {
			n++
			if !w.screen.CleanArgument(name, value) {
				t.Log("arg", name, value, w.screen.Why(name), w.screen.Why(value))
			}
		})
		t.Log(n, "values")
	}
}

package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"drun.io/services/waf/internal/engine"
	"drun.io/services/waf/internal/route"
)

// Screened compares the screen with the rules, on every text of the rule set's tests and of the payload corpus.
type Screened struct {
	Texts int `json:"texts"`
	// Cleared are the texts, in a place and at a level, that the screen let pass without asking the rules.
	Cleared int `json:"cleared"`
	// Missed are those in which a rule finds something after all.
	Missed []string `json:"missed"`
}

func screened(o options) (Screened, error) {
	texts, err := allTexts(o.payloads)
	if err != nil {
		return Screened{}, err
	}
	found := Screened{Texts: len(texts), Missed: []string{}}
	for level := 1; level <= 4; level++ {
		waf, err := compile(route.API, level)
		if err != nil {
			return found, err
		}
		full := waf.Unscreened()
		for at := 0; at < len(texts); at += o.step {
			for place, made := range places {
				one := made(texts[at])
				clean, verdict, err := clears(waf, one)
				if err != nil || !clean {
					continue
				}
				found.Cleared++
				asked, err := one.ask(full)
				if err != nil {
					return found, err
				}
				if !slices.Equal(asked.Rules, verdict.Rules) {
					found.Missed = append(found.Missed, fmt.Sprintf("level %d, %s, %v: %q", level, place, asked.Rules, texts[at]))
				}
			}
		}
	}
	slices.Sort(found.Missed)
	return found, nil
}

// places are where the screen reads a text.
var places = map[string]func(text string) exchange{
	"value": func(text string) exchange {
		return exchange{method: "POST", path: "/v1/items", json: map[string]any{"q": text}}
	},
	"name": func(text string) exchange {
		return exchange{method: "POST", path: "/v1/items", json: map[string]any{text: "q"}}
	},
	"query": func(text string) exchange {
		return exchange{method: "GET", path: "/v1/items?q=" + strings.ReplaceAll(text, " ", "+")}
	},
	"path": func(text string) exchange { return exchange{method: "GET", path: "/v1/" + text} },
	"header": func(text string) exchange {
		return exchange{method: "GET", path: "/v1/items", headers: []engine.Header{{Name: "referer", Value: text}}}
	},
}

func clears(waf *engine.WAF, one exchange) (bool, engine.Verdict, error) {
	request, body := one.parts()
	inspection := waf.Begin(request, nil, time.Now())
	defer inspection.Close()
	verdict := inspection.Headers()
	if !verdict.Refused {
		var err error
		if verdict, err = inspection.Body(body); err != nil {
			return false, verdict, err
		}
	}
	return inspection.Screened(), verdict, nil
}

func allTexts(payloads string) ([]string, error) {
	texts := map[string]bool{}
	attacks, err := attacksIn(payloads)
	if err != nil {
		return nil, err
	}
	for _, some := range attacks {
		for _, text := range some {
			texts[text] = true
		}
	}
	all, err := ftwTests("")
	if err != nil {
		return nil, err
	}
	for _, one := range all {
		for _, stage := range one.Tests[0].Stages {
			for _, text := range append([]string{deref(stage.Input.Data), deref(stage.Input.URI)}, slices.Collect(maps.Values(stage.Input.Headers))...) {
				for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '&' || r == '?' }) {
					_, value, _ := strings.Cut(part, "=")
					decoded, _ := url.QueryUnescape(value)
					for _, some := range []string{part, value, decoded} {
						texts[some] = true
					}
				}
			}
		}
	}
	delete(texts, "")
	return slices.Sorted(maps.Keys(texts)), nil
}

func deref(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

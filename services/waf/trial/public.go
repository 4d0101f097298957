package main

import (
	"encoding/json"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"drun.io/services/waf/internal/engine"
)

// public are requests and texts that others have published, and that attack nothing: the description of GitHub's API with its
// examples, and the examples of its webhooks (packages @octokit/openapi and @octokit/webhooks-examples, MIT).
type public struct {
	names, texts map[string]bool
	requests     map[string]exchange
	webhooks     map[string]exchange
}

func publicIn(folder string) (public, error) {
	found := public{names: map[string]bool{}, texts: map[string]bool{}, requests: map[string]exchange{}, webhooks: map[string]exchange{}}
	var described map[string]any
	var hooks []struct {
		Examples []any `json:"examples"`
	}
	if err := readJSON(filepath.Join(folder, "openapi.json"), &described); err != nil {
		return found, err
	}
	if err := readJSON(filepath.Join(folder, "webhooks.json"), &hooks); err != nil {
		return found, err
	}
	found.describe(described)
	paths, _ := described["paths"].(map[string]any)
	for path, operations := range paths {
		found.request(path, operations)
	}
	for _, hook := range hooks {
		for _, example := range hook.Examples {
			text, err := json.Marshal(example)
			if err != nil {
				return found, err
			}
			found.webhooks[string(text)] = exchange{method: "POST", path: "/v1/hooks", json: example}
		}
	}
	return found, nil
}

func readJSON(path string, into any) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}

// describe collects names of members and parameters, words that values may be, and texts that explain them.
func (p public) describe(value any) {
	switch one := value.(type) {
	case []any:
		for _, element := range one {
			p.describe(element)
		}
	case map[string]any:
		members, _ := one["properties"].(map[string]any)
		for name := range members {
			p.names[name] = true
		}
		words, _ := one["enum"].([]any)
		for _, word := range append(words, one["name"]) {
			if name, isText := word.(string); isText && (one["enum"] != nil || one["in"] != nil) {
				p.names[name] = true
			}
		}
		for _, key := range []string{"description", "summary"} {
			if text, isText := one[key].(string); isText {
				p.texts[text] = true
			}
		}
		for _, member := range one {
			p.describe(member)
		}
	}
}

// request collects the examples of a path's operations.
func (p public) request(path string, operations any) {
	all, _ := operations.(map[string]any)
	for method, operation := range all {
		for name, example := range members(operation, "requestBody", "content", "application/json", "examples") {
			value := members(example)["value"]
			if value != nil {
				asked := strings.NewReplacer("{", "", "}", "").Replace(path)
				p.requests[method+path+name] = exchange{method: strings.ToUpper(method), path: asked, json: value}
			}
		}
	}
}

func members(value any, path ...string) map[string]any {
	for _, name := range path {
		inside, _ := value.(map[string]any)
		value = inside[name]
	}
	found, _ := value.(map[string]any)
	return found
}

// ask asks about everything, by kind.
func (p public) ask(waf *engine.WAF, step int) (map[string]*Halves, error) {
	found := map[string]*Halves{"names": {}, "texts": {}, "requests": {}, "webhooks": {}}
	for _, one := range []struct {
		kind  string
		texts []string
		asked func(text string) []exchange
	}{
		{"names", slices.Sorted(maps.Keys(p.names)), placesOfName},
		{"texts", slices.Sorted(maps.Keys(p.texts)), func(text string) []exchange { return []exchange{carriers["json"](text)} }},
		{"requests", slices.Sorted(maps.Keys(p.requests)), func(key string) []exchange { return []exchange{p.requests[key]} }},
		{"webhooks", slices.Sorted(maps.Keys(p.webhooks)), func(key string) []exchange { return []exchange{p.webhooks[key]} }},
	} {
		halves := map[bool][]exchange{}
		for at := 0; at < len(one.texts); at += step {
			held := heldOut(one.texts[at])
			halves[held] = append(halves[held], one.asked(one.texts[at])...)
		}
		var err error
		if found[one.kind].ChosenOn, _, err = askAll(waf, halves[false]); err != nil {
			return nil, err
		}
		if found[one.kind].HeldOut, _, err = askAll(waf, halves[true]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// placesOfName are those where a name of an API stands: as a value, a parameter and a member.
func placesOfName(name string) []exchange {
	return []exchange{
		carriers["json"](name), carriers["query"](name),
		{method: "GET", path: "/v1/items?" + url.QueryEscape(name) + "=1"},
		{method: "POST", path: "/v1/items", json: map[string]any{"a": map[string]any{name: "1"}}},
	}
}

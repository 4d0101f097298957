package config

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"drun.io/services/waf/internal/route"
)

var today = Context{Now: time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC), Rules: map[int]bool{942100: true, 941100: true}}

func parse(t *testing.T, text string) *Config {
	t.Helper()
	config, err := Parse([]byte(text), today)
	if err != nil {
		t.Fatal(err)
	}
	return config
}

var chat = route.Route{Type: route.Inference, Tenant: "acme", Exposure: "chat"}

func TestARouteKeepsWhatItsTypeSays(t *testing.T) {
	config := parse(t, `
version: 1
types: {inference: {paranoia: 2, bodyLimit: 4096}}
routes: {inference/acme/chat: {mode: detect}}`)
	named := config.PolicyFor(chat).Profile
	if named.Paranoia != 2 || named.BodyLimit != 4096 || named.Mode != Detect || named.Threshold != 5 {
		t.Errorf("%+v", named)
	}
	other := config.PolicyFor(route.Route{Type: route.Inference, Tenant: "beta", Exposure: "chat"}).Profile
	if other.Mode != Block || other.Paranoia != 2 {
		t.Errorf("a route that is not named is not as its type: %+v", other)
	}
}

func TestWithoutATypedNameNothingLoosens(t *testing.T) {
	config := parse(t, `{"version": 1, "types": {"api": {"mode": "detect", "paranoia": 1, "threshold": 999, "bodyLimit": 1000000000}}}`)
	if got := config.Unknown().Profile; got != Defaults()[route.API] {
		t.Errorf("%+v", got)
	}
}

func TestFailsWithAllMistakesAtOnce(t *testing.T) {
	_, err := Parse([]byte(`
version: 1
unknown: 1
types:
  api: {paranoia: 5, mode: off, threshold: 0, parsers: [yaml], methods: [get], limits: {parts: -1}, tpyo: 1}
  admin: {}
routes:
  inference/acme: {}
  inference/acme/chat:
    bodyLimit: 0
    exclusions:
      - {rule: 1, reason: short, owner: nobody, expires: tomorrow}
      - {rule: 942100, target: "ARGS", route: api/acme/x, reason: a long enough reason, owner: ml@acme.example, expires: 2026-11-26}
      - {rule: 941100, target: "ARGS:/.*/", reason: a long enough reason, owner: ml@acme.example, expires: 2028-01-01}
`), today)
	var all *Error
	if !errors.As(err, &all) {
		t.Fatal(err)
	}
	for _, expected := range []string{
		"field unknown not found", "field tpyo not found", "types.api.paranoia: 5", `types.api.mode: "off"`, "types.api.threshold: 0",
		`types.api.parsers: "yaml"`, `types.api.methods: "get"`, "types.api.limits.parts: -1", "types.admin: expected one of",
		"routes.inference/acme: ", "routes.inference/acme/chat.bodyLimit: 0", "exclusions[0].rule: 1", "exclusions[0].reason",
		"exclusions[0].owner", "exclusions[0].expires", "exclusions[1].target", "exclusions[1].route",
		"exclusions[2].target", "exclusions[2].expires: 2028-01-01",
	} {
		if !strings.Contains(err.Error(), expected) {
			t.Errorf("no word of %q in %v", expected, err)
		}
	}
}

func TestAnExclusionPastItsDayIsKeptAndKnownToBePast(t *testing.T) {
	config := parse(t, `
version: 1
routes:
  inference/acme/chat:
    exclusions: [{rule: 942100, reason: filters are SQL by contract, owner: ml@acme.example, expires: 2020-01-01}]`)
	all := config.Exclusions()
	if len(all) != 1 || all[0].Expires.After(today.Now) {
		t.Errorf("%+v", all)
	}
}

func TestFailsOnWhatIsNoConfiguration(t *testing.T) {
	for _, text := range []string{"", "[]", "version: 2", "version: 1\n---\nversion: 1", "version: 1\nversion: 1", "a: [", "version: one"} {
		if _, err := Parse([]byte(text), today); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func TestFailsOnMoreProfilesThanMemoryHolds(t *testing.T) {
	var text strings.Builder
	text.WriteString("version: 1\nroutes:\n")
	for n := range MaxProfiles {
		fmt.Fprintf(&text, "  api/acme/x%d: {bodyLimit: %d}\n", n, 1000+n)
	}
	if _, err := Parse([]byte(text.String()), today); err == nil || !strings.Contains(err.Error(), "different profiles") {
		t.Error(err)
	}
}

func TestAnExclusionNamesOneRuleAndAtMostOneTarget(t *testing.T) {
	config := parse(t, `
version: 1
routes:
  inference/acme/chat:
    exclusions:
      - {rule: 942100, target: "ARGS:json.filter", reason: filters are SQL by contract, owner: ml@acme.example, expires: 2026-11-27}
      - {rule: 941100, reason: the whole rule is noise here, owner: ml@acme.example, expires: 2027-11-27}`)
	all := config.PolicyFor(chat).Exclusions
	if len(all) != 2 || all[0].Target != (Target{Variable: "ARGS", Key: "json.filter"}) || all[1].Target != (Target{}) {
		t.Fatalf("%+v", all)
	}
	if midnight := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC); !all[0].Expires.Equal(midnight) {
		t.Errorf("it ends %v, not with its day", all[0].Expires)
	}
}

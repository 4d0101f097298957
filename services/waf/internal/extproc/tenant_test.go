package extproc

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drun.io/services/waf/internal/policy"
)

// An exclusion is a day's decision: until its last day the rules it names leave one field alone, then they are back, and the
// service serves all the while.
func TestATenantsExclusionHoldsForItsRouteAndFieldUntilItsDay(t *testing.T) {
	attack := body(`{"filter": "` + sqli + `"}`)
	ask := func(b *bench, route, text string) int {
		message := attack
		if text != "" {
			message = body(text)
		}
		return statusOf(b.exchange(t, postHeaders(route), message))
	}
	plain := newBench(t, "version: 1", enough)
	if got := ask(plain, "api/acme/shop", ""); got != 403 {
		t.Fatalf("without an exclusion: %d", got)
	}
	matched := matchedRules(t, plain)

	until := func(day string) *bench { return benchOf(t, excludedUntil(t, matched, day), enough) }
	inForce := until("2026-11-27")
	for _, one := range []struct {
		what, route, text string
		status            int
	}{
		{"its route and field", "api/acme/shop", "", 0},
		{"another field of its route", "api/acme/shop", `{"other": "` + sqli + `"}`, 403},
		{"another route", "api/acme/other", "", 403},
		{"another tenant", "api/beta/shop", "", 403},
	} {
		if got := ask(inForce, one.route, one.text); got != one.status {
			t.Errorf("%s: %d, expected %d", one.what, got, one.status)
		}
	}
	if got := ask(until("2026-11-26"), "api/acme/shop", ""); got != 403 {
		t.Errorf("past its day: %d", got)
	}
}

func matchedRules(t *testing.T, b *bench) []int {
	t.Helper()
	var line struct{ Rules []int }
	if err := json.Unmarshal([]byte(strings.Split(b.log.String(), "\n")[0]), &line); err != nil || len(line.Rules) == 0 {
		t.Fatalf("%v in %s", err, b.log)
	}
	return line.Rules
}

// excludedUntil is a store with a tenant's file that excludes rules of the field filter.
func excludedUntil(t *testing.T, rules []int, day string) *policy.Store {
	t.Helper()
	var exclusions []map[string]any
	for _, id := range rules {
		exclusions = append(exclusions, map[string]any{
			"rule": id, "target": "ARGS:json.filter", "owner": "shop@acme.example", "expires": day, "reason": "filters are SQL by contract",
		})
	}
	tenant, err := json.Marshal(map[string]any{"version": 1, "routes": map[string]any{"api/acme/shop": map[string]any{"exclusions": exclusions}}})
	if err != nil {
		t.Fatal(err)
	}
	files := policy.Files{Platform: filepath.Join(t.TempDir(), "platform.json"), Tenants: t.TempDir()}
	for path, text := range map[string]string{files.Platform: "version: 1", filepath.Join(files.Tenants, "acme.json"): string(tenant)} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	store, err := policy.Open(files, func() time.Time { return now })
	if err != nil {
		t.Fatal(err)
	}
	if len(store.Ignored()) != 0 {
		t.Fatal(store.Ignored())
	}
	return store
}

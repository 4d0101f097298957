package policy

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/observe"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

var day = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

const excluding = `
version: 1
routes:
  inference/acme/chat:
    exclusions: [{rule: 942100, target: "ARGS:json.filter", reason: filters are SQL by contract, owner: ml@acme.example, expires: 2026-11-28}]
`

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestFailsToStartOnABadFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waf.yaml")
	if _, err := Open(Files{Platform: path}, time.Now); err == nil {
		t.Error("a file that is not there is taken")
	}
	write(t, path, "version: 1\ntypes: {api: {paranoia: 9}, admin: {}}\n")
	if _, err := Open(Files{Platform: path}, time.Now); err == nil || !strings.Contains(err.Error(), "2 mistakes") {
		t.Errorf("%v", err)
	}
}

func TestABadFileKeepsTheOneBefore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waf.yaml")
	write(t, path, "version: 1\ntypes: {api: {bodyLimit: 1000}}\n")
	store, err := Open(Files{Platform: path}, func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	limit := func() int { _, how := store.For("api/acme/x"); return how.Profile.BodyLimit }
	write(t, path, "version: 1\ntypes: {api: {bodyLimit: nothing}}\n")
	if changed, err := store.reload(); !changed || err == nil || limit() != 1000 {
		t.Errorf("%v, %v, %d", changed, err, limit())
	}
	if changed, err := store.reload(); changed || err != nil {
		t.Errorf("the same mistake is told again: %v", err)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if changed, err := store.reload(); !changed || err == nil || limit() != 1000 {
		t.Errorf("a file that went away: %v, %v, %d", changed, err, limit())
	}
	write(t, path, "version: 1\ntypes: {api: {bodyLimit: 2000}}\n")
	if changed, err := store.reload(); !changed || err != nil || limit() != 2000 {
		t.Errorf("%v, %v, %d", changed, err, limit())
	}
}

func TestWatchingTellsInMetricsWhatBecameOfAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waf.yaml")
	write(t, path, "version: 1\n")
	store, err := Open(Files{Platform: path}, func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	metrics := observe.NewMetrics(store)
	go store.Watch(t.Context(), time.Millisecond, metrics, slog.New(slog.NewTextHandler(io.Discard, nil)))
	for _, one := range []struct{ text, valid string }{{"version: 2\n", "0"}, {"version: 1\ntypes: {}\n", "1"}} {
		write(t, path, one.text)
		expected := "# HELP waf_config_valid 1 where the configuration file is the one in force, 0 where it was refused.\n# TYPE waf_config_valid gauge\nwaf_config_valid " + one.valid + "\n"
		for deadline := time.Now().Add(10 * time.Second); testutil.GatherAndCompare(metrics.Registry, strings.NewReader(expected), "waf_config_valid") != nil; {
			if time.Now().After(deadline) {
				t.Fatalf("waf_config_valid does not become %s", one.valid)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

func TestExclusionsThatExpireAreCounted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waf.yaml")
	write(t, path, excluding)
	today := day
	store, err := Open(Files{Platform: path}, func() time.Time { return today })
	if err != nil {
		t.Fatal(err)
	}
	midnight := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	if expired, next := store.Expiring(); expired != 0 || !next.Equal(midnight) {
		t.Errorf("%d, %v", expired, next)
	}
	today = midnight
	if expired, next := store.Expiring(); expired != 1 || !next.IsZero() {
		t.Errorf("%d, %v", expired, next)
	}
}

func TestEqualProfilesShareTheirRules(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waf.yaml")
	write(t, path, "version: 1\nroutes: {api/a/x: {}, api/b/x: {mode: detect}, api/c/x: {mode: detect}}\n")
	store, err := Open(Files{Platform: path}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, a := store.For("api/a/x")
	_, b := store.For("api/b/x")
	_, c := store.For("api/c/x")
	if b.WAF != c.WAF || a.WAF == b.WAF || b.Profile.Mode != config.Detect {
		t.Error("profiles are not shared by what they are")
	}
}

func TestAnExclusionThatIsPastIsNoReasonNotToStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "waf.yaml")
	write(t, path, strings.ReplaceAll(excluding, "2026-11-28", "2026-11-26"))
	store, err := Open(Files{Platform: path}, func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	if expired, _ := store.Expiring(); expired != 1 {
		t.Errorf("%d are past their day", expired)
	}
	if said := store.Expired(); len(said) != 1 || said[0] != "rule 942100 of inference/acme/chat, until 2026-11-26, of ml@acme.example" {
		t.Errorf("%q", said)
	}
}

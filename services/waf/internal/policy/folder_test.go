package policy

import (
	"bytes"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"drun.io/services/waf/internal/observe"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// tenantFile is as the platform writes it for a tenant.
func tenantFile(route, expires string) string {
	return `{"version": 1, "routes": {"` + route + `": {"exclusions": [{"rule": 942100, "owner": "ml@acme.example", "expires": "` +
		expires + `", "reason": "filters are SQL by contract"}]}}}`
}

type lab struct {
	*Store
	platform, tenants string
}

func opened(t *testing.T, files map[string]string) lab {
	t.Helper()
	one := lab{platform: filepath.Join(t.TempDir(), "platform.json"), tenants: t.TempDir()}
	write(t, one.platform, `{"version": 1, "types": {"api": {"mode": "block"}}}`)
	for name, text := range files {
		write(t, filepath.Join(one.tenants, name), text)
	}
	store, err := Open(Files{Platform: one.platform, Tenants: one.tenants}, func() time.Time { return day })
	if err != nil {
		t.Fatal(err)
	}
	one.Store = store
	return one
}

func (l lab) excludes(name string) int {
	_, how := l.For(name)
	return len(how.Exclusions)
}

func (l lab) ignores() []string { return slices.Sorted(maps.Keys(l.Ignored())) }

func TestTenantsExcludeForThemselves(t *testing.T) {
	l := opened(t, map[string]string{
		"acme.json": tenantFile("api/acme/shop", "2027-03-31"),
		"beta.yaml": tenantFile("api/beta/shop", "2027-03-31"),
		"notes.txt": "no file of a tenant",
	})
	if l.excludes("api/acme/shop") != 1 || l.excludes("api/beta/shop") != 1 || l.excludes("api/acme/other") != 0 || len(l.Ignored()) != 0 {
		t.Errorf("ignored: %v", l.Ignored())
	}
}

func TestAFileThatIsWrongCountsForNothingAndTheOthersGoOn(t *testing.T) {
	for _, one := range []struct{ what, name, text string }{
		{"another tenant's route", "evil.json", tenantFile("api/acme/shop", "2027-03-31")},
		{"what holds for all", "evil.json", `{"version": 1, "types": {"api": {"mode": "detect"}}}`},
		{"half a file", "evil.json", tenantFile("api/evil/shop", "2027-03-31")[:60]},
		{"no tenant's name", "e_vil.json", tenantFile("api/evil/shop", "2027-03-31")},
	} {
		l := opened(t, map[string]string{"acme.json": tenantFile("api/acme/shop", "2027-03-31"), one.name: one.text})
		if got := l.ignores(); !slices.Equal(got, []string{one.name}) {
			t.Errorf("%s: ignored %v", one.what, got)
		}
		if l.excludes("api/acme/shop") != 1 || l.excludes("api/evil/shop") != 0 {
			t.Errorf("%s: %d and %d exclusions", one.what, l.excludes("api/acme/shop"), l.excludes("api/evil/shop"))
		}
	}
}

func TestOfTwoFilesForOneRouteNeitherCounts(t *testing.T) {
	text := tenantFile("api/acme/shop", "2027-03-31")
	l := opened(t, map[string]string{"acme.json": text, "acme.yaml": text, "beta.json": tenantFile("api/beta/shop", "2027-03-31")})
	if got := l.ignores(); !slices.Equal(got, []string{"acme.json", "acme.yaml"}) || l.excludes("api/acme/shop") != 0 || l.excludes("api/beta/shop") != 1 {
		t.Errorf("ignored %v", got)
	}
}

func TestAFolderThatIsNotThereTakesExclusionsAndNothingElse(t *testing.T) {
	l := opened(t, nil)
	store, err := Open(Files{Platform: l.platform, Tenants: filepath.Join(l.tenants, "none")}, time.Now)
	if err != nil || len(store.Ignored()) != 1 {
		t.Errorf("%v, %v", err, store.Ignored())
	}
}

func TestTheFolderIsReadAgain(t *testing.T) {
	l := opened(t, nil)
	acme := filepath.Join(l.tenants, "acme.json")
	again := func() (bool, error) { return l.reload() }
	write(t, acme, tenantFile("api/acme/shop", "2027-03-31"))
	if changed, err := again(); !changed || err != nil || l.excludes("api/acme/shop") != 1 {
		t.Errorf("a new file: %v, %v", changed, err)
	}
	if changed, err := again(); changed || err != nil {
		t.Errorf("nothing new: %v, %v", changed, err)
	}
	// With the platform's file broken, what a tenant takes back is taken back, and the mistake goes on being told.
	write(t, l.platform, "version: 2")
	if changed, err := again(); !changed || err == nil || l.excludes("api/acme/shop") != 1 {
		t.Errorf("a broken platform: %v, %v", changed, err)
	}
	if err := os.Remove(acme); err != nil {
		t.Fatal(err)
	}
	if changed, err := again(); !changed || err == nil || l.excludes("api/acme/shop") != 0 {
		t.Errorf("a file that went: %v, %v, %d", changed, err, l.excludes("api/acme/shop"))
	}
}

func TestWhatIsIgnoredOrPastIsToldOnceAndCounted(t *testing.T) {
	l := opened(t, map[string]string{
		"acme.json": tenantFile("api/acme/shop", "2026-11-26"),
		"evil.json": tenantFile("api/acme/shop", "2027-03-31"),
	})
	var log bytes.Buffer
	for range 3 {
		l.tell(slog.New(slog.NewJSONHandler(&log, nil)))
	}
	for _, expected := range []string{`"file":"evil.json"`, "rule 942100 of api/acme/shop, until 2026-11-26"} {
		if got := strings.Count(log.String(), expected); got != 1 {
			t.Errorf("%q is told %d times in %s", expected, got, log.String())
		}
	}
	expected := `# HELP waf_exclusions_expired Exclusions past their day: their rules are back.
# TYPE waf_exclusions_expired gauge
waf_exclusions_expired 1
# HELP waf_tenant_files_ignored Files of tenants with a mistake: none of their exclusions apply.
# TYPE waf_tenant_files_ignored gauge
waf_tenant_files_ignored 1
`
	metrics := observe.NewMetrics(l.Store)
	if err := testutil.GatherAndCompare(metrics.Registry, strings.NewReader(expected), "waf_exclusions_expired", "waf_tenant_files_ignored"); err != nil {
		t.Error(err)
	}
}

package rules

import (
	"io/fs"
	"strings"
	"testing"
)

func directives(t *testing.T, options Options) string {
	t.Helper()
	files, setup, err := FS(options)
	if err != nil {
		t.Fatal(err)
	}
	names, err := fs.Glob(files, Folder+"/*.conf")
	if err != nil {
		t.Fatal(err)
	}
	all := setup
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		all += string(text)
	}
	return all
}

func TestOnlyWhatCanMatterIsLeft(t *testing.T) {
	all := directives(t, Options{Paranoia: 2, Variables: map[string]string{"allowed_methods": "GET"}})
	for _, gone := range []string{
		"paranoia-level/3", "DETECTION_PARANOIA_LEVEL \"@lt", "logdata:", "phase:3", "phase:5", "id:905100", "id:905110", "942421 \"!REQUEST_COOKIES", "&TX:critical_anomaly_score \"@eq 0\"",
	} {
		if strings.Contains(all, gone) {
			t.Errorf("%s is left", gone)
		}
	}
	for _, kept := range []string{
		"paranoia-level/1", "paranoia-level/2", "id:942100", "id:949110", "id:901001", "tx.allowed_methods=GET'", "tx.critical_anomaly_score=5'", "930120 !ARGS_NAMES:json.profile",
	} {
		if !strings.Contains(all, kept) {
			t.Errorf("%s is gone", kept)
		}
	}
}

func TestExceptionsForCookiesOfPagesStayWithTheirRules(t *testing.T) {
	all := directives(t, Options{Paranoia: 2, Browsers: true})
	if !strings.Contains(all, "SecRuleUpdateTargetById 942200") || strings.Contains(all, "SecRuleUpdateTargetById 942421") {
		t.Error("an exception stays without its rule, or goes with it")
	}
}

func TestAttacksAreReadAsTheyAreWritten(t *testing.T) {
	all, err := Attacks(Options{Paranoia: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range all {
		if one.ID == 942100 {
			if one.Operator != "detectSQLi" || !one.MultiMatch || len(one.Transformations) != 3 || one.Chained {
				t.Errorf("%+v", one)
			}
			return
		}
	}
	t.Error("942100 is not read")
}

func TestPromotedRulesCountAtLevelOne(t *testing.T) {
	all := directives(t, Options{Paranoia: 1})
	for _, kept := range []string{"id:934101", "id:942310", "id:942530", "id:20100"} {
		if !strings.Contains(all, kept) {
			t.Errorf("%s is gone", kept)
		}
	}
	// What adds to the score of a level that is not summed up would find attacks and refuse none.
	for _, gone := range []string{"_pl2=+", "_pl3=+", "id:942470"} {
		if strings.Contains(all, gone) {
			t.Errorf("%s is left", gone)
		}
	}
}

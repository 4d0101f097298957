package screen

import (
	"testing"

	"drun.io/services/waf/internal/rules"
)

// A rule that a new version of the rule set writes in a way that is not understood costs time on every request: this says so.
func TestScreenSpeaksForMostRules(t *testing.T) {
	for level, least := range map[int]int{1: 130, 2: 210, 3: 230, 4: 240} {
		all, err := rules.Attacks(rules.Options{Paranoia: level})
		if err != nil {
			t.Fatal(err)
		}
		s := New(all)
		if len(s.Covered) < least || !s.Arguments {
			t.Errorf("level %d: %d of %d rules, arguments %v; expected at least %d", level, len(s.Covered), len(all), s.Arguments, least)
		}
	}
}

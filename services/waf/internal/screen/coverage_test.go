package screen

import (
	"testing"

	"drun.io/services/waf/internal/rules"
)

func TestCoverage(t *testing.T) {
	for level := 1; level <= 4; level++ {
		all, err := rules.Attacks(rules.Options{Paranoia: level})
		if err != nil {
			t.Fatal(err)
		}
		s := New(all)
		always := 0
		for i := range s.always {
			for x := s.always[i]; x != 0; x &= x - 1 {
				always++
			}
		}
		t.Logf("level %d: %d rules, %d covered, arguments %v, always %d, states %d, classes %d, forms %d", level, len(all), len(s.Covered), s.Arguments, always, len(s.words.found), s.words.classes, len(s.forms))
		for _, one := range all {
			if !s.Covered[one.ID] {
				t.Logf("  not: %d %v @%s %.60q t:%v", one.ID, one.Variables, one.Operator, one.Argument, one.Transformations)
			}
		}
	}
}

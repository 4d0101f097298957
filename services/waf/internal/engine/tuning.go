package engine

import (
	"fmt"
	"regexp"
	"strings"

	"drun.io/services/waf/internal/screen"
)

// exception takes some names of arguments away from one rule, on every route.
type exception struct {
	rule    int
	names   string
	because string
}

// tuning is what the platform's own calls need. A test shows for each that the call passes, and that an attack in the same
// place does not.
var tuning = []exception{{
	rule:  930120,
	names: `(?i)^json(?:\.[a-z0-9_-]+)+$`,
	because: "the rule finds names of files of operating systems, such as .profile and .history; nested JSON is named by dots, so " +
		"that the member profile of a GPU reads as that file. The rule set has the same exception for json.profile. Only names of " +
		"letters, digits, - and _ are excepted: a path, a name that itself begins with a dot, every value, and names that come from " +
		"a query or a form stay inspected.",
}}

// directives are the exceptions among the rules that were kept.
func directives(without map[int]bool) string {
	var all strings.Builder
	for _, one := range tuning {
		if !without[one.rule] {
			fmt.Fprintf(&all, "SecRuleUpdateTargetById %d \"!ARGS_NAMES:/%s/\"\n", one.rule, one.names)
		}
	}
	return all.String()
}

func exceptions() []screen.Exception {
	var all []screen.Exception
	for _, one := range tuning {
		all = append(all, screen.Exception{Rule: one.rule, Names: regexp.MustCompile(one.names)})
	}
	return all
}

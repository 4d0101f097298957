package rules

import (
	_ "embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
)

// promoted are rules of levels 2 and 3 that count at level 1: those that look for attacks, match some of one half of the attacks in
// docs/waf.md and nothing of one half of the ordinary requests and texts that level 1 lets pass, and take hardly any time. The three
// in the first line match a few of the texts, and find what no other rule finds. The other halves say how well they were chosen.
var promoted = setOf(
	942310, 942330, 942490,
	932220, 932331, 933131, 933151, 933152, 933153, 933190, 934101, 934180, 941150, 941181, 941320, 941330, 941340, 942400, 942530, 944250, 944260,
)

func setOf(ids ...int) map[int]bool {
	all := map[int]bool{}
	for _, id := range ids {
		all[id] = true
	}
	return all
}

//go:embed own.conf
var own string

// last is the file behind which the platform's own rules stand: before the scores are added up.
const last = "REQUEST-944-APPLICATION-ATTACK-JAVA.conf"

// source is a file of rules.
type source struct {
	name  string
	rules []rule
}

// sources reads all rules: those of the rule set, and the platform's own.
func sources() ([]source, error) {
	names, err := fs.Glob(coreruleset.FS, Folder+"/*.conf")
	if err != nil {
		return nil, err
	}
	var all []source
	expected := len(promoted) + 1
	for _, name := range names {
		text, err := fs.ReadFile(coreruleset.FS, name)
		if err != nil {
			return nil, err
		}
		one := source{path.Base(name), split(string(text))}
		if one.name == last {
			one.rules = append(one.rules, split(own)...)
			expected--
		}
		expected -= promote(one.rules)
		all = append(all, one)
	}
	if expected != 0 {
		return nil, fmt.Errorf("this version of the rule set lacks the file %s or a rule that is promoted to level 1", last)
	}
	return all, nil
}

// promote has rules count at level 1, and says how many.
func promote(all []rule) int {
	many := 0
	for i := range all {
		one := &all[i]
		if !promoted[one.id] || one.level < 2 {
			continue
		}
		from := fmt.Sprint(one.level)
		one.level = 1
		one.text = strings.NewReplacer("inbound_anomaly_score_pl"+from, "inbound_anomaly_score_pl1", "paranoia-level/"+from, "paranoia-level/1").Replace(one.text)
		many++
	}
	return many
}

package rules

import (
	"bufio"
	"bytes"
	"io/fs"
	"regexp"
	"strings"

	coreruleset "github.com/corazawaf/coraza-coreruleset/v4"
)

// Attack is a rule that looks for attacks, as far as it decides whether the rule can match: its first condition. A chain
// matches only where its first condition does.
type Attack struct {
	ID        int
	Variables []string
	// Operator without its @, such as rx; with a ! in front where it is negated.
	Operator string
	Argument string
	// Transformations in order; none is dropped, and whatever stands before it.
	Transformations []string
	// MultiMatch has the operator asked after each transformation, too.
	MultiMatch bool
	// Chained: there are more conditions.
	Chained bool
}

var (
	secRule        = regexp.MustCompile(`(?s)^\s*SecRule\s+(\S+)\s+"((?:[^"\\]|\\.)*)"\s+"(.*?[^\\])"`)
	operator       = regexp.MustCompile(`(?s)^(!?)@(\w+)\s*(.*)$`)
	transformation = regexp.MustCompile(`(?:^|[,\s])t:(\w+)`)
	chain          = regexp.MustCompile(`(?:^|[,\s])chain(?:[,\s]|$)`)
	multiMatch     = regexp.MustCompile(`(?:^|[,\s])multiMatch(?:[,\s]|$)`)
)

// Attacks are the rules that look for attacks among those that some choices keep, in the phases of requests. A rule that
// cannot be read is not among them.
func Attacks(options Options) ([]Attack, error) {
	all, err := sources()
	if err != nil {
		return nil, err
	}
	var found []Attack
	for _, file := range all {
		for _, one := range file.rules {
			if one.level == 0 || one.phase > 2 || !one.matters(options) {
				continue
			}
			if parsed, ok := parse(one); ok {
				found = append(found, parsed)
			}
		}
	}
	return found, nil
}

func parse(one rule) (Attack, bool) {
	text := strings.ReplaceAll(one.text, "\\\n", "")
	parts := secRule.FindStringSubmatch(text)
	if parts == nil {
		return Attack{}, false
	}
	// As Coraza reads it: \" is a quote, and what has no operator is a regular expression.
	condition := strings.ReplaceAll(parts[2], `\"`, `"`)
	found := Attack{ID: one.id, Variables: strings.Split(parts[1], "|"), Operator: "rx", Argument: condition}
	if operation := operator.FindStringSubmatch(condition); operation != nil {
		found.Operator, found.Argument = operation[1]+operation[2], operation[3]
	}
	for _, one := range transformation.FindAllStringSubmatch(parts[3], -1) {
		if one[1] == "none" {
			found.Transformations = nil
			continue
		}
		found.Transformations = append(found.Transformations, one[1])
	}
	found.Chained = chain.MatchString(parts[3])
	found.MultiMatch = multiMatch.MatchString(parts[3])
	return found, true
}

// without leaves some rules out.
func without(all []rule, ids map[int]bool) []rule {
	if len(ids) == 0 {
		return all
	}
	var kept []rule
	for _, one := range all {
		if !ids[one.id] {
			kept = append(kept, one)
		}
	}
	return kept
}

// Phrases are the lines of a list that belongs to the rule set.
func Phrases(name string) ([]string, error) {
	text, err := fs.ReadFile(coreruleset.FS, Folder+"/"+name)
	if err != nil {
		return nil, err
	}
	var all []string
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, strings.ToLower(line))
		}
	}
	return all, lines.Err()
}

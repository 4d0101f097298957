// Package rules prepares the OWASP Core Rule Set for one set of choices.
//
// The rule set decides much at run time that is fixed as soon as a profile is known: its paranoia level, its thresholds,
// whether responses are read. What can never matter is left out before the rules are compiled, so that a request does not
// pay for it. The corpus of the rule set is run against the result, and a test compares both forms rule by rule.
package rules

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// Options are the choices that decide which rules can matter.
type Options struct {
	// Paranoia is the level from 1 to 4: rules above it are left out.
	Paranoia int
	// Responses says whether responses are inspected.
	Responses bool
	// Browsers keeps the rule set's exceptions for cookies of advertisers and analysts. Only pages for people have such
	// cookies; elsewhere they are names under which an attack would pass.
	Browsers bool
	// Without are rules that are left out, by id.
	Without map[int]bool
	// Variables of the rule set that are chosen; those that are not keep its defaults.
	Variables map[string]string
}

// Folder of the rules inside the file system that [FS] returns.
const Folder = "@owasp_crs"

var (
	idOf      = regexp.MustCompile(`["',\s]id:'?(\d+)`)
	phaseOf   = regexp.MustCompile(`["',\s]phase:(\d)`)
	levelOf   = regexp.MustCompile(`tag:'paranoia-level/(\d)'`)
	levelGate = regexp.MustCompile(`^\s*SecRule TX:DETECTION_PARANOIA_LEVEL "@lt \d"`)
	byDefault = regexp.MustCompile(`(?s)^\s*SecRule &TX:(\w+) "@eq 0".*setvar:'tx\.(\w+)=([^']*)'"\s*$`)
	exception = regexp.MustCompile(`^\s*SecRuleUpdateTargetById (\d+) "?(!REQUEST_COOKIES)?`)
	logData   = regexp.MustCompile(`(?m)^\s*logdata:'(?:[^'\\]|\\.)*',\\\n`)
)

// dummyConnection are rules that switch the whole rule set off for what looks like Apache talking to itself on the
// loopback interface. There is no Apache here, and behind a sidecar everybody may come from there.
var dummyConnection = map[int]bool{905100: true, 905110: true}

// rule is a directive together with those that are chained to it.
type rule struct {
	text  string
	id    int
	phase int
	level int
}

// prune leaves out what can never matter, and returns the variables that the rule set would have set by default.
func prune(all []rule, options Options) (kept []rule, defaults []string) {
	for _, one := range all {
		if found := byDefault.FindStringSubmatch(one.text); found != nil && strings.EqualFold(found[1], found[2]) {
			if _, chosen := options.Variables[strings.ToLower(found[1])]; !chosen {
				defaults = append(defaults, fmt.Sprintf("setvar:'tx.%s=%s'", found[2], found[3]))
			}
			continue
		}
		if one.matters(options) {
			// What an attack looked like is never logged, and expanding it costs time for each rule.
			one.text = logData.ReplaceAllString(one.text, "")
			kept = append(kept, one)
		}
	}
	return kept, defaults
}

// applies says whether an exception changes a rule that was kept; anything else applies.
func (r rule) applies(kept map[int]bool, options Options) bool {
	found := exception.FindStringSubmatch(r.text)
	if found == nil {
		return true
	}
	id, _ := strconv.Atoi(found[1])
	return kept[id] && (found[2] == "" || options.Browsers)
}

func (r rule) matters(options Options) bool {
	switch {
	case dummyConnection[r.id], levelGate.MatchString(r.text), r.level > options.Paranoia:
		return false
	case r.phase >= 5: // logging
		return false
	case r.phase >= 3:
		return options.Responses
	}
	return true
}

// split cuts a file into rules; comments are dropped. A rule without an id belongs to the one before it.
func split(text string) []rule {
	var all []rule
	var current strings.Builder
	flush := func() {
		one := current.String()
		current.Reset()
		if strings.TrimSpace(one) == "" {
			return
		}
		chained := strings.HasPrefix(strings.TrimSpace(one), "SecRule ") && !idOf.MatchString(one)
		if chained && len(all) > 0 {
			all[len(all)-1].text += one
			return
		}
		all = append(all, rule{text: one, id: number(idOf, one), phase: number(phaseOf, one), level: number(levelOf, one)})
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "#") {
			continue
		}
		current.WriteString(line)
		if !strings.HasSuffix(strings.TrimRight(line, "\r\n"), `\`) {
			flush()
		}
	}
	flush()
	return all
}

func number(pattern *regexp.Regexp, text string) int {
	found := pattern.FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1])
	return n
}

// Excludable lists the rules that look for attacks, by id: what an exclusion may name. The rules that set the rule set up,
// add the scores and decide are not among them. The map must not be changed.
var Excludable = sync.OnceValues(func() (map[int]bool, error) {
	all, err := sources()
	if err != nil {
		return nil, err
	}
	found := map[int]bool{}
	for _, file := range all {
		for _, one := range file.rules {
			if one.level > 0 {
				found[one.id] = true
			}
		}
	}
	return found, nil
})

// Package engine inspects requests with Coraza and the OWASP Core Rule Set, as the profile of their route says.
package engine

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"sync"

	"github.com/corazawaf/coraza/v3"
	"github.com/corazawaf/coraza/v3/types/variables"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/route"
	"drun.io/services/waf/internal/rules"
	"drun.io/services/waf/internal/screen"
)

//go:embed base.conf
var base string

// WAF inspects requests of one profile. It may be used by many goroutines.
type WAF struct {
	profile config.Profile
	// full has all rules of the profile.
	full coraza.WAF
	// rest has those that the screen does not speak for. A request whose texts the screen finds clean meets them alone.
	rest   coraza.WAF
	screen *screen.Screen
	// attacks are the rules that look for attacks, among those that set up, count and decide.
	attacks map[int]bool
}

// excluder is the part of Coraza's transaction behind the rule language's ctl:ruleRemoveById and ctl:ruleRemoveTargetById.
type excluder interface {
	RemoveRuleByID(id int)
	RemoveRuleTargetByID(id int, variable variables.RuleVariable, key string, expression *regexp.Regexp)
}

// Compile makes a profile's rules ready.
func Compile(profile config.Profile) (*WAF, error) {
	options := rules.Options{
		Paranoia:  profile.Paranoia,
		Responses: profile.InspectResponse,
		Browsers:  profile.Type == route.Console,
		Variables: variablesOf(profile),
	}
	made := &WAF{profile: profile}
	var err error
	if made.attacks, err = rules.Excludable(); err != nil {
		return nil, err
	}
	if made.full, err = compile(profile, options); err != nil {
		return nil, err
	}
	if !screenable(profile) {
		return made, nil
	}
	if made.screen, err = screenOf(profile.Paranoia); err != nil {
		return nil, err
	}
	options.Without = made.screen.Covered
	made.rest, err = compile(profile, options)
	return made, err
}

// screens are shared: what they speak for depends on the paranoia level alone.
var screens [5]func() (*screen.Screen, error)

func init() {
	for level := range screens {
		screens[level] = sync.OnceValues(func() (*screen.Screen, error) {
			attacks, err := rules.Attacks(rules.Options{Paranoia: level})
			if err != nil {
				return nil, err
			}
			return screen.New(attacks, exceptions()...), nil
		})
	}
}

func screenOf(level int) (*screen.Screen, error) { return screens[level]() }

// Unscreened is the same with every rule asked about everything: for tests and comparisons.
func (w *WAF) Unscreened() *WAF {
	full := *w
	full.screen = nil
	return &full
}

// screenable: lengths and sums of arguments are counted by rules that must see all of them.
func screenable(p config.Profile) bool {
	return p.Limits.Argument == 0 && p.Limits.ArgumentName == 0 && p.Limits.ArgumentsTotal == 0
}

func compile(profile config.Profile, options rules.Options) (coraza.WAF, error) {
	files, setup, err := rules.FS(options)
	if err != nil {
		return nil, err
	}
	compiled, err := coraza.NewWAF(coraza.NewWAFConfig().
		WithRootFS(files).
		WithDirectives(baseOf(profile)).
		WithDirectives(setup).
		WithDirectives("Include " + rules.Folder + "/*.conf").
		WithDirectives(directives(options.Without)))
	if err != nil {
		return nil, fmt.Errorf("rules for %s at paranoia level %d: %w", profile.Type, profile.Paranoia, err)
	}
	probe := compiled.NewTransaction()
	if _, ok := probe.(excluder); !ok {
		return nil, errors.New("this version of coraza cannot exclude a rule from one request")
	}
	return compiled, probe.Close()
}

// baseOf fills in base.conf. Coraza refuses a body that reaches its limit; ours may reach it.
func baseOf(p config.Profile) string {
	engine, responses := "On", "Off"
	if p.Mode == config.Detect {
		engine = "DetectionOnly"
	}
	if p.InspectResponse {
		responses = "On"
	}
	return fmt.Sprintf(base, engine, p.BodyLimit+1, p.BodyLimit+1, p.Limits.JSONDepth, p.Limits.Arguments, responses,
		p.ResponseLimit+1)
}

// variablesOf are the rule set's variables that a profile chooses.
func variablesOf(p config.Profile) map[string]string {
	level := strconv.Itoa(p.Paranoia)
	threshold := strconv.Itoa(p.Threshold)
	all := map[string]string{
		"blocking_paranoia_level":          level,
		"detection_paranoia_level":         level,
		"inbound_anomaly_score_threshold":  threshold,
		"outbound_anomaly_score_threshold": strconv.Itoa(max(1, p.Threshold-1)),
		"allowed_methods":                  p.Methods,
		// What the headers alone condemn is refused before a body is read.
		"early_blocking": "1",
	}
	if p.Type != route.Console { // old forms may be in another encoding
		all["crs_validate_utf8_encoding"] = "1"
	}
	for name, limit := range map[string]int{
		"max_num_args":        p.Limits.Arguments,
		"arg_name_length":     p.Limits.ArgumentName,
		"arg_length":          p.Limits.Argument,
		"total_arg_length":    p.Limits.ArgumentsTotal,
		"max_file_size":       p.Limits.File,
		"combined_file_sizes": p.Limits.Files,
	} {
		if limit > 0 {
			all[name] = strconv.Itoa(limit)
		}
	}
	return all
}

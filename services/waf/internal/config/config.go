package config

import (
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"drun.io/services/waf/internal/route"
)

// MaxProfiles bounds how many different profiles one file may name: each is a compiled set of rules in memory.
const MaxProfiles = 64

// Config answers how a route is inspected.
type Config struct {
	types   map[route.Type]Profile
	routes  map[route.Route]Policy
	unknown Profile
}

// Context is what a file is checked against.
type Context struct {
	// Now bounds how far away the last day of an exclusion may be.
	Now time.Time
	// Rules are those that an exclusion may name.
	Rules map[int]bool
}

// Parse reads a configuration. The error, an [*Error], holds every mistake.
func Parse(data []byte, context Context) (*Config, error) {
	var found problems
	read := decode[file](data, &found)
	if read.Version != 1 && len(found.all) == 0 {
		found.add("version", "%d, expected 1", read.Version)
	}
	config := &Config{types: Defaults(), routes: map[route.Route]Policy{}, unknown: Defaults()[route.API]}
	for _, name := range slices.Sorted(maps.Keys(read.Types)) {
		base, known := config.types[route.Type(name)]
		if !known {
			found.add("types."+name, "expected one of %v", route.Types)
			continue
		}
		config.types[route.Type(name)] = apply(base, read.Types[name], "types."+name, &found)
	}
	for _, name := range slices.Sorted(maps.Keys(read.Routes)) {
		config.addRoute(name, read.Routes[name], context, &found)
	}
	if many := len(config.Profiles()); many > MaxProfiles {
		found.add("routes", "%d different profiles, expected at most %d: give routes the settings of their type", many, MaxProfiles)
	}
	if len(found.all) > 0 {
		return nil, &Error{Problems: found.all}
	}
	return config, nil
}

func (c *Config) addRoute(name string, given routeSettings, context Context, found *problems) {
	path := "routes." + name
	parsed, err := route.Parse(name)
	if err != nil {
		found.add(path, "%s", strings.TrimPrefix(err.Error(), fmt.Sprintf("route %q: ", name)))
		return
	}
	policy := Policy{Profile: apply(c.types[parsed.Type], given.settings, path, found)}
	for at, one := range given.Exclusions {
		policy.Exclusions = append(policy.Exclusions, one.parse(fmt.Sprintf("%s.exclusions[%d]", path, at), name, context, found))
	}
	c.routes[parsed] = policy
}

// PolicyFor is how a route is inspected: as the file says, or else as its type is.
func (c *Config) PolicyFor(one route.Route) Policy {
	if policy, named := c.routes[one]; named {
		return policy
	}
	return Policy{Profile: c.types[one.Type]}
}

// Unknown is how a request is inspected whose route has no typed name: as strictly as there is, whatever a file says.
func (c *Config) Unknown() Policy { return Policy{Profile: c.unknown} }

// Profiles are all the different ones, in a stable order.
func (c *Config) Profiles() []Profile {
	seen := map[Profile]bool{}
	all := []Profile{}
	add := func(one Profile) {
		if !seen[one] {
			seen[one] = true
			all = append(all, one)
		}
	}
	add(c.unknown)
	for _, kind := range route.Types {
		add(c.types[kind])
	}
	for _, name := range c.routeNames() {
		add(c.routes[name].Profile)
	}
	return all
}

// Exclusions are all of them.
func (c *Config) Exclusions() []Exclusion {
	var all []Exclusion
	for _, exclusions := range c.ByRoute() {
		all = append(all, exclusions...)
	}
	return all
}

// ByRoute goes over the routes that a file names, in a stable order.
func (c *Config) ByRoute() iter.Seq2[route.Route, []Exclusion] {
	return func(yield func(route.Route, []Exclusion) bool) {
		for _, name := range c.routeNames() {
			if !yield(name, c.routes[name].Exclusions) {
				return
			}
		}
	}
}

func (c *Config) routeNames() []route.Route {
	return slices.SortedFunc(maps.Keys(c.routes), func(a, b route.Route) int {
		return strings.Compare(a.String(), b.String())
	})
}

var owner = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)

// parse reads an exclusion. One that is past its day is no mistake: its rule is back, which refuses a request at most, where a
// configuration that is refused by date would end the service.
func (e exclusion) parse(path, routeName string, context Context, found *problems) Exclusion {
	if !context.Rules[e.Rule] {
		found.add(path+".rule", "%d, expected the id of one rule that looks for attacks", e.Rule)
	}
	target, err := parseTarget(e.Target)
	if err != nil {
		found.add(path+".target", "%s", err)
	}
	if e.Route != "" && e.Route != routeName {
		found.add(path+".route", "%q, expected %q or nothing", e.Route, routeName)
	}
	if len(strings.TrimSpace(e.Reason)) < 10 {
		found.add(path+".reason", "%q, expected a sentence that says why", e.Reason)
	}
	if !owner.MatchString(e.Owner) {
		found.add(path+".owner", "%q, expected a mail address", e.Owner)
	}
	day, err := time.Parse(time.DateOnly, e.Expires)
	expires := day.AddDate(0, 0, 1)
	switch {
	case err != nil:
		found.add(path+".expires", "%q, expected a day such as 2027-03-31", e.Expires)
	case expires.After(context.Now.AddDate(1, 0, 2)):
		found.add(path+".expires", "%s, expected at most a year from now", e.Expires)
	}
	return Exclusion{Rule: e.Rule, Target: target, Reason: e.Reason, Owner: e.Owner, Expires: expires}
}

package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"drun.io/services/waf/internal/route"
)

// Tenant is what one tenant's file says: exclusions for routes of its own, and nothing else.
type Tenant struct {
	Name       string
	Exclusions map[route.Route][]Exclusion
}

// ParseTenant reads the file of a tenant. The error, an [*Error], holds every mistake; a file with one counts for nothing.
func ParseTenant(name string, data []byte, context Context) (Tenant, error) {
	var found problems
	if !route.IsLabel(name) {
		found.add("file", "it is called %q, expected the name of a tenant", name)
	}
	read := decode[tenantFile](data, &found)
	if read.Version != 1 && len(found.all) == 0 {
		found.add("version", "%d, expected 1", read.Version)
	}
	tenant := Tenant{Name: name, Exclusions: map[route.Route][]Exclusion{}}
	for _, one := range slices.Sorted(maps.Keys(read.Routes)) {
		tenant.addRoute(one, read.Routes[one], context, &found)
	}
	if len(found.all) > 0 {
		return Tenant{}, &Error{Problems: found.all}
	}
	return tenant, nil
}

func (t Tenant) addRoute(name string, given tenantRoute, context Context, found *problems) {
	path := "routes." + name
	parsed, err := route.Parse(name)
	switch {
	case err != nil:
		found.add(path, "%s", strings.TrimPrefix(err.Error(), fmt.Sprintf("route %q: ", name)))
		return
	case parsed.Tenant != t.Name:
		found.add(path, "it is a route of %q, expected one of %q", parsed.Tenant, t.Name)
		return
	}
	for at, one := range given.Exclusions {
		t.Exclusions[parsed] = append(t.Exclusions[parsed], one.parse(fmt.Sprintf("%s.exclusions[%d]", path, at), name, context, found))
	}
}

// With adds what tenants' files say to the platform's configuration, which stays as it is.
func (c *Config) With(tenants []Tenant) *Config {
	merged := &Config{types: c.types, routes: maps.Clone(c.routes), unknown: c.unknown}
	for _, tenant := range tenants {
		for one, exclusions := range tenant.Exclusions {
			policy := merged.PolicyFor(one)
			policy.Exclusions = slices.Concat(policy.Exclusions, exclusions)
			merged.routes[one] = policy
		}
	}
	return merged
}

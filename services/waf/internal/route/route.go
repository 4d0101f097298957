// Package route reads the typed route that Envoy chose for a request.
//
// The name of a route is <type>/<tenant>/<exposure>, such as inference/acme/chat. It is Envoy's own routing decision, which
// nothing that a client sends can contradict: no header is read, and no host or path is matched a second time.
package route

import (
	"fmt"
	"regexp"
	"strings"
)

// Type decides how a request is inspected.
type Type string

// The types of routes.
const (
	API       Type = "api"       // machines that speak JSON or forms
	Inference Type = "inference" // OpenAI-compatible JSON: what people write to a model is no attack on a server
	Console   Type = "console"   // applications of HTML and forms
	Upload    Type = "upload"    // multipart forms with files
)

// Types lists all types, the strictest first.
var Types = []Type{API, Inference, Console, Upload}

// Route is a typed route of one tenant.
type Route struct {
	Type     Type
	Tenant   string
	Exposure string
}

// A DNS label (RFC 1123), which is what names of namespaces and services are.
var label = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$`)

// Parse reads the name of a route.
func Parse(name string) (Route, error) {
	parts := strings.Split(name, "/")
	if len(parts) != 3 {
		return Route{}, fmt.Errorf("route %q: expected <type>/<tenant>/<exposure>", name)
	}
	found := Route{Type: Type(parts[0]), Tenant: parts[1], Exposure: parts[2]}
	if !found.Type.known() {
		return Route{}, fmt.Errorf("route %q: type %q, expected one of %v", name, parts[0], Types)
	}
	for _, part := range parts[1:] {
		if !IsLabel(part) {
			return Route{}, fmt.Errorf("route %q: %q is not a DNS label", name, part)
		}
	}
	return found, nil
}

// IsLabel says whether a text may be the name of a tenant or an exposure.
func IsLabel(text string) bool { return label.MatchString(text) }

func (t Type) known() bool {
	for _, one := range Types {
		if t == one {
			return true
		}
	}
	return false
}

// String is the name of the route.
func (r Route) String() string {
	return string(r.Type) + "/" + r.Tenant + "/" + r.Exposure
}

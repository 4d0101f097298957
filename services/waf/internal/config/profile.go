// Package config says how each typed route is inspected.
package config

import (
	"time"

	"drun.io/services/waf/internal/route"
)

// Mode says what becomes of a request that the rules refuse.
type Mode string

// The modes.
const (
	Block  Mode = "block"  // it is refused
	Detect Mode = "detect" // it is logged and passes; limits and errors still refuse
)

// Parser is a form of body that a route accepts.
type Parser string

// The parsers.
const (
	JSON      Parser = "json"
	Form      Parser = "form"
	Multipart Parser = "multipart"
	XML       Parser = "xml"
	Binary    Parser = "binary" // anything else: bounded, and searched as one text
)

var parsers = []Parser{JSON, Form, Multipart, XML, Binary}

// Limits bound what a request may hold; zero leaves the rule set's own behaviour, which is no limit.
type Limits struct {
	// JSONDepth is how deep JSON may nest.
	JSONDepth int `yaml:"jsonDepth"`
	// Arguments is how many arguments may come from one source: query, path or body.
	Arguments int `yaml:"arguments"`
	// ArgumentName and Argument are lengths of the name and the value of an argument, ArgumentsTotal of all of them.
	ArgumentName   int `yaml:"argumentName"`
	Argument       int `yaml:"argument"`
	ArgumentsTotal int `yaml:"argumentsTotal"`
	// File and Files are bytes of one file and of all files of a form; Parts is how many parts a form may have.
	File  int `yaml:"file"`
	Files int `yaml:"files"`
	Parts int `yaml:"parts"`
}

// Profile is everything that decides how a request is inspected. It is comparable: equal profiles share one compiled set of
// rules.
type Profile struct {
	Type     route.Type
	Paranoia int
	Mode     Mode
	// Threshold is the anomaly score from which a request is refused.
	Threshold int
	// BodyLimit is how many bytes a body may have; of a form on an upload route, how many may be held of it at once: contents of
	// files pass while they arrive.
	BodyLimit int
	// Methods that are allowed, separated by spaces.
	Methods string
	// Parsers that are accepted, separated by spaces.
	Parsers string
	// InspectResponse has responses searched for leaks; ResponseLimit is how many bytes such a response may have.
	InspectResponse bool
	ResponseLimit   int
	Limits          Limits
}

// Exclusion takes one rule, or one target of one rule, away from one route until a day.
type Exclusion struct {
	Rule int
	// Target is a variable, with a key where it has keys, such as ARGS:query; empty for the whole rule.
	Target Target
	Reason string
	Owner  string
	// Expires is the first moment at which the rule is back.
	Expires time.Time
}

// Policy is how one route is inspected.
type Policy struct {
	Profile    Profile
	Exclusions []Exclusion
}

// Defaults are the profiles of the types where a file says nothing else.
//
// Paranoia levels are measured: docs/waf.md has the rates of detection and of false positives behind them.
func Defaults() map[route.Type]Profile {
	limits := Limits{JSONDepth: 64, Arguments: 1000, Parts: 100}
	base := Profile{
		Mode: Block, Threshold: 5, Paranoia: 1, BodyLimit: 1 << 20, ResponseLimit: 1 << 20, Limits: limits,
	}
	with := func(kind route.Type, change func(*Profile)) Profile {
		profile := base
		profile.Type = kind
		change(&profile)
		return profile
	}
	return map[route.Type]Profile{
		route.API: with(route.API, func(p *Profile) {
			p.Methods, p.Parsers = "GET HEAD POST PUT PATCH DELETE OPTIONS", "json form"
		}),
		route.Inference: with(route.Inference, func(p *Profile) {
			p.BodyLimit = 8 << 20
			p.Limits.Arguments = 20000
			p.Methods, p.Parsers = "GET HEAD POST DELETE OPTIONS", "json form"
		}),
		route.Console: with(route.Console, func(p *Profile) {
			p.Methods, p.Parsers = "GET HEAD POST PUT PATCH DELETE OPTIONS", "form multipart json"
		}),
		route.Upload: with(route.Upload, func(p *Profile) {
			p.Limits.Files = 1 << 30
			p.Methods, p.Parsers = "GET HEAD POST PUT OPTIONS", "multipart form json"
		}),
	}
}

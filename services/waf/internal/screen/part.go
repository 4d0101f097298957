package screen

import (
	"slices"
	"strings"
)

// Part is a part of a request that holds texts. Headers are told apart by name instead.
type Part int

// The parts.
const (
	BodyValue Part = iota
	BodyName
	QueryValue
	QueryName
	HeaderName
	Filename
	Basename
	URI
	URIRaw
	Line
	Query
	Method
	Protocol
	parts
)

// partOf says which parts a variable of the rule language looks at.
var partOf = map[string][]Part{
	"ARGS":                  {BodyValue, QueryValue},
	"ARGS_NAMES":            {BodyName, QueryName},
	"ARGS_GET":              {QueryValue},
	"ARGS_GET_NAMES":        {QueryName},
	"ARGS_POST":             {BodyValue},
	"ARGS_POST_NAMES":       {BodyName},
	"REQUEST_HEADERS_NAMES": {HeaderName},
	"REQUEST_FILENAME":      {Filename},
	"REQUEST_BASENAME":      {Basename},
	"REQUEST_URI":           {URI},
	"REQUEST_URI_RAW":       {URIRaw},
	"REQUEST_LINE":          {Line},
	"QUERY_STRING":          {Query},
	"REQUEST_METHOD":        {Method},
	"REQUEST_PROTOCOL":      {Protocol},
	// A request that has any of these is never screened: see engine.
	"REQUEST_COOKIES":        {},
	"REQUEST_COOKIES_NAMES":  {},
	"REQUEST_BODY":           {},
	"XML":                    {},
	"FILES":                  {},
	"FILES_NAMES":            {},
	"MULTIPART_PART_HEADERS": {},
}

// seen is what a rule looks at.
type seen struct {
	parts []Part
	// allHeaders but those that are excepted, and some headers by name.
	allHeaders bool
	excepted   []string
	headers    []string
}

// partsOf reads a rule's variables. One that counts, chooses by an expression, or is not known is not readable. That one is
// excepted is passed over, except for headers: then the screen asks more than the rule does.
func partsOf(variables []string) (seen, bool) {
	var found seen
	for _, one := range variables {
		name, key, keyed := strings.Cut(one, ":")
		bare, excepted := strings.CutPrefix(name, "!")
		switch {
		case excepted && bare == "REQUEST_HEADERS":
			found.excepted = append(found.excepted, strings.ToLower(key))
		case excepted:
		case bare == "REQUEST_HEADERS" && !keyed:
			found.allHeaders = true
		case bare == "REQUEST_HEADERS" && !strings.HasPrefix(key, "/"):
			found.headers = append(found.headers, strings.ToLower(key))
		case partOf[bare] != nil:
			found.parts = append(found.parts, partOf[bare]...)
		default:
			return seen{}, false
		}
	}
	return found, true
}

func looksAtArguments(variables []string) bool {
	for _, one := range variables {
		if strings.HasPrefix(strings.TrimPrefix(one, "&"), "ARGS") {
			return true
		}
	}
	return false
}

// looking says which conditions look at which part.
type looking struct {
	parts   [parts]set
	headers map[string]*set
	// others are the headers that no rule names.
	others set
	rules  []struct {
		at int
		seen
	}
}

func (l *looking) add(at int, one seen) {
	for _, part := range one.parts {
		l.parts[part].add(at)
	}
	l.rules = append(l.rules, struct {
		at int
		seen
	}{at, one})
}

// complete finds the conditions for every header that a rule names, and for all others.
func (l *looking) complete() {
	l.headers = map[string]*set{}
	for _, one := range l.rules {
		for _, name := range slices.Concat(one.excepted, one.headers) {
			l.headers[name] = &set{}
		}
		if one.allHeaders {
			l.others.add(one.at)
		}
	}
	for name, conditions := range l.headers {
		for _, one := range l.rules {
			if one.allHeaders && !slices.Contains(one.excepted, name) || slices.Contains(one.headers, name) {
				conditions.add(one.at)
			}
		}
	}
}

func (l *looking) atHeader(name string) *set {
	if named := l.headers[name]; named != nil {
		return named
	}
	return &l.others
}

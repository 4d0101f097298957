package config

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Target is a part of a request that a rule looks at.
type Target struct {
	// Variable is the rule language's name, such as ARGS; empty for all that a rule looks at.
	Variable string
	// Key is one name in a variable that has names.
	Key string
}

// Variables with names: an exclusion must say which one, or it would cover what nobody thought of.
var keyed = []string{"ARGS", "ARGS_GET", "ARGS_POST", "ARGS_NAMES", "REQUEST_HEADERS", "REQUEST_COOKIES", "REQUEST_COOKIES_NAMES"}

// Variables that hold one value.
var single = []string{"REQUEST_URI", "REQUEST_FILENAME", "QUERY_STRING", "REQUEST_BODY", "REQUEST_METHOD"}

// No regular expression (/…/) and no wildcard can be spelled.
var targetKey = regexp.MustCompile(`^[A-Za-z0-9_.\-\[\]$]{1,128}$`)

func parseTarget(text string) (Target, error) {
	if text == "" {
		return Target{}, nil
	}
	variable, key, hasKey := strings.Cut(text, ":")
	switch {
	case slices.Contains(single, variable) && !hasKey:
		return Target{Variable: variable}, nil
	case slices.Contains(keyed, variable) && targetKey.MatchString(key):
		return Target{Variable: variable, Key: key}, nil
	case slices.Contains(keyed, variable):
		return Target{}, fmt.Errorf("%q, expected one name after %s:, without wildcard or expression", text, variable)
	}
	return Target{}, fmt.Errorf("%q, expected one of %s, or one of %s with a name, such as ARGS:query",
		text, strings.Join(single, ", "), strings.Join(keyed, ", "))
}

// String is the target as the rule language writes it.
func (t Target) String() string {
	if t.Key == "" {
		return t.Variable
	}
	return t.Variable + ":" + t.Key
}

package config

import (
	"regexp"
	"slices"
	"strings"
)

const (
	maxBody  = 1 << 30
	maxFiles = 1 << 40
)

var method = regexp.MustCompile(`^[A-Z]{1,20}$`)

// apply puts what a file chooses over what is below it.
func apply(base Profile, given settings, path string, found *problems) Profile {
	ranged(&base.Paranoia, given.Paranoia, 1, 4, path+".paranoia", found)
	ranged(&base.Threshold, given.Threshold, 1, 1000, path+".threshold", found)
	ranged(&base.BodyLimit, given.BodyLimit, 1, maxBody, path+".bodyLimit", found)
	ranged(&base.ResponseLimit, given.ResponseLimit, 1, maxBody, path+".responseLimit", found)
	if given.Mode != nil {
		base.Mode = Mode(*given.Mode)
		if base.Mode != Block && base.Mode != Detect {
			found.add(path+".mode", "%q, expected block or detect", *given.Mode)
		}
	}
	if given.InspectResponse != nil {
		base.InspectResponse = *given.InspectResponse
	}
	if given.Methods != nil {
		base.Methods = words(given.Methods, path+".methods", "a method such as GET", method.MatchString, found)
	}
	if given.Parsers != nil {
		known := func(word string) bool { return slices.Contains(parsers, Parser(word)) }
		base.Parsers = words(given.Parsers, path+".parsers", "one of json, form, multipart, xml, binary", known, found)
	}
	if given.Limits != nil {
		base.Limits = applyLimits(base.Limits, *given.Limits, path+".limits", found)
	}
	return base
}

func applyLimits(base, given Limits, path string, found *problems) Limits {
	for _, one := range []struct {
		into *int
		from int
		name string
		most int
	}{
		{&base.JSONDepth, given.JSONDepth, "jsonDepth", 1000},
		{&base.Arguments, given.Arguments, "arguments", 100_000},
		{&base.ArgumentName, given.ArgumentName, "argumentName", maxBody},
		{&base.Argument, given.Argument, "argument", maxBody},
		{&base.ArgumentsTotal, given.ArgumentsTotal, "argumentsTotal", maxBody},
		{&base.File, given.File, "file", maxFiles},
		{&base.Files, given.Files, "files", maxFiles},
		{&base.Parts, given.Parts, "parts", 10_000},
	} {
		if one.from != 0 {
			ranged(one.into, &one.from, 1, one.most, path+"."+one.name, found)
		}
	}
	return base
}

func ranged(into, given *int, least, most int, path string, found *problems) {
	if given == nil {
		return
	}
	if *given < least || *given > most {
		found.add(path, "%d, expected %d to %d", *given, least, most)
		return
	}
	*into = *given
}

func words(given []string, path, expected string, known func(string) bool, found *problems) string {
	if len(given) == 0 {
		found.add(path, "it is empty, expected at least one")
	}
	for _, word := range given {
		if !known(word) {
			found.add(path, "%q, expected %s", word, expected)
		}
	}
	return strings.Join(given, " ")
}

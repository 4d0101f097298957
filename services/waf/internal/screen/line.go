package screen

import "strings"

// CleanHeaderName says that no rule matches the name of a header.
func (s *Screen) CleanHeaderName(name string) bool {
	return s.clean(&s.looking.parts[HeaderName], name)
}

// CleanArgument says that no rule matches an argument of a body.
func (s *Screen) CleanArgument(name, value string) bool {
	looking := &s.looking.parts[BodyName]
	for i := range s.exceptions {
		if s.exceptions[i].Names.MatchString(name) {
			looking = &s.exceptions[i].others
		}
	}
	return s.clean(looking, name) && s.clean(&s.looking.parts[BodyValue], value)
}

// CleanLine says that no rule matches the first line of a request, whole or in parts. A target that is not a plain path with
// a plain query is never clean: taking it apart is left to Coraza.
func (s *Screen) CleanLine(method, target, protocol string) bool {
	if !plain(target) || !strings.HasPrefix(target, "/") || strings.Contains(target, "//") {
		return false
	}
	path, query, _ := strings.Cut(target, "?")
	for _, one := range []struct {
		part Part
		text string
	}{
		{Method, method}, {Protocol, protocol}, {Line, method + " " + target + " " + protocol}, {URI, target}, {URIRaw, target},
		{Filename, path}, {Basename, path[strings.LastIndexByte(path, '/')+1:]}, {Basename, path}, {Query, query},
	} {
		if !s.Clean(one.part, one.text) {
			return false
		}
	}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if !s.Clean(QueryName, name) || !s.Clean(QueryValue, value) {
			return false
		}
	}
	return true
}

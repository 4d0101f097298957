package engine

import "strings"

// Header is a header of a request or a response, its name in lower case.
type Header struct {
	Name  string
	Value string
}

// Request is what is inspected before the body.
type Request struct {
	// ID names the request in logs and in answers.
	ID       string
	Method   string
	Path     string
	Protocol string
	// Client is the address that the request came from.
	Client     string
	ClientPort int
	// Host is the authority that was asked for.
	Host    string
	Headers []Header
}

func hostOnly(authority string) string {
	if at := strings.LastIndexByte(authority, ':'); at > 0 && !strings.HasSuffix(authority, "]") {
		return authority[:at]
	}
	return authority
}

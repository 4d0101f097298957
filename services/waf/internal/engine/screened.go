package engine

import (
	"strings"
)

// clean says that the screen finds nothing in a request's line and headers that a rule could match. A request with cookies,
// with an escape in its target or with more than the screen reads is for the rules.
func (w *WAF) clean(request *Request) bool {
	s := w.screen
	if s == nil || !s.CleanLine(request.Method, request.Path, request.Protocol) {
		return false
	}
	if request.Host != "" && !s.CleanHeader("host", request.Host) {
		return false
	}
	for _, header := range request.Headers {
		if header.Name == "cookie" || header.Name != strings.ToLower(header.Name) ||
			!s.CleanHeaderName(header.Name) || !s.CleanHeader(header.Name, header.Value) {
			return false
		}
	}
	return true
}

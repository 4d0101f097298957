package engine

import (
	"bytes"
	"errors"
	"mime"
	"net/http"
	"strings"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/content"
	"drun.io/services/waf/internal/route"
)

// seen is what of a body the rules see.
type seen struct {
	refused *Verdict
	// raw is parsed by Coraza, arguments were read here.
	raw       []byte
	arguments []argument
	// suspect: the screen does not speak for it.
	suspect bool
}

type argument struct{ name, value string }

// prepare decides what of a body the rules see, or refuses it.
func (i *Inspection) prepare(body []byte) seen {
	profile := i.waf.profile
	if len(body) == 0 {
		return seen{}
	}
	if len(body) > profile.BodyLimit {
		return refused(http.StatusRequestEntityTooLarge, TooLarge)
	}
	media, parameters, err := mime.ParseMediaType(i.contentType)
	if i.ambiguous || i.encoded || err != nil && i.contentType != "" {
		return refused(http.StatusUnsupportedMediaType, Unsupported)
	}
	parser := parserOf(media)
	if !accepts(profile.Parsers, parser) {
		return refused(http.StatusUnsupportedMediaType, Unsupported)
	}
	switch parser {
	case config.JSON:
		return i.prepareJSON(body, media, parameters["charset"])
	case config.Multipart:
		delimiter := []byte("--" + parameters["boundary"])
		if bytes.Count(body, delimiter) > profile.Limits.Parts+1 {
			return refused(http.StatusRequestEntityTooLarge, TooLarge)
		}
	}
	return seen{raw: body, suspect: true}
}

// prepareJSON reads a document strictly, and on an inference route withholds its content from the rules. In any other
// encoding than UTF-8, and under any other media type, everything is inspected.
func (i *Inspection) prepareJSON(body []byte, media, charset string) seen {
	profile := i.waf.profile
	limits := content.Limits{Depth: profile.Limits.JSONDepth, Values: profile.Limits.Arguments}
	read := content.All
	if profile.Type == route.Inference && media == "application/json" && (charset == "" || strings.EqualFold(charset, "utf-8")) {
		read = content.Without
	}
	screen := i.waf.screen
	var found seen
	err := read(body, limits, func(name, value string) {
		// What no rule matches need not be shown to any.
		if screen == nil || !screen.Arguments || !screen.CleanArgument(name, value) {
			found.arguments = append(found.arguments, argument{name, value})
		}
	})
	var problem *content.Refused
	if errors.As(err, &problem) {
		return refused(http.StatusBadRequest, Malformed)
	}
	found.suspect = len(found.arguments) > 0
	return found
}

func parserOf(media string) config.Parser {
	switch {
	case media == "application/json", strings.HasPrefix(media, "application/") && strings.HasSuffix(media, "+json"):
		return config.JSON
	case media == "application/x-www-form-urlencoded":
		return config.Form
	case media == "multipart/form-data":
		return config.Multipart
	case media == "text/xml", media == "application/xml", strings.HasSuffix(media, "+xml"):
		return config.XML
	}
	return config.Binary
}

func accepts(parsers string, one config.Parser) bool {
	for word := range strings.FieldsSeq(parsers) {
		if word == string(one) {
			return true
		}
	}
	return false
}

func refused(status int, reason string) seen {
	one := refuse(status, reason)
	return seen{refused: &one}
}

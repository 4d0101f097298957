package screen

import (
	"path/filepath"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// plain says whether a text is made of such characters only that the transformations in [same] leave it as it is: printable
// ASCII without what starts an escape (% & \) or a comment (# -- /* */). Anything else is for the rules to look at.
func plain(text string) bool {
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c > '~' {
			return false
		}
		switch c {
		case '%', '\\', '#':
			return false
		case '&':
			if html.UnescapeString(text) != text {
				return false
			}
		case '-', '*', '/':
			if i == 0 {
				continue
			}
			if before := text[i-1]; before == '-' && c == '-' || before == '/' && c == '*' || before == '*' && c == '/' {
				return false
			}
		}
	}
	return true
}

// same are the transformations that leave a plain text as it is.
var same = map[string]bool{
	"urlDecodeUni": true, "urlDecode": true, "utf8toUnicode": true, "removeNulls": true, "htmlEntityDecode": true,
	"jsDecode": true, "cssDecode": true, "escapeSeqDecode": true, "replaceComments": true, "removeCommentsChar": true,
}

// change is what another transformation makes of a plain text, as Coraza's does. ok is false where the answer would take
// more than is written here: then the rules must look at it.
type change func(text string) (changed string, ok bool)

var changes = map[string]change{
	"lowercase":          func(text string) (string, bool) { return strings.ToLower(text), true },
	"cmdLine":            func(text string) (string, bool) { return cmdLine(text), true },
	"compressWhitespace": func(text string) (string, bool) { return compressWhitespace(text), true },
	"removeWhitespace":   func(text string) (string, bool) { return removeWhitespace(text), true },
	"normalizePath":      func(text string) (string, bool) { return normalizePath(text), true },
	"normalizePathWin":   normalizePathWin,
	"base64Decode":       base64Decode,
}

// cmdLine removes quotes and carets, turns commas and semicolons into spaces, makes one of many spaces, removes spaces
// before / and (, and makes letters small.
func cmdLine(text string) string {
	if !strings.ContainsAny(text, "\"'^,;/( ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		return text
	}
	made := make([]byte, 0, len(text))
	space := false
	for i := range len(text) {
		switch c := text[i]; c {
		case '"', '\'', '^':
		case ' ', ',', ';':
			if !space {
				made = append(made, ' ')
			}
			space = true
		case '/', '(':
			if space {
				made = made[:len(made)-1]
			}
			made, space = append(made, c), false
		default:
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			made, space = append(made, c), false
		}
	}
	return string(made)
}

func compressWhitespace(text string) string {
	for strings.Contains(text, "  ") {
		text = strings.ReplaceAll(text, "  ", " ")
	}
	return text
}

func removeWhitespace(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func normalizePath(text string) string {
	if !strings.ContainsAny(text, "/.") {
		return text
	}
	clean := filepath.Clean(text)
	if clean == "." {
		return ""
	}
	if text[len(text)-1] == '/' {
		return clean + "/"
	}
	return clean
}

// normalizePathWin also cuts names at a colon and removes dots and spaces at their end. Where it cuts in the middle of a
// text, which is said here to be for the rules, two parts come together; at the end of a text it only makes it shorter, and
// what is looked for in the shorter one is in the longer one, too.
func normalizePathWin(text string) (string, bool) {
	clean := normalizePath(text)
	cuts := strings.Contains(clean, " /") || strings.Contains(clean, "./")
	ends := strings.HasSuffix(clean, "/") && strings.Contains(clean, ":")
	return clean, !cuts && !ends
}

// base64Decode decodes as far as the alphabet goes, and unescapes as the rules that decode do afterwards.
func base64Decode(text string) (string, bool) {
	made := make([]byte, 0, len(text))
	many, bits := 0, 0
	for i := range len(text) {
		value := strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/", text[i])
		if value < 0 {
			break
		}
		bits = bits<<6 | value
		if many++; many == 4 {
			made = append(made, byte(bits>>16), byte(bits>>8), byte(bits))
			many, bits = 0, 0
		}
	}
	switch many {
	case 2:
		made = append(made, byte(bits>>4))
	case 3:
		made = append(made, byte(bits>>10), byte(bits>>2))
	}
	return unescape(string(made))
}

// unescape is what urlDecodeUni and jsDecode make of a decoded text. A sequence that stands for a character, which chance
// rarely makes, is for the rules, and so are the two characters that fold to letters.
func unescape(text string) (string, bool) {
	if !strings.ContainsAny(text, "%+\\/\u017f\u212a") {
		return text, true
	}
	if strings.ContainsAny(text, "\u017f\u212a") || strings.Contains(text, "/*") || escaped.MatchString(text) {
		return "", false
	}
	made := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '+':
			c = ' '
		case c == '\\' && i+1 < len(text):
			i++
			c = text[i]
			if at := strings.IndexByte("abfnrtv", c); at >= 0 {
				c = "\a\b\f\n\r\t\v"[at]
			}
		}
		made = append(made, c)
	}
	return string(made), true
}

var escaped = regexp.MustCompile(`%(?:[uU]|[0-9a-fA-F]{2})|\\[0-7xu]`)

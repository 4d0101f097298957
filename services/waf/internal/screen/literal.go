package screen

import (
	"regexp/syntax"
	"strings"
	"unicode"
)

// How much a set of literals may hold, and how short one may be.
const (
	mostLiterals  = 4000
	leastLiteral  = 2
	mostRunesOfOr = 16
)

// required finds strings in small letters of which any text that an expression matches holds at least one; nil says that
// none were found. A text holds them when its own letters are made small.
func required(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpConcat:
		return requiredOfConcat(re.Sub)
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			some := required(sub)
			if some == nil || len(all)+len(some) > mostLiterals {
				return nil
			}
			all = append(all, some...)
		}
		return all
	case syntax.OpCapture, syntax.OpPlus:
		return required(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return required(re.Sub[0])
		}
		return nil
	}
	return usable(exact(re))
}

// requiredOfConcat takes the best of what the parts need, alone or where neighbours are both finite, together.
func requiredOfConcat(parts []*syntax.Regexp) []string {
	var best []string
	run := []string{""}
	flush := func() {
		best = better(best, usable(run))
		run = []string{""}
	}
	for _, part := range parts {
		best = better(best, required(part))
		words := exact(part)
		joined := product(run, words)
		if words == nil || joined == nil {
			flush()
			if words != nil {
				run = words
			}
			continue
		}
		run = joined
	}
	flush()
	return best
}

// better prefers longer literals, then fewer.
func better(a, b []string) []string {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case shortest(b) != shortest(a):
		if shortest(b) > shortest(a) {
			return b
		}
		return a
	case len(b) < len(a):
		return b
	}
	return a
}

func usable(words []string) []string {
	if len(words) == 0 || shortest(words) < leastLiteral {
		return nil
	}
	return words
}

func shortest(words []string) int {
	least := len(words[0])
	for _, word := range words {
		least = min(least, len(word))
	}
	return least
}

// exact lists all strings that an expression matches, in small letters; nil where they are too many. What only looks around
// (^ $ \b) matches the empty string.
func exact(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText,
		syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return []string{""}
	case syntax.OpLiteral:
		return []string{strings.ToLower(string(re.Rune))}
	case syntax.OpCharClass:
		return runesOf(re.Rune)
	case syntax.OpCapture:
		return exact(re.Sub[0])
	case syntax.OpQuest:
		if words := exact(re.Sub[0]); words != nil {
			return unique(append([]string{""}, words...))
		}
		return nil
	case syntax.OpConcat:
		all := []string{""}
		for _, sub := range re.Sub {
			if all = product(all, exact(sub)); all == nil {
				return nil
			}
		}
		return all
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			words := exact(sub)
			if words == nil || len(all)+len(words) > mostLiterals {
				return nil
			}
			all = append(all, words...)
		}
		return unique(all)
	}
	return nil
}

func runesOf(ranges []rune) []string {
	var all []string
	for i := 0; i+1 < len(ranges); i += 2 {
		from, to := ranges[i], ranges[i+1]
		if from == to && (from == longS || from == kelvin) {
			continue // they fold to s and k, which are in the class, too; a text that holds them is never screened
		}
		if to > unicode.MaxASCII {
			return nil
		}
		for r := from; r <= to; r++ {
			if all = append(all, strings.ToLower(string(r))); len(all) > mostRunesOfOr {
				return nil
			}
		}
	}
	return unique(all)
}

// The two characters outside ASCII that fold to letters inside.
const (
	longS  = '\u017f'
	kelvin = '\u212a'
)

func product(a, b []string) []string {
	if a == nil || b == nil || len(a)*len(b) > mostLiterals {
		return nil
	}
	all := make([]string, 0, len(a)*len(b))
	for _, first := range a {
		for _, second := range b {
			all = append(all, first+second)
		}
	}
	return all
}

func unique(words []string) []string {
	seen := map[string]bool{}
	var all []string
	for _, word := range words {
		if !seen[word] {
			seen[word] = true
			all = append(all, word)
		}
	}
	return all
}

package screen

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"
	"sync"

	libinjection "github.com/corazawaf/libinjection-go"
	"rsc.io/binaryregexp"

	"drun.io/services/waf/internal/rules"
)

// condition is what one rule looks for.
type condition struct {
	id int
	// any are the alternatives that a text can match, and simple those that a simple one can.
	any, simple []branch
	// literal: a text that holds one of the words matches.
	literal bool
	matches func(text string) bool
}

// branch is one alternative of a condition, which is asked by itself: a small expression is far faster than a large one.
type branch struct {
	ways    []way
	matches func(text string) bool
}

// number gives each set of words of the ways its number in the automaton.
func (c *condition) number(words [][]string) [][]string {
	for _, one := range slices.Concat(c.any, c.simple) {
		for i := range one.ways {
			way := &one.ways[i]
			way.word = -1
			if way.words != nil && len(words) < mostWords {
				way.word = len(words)
				words = append(words, way.words)
			}
		}
	}
	return words
}

// conditionOf understands an operator.
func conditionOf(one rules.Attack) (condition, bool) {
	switch one.Operator {
	case "rx":
		return expression(one.Argument)
	case "pm":
		return phrases(strings.Fields(strings.ToLower(one.Argument)))
	case "pmFromFile", "pmf":
		words, err := rules.Phrases(one.Argument)
		if err != nil {
			return condition{}, false
		}
		return phrases(words)
	case "contains", "streq", "beginsWith", "endsWith":
		return phrases([]string{strings.ToLower(one.Argument)})
	case "detectSQLi":
		return asked(func(text string) bool { found, _ := libinjection.IsSQLi(text); return found }), true
	case "detectXSS":
		return asked(libinjection.IsXSS), true
	case "validateByteRange":
		return byteRange(one.Argument)
	case "validateUrlEncoding", "validateUtf8Encoding":
		// Without % and outside of ASCII there is nothing to be wrong.
		return asked(func(string) bool { return false }), true
	}
	return condition{}, false
}

// asked is a condition of which nothing is known beforehand.
func asked(matches func(text string) bool) condition {
	return condition{any: []branch{{[]way{{}}, matches}}, simple: []branch{{[]way{{}}, matches}}, matches: matches}
}

func expression(pattern string) (condition, bool) {
	parsed, compiled, err := compile(pattern)
	if err != nil {
		return condition{}, false
	}
	whole := parsed.Simplify()
	found := condition{matches: compiled.MatchString}
	if singleByte.MatchString(pattern) {
		// Of this library only the whole can be asked.
		found.any = []branch{{waysOf(whole), compiled.MatchString}}
		if left := restrict(whole); left.Op != syntax.OpNoMatch {
			found.simple = []branch{{waysOf(left), compiled.MatchString}}
		}
		return found, true
	}
	for _, one := range alternatives(whole) {
		found.any = withBranch(found.any, one, compiled)
		found.simple = withBranch(found.simple, restrict(one), compiled)
	}
	return found, true
}

// alternatives are the expressions of which any may match for the whole to match.
func alternatives(re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpCapture:
		return alternatives(re.Sub[0])
	case syntax.OpAlternate:
		var all []*syntax.Regexp
		for _, one := range re.Sub {
			all = append(all, alternatives(one)...)
		}
		if len(all) <= mostBranches {
			return all
		}
	}
	return []*syntax.Regexp{re}
}

// mostBranches bounds how many expressions are made of one.
const mostBranches = 24

func withBranch(all []branch, re *syntax.Regexp, whole matcher) []branch {
	if re.Op == syntax.OpNoMatch {
		return all
	}
	return append(all, branch{waysOf(re), whenAsked(re, whole)})
}

// whenAsked compiles an alternative when a text is first asked of it: most never are, and to compile all would take a second of each
// start. Where it cannot be compiled the whole is asked, which matches wherever one of its alternatives does.
func whenAsked(re *syntax.Regexp, whole matcher) func(text string) bool {
	compiled := sync.OnceValue(func() matcher {
		if alone, err := regexp.Compile(re.String()); err == nil {
			return alone
		}
		return whole
	})
	return func(text string) bool { return compiled().MatchString(text) }
}

// matcher is what both libraries of regular expressions have in common.
type matcher interface{ MatchString(text string) bool }

// compile reads a pattern as Coraza does: with its flags, and where it names single bytes with the library for bytes. To
// a plain text such a byte is a character that it does not hold, in either library.
func compile(pattern string) (*syntax.Regexp, matcher, error) {
	if singleByte.MatchString(pattern) {
		parsed, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			return nil, nil, err
		}
		compiled, err := binaryregexp.Compile(pattern)
		return parsed, compiled, err
	}
	parsed, err := syntax.Parse("(?sm)"+pattern, syntax.Perl)
	if err != nil {
		return nil, nil, err
	}
	compiled, err := regexp.Compile("(?sm)" + pattern)
	return parsed, compiled, err
}

var singleByte = regexp.MustCompile(`\\x\{?[89a-fA-F][0-9a-fA-F]`)

// phrases treats a text that holds one of the words as a match: for operators that look at a part or the whole of it, too.
// Words with macros are known only at run time.
func phrases(words []string) (condition, bool) {
	if len(words) == 0 || slices.ContainsFunc(words, func(word string) bool { return word == "" || strings.Contains(word, "%{") }) {
		return condition{}, false
	}
	return condition{any: []branch{{ways: []way{{words: words}}}}, simple: []branch{{ways: []way{{words: words}}}}, literal: true}, true
}

// byteRange matches a text with a byte outside of a list of ranges, such as 32-36,38-126.
func byteRange(ranges string) (condition, bool) {
	var allowed [256]bool
	for part := range strings.SplitSeq(ranges, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			last = first
		}
		from, errFrom := strconv.Atoi(first)
		to, errTo := strconv.Atoi(last)
		if errFrom != nil || errTo != nil || from < 0 || to > 255 {
			return condition{}, false
		}
		for c := from; c <= to; c++ {
			allowed[c] = true
		}
	}
	return asked(func(text string) bool {
		for i := range len(text) {
			if !allowed[text[i]] {
				return true
			}
		}
		return false
	}), true
}

// met says whether a text meets the condition. An alternative is asked for itself where one of its ways is possible.
func (c *condition) met(one *scanned) bool {
	branches := c.any
	if one.simple {
		branches = c.simple
	}
	for i := range branches {
		if branches[i].possible(one) && (c.literal || branches[i].matches(one.text)) {
			return true
		}
	}
	return false
}

// possible says whether one of the ways is. The first stands for all of them.
func (b *branch) possible(one *scanned) bool {
	if !b.ways[0].possible(one.holds, &one.words) {
		return false
	}
	others := b.ways[1:]
	for i := range others {
		if others[i].possible(one.holds, &one.words) {
			return true
		}
	}
	return len(others) == 0
}

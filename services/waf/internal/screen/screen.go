// Package screen says, cheaply, that no rule can match a text.
//
// Most of what an ordinary request holds (names, numbers, words) matches no rule, but asking each of 200 rules about each of
// 150 texts takes milliseconds. The screen reads the conditions of the rules themselves and derives, for each, what a text
// must hold to match it: strings of which one must be there, and sets of characters of each of which one must be there. It
// looks for all of them in one pass, and asks the few rules that are left. A text is clean only if none of the rules matches
// any form that their transformations give it; whatever the screen does not understand, a character, a transformation or an
// operator, is not clean, and goes to the rules. So it can cost time, and never an attack; tests compare both on all corpora.
package screen

import (
	"math/bits"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	libinjection "github.com/corazawaf/libinjection-go"
	"rsc.io/binaryregexp"

	"drun.io/services/waf/internal/rules"
)

// longest is how long a text may be; a longer one goes to the rules.
const longest = 64 << 10

// condition is what one rule looks for.
type condition struct {
	id      int
	needs   []byteSet
	literal bool
	matches func(text string) bool
}

// most is how many rules a screen may hold; with more it speaks for none.
const most = 512

// set is a set of conditions.
type set [most / 64]uint64

func (s *set) add(at int) { s[at>>6] |= 1 << (at & 63) }

func (s *set) meets(other *set) bool {
	for i := range s {
		if s[i]&other[i] != 0 {
			return true
		}
	}
	return false
}

// form is a way in which texts are transformed, with the rules that look at it.
type form struct {
	names   []string
	changes []change
	rules   set
}

// Screen knows the conditions of rules, by what they look at.
type Screen struct {
	conditions []condition
	words      *automaton
	// always are the rules without words to look for, empty those that match an empty text.
	always, empty set
	forms         []form
	looking       looking
	// Covered are the rules that the screen speaks for, by id.
	Covered map[int]bool
	// Arguments says that it speaks for every rule that looks at the names or values of arguments.
	Arguments bool
}

// New reads rules. Those that it does not understand it does not speak for.
func New(all []rules.Attack) *Screen {
	s := &Screen{Covered: map[int]bool{}, Arguments: true}
	var words [][]string
	for _, one := range all {
		seen, readable := partsOf(one.Variables)
		compiled, literals, known := conditionOf(one)
		chains, changeable := formsOf(one)
		if !readable || !known || !changeable || len(s.conditions) == most {
			s.Arguments = s.Arguments && !looksAtArguments(one.Variables)
			continue
		}
		at := len(s.conditions)
		compiled.id = one.ID
		s.conditions = append(s.conditions, compiled)
		words = append(words, literals)
		s.Covered[one.ID] = true
		s.looking.add(at, seen)
		if literals == nil {
			s.always.add(at)
			if compiled.matches("") {
				s.empty.add(at)
			}
		}
		for _, chain := range chains {
			s.formOf(chain).rules.add(at)
		}
	}
	s.looking.complete()
	s.words = newAutomaton(words)
	return s
}

func (s *Screen) formOf(chain []string) *form {
	for i := range s.forms {
		if slices.Equal(s.forms[i].names, chain) {
			return &s.forms[i]
		}
	}
	made := form{names: chain}
	for _, name := range chain {
		made.changes = append(made.changes, changes[name])
	}
	s.forms = append(s.forms, made)
	return &s.forms[len(s.forms)-1]
}

// formsOf are the transformations of a rule without those that leave a plain text as it is.
func formsOf(one rules.Attack) ([][]string, bool) {
	chain := []string{}
	forms := [][]string{{}}
	for _, name := range one.Transformations {
		if same[name] {
			continue
		}
		if changes[name] == nil {
			return nil, false
		}
		chain = append(slices.Clone(chain), name)
		forms = append(forms, chain)
	}
	if !one.MultiMatch {
		forms = forms[len(forms)-1:]
	}
	return forms, true
}

// conditionOf understands an operator. The literals are those of which a matching text holds one; nil where there are none.
func conditionOf(one rules.Attack) (condition, []string, bool) {
	switch one.Operator {
	case "rx":
		return expression(one.Argument)
	case "pm":
		return phrases(strings.Fields(strings.ToLower(one.Argument)))
	case "pmFromFile", "pmf":
		words, err := rules.Phrases(one.Argument)
		if err != nil {
			return condition{}, nil, false
		}
		return phrases(words)
	case "contains", "streq", "beginsWith", "endsWith":
		if strings.Contains(one.Argument, "%{") {
			return condition{}, nil, false
		}
		return phrases([]string{strings.ToLower(one.Argument)})
	case "detectSQLi":
		return condition{matches: func(text string) bool { found, _ := libinjection.IsSQLi(text); return found }}, nil, true
	case "detectXSS":
		return condition{matches: libinjection.IsXSS}, nil, true
	case "validateByteRange":
		return byteRange(one.Argument)
	case "validateUrlEncoding", "validateUtf8Encoding":
		return condition{matches: never}, nil, true // without % and outside of ASCII there is nothing to be wrong
	}
	return condition{}, nil, false
}

func never(string) bool { return false }

func expression(pattern string) (condition, []string, bool) {
	parsed, compiled, err := compile(pattern)
	if err != nil {
		return condition{}, nil, false
	}
	simple := parsed.Simplify()
	needs := needed(simple)
	slices.SortFunc(needs, func(a, b byteSet) int { return a.common() - b.common() })
	return condition{needs: needs[:min(len(needs), 4)], matches: compiled.MatchString}, required(simple), true
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
func phrases(words []string) (condition, []string, bool) {
	if len(words) == 0 || slices.Contains(words, "") {
		return condition{}, nil, false
	}
	return condition{literal: true}, words, true
}

// byteRange matches a text with a byte outside of a list of ranges, such as 32-36,38-126.
func byteRange(ranges string) (condition, []string, bool) {
	var allowed [256]bool
	for part := range strings.SplitSeq(ranges, ",") {
		first, last, isRange := strings.Cut(strings.TrimSpace(part), "-")
		if !isRange {
			last = first
		}
		from, errFrom := strconv.Atoi(first)
		to, errTo := strconv.Atoi(last)
		if errFrom != nil || errTo != nil || from < 0 || to > 255 {
			return condition{}, nil, false
		}
		for c := from; c <= to; c++ {
			allowed[c] = true
		}
	}
	return condition{matches: func(text string) bool {
		for i := range len(text) {
			if !allowed[text[i]] {
				return true
			}
		}
		return false
	}}, nil, true
}

// Clean says that no rule which looks at such a part of a request matches this text.
func (s *Screen) Clean(part Part, text string) bool { return s.clean(&s.looking.parts[part], text) }

// CleanHeader says that no rule matches the value of a header, whose name is in small letters.
func (s *Screen) CleanHeader(name, value string) bool {
	return s.clean(s.looking.atHeader(name), value)
}

// scanned is a form of the text, with the conditions whose words it holds.
type scanned struct {
	text  string
	holds byteSet
	marks set
}

func (s *Screen) clean(looking *set, text string) bool {
	if text == "" {
		return !looking.meets(&s.empty)
	}
	if len(text) > longest || !plain(text) {
		return false
	}
	var known [8]scanned
	many := 0
	for i := range s.forms {
		form := &s.forms[i]
		if !looking.meets(&form.rules) {
			continue
		}
		changed, ok := form.of(text)
		if !ok {
			return false
		}
		at := slices.IndexFunc(known[:many], func(one scanned) bool { return one.text == changed })
		if at < 0 {
			at = min(many, len(known)-1)
			many = at + 1
			known[at] = scanned{text: changed, holds: setOf(changed), marks: s.always}
			s.words.scan(changed, &known[at].marks)
		}
		if s.anyMatches(&known[at], looking, &form.rules) {
			return false
		}
	}
	return true
}

func (f *form) of(text string) (string, bool) {
	for _, one := range f.changes {
		changed, ok := one(text)
		if !ok {
			return "", false
		}
		text = changed
	}
	return text, true
}

// anyMatches asks the rules that are left.
func (s *Screen) anyMatches(one *scanned, looking, inForm *set) bool {
	for i := range looking {
		for left := one.marks[i] & looking[i] & inForm[i]; left != 0; left &= left - 1 {
			rule := &s.conditions[i<<6+bits.TrailingZeros64(left)]
			if rule.literal || rule.needsMet(one.holds) && rule.matches(one.text) {
				return true
			}
		}
	}
	return false
}

func (c *condition) needsMet(holds byteSet) bool {
	for _, need := range c.needs {
		if !need.meets(holds) {
			return false
		}
	}
	return true
}

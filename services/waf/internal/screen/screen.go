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
	"slices"
	"strings"

	"drun.io/services/waf/internal/rules"
)

// longest is how long a text may be; a longer one goes to the rules.
const longest = 64 << 10

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
	// empty are the conditions that an empty text meets.
	empty set
	// simple are the conditions that a simple text can meet.
	simple  set
	forms   []form
	looking looking
	memory  *memory
	// Covered are the rules that the screen speaks for, by id.
	Covered    map[int]bool
	exceptions []exception
	// Arguments says that it speaks for every rule that looks at the names or values of arguments.
	Arguments bool
}

// Exception takes names of arguments of a body away from a rule.
type Exception struct {
	Rule  int
	Names *regexp.Regexp
}

// exception has the condition of its rule taken away.
type exception struct {
	Exception
	others set
}

// New reads rules. Those that it does not understand it does not speak for.
func New(all []rules.Attack, exceptions ...Exception) *Screen {
	s := &Screen{Covered: map[int]bool{}, Arguments: true, memory: newMemory()}
	var words [][]string
	for _, one := range all {
		seen, readable := partsOf(one.Variables)
		compiled, known := conditionOf(one)
		chains, changeable := formsOf(one)
		if !readable || !known || !changeable || idle(one, compiled) || len(s.conditions) == most {
			s.Arguments = s.Arguments && !looksAtArguments(one.Variables)
			continue
		}
		at := len(s.conditions)
		compiled.id = one.ID
		s.conditions = append(s.conditions, compiled)
		s.Covered[one.ID] = true
		s.looking.add(at, seen)
		if len(compiled.simple) > 0 {
			s.simple.add(at)
		}
		if !compiled.literal && compiled.matches("") {
			s.empty.add(at)
		}
		for _, chain := range chains {
			s.formOf(chain).rules.add(at)
		}
	}
	// Lists of words first: nothing else speaks for them.
	for _, literal := range []bool{true, false} {
		for at := range s.conditions {
			if s.conditions[at].literal == literal {
				words = s.conditions[at].number(words)
			}
		}
	}
	s.looking.complete()
	for _, one := range exceptions {
		others := s.looking.parts[BodyName]
		for at, rule := range s.conditions {
			if rule.id == one.Rule {
				others[at>>6] &^= 1 << (at & 63)
			}
		}
		s.exceptions = append(s.exceptions, exception{one, others})
	}
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

// idle: the first condition of some chains is met by nearly everything; to speak for them would be to find nothing clean.
func idle(one rules.Attack, first condition) bool {
	return one.Chained && !first.literal && slices.ContainsFunc(ordinary, first.matches)
}

var ordinary = []string{"GET", "HEAD", "POST", "HTTP/1.1", "application/json", "x-request-id", "1964", "name", "/v1/models"}

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

// Clean says that no rule which looks at such a part of a request matches this text.
func (s *Screen) Clean(part Part, text string) bool { return s.clean(&s.looking.parts[part], text) }

// CleanHeader says that no rule matches the value of a header, whose name is in small letters.
func (s *Screen) CleanHeader(name, value string) bool {
	return s.clean(s.looking.atHeader(name), value)
}

// scanned is a form of the text, with the characters and the words that it holds.
type scanned struct {
	text  string
	holds byteSet
	words wordSet
	// simple: it has no characters but simple ones.
	simple bool
}

func (s *Screen) clean(looking *set, text string) bool {
	switch {
	case text == "":
		return !looking.meets(&s.empty)
	case len(text) > memorable:
		return s.cleanAnew(looking, text)
	case s.memory.has(looking, text):
		return true
	case s.cleanAnew(looking, text):
		s.memory.add(looking, text)
		return true
	}
	return false
}

// cleanAnew looks at a text with + twice: urlDecodeUni makes it a space, which no transformation that rules use before it
// treats otherwise.
func (s *Screen) cleanAnew(looking *set, text string) bool {
	switch {
	case len(text) > longest || !plain(text):
		return false
	case !strings.Contains(text, "+"):
		return s.cleanPlain(looking, text)
	}
	return s.cleanPlain(looking, text) && s.cleanPlain(looking, strings.ReplaceAll(text, "+", " "))
}

func (s *Screen) cleanPlain(looking *set, text string) bool {
	var known [4]scanned
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
			holds := setOf(changed)
			known[at] = scanned{text: changed, holds: holds, simple: simple.covers(holds)}
			s.words.scan(changed, &known[at].words)
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

// anyMatches asks the rules that a text can match.
func (s *Screen) anyMatches(one *scanned, looking, inForm *set) bool {
	for i := range looking {
		left := looking[i] & inForm[i]
		if one.simple {
			left &= s.simple[i]
		}
		for ; left != 0; left &= left - 1 {
			if s.conditions[i<<6+bits.TrailingZeros64(left)].met(one) {
				return true
			}
		}
	}
	return false
}

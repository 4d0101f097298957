package screen

import (
	"regexp/syntax"
	"slices"
	"unicode"
)

// simple are the characters of names, numbers, addresses and words. Most texts have no others, and to such a text most of
// what rules look for (quotes, brackets, operators) cannot happen.
var simple = func() byteSet {
	var set byteSet
	for c := byte(0); c < unicode.MaxASCII; c++ {
		if 'a' <= c && c <= 'z' || '0' <= c && c <= '9' {
			set.add(c)
		}
	}
	for _, c := range []byte(" _-.:/@,") {
		set.add(c)
	}
	return set
}()

// restrict leaves of an expression what can match a text of simple characters: it matches such a text exactly where the
// expression does.
func restrict(re *syntax.Regexp) *syntax.Regexp {
	switch re.Op {
	case syntax.OpLiteral:
		for _, r := range re.Rune {
			if !simple.meets(ofRune(r, re.Flags&syntax.FoldCase != 0).small()) {
				return impossible
			}
		}
		return re
	case syntax.OpCharClass:
		return restrictClass(re)
	case syntax.OpStar, syntax.OpQuest:
		if sub := restrict(re.Sub[0]); sub.Op != syntax.OpNoMatch {
			return with(re, sub)
		}
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}
	case syntax.OpCapture:
		return restrict(re.Sub[0])
	case syntax.OpPlus:
		if sub := restrict(re.Sub[0]); sub.Op != syntax.OpNoMatch {
			return with(re, sub)
		}
		return impossible
	case syntax.OpConcat:
		return restrictConcat(re)
	case syntax.OpAlternate:
		return restrictAlternate(re)
	}
	return re
}

var impossible = &syntax.Regexp{Op: syntax.OpNoMatch}

func with(re *syntax.Regexp, subs ...*syntax.Regexp) *syntax.Regexp {
	made := *re
	made.Sub = subs
	return &made
}

func restrictClass(re *syntax.Regexp) *syntax.Regexp {
	var left []rune
	for i := 0; i+1 < len(re.Rune); i += 2 {
		for r := re.Rune[i]; r <= min(re.Rune[i+1], unicode.MaxASCII); r++ {
			if ofRange(r, r).small().meets(simple) {
				left = append(left, r, r)
			}
		}
	}
	if len(left) == 0 {
		return impossible
	}
	made := *re
	made.Rune = left
	return &made
}

func restrictConcat(re *syntax.Regexp) *syntax.Regexp {
	var subs []*syntax.Regexp
	for _, one := range re.Sub {
		sub := restrict(one)
		switch sub.Op {
		case syntax.OpNoMatch:
			return impossible
		case syntax.OpEmptyMatch:
		default:
			subs = append(subs, sub)
		}
	}
	if len(subs) == 0 {
		return &syntax.Regexp{Op: syntax.OpEmptyMatch}
	}
	return with(re, subs...)
}

func restrictAlternate(re *syntax.Regexp) *syntax.Regexp {
	subs := make([]*syntax.Regexp, 0, len(re.Sub))
	for _, one := range re.Sub {
		subs = append(subs, restrict(one))
	}
	subs = slices.DeleteFunc(subs, func(one *syntax.Regexp) bool { return one.Op == syntax.OpNoMatch })
	if len(subs) == 0 {
		return impossible
	}
	return with(re, subs...)
}

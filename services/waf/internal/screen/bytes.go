package screen

import (
	"math/bits"
	"regexp/syntax"
	"unicode"
)

// byteSet is a set of ASCII characters; high stands for all others.
type byteSet struct {
	low  [2]uint64
	high bool
}

func (s *byteSet) add(c byte) {
	if c > unicode.MaxASCII {
		s.high = true
		return
	}
	s.low[c>>6] |= 1 << (c & 63)
}

func (s byteSet) meets(other byteSet) bool {
	return s.low[0]&other.low[0]|s.low[1]&other.low[1] != 0 || s.high && other.high
}

func (s byteSet) union(other byteSet) byteSet {
	return byteSet{low: [2]uint64{s.low[0] | other.low[0], s.low[1] | other.low[1]}, high: s.high || other.high}
}

func (s byteSet) covers(other byteSet) bool {
	return other.low[0]&^s.low[0]|other.low[1]&^s.low[1] == 0 && (s.high || !other.high)
}

// Letters in the upper half: A to Z are bits 1 to 26, a to z bits 33 to 58.
const (
	capitals = 0x0000000007fffffe
	letters  = 0x07fffffe00000000
)

// small makes letters small.
func (s byteSet) small() byteSet {
	s.low[1] = s.low[1]&^capitals | s.low[1]&capitals<<32
	return s
}

// single says whether there is one character, and inside of ASCII.
func (s byteSet) single() bool {
	return !s.high && bits.OnesCount64(s.low[0])+bits.OnesCount64(s.low[1]) == 1
}

// common weighs how likely an ordinary text, its letters made small, holds one of the characters.
func (s byteSet) common() int {
	alphabet := bits.OnesCount64(s.low[1] & letters)
	digits := bits.OnesCount64(s.low[0] & 0x03ff000000000000)
	all := bits.OnesCount64(s.low[0]) + bits.OnesCount64(s.low[1])
	weight := 20*alphabet + 10*digits + all
	if s.low[0]&(1<<' ') != 0 {
		weight += 20
	}
	return weight
}

// setOf are the characters of a text, letters made small.
func setOf(text string) byteSet {
	var set byteSet
	for i := range len(text) {
		set.add(text[i])
	}
	return set.small()
}

// needed finds sets of characters, of each of which any text that an expression matches holds at least one.
func needed(re *syntax.Regexp) []byteSet {
	switch re.Op {
	case syntax.OpLiteral:
		var all []byteSet
		for _, r := range re.Rune {
			all = append(all, ofRune(r, re.Flags&syntax.FoldCase != 0))
		}
		return all
	case syntax.OpCharClass:
		var set byteSet
		for i := 0; i+1 < len(re.Rune); i += 2 {
			set = set.union(ofRange(re.Rune[i], re.Rune[i+1]))
		}
		return []byteSet{set}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpConcat:
		var all []byteSet
		for _, sub := range re.Sub {
			all = append(all, needed(sub)...)
		}
		return all
	case syntax.OpAlternate:
		return neededOfAny(re.Sub)
	}
	return nil
}

// neededOfAny joins the rarest set of each way to match.
func neededOfAny(ways []*syntax.Regexp) []byteSet {
	var joined byteSet
	for _, way := range ways {
		sets := needed(way)
		if len(sets) == 0 {
			return nil
		}
		joined = joined.union(rarest(sets))
	}
	return []byteSet{joined}
}

func rarest(sets []byteSet) byteSet {
	best := sets[0]
	for _, one := range sets[1:] {
		if one.common() < best.common() {
			best = one
		}
	}
	return best
}

func ofRange(from, to rune) byteSet {
	var set byteSet
	for r := from; r <= min(to, unicode.MaxASCII); r++ {
		set.add(byte(r))
	}
	set.high = to > unicode.MaxASCII
	return set
}

func ofRune(r rune, fold bool) byteSet {
	set := ofRange(r, r)
	for next := unicode.SimpleFold(r); fold && next != r; next = unicode.SimpleFold(next) {
		if next != longS && next != kelvin { // no text that holds them is screened
			set = set.union(ofRange(next, next))
		}
	}
	return set
}

package screen

import "regexp/syntax"

// way is one of the ways in which an expression can match, and what a text must hold for it.
type way struct {
	// all are characters, in small letters, of which each must be there.
	all byteSet
	// needs are sets of characters, in small letters, of each of which one must be there.
	needs []byteSet
	// words of which one must be there; nil where any text may do.
	words []string
	// word is the number of the words in the automaton, -1 for none.
	word int
}

// mostWays bounds how far an expression is taken apart.
const mostWays = 1024

// waysOf takes an expression apart along its alternatives. The first way stands for all of them: where it is not possible,
// none is.
func waysOf(re *syntax.Regexp) []way {
	found := append([]way{{needs: needed(re), words: required(re)}}, split(re)...)
	for i := range found {
		found[i].needs, found[i].all = settle(found[i].needs)
	}
	if len(found) == 2 {
		return found[1:]
	}
	return found
}

func split(re *syntax.Regexp) []way {
	switch re.Op {
	case syntax.OpAlternate:
		var all []way
		for _, sub := range re.Sub {
			all = append(all, split(sub)...)
		}
		if len(all) <= mostWays {
			return all
		}
	case syntax.OpCapture, syntax.OpPlus:
		return split(re.Sub[0])
	case syntax.OpConcat:
		if all := splitConcat(re); all != nil {
			return all
		}
	}
	return []way{{needs: needed(re), words: required(re)}}
}

// splitConcat combines the ways of the parts, as far as they are not too many; nil where there is one way only.
func splitConcat(re *syntax.Regexp) []way {
	all := []way{{}}
	for _, sub := range re.Sub {
		parts := split(sub)
		if len(all)*len(parts) > mostWays {
			parts = []way{{needs: needed(sub), words: required(sub)}}
		}
		combined := make([]way, 0, len(all)*len(parts))
		for _, one := range all {
			for _, part := range parts {
				combined = append(combined, way{
					needs: append(append([]byteSet{}, one.needs...), part.needs...),
					words: better(one.words, part.words),
				})
			}
		}
		all = combined
	}
	if len(all) == 1 {
		return nil // taken as a whole, neighbours make longer words
	}
	return all
}

// settle makes letters small, joins the sets of one character, and leaves out what says nothing.
func settle(needs []byteSet) ([]byteSet, byteSet) {
	var sets []byteSet
	var all byteSet
	for _, need := range needs {
		small := need.small()
		switch {
		case small.single():
			all = all.union(small)
		case small.common() < weak && !contains(sets, small):
			sets = append(sets, small)
		}
	}
	return sets, all
}

// weak is the weight from which a set is in nearly every text.
const weak = 520

func contains(sets []byteSet, one byteSet) bool {
	for _, known := range sets {
		if known == one {
			return true
		}
	}
	return false
}

// possible says whether a text that holds some characters and some words can match this way.
func (w *way) possible(holds byteSet, words *wordSet) bool {
	if !holds.covers(w.all) || w.word >= 0 && !words.has(w.word) {
		return false
	}
	for _, need := range w.needs {
		if !need.meets(holds) {
			return false
		}
	}
	return true
}

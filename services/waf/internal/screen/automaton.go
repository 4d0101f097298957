package screen

// mostWords is how many sets of words an automaton tells apart.
const mostWords = 4096

// wordSet is a set of sets of words.
type wordSet [mostWords / 64]uint64

func (s *wordSet) add(at int) { s[at>>6] |= 1 << (at & 63) }

func (s *wordSet) has(at int) bool { return s[at>>6]&(1<<(at&63)) != 0 }

// automaton finds which sets of words a text holds a word of, in one pass (Aho and Corasick, 1975), letters made small.
type automaton struct {
	// class of each byte: bytes that are in no word share class 0.
	class   [256]uint8
	classes int
	next    []uint32
	// found are the sets of which a word ends in a state.
	found [][]uint16
}

// newAutomaton builds one; set i holds words[i].
func newAutomaton(words [][]string) *automaton {
	a := &automaton{classes: 1}
	for _, set := range words {
		for _, word := range set {
			for i := range len(word) {
				if a.class[word[i]] == 0 {
					a.class[word[i]] = uint8(a.classes)
					a.classes++
				}
			}
		}
	}
	a.addState()
	for set, all := range words {
		for _, word := range all {
			a.addWord(uint16(set), word)
		}
	}
	a.link()
	for c := 'A'; c <= 'Z'; c++ {
		a.class[c] = a.class[c+'a'-'A']
	}
	return a
}

func (a *automaton) addState() uint32 {
	a.next = append(a.next, make([]uint32, a.classes)...)
	a.found = append(a.found, nil)
	return uint32(len(a.found) - 1)
}

func (a *automaton) addWord(set uint16, word string) {
	state := uint32(0)
	for i := range len(word) {
		at := int(state)*a.classes + int(a.class[word[i]])
		if a.next[at] == 0 {
			made := a.addState()
			a.next[at] = made
		}
		state = a.next[at]
	}
	a.found[state] = withSet(a.found[state], set)
}

// link completes every state with what its longest proper suffix would do, breadth first.
func (a *automaton) link() {
	fail := make([]uint32, len(a.found))
	queue := []uint32{}
	for class := range a.classes {
		if state := a.next[class]; state != 0 {
			queue = append(queue, state)
		}
	}
	for len(queue) > 0 {
		state := queue[0]
		queue = queue[1:]
		for _, set := range a.found[fail[state]] {
			a.found[state] = withSet(a.found[state], set)
		}
		for class := range a.classes {
			at := int(state)*a.classes + class
			other := a.next[int(fail[state])*a.classes+class]
			if a.next[at] == 0 {
				a.next[at] = other
				continue
			}
			fail[a.next[at]] = other
			queue = append(queue, a.next[at])
		}
	}
}

func withSet(sets []uint16, set uint16) []uint16 {
	for _, one := range sets {
		if one == set {
			return sets
		}
	}
	return append(sets, set)
}

// scan marks every set of which the text holds a word.
func (a *automaton) scan(text string, marks *wordSet) {
	state := 0
	for i := range len(text) {
		state = int(a.next[state*a.classes+int(a.class[text[i]])])
		for _, one := range a.found[state] {
			marks.add(int(one))
		}
	}
}

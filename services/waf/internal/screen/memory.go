package screen

import (
	"hash/maphash"
	"sync/atomic"
)

// remembered is how many texts are remembered to be clean, and how long one may be.
const (
	remembered = 1 << 15
	memorable  = 128
)

// memory holds texts that were found clean: names, and values that come again. It is bounded, and forgets by overwriting;
// whatever is put into it, it only ever answers for the very same text in the very same part.
type memory struct {
	seed  maphash.Seed
	slots [remembered]atomic.Pointer[known]
}

type known struct {
	looking *set
	text    string
}

func newMemory() *memory { return &memory{seed: maphash.MakeSeed()} }

func (m *memory) slot(text string) *atomic.Pointer[known] {
	return &m.slots[maphash.String(m.seed, text)%remembered]
}

func (m *memory) has(looking *set, text string) bool {
	found := m.slot(text).Load()
	return found != nil && found.looking == looking && found.text == text
}

func (m *memory) add(looking *set, text string) {
	m.slot(text).Store(&known{looking: looking, text: text})
}

package screen

import "fmt"

func (s *Screen) Why(text string) string {
	if !plain(text) {
		return "not plain"
	}
	out := ""
	for i := range s.forms {
		f := &s.forms[i]
		changed, ok := f.of(text)
		if !ok {
			out += fmt.Sprint(f.names, " not ok; ")
			continue
		}
		sc := scanned{text: changed, holds: setOf(changed), marks: s.always}
		s.words.scan(changed, &sc.marks)
		for c := range s.conditions {
			var one set
			one.add(c)
			if one.meets(&f.rules) && one.meets(&sc.marks) {
				r := &s.conditions[c]
				if r.literal || r.needsMet(sc.holds) && r.matches(changed) {
					out += fmt.Sprintf("rule %d %v; ", r.id, f.names)
				}
			}
		}
	}
	return out
}

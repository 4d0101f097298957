package main

import (
	"crypto/sha256"
	"regexp"
	"strings"
)

// Halves are the two halves of a corpus: rules were chosen and written on one of them alone, and the other says how well that
// carries over to what nobody looked at.
type Halves struct {
	ChosenOn Share `json:"chosenOn"`
	HeldOut  Share `json:"heldOut"`
}

// Attacked are the attacks of a corpus, and those of its entries that attack nothing, whatever a firewall does with them.
type Attacked struct {
	Attacks  Halves `json:"attacks"`
	NoAttack Halves `json:"noAttack"`
}

// heldOut says in which half a text is.
func heldOut(text string) bool { return sha256.Sum256([]byte(text))[0]&1 == 1 }

// attacksNothing says by the text alone that an entry of the corpus is no attack: titles of files of a scanner, and in the class for
// scripts those without a single character that markup, script or an address of a script needs (names of endpoints, such as
// /containers/json, and titles).
func attacksNothing(class, text string) bool {
	return strings.HasPrefix(text, "# Nuclei template: ") || class == "xss" && harmless.MatchString(text)
}

var harmless = regexp.MustCompile(`^[A-Za-z0-9 /._-]+$`)

func (h *Halves) of(text string) *Share {
	if heldOut(text) {
		return &h.HeldOut
	}
	return &h.ChosenOn
}

func (a *Attacked) of(class, text string) *Share {
	if attacksNothing(class, text) {
		return a.NoAttack.of(text)
	}
	return a.Attacks.of(text)
}

func (s *Share) add(other Share) {
	s.Asked += other.Asked
	s.Refused += other.Refused
}

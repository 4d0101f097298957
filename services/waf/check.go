package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"drun.io/services/waf/internal/policy"
	"drun.io/services/waf/internal/rules"
)

// check says what is wrong with all files, and which exclusions are past their day, which is no mistake.
//
// The platform's file comes first: with a mistake in it there is nothing that tenants' files could add to.
func check(out io.Writer, store *policy.Store, err error) error {
	if err != nil {
		return err
	}
	for _, one := range store.Expired() {
		if _, err := fmt.Fprintln(out, "past its day:", one); err != nil {
			return err
		}
	}
	var all []error
	ignored := store.Ignored()
	for _, name := range slices.Sorted(maps.Keys(ignored)) {
		all = append(all, fmt.Errorf("%s: %w", name, ignored[name]))
	}
	return errors.Join(all...)
}

// list writes the rules that an exclusion may name, one a line.
func list(out io.Writer) error {
	all, err := rules.Excludable()
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if _, err := fmt.Fprintln(out, id); err != nil {
			return err
		}
	}
	return nil
}

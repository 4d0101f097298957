package config

import (
	"errors"
	"strings"
	"testing"

	"drun.io/services/waf/internal/route"
)

const ofAcme = `{"version": 1, "routes": {"inference/acme/chat": {"exclusions": [
	{"rule": 942100, "target": "ARGS:json.filter", "owner": "ml@acme.example", "expires": "2027-03-31", "reason": "filters are SQL by contract"}]}}}`

func TestATenantExcludesRulesOfItsOwnRoutes(t *testing.T) {
	tenant, err := ParseTenant("acme", []byte(ofAcme), today)
	if err != nil {
		t.Fatal(err)
	}
	platform := parse(t, `
version: 1
types: {inference: {paranoia: 2}}
routes: {inference/acme/chat: {mode: detect, exclusions: [{rule: 941100, reason: the platform says so too, owner: p@drun.example, expires: 2027-01-01}]}}`)
	merged := platform.With([]Tenant{tenant})
	got := merged.PolicyFor(chat)
	if len(got.Exclusions) != 2 || got.Profile.Mode != Detect || got.Profile.Paranoia != 2 {
		t.Errorf("%+v", got)
	}
	if len(platform.PolicyFor(chat).Exclusions) != 1 {
		t.Error("the platform's own configuration was changed")
	}
	unnamed := parse(t, "version: 1\ntypes: {inference: {paranoia: 3}}").With([]Tenant{tenant})
	if got := unnamed.PolicyFor(chat); len(got.Exclusions) != 1 || got.Profile.Paranoia != 3 {
		t.Errorf("a route that the platform does not name: %+v", got)
	}
	other := route.Route{Type: route.Inference, Tenant: "beta", Exposure: "chat"}
	if got := merged.PolicyFor(other); len(got.Exclusions) != 0 {
		t.Errorf("another tenant's route: %+v", got)
	}
}

func TestFailsWhereATenantSaysMoreThanItMay(t *testing.T) {
	for _, one := range []struct{ name, text, expected string }{
		{"beta", ofAcme, `it is a route of "acme", expected one of "beta"`},
		{"Acme", ofAcme, `it is called "Acme"`},
		{"acme", `{"version": 1, "types": {"api": {"mode": "detect"}}}`, "field types not found"},
		{"acme", `{"version": 1, "routes": {"api/acme/x": {"mode": "detect"}}}`, "field mode not found"},
		{"acme", `{"version": 1, "routes": {"admin/acme/x": {}}}`, "routes.admin/acme/x"},
		{"acme", strings.ReplaceAll(ofAcme, "942100", "949110"), "exclusions[0].rule: 949110"},
		{"acme", strings.ReplaceAll(ofAcme, "2027-03-31", "2029-03-31"), "at most a year"},
		{"acme", strings.ReplaceAll(ofAcme, "reason", "because"), "field because not found"},
		{"acme", `{"version": 2}`, "version: 2"},
		{"acme", ofAcme[:40], "file: "},
		{"acme", "", "it is empty"},
	} {
		_, err := ParseTenant(one.name, []byte(one.text), today)
		var all *Error
		if !errors.As(err, &all) || !strings.Contains(err.Error(), one.expected) {
			t.Errorf("%s %s: expected %q, got %v", one.name, one.text, one.expected, err)
		}
	}
}

package engine

import (
	"github.com/corazawaf/coraza/v3/types"
	"github.com/corazawaf/coraza/v3/types/variables"

	"drun.io/services/waf/internal/config"
)

// targets are the rule language's names of variables, as far as an exclusion may name them.
var targets = func() map[string]variables.RuleVariable {
	all := map[string]variables.RuleVariable{}
	for _, one := range []variables.RuleVariable{
		variables.Args, variables.ArgsGet, variables.ArgsPost, variables.ArgsNames, variables.RequestHeaders,
		variables.RequestCookies, variables.RequestCookiesNames, variables.RequestURI, variables.RequestFilename,
		variables.QueryString, variables.RequestBody, variables.RequestMethod,
	} {
		all[one.Name()] = one
	}
	return all
}()

// exclude takes a rule, or one target of it, away from one request.
func exclude(tx types.Transaction, one config.Exclusion) {
	from := tx.(excluder) // Compile has made sure of it
	if one.Target.Variable == "" {
		from.RemoveRuleByID(one.Rule)
		return
	}
	from.RemoveRuleTargetByID(one.Rule, targets[one.Target.Variable], one.Target.Key, nil)
}

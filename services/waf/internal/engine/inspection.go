package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/corazawaf/coraza/v3/types"
	"github.com/corazawaf/coraza/v3/types/variables"

	"drun.io/services/waf/internal/config"
)

// Inspection is one request on its way. It belongs to one goroutine.
type Inspection struct {
	waf *WAF
	tx  types.Transaction
	// contentType is the only one that the request has.
	contentType string
	// ambiguous: it has more than one.
	ambiguous bool
	encoded   bool
	closed    bool
}

// Begin starts the inspection of a request. Exclusions that are past their day count for nothing. Close must be called.
func (w *WAF) Begin(request *Request, exclusions []config.Exclusion, now time.Time) *Inspection {
	tx := w.coraza.NewTransactionWithID(request.ID)
	one := &Inspection{waf: w, tx: tx}
	for _, exclusion := range exclusions {
		if now.Before(exclusion.Expires) {
			exclude(tx, exclusion)
		}
	}
	tx.ProcessConnection(request.Client, request.ClientPort, "", 0)
	tx.ProcessURI(request.Path, request.Method, request.Protocol)
	if request.Host != "" {
		tx.SetServerName(hostOnly(request.Host))
		tx.AddRequestHeader("host", request.Host)
	}
	types := 0
	for _, header := range request.Headers {
		tx.AddRequestHeader(header.Name, header.Value)
		switch header.Name {
		case "content-type":
			types++
			one.contentType = header.Value
		case "content-encoding":
			one.encoded = true
		}
	}
	one.ambiguous = types > 1
	return one
}

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

func exclude(tx types.Transaction, one config.Exclusion) {
	// Compile has made sure of it.
	from := tx.(excluder)
	if one.Target.Variable == "" {
		from.RemoveRuleByID(one.Rule)
		return
	}
	from.RemoveRuleTargetByID(one.Rule, targets[one.Target.Variable], one.Target.Key, nil)
}

// Headers inspects what came before the body.
func (i *Inspection) Headers() Verdict {
	return i.verdict(i.tx.ProcessRequestHeaders())
}

// Body inspects a request's whole body, which may be empty. Headers must have been called.
func (i *Inspection) Body(body []byte) (Verdict, error) {
	seen, refused := i.prepare(body)
	if refused != nil {
		if i.waf.profile.Mode == config.Block || refused.Reason == TooLarge {
			return *refused, nil
		}
		return Verdict{Reason: WouldRefuse, Rules: i.matched()}, nil
	}
	if len(seen) > 0 {
		interruption, _, err := i.tx.WriteRequestBody(seen)
		if err != nil {
			return Verdict{}, fmt.Errorf("write body: %w", err)
		}
		if interruption != nil {
			return i.verdict(interruption), nil
		}
	}
	interruption, err := i.tx.ProcessRequestBody()
	if err != nil {
		return Verdict{}, fmt.Errorf("process body: %w", err)
	}
	return i.verdict(interruption), nil
}

// Close ends the inspection.
func (i *Inspection) Close() {
	if !i.closed {
		i.closed = true
		_ = i.tx.Close() // it removes temporary files, and there are none
	}
}

// verdict puts the decision of the rules into words.
func (i *Inspection) verdict(interruption *types.Interruption) Verdict {
	found := Verdict{Reason: Passed, Rules: i.matched()}
	if interruption != nil {
		found.Refused, found.Reason, found.Status = true, Matched, interruption.Status
		if found.Status < 400 {
			found.Status = 403
		}
		if malformed(interruption.RuleID) {
			found.Reason = Malformed
		}
		return found
	}
	if i.waf.profile.Mode == config.Detect && i.decided() {
		found.Reason = WouldRefuse
	}
	return found
}

// matched are the rules that found something, each once.
func (i *Inspection) matched() []int {
	var all []int
	for _, one := range i.tx.MatchedRules() {
		if id := one.Rule().ID(); (malformed(id) || i.waf.attacks[id]) && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// decided says whether a rule would have refused the request, had its mode been to block.
func (i *Inspection) decided() bool {
	return slices.ContainsFunc(i.tx.MatchedRules(), func(one types.MatchedRule) bool {
		id := one.Rule().ID()
		return malformed(id) || id/1000 == 949 && id%1000 >= 110 && id%1000 <= 111 || id/1000 == 959 && id%1000 >= 100 && id%1000 <= 101
	})
}

// malformed are the rules of base.conf that refuse what cannot be read.
func malformed(id int) bool { return id >= 200002 && id <= 200009 && id != 200006 }

package engine

import (
	"fmt"
	"slices"
	"time"

	"github.com/corazawaf/coraza/v3/types"

	"drun.io/services/waf/internal/config"
)

// Inspection is one request on its way. It belongs to one goroutine.
type Inspection struct {
	waf        *WAF
	request    *Request
	exclusions []config.Exclusion
	tx         types.Transaction
	// clean: the screen spoke for the request so far, and tx has only the rules that it does not speak for.
	clean bool
	// contentType is the only one that the request has.
	contentType string
	// ambiguous: it has more than one.
	ambiguous bool
	encoded   bool
}

// Begin starts the inspection of a request. Exclusions that are past their day count for nothing. Close must be called.
func (w *WAF) Begin(request *Request, exclusions []config.Exclusion, now time.Time) *Inspection {
	one := &Inspection{waf: w, request: request, clean: w.clean(request)}
	for _, exclusion := range exclusions {
		if now.Before(exclusion.Expires) {
			one.exclusions = append(one.exclusions, exclusion)
		}
	}
	types := 0
	for _, header := range request.Headers {
		switch header.Name {
		case "content-type":
			types++
			one.contentType = header.Value
		case "content-encoding":
			one.encoded = true
		}
	}
	one.ambiguous = types > 1
	one.start()
	return one
}

// start gives the rules what is known before the body.
func (i *Inspection) start() {
	rules := i.waf.full
	if i.clean {
		rules = i.waf.rest
	}
	i.tx = rules.NewTransactionWithID(i.request.ID)
	for _, exclusion := range i.exclusions {
		exclude(i.tx, exclusion)
	}
	i.tx.ProcessConnection(i.request.Client, i.request.ClientPort, "", 0)
	i.tx.ProcessURI(i.request.Path, i.request.Method, i.request.Protocol)
	if i.request.Host != "" {
		i.tx.SetServerName(hostOnly(i.request.Host))
		i.tx.AddRequestHeader("host", i.request.Host)
	}
	for _, header := range i.request.Headers {
		i.tx.AddRequestHeader(header.Name, header.Value)
	}
}

// Headers inspects what came before the body.
func (i *Inspection) Headers() Verdict {
	return i.verdict(i.tx.ProcessRequestHeaders())
}

// suspect starts again with all rules: the body holds what the screen does not speak for.
func (i *Inspection) suspect() Verdict {
	if !i.clean {
		return Verdict{}
	}
	i.Close()
	i.clean = false
	i.start()
	return i.Headers()
}

// Body inspects a request's whole body, which may be empty. Headers must have been called.
func (i *Inspection) Body(body []byte) (Verdict, error) {
	seen := i.prepare(body)
	if seen.refused != nil {
		if i.waf.profile.Mode == config.Block || seen.refused.Reason == TooLarge {
			return *seen.refused, nil
		}
		return Verdict{Reason: WouldRefuse, Rules: i.matched()}, nil
	}
	if seen.suspect {
		if verdict := i.suspect(); verdict.Refused {
			return verdict, nil
		}
	}
	for _, argument := range seen.arguments {
		i.tx.AddPostRequestArgument(argument.name, argument.value)
	}
	return i.inspect(seen.raw)
}

// again asks all rules about the headers and a body of its own: one of several that a request's body is inspected in.
func (i *Inspection) again(raw []byte) (Verdict, error) {
	i.Close()
	i.clean = false
	i.start()
	if verdict := i.Headers(); verdict.Refused {
		return verdict, nil
	}
	return i.inspect(raw)
}

func (i *Inspection) inspect(raw []byte) (Verdict, error) {
	if len(raw) > 0 {
		interruption, _, err := i.tx.WriteRequestBody(raw)
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

// Screened says whether the screen spoke for the whole request.
func (i *Inspection) Screened() bool { return i.clean }

// Close ends the inspection.
func (i *Inspection) Close() {
	if i.tx != nil {
		_ = i.tx.Close() // it removes temporary files, and there are none
		i.tx = nil
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

// scores are what the rules that matched add to the anomaly score, by id: the rule set's own points for their severities.
func (i *Inspection) scores() map[int]int {
	all := map[int]int{}
	for _, one := range i.tx.MatchedRules() {
		if id := one.Rule().ID(); i.waf.attacks[id] {
			all[id] = points[one.Rule().Severity()]
		}
	}
	return all
}

var points = map[types.RuleSeverity]int{
	types.RuleSeverityCritical: 5, types.RuleSeverityError: 4, types.RuleSeverityWarning: 3, types.RuleSeverityNotice: 2,
}

// decided says whether a rule would have refused the request, had its mode been to block.
func (i *Inspection) decided() bool {
	return slices.ContainsFunc(i.tx.MatchedRules(), func(one types.MatchedRule) bool {
		id := one.Rule().ID()
		return malformed(id) || slices.Contains(deciding, id)
	})
}

// deciding are the rules that compare a score with its threshold.
var deciding = []int{949110, 949111, 959100, 959101}

// malformed are the rules of base.conf that refuse what cannot be read.
func malformed(id int) bool { return id >= 200002 && id <= 200009 && id != 200006 }

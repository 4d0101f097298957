package main

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"drun.io/services/waf/internal/engine"
	"drun.io/services/waf/internal/route"
)

// Share is how many of some requests were refused.
type Share struct {
	Asked   int `json:"asked"`
	Refused int `json:"refused"`
}

// Detection is what was refused, by route type and paranoia level ("api 1"), and the class or kind of what was asked.
type Detection struct {
	Attacks map[string]map[string]Share `json:"attacks"`
	Calls   map[string]Share            `json:"calls"`
	Prompts map[string]Share            `json:"prompts"`
	// Elsewhere are prompts with an attack in another place of the same request: all of them must be refused.
	Elsewhere map[string]Share `json:"elsewhere"`
	// Corpus tells apart what of the corpus are attacks, and the half that rules were chosen on from the other.
	Corpus map[string]*Attacked `json:"corpus"`
	// Public are ordinary requests and texts that others have published.
	Public map[string]map[string]*Halves `json:"public"`
	// Missed are calls of the platform that were refused, and the rules.
	Missed map[string][]string `json:"missed"`
}

// detection asks the engine in process, as many requests at a time as there are processors.
func detection(o options) (Detection, error) {
	found := Detection{Attacks: map[string]map[string]Share{}, Calls: map[string]Share{}, Prompts: map[string]Share{}, Elsewhere: map[string]Share{},
		Corpus: map[string]*Attacked{}, Public: map[string]map[string]*Halves{}, Missed: map[string][]string{}}
	attacks, err := attacksIn(o.payloads)
	if err != nil {
		return found, err
	}
	ordinary, err := publicIn(o.public)
	if err != nil {
		return found, err
	}
	for _, one := range asked {
		if err := found.ask(one, attacks, ordinary, o); err != nil {
			return found, err
		}
	}
	return found, nil
}

// profiled is a type of route at a paranoia level.
type profiled struct {
	kind  route.Type
	level int
}

var asked = []profiled{
	{route.API, 1}, {route.API, 2}, {route.API, 3}, {route.API, 4},
	{route.Inference, 1}, {route.Inference, 2}, {route.Inference, 3}, {route.Inference, 4}, {route.Console, 1}, {route.Upload, 1},
}

// ask asks one profile about everything that tells something of it.
func (found Detection) ask(one profiled, attacks map[string][]string, ordinary public, o options) error {
	waf, err := compile(one.kind, one.level)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s %d", one.kind, one.level)
	if err := found.askAttacks(waf, name, attacks, o.step); err != nil {
		return err
	}
	switch one.kind {
	case route.API:
		if found.Calls[name], found.Missed[name], err = askAll(waf, calls(o.prompts)); err != nil {
			return err
		}
		if found.Public[name], err = ordinary.ask(waf, o.step); err != nil {
			return err
		}
		found.Prompts[name], _, err = askAll(waf, prompts(o.prompts/20, ""))
	case route.Inference:
		if found.Prompts[name], _, err = askAll(waf, prompts(o.prompts, "")); err != nil {
			return err
		}
		found.Elsewhere[name], _, err = askAll(waf, prompts(o.prompts/5, elsewhere))
	}
	return err
}

func (found Detection) askAttacks(waf *engine.WAF, name string, attacks map[string][]string, step int) error {
	found.Attacks[name], found.Corpus[name] = map[string]Share{}, &Attacked{}
	for _, class := range slices.Sorted(maps.Keys(attacks)) {
		groups := map[*Share][]string{}
		for at := 0; at < len(attacks[class]); at += step {
			group := found.Corpus[name].of(class, attacks[class][at])
			groups[group] = append(groups[group], attacks[class][at])
		}
		whole := Share{}
		for group, texts := range groups {
			share, _, err := askAll(waf, carried(texts))
			if err != nil {
				return err
			}
			group.add(share)
			whole.add(share)
		}
		found.Attacks[name][class] = whole
	}
	return nil
}

// carried puts each text into each carrier.
func carried(texts []string) []exchange {
	var all []exchange
	for _, text := range texts {
		for _, carrier := range slices.Sorted(maps.Keys(carriers)) {
			all = append(all, carriers[carrier](text))
		}
	}
	return all
}

func calls(many int) []exchange {
	random := rand.New(rand.NewPCG(seed, 1))
	all := make([]exchange, many)
	for i := range all {
		all[i] = platformCall(random)
	}
	return all
}

// elsewhere is what every paranoia level finds.
const elsewhere = `1' UNION SELECT password FROM users--`

// prompts are requests to a model; an attack, where one is given, stands in some other place than the content.
func prompts(many int, attack string) []exchange {
	random := rand.New(rand.NewPCG(seed, 2))
	all := make([]exchange, many)
	for i := range all {
		all[i] = promptRequest(random, i, attack)
	}
	return all
}

func promptRequest(random *rand.Rand, i int, attack string) exchange {
	text := prompt(random)
	model, user, path, role := "llama-3.3-70b", "user-4711", "/v1/chat/completions", "user"
	var headers []engine.Header
	extra := map[string]any{}
	if attack != "" {
		switch i % 6 {
		case 0:
			model = attack
		case 1:
			user = attack
		case 2:
			path += "?trace=1%27%20UNION%20SELECT%20password%20FROM%20users--"
		case 3:
			headers = append(headers, engine.Header{Name: "referer", Value: "https://a.example/?x=<script>alert(1)</script>"})
		case 4:
			role = attack
		case 5:
			extra[attack] = "x"
		}
	}
	one := exchange{method: "POST", path: path, headers: headers}
	switch i % 5 {
	case 0:
		one.json = body(extra, map[string]any{"model": model, "user": user, "messages": []any{map[string]any{"role": "system", "content": "You are helpful."}, map[string]any{"role": role, "content": text}}})
	case 1:
		one.json = body(extra, map[string]any{"model": model, "user": user, "messages": []any{map[string]any{"role": role, "content": []any{map[string]any{"type": "text", "text": text}}}}})
	case 2:
		one.json = body(extra, map[string]any{"model": model, "user": user, "input": []any{map[string]any{"role": role, "content": text}}, "instructions": text})
	case 3:
		one.json = body(extra, map[string]any{"model": model, "user": user, "system": text, "messages": []any{map[string]any{"role": role, "content": text}}, "max_tokens": 512})
	case 4:
		one.json = body(extra, map[string]any{"model": model, "user": user, "messages": []any{map[string]any{"role": role, "content": text},
			map[string]any{"role": "assistant", "tool_calls": []any{map[string]any{"id": "call_1", "type": "function", "function": map[string]any{"name": "run", "arguments": text}}}}}})
	}
	return one
}

func body(extra, all map[string]any) map[string]any {
	maps.Copy(all, extra)
	return all
}

// askAll says how many are refused, and the first of them with their rules.
func askAll(waf *engine.WAF, all []exchange) (Share, []string, error) {
	var refused atomic.Int64
	var failed error
	var examples []string
	var mutex sync.Mutex
	var group sync.WaitGroup
	next := atomic.Int64{}
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() {
			for at := next.Add(1) - 1; at < int64(len(all)); at = next.Add(1) - 1 {
				verdict, err := all[at].ask(waf)
				if err == nil && !verdict.Refused {
					continue
				}
				refused.Add(1)
				mutex.Lock()
				if err != nil {
					failed = err
				}
				if len(examples) < 10 {
					examples = append(examples, fmt.Sprintf("%s %s %v", all[at].method, all[at].path, verdict.Rules))
				}
				mutex.Unlock()
			}
		})
	}
	group.Wait()
	slices.Sort(examples)
	return Share{Asked: len(all), Refused: int(refused.Load())}, examples, failed
}

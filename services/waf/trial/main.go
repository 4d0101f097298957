// Command waf-trial asks the firewall what it is there for: the rule set's own tests, attacks, prompts and calls, in process
// and through a real Envoy. It prints one JSON document.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
)

func main() {
	envoy := flag.String("envoy", "", "path of an Envoy")
	waf := flag.String("waf", "", "path of the service")
	payloads := flag.String("payloads", "", "folder of the payload corpus")
	public := flag.String("public", "", "folder of ordinary requests that are public: openapi.json and webhooks.json")
	only := flag.String("only", "", "part of the names of the rule set's tests that are run")
	prompts := flag.Int("prompts", 10_000, "prompts that are made")
	step := flag.Int("step", 1, "every which of the payloads is tried")
	requests := flag.Int("requests", 2000, "requests of each kind whose time is taken")
	paranoia := flag.Int("paranoia", 1, "paranoia level of the route whose time is taken")
	flag.Parse()
	o := options{timeout: "5s", envoy: *envoy, waf: *waf, payloads: *payloads, public: *public, only: *only, prompts: *prompts, requests: *requests, step: *step, paranoia: *paranoia}
	found, err := run(flag.Args(), o)
	if err == nil {
		encoder := json.NewEncoder(os.Stdout)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		err = encoder.Encode(found)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "waf-trial:", err)
		os.Exit(1)
	}
}

type options struct {
	envoy, waf, payloads, public, only string
	// timeout is how long Envoy waits for an answer: long, so that a busy machine fails no test of the rules.
	timeout                           string
	prompts, requests, paranoia, step int
}

// run runs trials by name.
func run(names []string, o options) (map[string]any, error) {
	found := map[string]any{}
	for _, name := range names {
		result, err := trial(name, o)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		found[name] = result
	}
	return found, nil
}

func trial(name string, o options) (any, error) {
	switch name {
	case "corpus-local":
		return local(o.only)
	case "corpus-envoy":
		return throughEnvoy(o)
	case "boundary":
		return boundary(o)
	case "upload":
		return upload(o)
	case "screen":
		return screened(o)
	case "latency":
		return latency(o)
	case "detection":
		return detection(o)
	}
	return nil, fmt.Errorf("no such trial; there are boundary, corpus-local, corpus-envoy, detection, screen, latency, upload")
}

func throughEnvoy(o options) (Corpus, error) {
	edge, err := start(o, crsConfig, nil, "api/acme/crs", true)
	if err != nil {
		return Corpus{}, err
	}
	defer edge.stop()
	skipped, err := skippedIn("envoy")
	if err != nil {
		return Corpus{}, err
	}
	return runCorpus(edge.Edge, edge.decisions, skipped, o.only)
}

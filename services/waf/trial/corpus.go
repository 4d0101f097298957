package main

import (
	"bufio"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/corazawaf/coraza-coreruleset/v4/tests"
	schema "github.com/coreruleset/ftw-tests-schema/v2/types"
	"github.com/coreruleset/go-ftw/config"
	"github.com/coreruleset/go-ftw/output"
	"github.com/coreruleset/go-ftw/runner"
	"github.com/coreruleset/go-ftw/test"
	"github.com/rs/zerolog"
)

// Corpus is how the rule set's own tests ended.
type Corpus struct {
	Tests  int      `json:"tests"`
	Passed int      `json:"passed"`
	Failed []string `json:"failed"`
	// Overridden are tests that cannot pass here, by id, with the reason.
	Overridden map[string]string `json:"overridden"`
}

// crsConfig is how the rule set's tests expect it to be set up: everything on, nothing refused.
const crsConfig = `
version: 1
routes:
  api/acme/crs:
    paranoia: 4
    mode: detect
    inspectResponse: true
    bodyLimit: 1048576
    methods: [GET, HEAD, POST, OPTIONS]
    parsers: [json, form, multipart, xml, binary]
    limits: {arguments: 255, argumentName: 100, argument: 400, argumentsTotal: 64000, file: 64100, files: 65535}
`

//go:embed overrides.json
var overridesText []byte

// overrides are the tests that cannot pass, by where they run.
type overrides struct {
	Both  map[string]string `json:"both"`
	Local map[string]string `json:"local"`
	Envoy map[string]string `json:"envoy"`
}

// runCorpus runs the tests against a port; decisions become a log that the runner reads.
func runCorpus(port int, decisions io.Reader, skipped map[string]string, only string) (Corpus, error) {
	folder, err := os.MkdirTemp("", "waf-trial-")
	if err != nil {
		return Corpus{}, err
	}
	defer os.RemoveAll(folder)
	path := filepath.Join(folder, "waf.log")
	log, err := os.Create(path)
	if err != nil {
		return Corpus{}, err
	}
	defer log.Close()
	go rewrite(decisions, log)
	all, err := ftwTests(only)
	if err != nil {
		return Corpus{}, err
	}
	zerolog.SetGlobalLevel(zerolog.Disabled)
	settings := config.NewDefaultConfig()
	settings.LogFile = path
	settings.LogMarkerHeaderName = "X-Request-Id"
	settings.MaxMarkerRetries = 500 // decisions come through a pipe, on a busy machine late
	address := "127.0.0.1"
	settings.TestOverride.Overrides.DestAddr = &address
	settings.TestOverride.Overrides.Port = &port
	settings.TestOverride.Ignore = map[*config.FTWRegexp]string{}
	for id, reason := range skipped {
		exactly, err := config.NewFTWRegexp("^" + id + "$")
		if err != nil {
			return Corpus{}, err
		}
		settings.TestOverride.Ignore[exactly] = reason
	}
	found := Corpus{Failed: []string{}, Overridden: skipped}
	for _, one := range all {
		// One by one: a test that fails twice ends the run that it is in.
		run, err := runner.Run(settings, []*test.FTWTest{one}, &runner.RunnerConfig{ConnectTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second},
			output.NewOutput("quiet", io.Discard))
		found.Tests++
		switch {
		case err != nil:
			found.Failed = append(found.Failed, one.Tests[0].IdString()+" "+err.Error())
		case len(run.Stats.Failed) > 0:
			found.Failed = append(found.Failed, run.Stats.Failed...)
		case len(run.Stats.Success) > 0:
			found.Passed++
		}
	}
	slices.Sort(found.Failed)
	return found, nil
}

func ftwTests(only string) ([]*test.FTWTest, error) {
	var all []*test.FTWTest
	err := fs.WalkDir(tests.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") || !strings.Contains(path, only) {
			return err
		}
		text, err := fs.ReadFile(tests.FS, path)
		if err != nil {
			return err
		}
		one, err := test.GetTestFromYaml(text, path)
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, single := range one.Tests {
			alone := *one
			alone.Tests = []schema.Test{single}
			all = append(all, &alone)
		}
		return nil
	})
	return all, err
}

// rewrite turns decisions into lines as the runner knows them from other firewalls.
func rewrite(decisions io.Reader, log io.Writer) {
	lines := bufio.NewScanner(decisions)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var one struct {
			RequestID string `json:"request_id"`
			Reason    string `json:"reason"`
			Rules     []int  `json:"rules"`
		}
		if json.Unmarshal(lines.Bytes(), &one) != nil {
			continue
		}
		line := "x-request-id " + one.RequestID
		for _, id := range one.Rules {
			line += ` [id "` + strconv.Itoa(id) + `"]`
		}
		fmt.Fprintln(log, line)
	}
}

// local runs the engine behind Go's own HTTP server.
func local(only string) (Corpus, error) {
	handler, decisions, err := inProcess(crsConfig, "api/acme/crs", http.HandlerFunc(reflect))
	if err != nil {
		return Corpus{}, err
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	skipped, err := skippedIn("local")
	if err != nil {
		return Corpus{}, err
	}
	return runCorpus(server.Listener.Addr().(*net.TCPAddr).Port, decisions, skipped, only)
}

func skippedIn(where string) (map[string]string, error) {
	var known overrides
	if err := json.Unmarshal(overridesText, &known); err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, some := range []map[string]string{known.Both, map[string]map[string]string{"local": known.Local, "envoy": known.Envoy}[where]} {
		for id, reason := range some {
			all[id] = reason
		}
	}
	return all, nil
}

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

const hold = 30 * time.Minute

func TestDecide(t *testing.T) {
	off, on := state{}, func(in time.Duration) state { return state{on: true, until: now.Add(in)} }
	for name, c := range map[string]struct {
		firing bool
		was    state
		want   state
	}{
		"turns on as the alert fires":                        {true, off, on(hold)},
		"stays on as long as it fires":                       {true, on(time.Minute), on(hold)},
		"stays on for a while after it":                      {false, on(time.Minute), on(time.Minute)},
		"turns off when the while is over":                   {false, on(0), off},
		"turns off when nobody looked for long":              {false, on(-time.Hour), off},
		"stays off without an alert":                         {false, off, off},
		"gives what a person turned on the same while":       {false, state{on: true}, on(hold)},
		"holds nothing longer than the while, whoever asked": {false, on(1000 * time.Hour), on(hold)},
	} {
		if got := decide(now, c.firing, c.was, hold); got != c.want {
			t.Errorf("%s: %+v, not %+v", name, got, c.want)
		}
	}
}

// cluster is a Prometheus and an API server with the one ConfigMap.
type cluster struct {
	answer   string
	object   map[string]any
	patches  int
	requests []string
}

func (c *cluster) start(t *testing.T) (alerts, *runtime) {
	t.Helper()
	prometheus := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.requests = append(c.requests, r.URL.Query().Get("query"))
		io.WriteString(w, c.answer)
	}))
	t.Cleanup(prometheus.Close)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/namespaces/drun-ingress/configmaps/edge-runtime" || r.Header.Get("Authorization") != "Bearer token" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		if r.Method == http.MethodPatch {
			c.patches++
			var change map[string]any
			json.NewDecoder(r.Body).Decode(&change)
			merge(c.object, change)
		}
		json.NewEncoder(w).Encode(c.object)
	}))
	t.Cleanup(server.Close)
	folder := t.TempDir()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	os.WriteFile(filepath.Join(folder, "ca.crt"), certificate, 0o600)
	os.WriteFile(filepath.Join(folder, "token"), []byte("token\n"), 0o600)
	to, err := newRuntime(server.URL, folder, "drun-ingress", "edge-runtime", "drun.edge_under_attack")
	if err != nil {
		t.Fatal(err)
	}
	return alerts{url: prometheus.URL}, to
}

// merge is RFC 7386.
func merge(into, change map[string]any) {
	for key, value := range change {
		switch value := value.(type) {
		case nil:
			delete(into, key)
		case map[string]any:
			inner, ok := into[key].(map[string]any)
			if !ok {
				inner = map[string]any{}
				into[key] = inner
			}
			merge(inner, value)
		default:
			into[key] = value
		}
	}
}

const (
	silent = `{"status":"success","data":{"resultType":"vector","result":[]}}`
	firing = `{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[0,"1"]}]}}`
)

func TestTurn(t *testing.T) {
	c := &cluster{answer: silent, object: map[string]any{"metadata": map[string]any{"labels": map[string]any{"of": "others"}}}}
	from, to := c.start(t)
	var log bytes.Buffer
	at := func(minutes int) error {
		when := now.Add(time.Duration(minutes) * time.Minute)
		return turn(context.Background(), slog.New(slog.NewJSONHandler(&log, nil)), from, "EdgeUnderAttack", to, hold, when)
	}
	said := func() any { data, _ := c.object["data"].(map[string]any); return data["drun.edge_under_attack"] }
	expect := func(minutes int, answer string, want any, patches int) {
		t.Helper()
		c.answer = answer
		if err := at(minutes); err != nil {
			t.Fatal(err)
		}
		if said() != want || c.patches != patches {
			t.Fatalf("after %d minutes the switch says %v after %d patches; %v after %d is expected", minutes, said(), c.patches, want, patches)
		}
	}
	expect(0, silent, nil, 0)
	expect(1, firing, "100", 1)
	expect(2, silent, "100", 1)
	expect(30, silent, "100", 1)
	expect(31, silent, nil, 2)
	expect(32, silent, nil, 2)
	if c.requests[0] != `ALERTS{alertname="EdgeUnderAttack",alertstate="firing"}` {
		t.Errorf("asked %s", c.requests[0])
	}
	if labels := c.object["metadata"].(map[string]any)["labels"].(map[string]any); labels["of"] != "others" {
		t.Error("what is others' was changed")
	}
	if lines := strings.Count(log.String(), "\n"); lines != 2 {
		t.Errorf("%d lines of log for two turns", lines)
	}
}

func TestTurnWithoutPrometheus(t *testing.T) {
	for name, answer := range map[string]string{
		"no JSON":  "<html>",
		"an error": `{"status":"error","errorType":"bad_data","error":"x"}`,
		"a scalar": `{"status":"success","data":{"resultType":"scalar","result":[0,"1"]}}`,
	} {
		until := stamp(now.Add(time.Minute))
		c := &cluster{answer: answer, object: map[string]any{
			"metadata": map[string]any{"annotations": map[string]any{untilAnnotation: until}},
			"data":     map[string]any{"drun.edge_under_attack": "100"},
		}}
		from, to := c.start(t)
		run := func(at time.Time) error {
			return turn(context.Background(), slog.New(slog.DiscardHandler), from, "EdgeUnderAttack", to, hold, at)
		}
		if err := run(now); err == nil || c.patches != 0 {
			t.Errorf("%s: error %v after %d patches; an error and none is expected", name, err, c.patches)
		}
		if err := run(now.Add(time.Minute)); err == nil || c.patches != 1 {
			t.Errorf("%s: the switch does not end without Prometheus: error %v after %d patches", name, err, c.patches)
		}
	}
}

func TestTurnWithoutRights(t *testing.T) {
	c := &cluster{answer: firing, object: map[string]any{}}
	from, to := c.start(t)
	to.token = "another"
	err := turn(context.Background(), slog.New(slog.DiscardHandler), from, "EdgeUnderAttack", to, hold, now)
	if err == nil || !strings.Contains(err.Error(), "403") || strings.Contains(err.Error(), "another") {
		t.Errorf("error %v; one that says 403, and no token", err)
	}
}

func TestArguments(t *testing.T) {
	all := []string{"--prometheus=http://p", "--alert=A", "--namespace=n", "--configmap=c", "--key=k", "--server=https://s", "--credentials=/nowhere"}
	if err := run(all[1:], slog.New(slog.DiscardHandler)); err == nil || err.Error() != "--prometheus is missing" {
		t.Errorf("error %v", err)
	}
	if err := run(append(all, "--hold=1s"), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "a minute or more") {
		t.Errorf("error %v", err)
	}
	if err := run(all, slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), "/nowhere/token") {
		t.Errorf("error %v", err)
	}
}

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Latency compares requests that pass the service with those that do not, through the same Envoy, in turns.
type Latency struct {
	Requests int `json:"requests"`
	Bytes    int `json:"bytes"`
	// Microseconds: with, without, and what the service adds.
	With    Quantiles `json:"with"`
	Without Quantiles `json:"without"`
	Added   Quantiles `json:"added"`
	// PerCore are requests a second for each second of CPU that Envoy and the service used together, and the service alone.
	PerCore    float64 `json:"perCore"`
	PerCoreWAF float64 `json:"perCoreOfService"`
}

// Quantiles in microseconds.
type Quantiles struct {
	P50 int64 `json:"p50"`
	P99 int64 `json:"p99"`
}

// latency asks with calls of about 2 KB, each with ids, times and words of its own.
func latency(o options) (map[string]Latency, error) {
	hosts := []host{{Host: "waf", Route: "api/acme/rest"}, {Host: "off", Route: "api/acme/rest", Off: true},
		{Host: "chat", Route: "inference/acme/chat"}}
	edge, err := start(o, "version: 1\ntypes: {api: {paranoia: "+strconv.Itoa(o.paranoia)+"}}\n", hosts, "none", false)
	if err != nil {
		return nil, err
	}
	defer edge.stop()
	go func() { _, _ = io.Copy(io.Discard, edge.decisions) }()
	found := map[string]Latency{}
	for name, with := range map[string]struct {
		host string
		make func(random *rand.Rand) exchange
	}{"JSON call of 2 KB": {"waf", bigCall}, "GET": {"waf", smallCall}, "prompt of 2 KB": {"chat", bigPrompt}} {
		if found[name], err = edge.compare(with.host, with.make, o.requests); err != nil {
			return nil, err
		}
	}
	return found, nil
}

func bigCall(random *rand.Rand) exchange {
	for {
		one := platformCall(random)
		if one.method != "POST" || one.exclusions != nil {
			continue
		}
		call, _ := one.json.(map[string]any)
		var notes []map[string]any
		for n := range 10 {
			notes = append(notes, map[string]any{"step": n, "name": fmt.Sprint(pick(random, nouns), "-", random.IntN(1000)), "enabled": true, "image": pick(random, nouns)})
		}
		call["history"] = notes
		return one
	}
}

func smallCall(random *rand.Rand) exchange {
	return exchange{method: "GET", path: fmt.Sprintf("/v1/tenants/acme/models/%s-%d?limit=%d", pick(random, nouns), random.IntN(1000), random.IntN(100))}
}

func bigPrompt(random *rand.Rand) exchange {
	var text strings.Builder
	for text.Len() < 1700 {
		text.WriteString(prompt(random))
	}
	return exchange{method: "POST", path: "/v1/chat/completions", json: map[string]any{"model": "llama-3", "temperature": 0.2,
		"messages": []any{map[string]any{"role": "user", "content": text.String()}}}}
}

func (e *edge) compare(with string, make func(random *rand.Rand) exchange, many int) (Latency, error) {
	random := rand.New(rand.NewPCG(seed, 3))
	times := map[string][]time.Duration{}
	size := 0
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 16}}
	for n := range many {
		one := make(random)
		for _, host := range []string{with, "off"} {
			took, bytes, err := e.ask(client, host, one)
			if err != nil {
				return Latency{}, err
			}
			if n >= many/10 { // connections and memory are warm by then
				times[host] = append(times[host], took)
				size = max(size, bytes)
			}
		}
	}
	perCore, ofService, err := e.throughput(client, with, make, random, many)
	a, b := quantiles(times[with]), quantiles(times["off"])
	return Latency{Requests: len(times[with]), Bytes: size, With: a, Without: b,
		Added: Quantiles{P50: a.P50 - b.P50, P99: a.P99 - b.P99}, PerCore: perCore, PerCoreWAF: ofService}, err
}

func (e *edge) ask(client *http.Client, host string, one exchange) (time.Duration, int, error) {
	request, body := one.parts()
	asked, err := http.NewRequest(one.method, e.url(one.path), bytes.NewReader(body))
	if err != nil {
		return 0, 0, err
	}
	asked.Host = host
	for _, header := range request.Headers {
		if header.Name != "content-length" {
			asked.Header.Set(header.Name, header.Value)
		}
	}
	start := time.Now()
	answer, err := client.Do(asked)
	if err != nil {
		return 0, 0, err
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	took := time.Since(start)
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		text, _ := json.Marshal(one.json)
		return 0, 0, fmt.Errorf("%s %s answers %s: %s", one.method, one.path, answer.Status, text)
	}
	return took, len(body), nil
}

// throughput asks from several clients at once, and divides by the CPU that was used.
func (e *edge) throughput(client *http.Client, host string, make func(random *rand.Rand) exchange, random *rand.Rand, many int) (float64, float64, error) {
	all := []exchange{}
	for range many {
		all = append(all, make(random))
	}
	envoy, waf := cpuOf(e.envoy.Process.Pid), cpuOf(e.waf.Process.Pid)
	var group sync.WaitGroup
	var mutex sync.Mutex
	var failed error
	for worker := range 8 {
		group.Go(func() {
			for at := worker; at < len(all); at += 8 {
				if _, _, err := e.ask(client, host, all[at]); err != nil {
					mutex.Lock()
					failed = err
					mutex.Unlock()
				}
			}
		})
	}
	group.Wait()
	envoy, waf = cpuOf(e.envoy.Process.Pid)-envoy, cpuOf(e.waf.Process.Pid)-waf
	return float64(many) / (envoy + waf).Seconds(), float64(many) / max(waf, time.Millisecond).Seconds(), failed
}

// cpuOf is the time that a process has computed, from Linux's /proc.
func cpuOf(pid int) time.Duration {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(after)
	if len(fields) < 13 {
		return 0
	}
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond // clock ticks are hundredths of a second
}

func quantiles(all []time.Duration) Quantiles {
	slices.Sort(all)
	return Quantiles{P50: all[len(all)/2].Microseconds(), P99: all[len(all)*99/100].Microseconds()}
}

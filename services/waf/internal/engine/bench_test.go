package engine

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/route"
)

// apiCall is an ordinary call of a platform API with a JSON body of about 2 KB. Names and some values come again with every
// call, as they do; what tells one call from another (ids, times, digests, numbers, words) is new in each.
func apiCall(n int) (*Request, []byte) {
	digest := sha256.Sum256([]byte(strconv.Itoa(n)))
	at := time.Unix(1795000000+int64(n)*61, 0).UTC()
	var b strings.Builder
	fmt.Fprintf(&b, `{"apiVersion":"drun.io/v1","kind":"Deployment","metadata":{"name":"chat-%x","namespace":"acme-serve","uid":"%x-%x","labels":{"app":"chat","tier":"frontend","team":"ml-platform"},"created":"%s"}`,
		digest[:3], digest[:4], digest[4:6], at.Format(time.RFC3339))
	fmt.Fprintf(&b, `,"spec":{"replicas":%d,"image":"registry.acme.example/chat/frontend@sha256:%x","resources":{"cpu":"%d","memory":"%dGi","gpu":{"mode":"mig","profile":"1g.10gb","count":1}},"description":"Serves page %d of the customer portal and forwards prompts to the model service.","env":[`,
		n%9, digest, n%7, n%100, n)
	for one := range 12 {
		if one > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"name":"SETTING_%02d","value":"value-%d of the deployment","secret":false}`, one, one*n)
	}
	fmt.Fprintf(&b, `],"schedule":{"from":"%s","until":"2026-12-31T18:00:00Z","timezone":"Europe/Berlin"},"notify":["ops-%d@acme.example","ml@acme.example"],"rollout":{"strategy":"canary","steps":[5,25,50,100],"pause":"10m","abortOn":{"errorRate":0.0%d,"latencyP99Ms":%d}}},"comment":"`,
		at.Add(time.Hour).Format(time.RFC3339), n%1000, n%100, n%3000)
	fmt.Fprintf(&b, `Change %d of %s. `, n, at.Format(time.RFC1123))
	b.WriteString(strings.Repeat("Raise the replicas before the launch on Monday. ", 3))
	b.WriteString(`"}`)
	body := []byte(b.String())
	id := fmt.Sprintf("%x-%x-4da6-a3ce-%x", digest[:4], digest[4:6], digest[6:12])
	return &Request{
		ID: id, Method: "POST", Path: fmt.Sprintf("/v1/tenants/acme/deployments/chat-%x?dryRun=false&fields=status", digest[:3]),
		Protocol: "HTTP/1.1", Client: "203.0.113.9", ClientPort: 51234, Host: "api.acme.example",
		Headers: []Header{
			{"content-type", "application/json"}, {"content-length", strconv.Itoa(len(body))}, {"accept", "application/json"},
			{"user-agent", "drun-cli/0.1.0 (linux; amd64)"},
			{"authorization", "Bearer " + base64.RawURLEncoding.EncodeToString(digest[:]) + "." + base64.RawURLEncoding.EncodeToString(digest[:20])},
			{"x-request-id", id}, {"x-forwarded-for", "203.0.113.9"}, {"x-forwarded-proto", "https"},
			{"x-envoy-expected-rq-timeout-ms", "15000"}, {"accept-encoding", "gzip"},
		},
	}, body
}

func BenchmarkInspect(b *testing.B) {
	for _, level := range []int{1, 2} {
		for _, screened := range []bool{true, false} {
			for _, kind := range []string{"json", "get"} {
				b.Run(fmt.Sprintf("paranoia=%d/screen=%v/%s", level, screened, kind), func(b *testing.B) {
					benchmark(b, level, screened, kind == "get")
				})
			}
		}
	}
}

func benchmark(b *testing.B, level int, screened, get bool) {
	profile := config.Defaults()[route.API]
	profile.Paranoia = level
	waf, err := Compile(profile)
	if err != nil {
		b.Fatal(err)
	}
	if !screened {
		waf = waf.Unscreened()
	}
	n, anew := 0, 0
	start := cpu()
	b.ReportAllocs()
	for b.Loop() {
		n++
		request, body := apiCall(n)
		if get {
			request.Method, request.Headers, body = "GET", request.Headers[2:], nil
		}
		one := waf.Begin(request, nil, time.Time{})
		verdict := one.Headers()
		if !verdict.Refused {
			verdict, err = one.Body(body)
		}
		if err != nil || verdict.Refused {
			b.Fatal(verdict, err)
		}
		if !one.clean {
			anew++
		}
		one.Close()
	}
	b.ReportMetric(float64((cpu()-start).Microseconds())/float64(n), "cpu-µs/op")
	b.ReportMetric(float64(anew)/float64(n)*100, "%full")
}

// cpu is the time that the process has computed: the machine may be shared.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

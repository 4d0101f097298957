package engine

import (
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/route"
)

// apiCall is an ordinary call of a platform API with a JSON body of about 2 KB.
func apiCall() (*Request, []byte) {
	var b strings.Builder
	b.WriteString(`{"apiVersion":"drun.io/v1","kind":"Deployment","metadata":{"name":"chat-frontend","namespace":"acme-serve","labels":{"app":"chat","tier":"frontend","team":"ml-platform"}},"spec":{"replicas":3,"image":"registry.acme.example/chat/frontend@sha256:3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855a","resources":{"cpu":"2","memory":"4Gi","gpu":{"mode":"mig","profile":"1g.10gb","count":1}},"description":"Serves the chat page of the customer portal and forwards prompts to the model service.","env":[`)
	for n := range 12 {
		if n > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"name":"SETTING_%02d","value":"value-%d of the deployment","secret":false}`, n, n*7)
	}
	b.WriteString(`],"schedule":{"from":"2026-11-27T08:00:00Z","until":"2026-12-31T18:00:00Z","timezone":"Europe/Berlin"},"notify":["ops@acme.example","ml@acme.example"],"rollout":{"strategy":"canary","steps":[5,25,50,100],"pause":"10m","abortOn":{"errorRate":0.02,"latencyP99Ms":800}}},"comment":"`)
	b.WriteString(strings.Repeat("Raise the replicas before the launch on Monday. ", 6))
	b.WriteString(`"}`)
	body := []byte(b.String())
	return &Request{
		ID: "4bf92f35-77b3-4da6-a3ce-929d0e0e4736", Method: "POST", Path: "/v1/tenants/acme/deployments?dryRun=false&fields=status",
		Protocol: "HTTP/1.1", Client: "203.0.113.9", ClientPort: 51234, Host: "api.acme.example",
		Headers: []Header{
			{"content-type", "application/json"}, {"content-length", fmt.Sprint(len(body))}, {"accept", "application/json"},
			{"user-agent", "drun-cli/0.1.0 (linux; amd64)"}, {"authorization", "Bearer eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.eyJzdWIiOiJ1c2VyIn0.c2lnbmF0dXJl"},
			{"x-request-id", "4bf92f35-77b3-4da6-a3ce-929d0e0e4736"}, {"x-forwarded-for", "203.0.113.9"}, {"x-forwarded-proto", "https"},
			{"x-envoy-expected-rq-timeout-ms", "15000"}, {"accept-encoding", "gzip"},
		},
	}, body
}

func BenchmarkAPICall(b *testing.B) {
	for _, level := range []int{1, 2} {
		b.Run(fmt.Sprintf("paranoia=%d", level), func(b *testing.B) {
			profile := config.Defaults()[route.API]
			profile.Paranoia = level
			waf, err := Compile(profile)
			if err != nil {
				b.Fatal(err)
			}
			request, body := apiCall()
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			start := cpu()
			defer func() { b.ReportMetric(float64(cpu()-start)/float64(b.N)/1e3, "cpu-µs/op") }()
			for b.Loop() {
				one := waf.Begin(request, nil, time.Time{})
				verdict := one.Headers()
				if !verdict.Refused {
					verdict, err = one.Body(body)
				}
				if err != nil || verdict.Reason != Passed {
					b.Fatal(verdict, err)
				}
				one.Close()
			}
		})
	}
}

func BenchmarkGet(b *testing.B) {
	for _, level := range []int{1, 2} {
		b.Run(fmt.Sprintf("paranoia=%d", level), func(b *testing.B) {
			profile := config.Defaults()[route.API]
			profile.Paranoia = level
			waf, err := Compile(profile)
			if err != nil {
				b.Fatal(err)
			}
			request, _ := apiCall()
			request.Method = "GET"
			request.Headers = request.Headers[2:]
			b.ReportAllocs()
			start := cpu()
			defer func() { b.ReportMetric(float64(cpu()-start)/float64(b.N)/1e3, "cpu-µs/op") }()
			for b.Loop() {
				one := waf.Begin(request, nil, time.Time{})
				verdict := one.Headers()
				if !verdict.Refused {
					verdict, err = one.Body(nil)
				}
				if err != nil || verdict.Reason != Passed {
					b.Fatal(verdict, err)
				}
				one.Close()
			}
		})
	}
}

// cpu is the time that the process has computed: the machine may be shared.
func cpu() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

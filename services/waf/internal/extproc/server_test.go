package extproc

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	core "github.com/envoyproxy/go-control-plane/envoy/config/core/v3"
	mode "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/ext_proc/v3"
	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/test/bufconn"
	"google.golang.org/protobuf/types/known/structpb"

	"drun.io/services/waf/internal/observe"
	"drun.io/services/waf/internal/policy"
)

const sqli = `1' UNION SELECT password FROM users--`

// bench is a service behind a connection in memory.
type bench struct {
	client proc.ExternalProcessorClient
	server *Server
	log    *strings.Builder
}

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func newBench(t *testing.T, config string, limits Limits) *bench {
	t.Helper()
	return benchOf(t, storeOf(t, config), limits)
}

func benchOf(t *testing.T, store *policy.Store, limits Limits) *bench {
	t.Helper()
	log := &strings.Builder{}
	observer := &observe.Observer{Metrics: observe.NewMetrics(store), Log: slog.New(slog.NewJSONHandler(log, nil)), Everything: true}
	server := NewServer(store, observer, limits, func() time.Time { return now })
	listener := bufconn.Listen(1 << 20)
	serving := grpc.NewServer()
	proc.RegisterExternalProcessorServer(serving, server)
	go func() { _ = serving.Serve(listener) }()
	connection, err := grpc.NewClient("passthrough:///bench", grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithContextDialer(func(context.Context, string) (net.Conn, error) { return listener.Dial() }))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close(); serving.Stop() })
	return &bench{client: proc.NewExternalProcessorClient(connection), server: server, log: log}
}

var stores = map[string]*policy.Store{}

// storeOf compiles each configuration once.
func storeOf(t *testing.T, config string) *policy.Store {
	t.Helper()
	if stores[config] == nil {
		path := filepath.Join(t.TempDir(), "waf.yaml")
		if err := os.WriteFile(path, []byte(config), 0o600); err != nil {
			t.Fatal(err)
		}
		store, err := policy.Open(policy.Files{Platform: path}, func() time.Time { return now })
		if err != nil {
			t.Fatal(err)
		}
		stores[config] = store
	}
	return stores[config]
}

var enough = Limits{Places: 4, Queue: 10, Wait: time.Second}

// headers is the first message of a request; route is what Envoy decided.
func headers(route string, end bool, pairs ...string) *proc.ProcessingRequest {
	all := &core.HeaderMap{}
	for i := 0; i+1 < len(pairs); i += 2 {
		all.Headers = append(all.Headers, &core.HeaderValue{Key: pairs[i], RawValue: []byte(pairs[i+1])})
	}
	fields, _ := structpb.NewStruct(map[string]any{"xds.route_name": route, "source.address": "203.0.113.9:4711", "request.protocol": "HTTP/1.1"})
	return &proc.ProcessingRequest{
		Request:    &proc.ProcessingRequest_RequestHeaders{RequestHeaders: &proc.HttpHeaders{Headers: all, EndOfStream: end}},
		Attributes: map[string]*structpb.Struct{"envoy.filters.http.ext_proc": fields},
		ProtocolConfig: &proc.ProtocolConfiguration{
			RequestBodyMode: mode.ProcessingMode_STREAMED, SendBodyWithoutWaitingForHeaderResponse: true, ResponseBodyMode: mode.ProcessingMode_BUFFERED,
		},
	}
}

func getHeaders(route, path string, more ...string) *proc.ProcessingRequest {
	return headers(route, true, append([]string{":method", "GET", ":path", path, ":authority", "a.example", "user-agent", "x", "accept", "*/*"}, more...)...)
}

func postHeaders(route string, more ...string) *proc.ProcessingRequest {
	return headers(route, false, append([]string{":method", "POST", ":path", "/v1/x", ":authority", "a.example", "user-agent", "x", "accept", "*/*",
		"content-type", "application/json", "transfer-encoding", "chunked"}, more...)...)
}

func body(text string) *proc.ProcessingRequest {
	return &proc.ProcessingRequest{Request: &proc.ProcessingRequest_RequestBody{RequestBody: &proc.HttpBody{Body: []byte(text), EndOfStream: true}}}
}

// exchange sends messages one after the other, as the proxy does without waiting, and returns the last answer.
func (b *bench) exchange(t *testing.T, messages ...*proc.ProcessingRequest) *proc.ProcessingResponse {
	t.Helper()
	all := b.answers(t, messages...)
	if len(all) == 0 {
		t.Fatal("no answer")
	}
	return all[len(all)-1]
}

func (b *bench) answers(t *testing.T, messages ...*proc.ProcessingRequest) []*proc.ProcessingResponse {
	t.Helper()
	stream, err := b.client.Process(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, message := range messages {
		if err := stream.Send(message); err != nil && !errors.Is(err, io.EOF) { // a refusal may have ended it
			t.Fatal(err)
		}
	}
	_ = stream.CloseSend()
	var all []*proc.ProcessingResponse
	for {
		one, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, one)
	}
}

func statusOf(answer *proc.ProcessingResponse) int {
	return int(answer.GetImmediateResponse().GetStatus().GetCode())
}

const plainConfig = "version: 1\nroutes: {inference/acme/chat: {bodyLimit: 1000}}\n"

func TestAnswersRefuseAttacksAndLetTwinsPass(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	for name, one := range map[string]struct {
		messages []*proc.ProcessingRequest
		status   int
	}{
		"a query":                 {[]*proc.ProcessingRequest{getHeaders("api/acme/x", "/?q=1%27%20UNION%20SELECT%20a%20FROM%20b--")}, 403},
		"its twin":                {[]*proc.ProcessingRequest{getHeaders("api/acme/x", "/?q=union")}, 0},
		"a body":                  {[]*proc.ProcessingRequest{postHeaders("api/acme/x"), body(`{"a":"` + sqli + `"}`)}, 403},
		"its twin, too":           {[]*proc.ProcessingRequest{postHeaders("api/acme/x"), body(`{"a":"union"}`)}, 0},
		"a prompt":                {[]*proc.ProcessingRequest{postHeaders("inference/acme/chat"), body(`{"prompt":"` + sqli + `"}`)}, 0},
		"a prompt, no such route": {[]*proc.ProcessingRequest{postHeaders("inference/acme"), body(`{"prompt":"` + sqli + `"}`)}, 403},
		"a prompt, no route":      {[]*proc.ProcessingRequest{postHeaders(""), body(`{"prompt":"` + sqli + `"}`)}, 403},
		"too large":               {[]*proc.ProcessingRequest{postHeaders("inference/acme/chat"), body(`{"prompt":"` + strings.Repeat("x", 1000) + `"}`)}, 413},
		"headers before a body":   {[]*proc.ProcessingRequest{postHeaders("api/acme/x", "referer", "https://a.example/<script>alert(1)</script>"), body(`{}`)}, 403},
		"trailers": {[]*proc.ProcessingRequest{postHeaders("api/acme/x"),
			{Request: &proc.ProcessingRequest_RequestTrailers{RequestTrailers: &proc.HttpTrailers{}}}}, 400},
	} {
		if answer := b.exchange(t, one.messages...); statusOf(answer) != one.status {
			t.Errorf("%s: %v", name, answer)
		}
	}
}

func TestAHeaderThatAClientSendsChoosesNoRoute(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	answer := b.exchange(t, postHeaders("api/acme/x", "x-route", "inference/acme/chat", "xds.route_name", "inference/acme/chat"), body(`{"prompt":"`+sqli+`"}`))
	if statusOf(answer) != 403 {
		t.Errorf("%v", answer)
	}
}

func TestAnswersSayNothingOfRulesAndLogsNothingOfRequests(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	answer := b.exchange(t, getHeaders("api/acme/x", "/?q=1%27%20UNION%20SELECT%20a%20FROM%20b--", "x-request-id", "abc-1", "authorization", "Bearer s3cr3t"))
	text := string(answer.GetImmediateResponse().GetBody())
	if !strings.Contains(text, `"request_id":"abc-1"`) || strings.Contains(text, "942") || strings.Contains(text, "SQL") {
		t.Errorf("%s", text)
	}
	log := b.log.String()
	if !strings.Contains(log, `"request_id":"abc-1"`) || !strings.Contains(log, "942100") || !strings.Contains(log, `"tenant":"acme"`) {
		t.Errorf("the log misses what it is for: %s", log)
	}
	for _, secret := range []string{"s3cr3t", "UNION", "/?q", "203.0.113.9"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q: %s", secret, log)
		}
	}
}

func TestAnIdOfAClientIsNoText(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	answer := b.exchange(t, getHeaders("api/acme/x", "/?q=%3Cscript%3Ealert(1)%3C/script%3E", "x-request-id", `"}<b>`))
	if text := string(answer.GetImmediateResponse().GetBody()); strings.Contains(text, "<b>") {
		t.Errorf("%s", text)
	}
}

func TestFailsClosedWhereTheProxySendsNoBodies(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	for name, change := range map[string]func(*proc.ProcessingRequest){
		"no body":                func(r *proc.ProcessingRequest) { r.ProtocolConfig.RequestBodyMode = mode.ProcessingMode_NONE },
		"headers alone at first": func(r *proc.ProcessingRequest) { r.ProtocolConfig.SendBodyWithoutWaitingForHeaderResponse = false },
		"partly": func(r *proc.ProcessingRequest) {
			r.ProtocolConfig.RequestBodyMode = mode.ProcessingMode_BUFFERED_PARTIAL
		},
		"not said":     func(r *proc.ProcessingRequest) { r.ProtocolConfig = nil },
		"to look only": func(r *proc.ProcessingRequest) { r.ObservabilityMode = true },
	} {
		message := postHeaders("api/acme/x")
		change(message)
		if answer := b.exchange(t, message); statusOf(answer) != 500 {
			t.Errorf("%s: %v", name, answer)
		}
	}
	if answer := b.exchange(t, postHeaders("api/acme/x"), body("{}")); statusOf(answer) != 0 {
		t.Errorf("the twin: %v", answer)
	}
}

func TestABodyInPartsIsInspectedAsAWhole(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	part := func(text string, end bool) *proc.ProcessingRequest {
		one := body(text)
		one.GetRequestBody().EndOfStream = end
		return one
	}
	attack, benign := `{"a":"`+sqli+`"}`, `{"a":"`+strings.Repeat("b", len(sqli))+`"}`
	in := func(text string) []*proc.ProcessingRequest {
		return []*proc.ProcessingRequest{postHeaders("api/acme/x"), part(text[:9], false), part(text[9:20], false), part(text[20:], true)}
	}
	if answers := b.answers(t, in(attack)...); len(answers) != 1 || statusOf(answers[0]) != 403 {
		t.Errorf("something passes before all was seen: %v", answers)
	}
	answers := b.answers(t, in(benign)...)
	if len(answers) != 4 || answers[0].GetRequestHeaders() == nil || answers[3].GetRequestBody() == nil {
		t.Errorf("not every message is answered, in order: %v", answers)
	}
	large := []*proc.ProcessingRequest{postHeaders("inference/acme/chat"), part(strings.Repeat(" ", 600), false), part(strings.Repeat(" ", 600), false)}
	if answer := b.exchange(t, large...); statusOf(answer) != 413 {
		t.Errorf("more than the limit is held: %v", answer)
	}
}

func TestFailsClosedOnAMessageOutOfOrder(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	for name, messages := range map[string][]*proc.ProcessingRequest{
		"a body first":  {body("{}")},
		"headers twice": {postHeaders("api/acme/x"), postHeaders("api/acme/x")},
		"nothing":       {{}},
		"a response":    {{Request: &proc.ProcessingRequest_ResponseHeaders{ResponseHeaders: &proc.HttpHeaders{}}}},
	} {
		if answer := b.exchange(t, messages...); statusOf(answer) != 500 {
			t.Errorf("%s: %v", name, answer)
		}
	}
}

func TestFailsClosedOnAPanicAndGoesOn(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	b.server.now = func() time.Time { panic("s3cr3t") }
	if answer := b.exchange(t, getHeaders("api/acme/x", "/")); statusOf(answer) != 500 {
		t.Errorf("%v", answer)
	}
	if strings.Contains(b.log.String(), "s3cr3t") {
		t.Error("the log holds what the panic said")
	}
	b.server.now = time.Now
	if answer := b.exchange(t, getHeaders("api/acme/x", "/")); statusOf(answer) != 0 {
		t.Errorf("%v", answer)
	}
}

func TestShedsLoadThatWaitsTooLong(t *testing.T) {
	b := newBench(t, plainConfig, Limits{Places: 1, Queue: 1, Wait: 10 * time.Millisecond})
	if !b.server.gate.enter(t.Context()) {
		t.Fatal("no place")
	}
	answer := b.exchange(t, getHeaders("api/acme/x", "/"))
	if statusOf(answer) != 503 {
		t.Errorf("%v", answer)
	}
	b.server.gate.leave()
	if answer := b.exchange(t, getHeaders("api/acme/x", "/")); statusOf(answer) != 0 {
		t.Errorf("it does not recover: %v", answer)
	}
}

func TestABodyThatIsWaitedForTakesNoPlace(t *testing.T) {
	b := newBench(t, plainConfig, Limits{Places: 1, Queue: 10, Wait: 30 * time.Second})
	for range 5 {
		stream, err := b.client.Process(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := stream.Send(postHeaders("api/acme/x")); err != nil {
			t.Fatal(err)
		}
	}
	if answer := b.exchange(t, getHeaders("api/acme/x", "/")); statusOf(answer) != 0 {
		t.Errorf("%v", answer)
	}
}

func TestResponsesAreInspectedWhereARouteSaysSo(t *testing.T) {
	b := newBench(t, "version: 1\nroutes: {api/acme/x: {inspectResponse: true}}\n", enough)
	response := func(text string) []*proc.ProcessingRequest {
		return []*proc.ProcessingRequest{
			getHeaders("api/acme/x", "/"),
			{Request: &proc.ProcessingRequest_ResponseHeaders{ResponseHeaders: &proc.HttpHeaders{Headers: &core.HeaderMap{Headers: []*core.HeaderValue{
				{Key: ":status", RawValue: []byte("200")}, {Key: "content-type", RawValue: []byte("text/html")}}}}}},
			{Request: &proc.ProcessingRequest_ResponseBody{ResponseBody: &proc.HttpBody{Body: []byte(text), EndOfStream: true}}},
		}
	}
	if answer := b.exchange(t, response("You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version")...); statusOf(answer) != 502 {
		t.Errorf("%v", answer)
	}
	if answer := b.exchange(t, response("hello")...); statusOf(answer) != 0 || answer.GetResponseBody() == nil {
		t.Errorf("%v", answer)
	}
	unsent := getHeaders("api/acme/x", "/")
	unsent.ProtocolConfig.ResponseBodyMode = mode.ProcessingMode_NONE
	if answer := b.exchange(t, unsent); statusOf(answer) != 500 {
		t.Errorf("the proxy sends no response, and the request passes: %v", answer)
	}
}

func TestAStreamEndsWithItsRequest(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	stream, err := b.client.Process(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(getHeaders("api/acme/x", "/")); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); !errors.Is(err, io.EOF) {
		t.Errorf("%v", err)
	}
}

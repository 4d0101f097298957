package engine

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/route"
)

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func profile(kind route.Type, change ...func(*config.Profile)) config.Profile {
	one := config.Defaults()[kind]
	for _, some := range change {
		some(&one)
	}
	return one
}

var compiled = map[config.Profile]*WAF{}

func wafOf(t testing.TB, one config.Profile) *WAF {
	t.Helper()
	if compiled[one] == nil {
		made, err := Compile(one)
		if err != nil {
			t.Fatal(err)
		}
		compiled[one] = made
	}
	return compiled[one]
}

// call is a request in few words.
type call struct {
	method, path, contentType, body string
	headers                         []Header
}

func (c call) ask(t testing.TB, waf *WAF, exclusions ...config.Exclusion) Verdict {
	t.Helper()
	request := &Request{ID: "1", Method: c.method, Path: c.path, Protocol: "HTTP/1.1", Client: "203.0.113.9", Host: "api.acme.example",
		Headers: append([]Header{{"user-agent", "drun-cli/0.1.0"}, {"accept", "application/json"}}, c.headers...)}
	if c.body != "" {
		request.Headers = append(request.Headers, Header{"content-length", strconv.Itoa(len(c.body))})
	}
	if c.contentType != "" {
		request.Headers = append(request.Headers, Header{"content-type", c.contentType})
	}
	one := waf.Begin(request, exclusions, now)
	defer one.Close()
	verdict := one.Headers()
	if verdict.Refused {
		return verdict
	}
	verdict, err := one.Body([]byte(c.body))
	if err != nil {
		t.Fatal(err)
	}
	return verdict
}

func get(path string, headers ...Header) call {
	return call{method: "GET", path: path, headers: headers}
}

func post(body string) call {
	return call{method: "POST", path: "/v1/x", contentType: "application/json", body: body}
}

const sqli = `1' UNION SELECT password FROM users--`

func TestAttacksAreRefusedWhereverTheyStand(t *testing.T) {
	for name, pair := range map[string]struct{ denied, twin call }{
		"query value":  {get("/v1/x?q=1%27%20UNION%20SELECT%20password%20FROM%20users--"), get("/v1/x?q=union%20of%20users")},
		"path":         {get("/v1/x/../../etc/passwd"), get("/v1/x/etc/password-policy")},
		"header":       {get("/v1/x", Header{"referer", "https://a.example/?x=<script>alert(1)</script>"}), get("/v1/x", Header{"referer", "https://a.example/"})},
		"cookie":       {get("/v1/x", Header{"cookie", "a=<script>alert(1)</script>"}), get("/v1/x", Header{"cookie", "a=b"})},
		"JSON value":   {post(`{"filter":"` + sqli + `"}`), post(`{"filter":"the union of users"}`)},
		"JSON name":    {post(`{"` + sqli + `":1}`), post(`{"union":1}`)},
		"JSON in list": {post(`{"a":[{"b":["x","` + sqli + `"]}]}`), post(`{"a":[{"b":["x","y"]}]}`)},
		"form": {call{method: "POST", path: "/v1/x", contentType: "application/x-www-form-urlencoded", body: "a=1%27+UNION+SELECT+password+FROM+users--"},
			call{method: "POST", path: "/v1/x", contentType: "application/x-www-form-urlencoded", body: "a=union"}},
		"method": {call{method: "TRACE", path: "/v1/x"}, call{method: "DELETE", path: "/v1/x"}},
	} {
		waf := wafOf(t, profile(route.API))
		if verdict := pair.denied.ask(t, waf); !verdict.Refused || verdict.Status != 403 || len(verdict.Rules) == 0 {
			t.Errorf("%s: %+v", name, verdict)
		}
		if verdict := pair.twin.ask(t, waf); verdict.Refused {
			t.Errorf("%s: the twin is refused: %+v", name, verdict)
		}
	}
}

func TestNothingLooksLikeApacheTalkingToItself(t *testing.T) {
	request := &Request{ID: "1", Method: "GET", Path: "/?q=%3Cscript%3Ealert(1)%3C/script%3E", Protocol: "HTTP/1.1", Client: "127.0.0.1", Host: "a.example",
		Headers: []Header{{"user-agent", "Apache (internal dummy connection)"}, {"accept", "*/*"}}}
	one := wafOf(t, profile(route.API)).Begin(request, nil, now)
	defer one.Close()
	verdict := one.Headers()
	if !verdict.Refused {
		verdict, _ = one.Body(nil)
	}
	if !verdict.Refused {
		t.Error("what comes from the loopback interface under that name is not inspected")
	}
}

func TestContentOfPromptsIsNoAttack(t *testing.T) {
	waf := wafOf(t, profile(route.Inference))
	chat := func(model, content string) call {
		return call{method: "POST", path: "/v1/chat/completions", contentType: "application/json",
			body: `{"model":"` + model + `","messages":[{"role":"user","content":"` + content + `"}]}`}
	}
	if verdict := chat("llama-3", sqli).ask(t, waf); verdict.Refused || len(verdict.Rules) > 0 {
		t.Errorf("a prompt: %+v", verdict)
	}
	if verdict := chat(sqli, "hello").ask(t, waf); !verdict.Refused {
		t.Error("the name of a model is not inspected")
	}
	other := chat("llama-3", sqli)
	for name, contentType := range map[string]string{
		"another type": "application/vnd.acme+json", "another encoding": "application/json; charset=iso-8859-1", "none": "",
	} {
		other.contentType = contentType
		if verdict := other.ask(t, waf); !verdict.Refused {
			t.Errorf("%s: content is withheld", name)
		}
	}
	if verdict := chat("llama-3", sqli).ask(t, wafOf(t, profile(route.API))); !verdict.Refused {
		t.Error("content is withheld on a route that is not for inference")
	}
}

func TestBodiesAreWhatTheySay(t *testing.T) {
	waf := wafOf(t, profile(route.API, func(p *config.Profile) { p.BodyLimit = 100 }))
	for name, one := range map[string]struct {
		call   call
		status int
	}{
		"at the limit":      {post(`{"a":"` + strings.Repeat("b", 92) + `"}`), 0},
		"over the limit":    {post(`{"a":"` + strings.Repeat("b", 93) + `"}`), 413},
		"a name twice":      {post(`{"a":1,"a":2}`), 400},
		"not JSON":          {post(`{"a":`), 400},
		"no type":           {call{method: "POST", path: "/", body: "x"}, 403},
		"a type not taken":  {call{method: "POST", path: "/", contentType: "text/xml", body: "<a/>"}, 415},
		"two types":         {call{method: "POST", path: "/", contentType: "application/json", body: "{}", headers: []Header{{"content-type", "text/plain"}}}, 403},
		"compressed":        {call{method: "POST", path: "/", contentType: "application/json", body: "{}", headers: []Header{{"content-encoding", "gzip"}}}, 403},
		"an ordinary value": {post(`{"a":1}`), 0},
	} {
		if verdict := one.call.ask(t, waf); verdict.Status != one.status || verdict.Refused != (one.status != 0) {
			t.Errorf("%s: %+v, expected %d", name, verdict, one.status)
		}
	}
}

func TestUploadsAreInspectedInNamesAndFields(t *testing.T) {
	waf := wafOf(t, profile(route.Upload, func(p *config.Profile) { p.Limits.Parts = 3 }))
	upload := func(parts ...string) call {
		return call{method: "POST", path: "/files", contentType: "multipart/form-data; boundary=xyz",
			body: "--xyz\r\n" + strings.Join(parts, "\r\n--xyz\r\n") + "\r\n--xyz--\r\n"}
	}
	file := func(name, content string) string {
		return "Content-Disposition: form-data; name=\"f\"; filename=\"" + name + "\"\r\nContent-Type: text/plain\r\n\r\n" + content
	}
	field := func(value string) string { return "Content-Disposition: form-data; name=\"a\"\r\n\r\n" + value }
	for name, one := range map[string]struct {
		call    call
		refused bool
	}{
		"a file":               {upload(file("report.txt", sqli)), false},
		"a file and a field":   {upload(file("report.txt", "x"), field("hello")), false},
		"an attack in a field": {upload(file("report.txt", "x"), field(sqli)), true},
		"an attack in a name":  {upload(file("../../etc/passwd", "x")), true},
		"a script":             {upload(file("shell.php", "x")), true},
		"too many parts":       {upload(field("1"), field("2"), field("3"), field("4")), true},
	} {
		if verdict := one.call.ask(t, waf); verdict.Refused != one.refused {
			t.Errorf("%s: %+v", name, verdict)
		}
	}
}

func TestDetectionPassesWhatBlockingRefuses(t *testing.T) {
	detect := wafOf(t, profile(route.API, func(p *config.Profile) { p.Mode, p.BodyLimit = config.Detect, 100 }))
	if verdict := post(`{"a":"`+sqli+`"}`).ask(t, detect); verdict.Refused || verdict.Reason != WouldRefuse || len(verdict.Rules) == 0 {
		t.Errorf("%+v", verdict)
	}
	if verdict := post(`{"a":"`+strings.Repeat("b", 200)+`"}`).ask(t, detect); verdict.Status != 413 {
		t.Errorf("a limit is none: %+v", verdict)
	}
	if verdict := post(`{"a":"b"}`).ask(t, detect); verdict.Reason != Passed {
		t.Errorf("%+v", verdict)
	}
}

func TestAnExclusionEndsWithItsDay(t *testing.T) {
	waf := wafOf(t, profile(route.API))
	attacked := get("/v1/x?filter=1%27%20OR%20%271%27=%271")
	rules := attacked.ask(t, waf).Rules
	if len(rules) == 0 {
		t.Fatal("no rule matches")
	}
	var all []config.Exclusion
	for _, id := range rules {
		all = append(all, config.Exclusion{Rule: id, Target: config.Target{Variable: "ARGS", Key: "filter"}, Expires: now.Add(time.Second)})
	}
	if verdict := attacked.ask(t, waf, all...); verdict.Refused {
		t.Errorf("it excludes nothing: %+v", verdict)
	}
	elsewhere := get("/v1/x?other=1%27%20OR%20%271%27=%271")
	if verdict := elsewhere.ask(t, waf, all...); !verdict.Refused {
		t.Error("it excludes another argument, too")
	}
	for i := range all {
		all[i].Expires = now
	}
	if verdict := attacked.ask(t, waf, all...); !verdict.Refused {
		t.Error("it is in force after its day")
	}
}

func TestTuningLetsCallsPassAndNoAttack(t *testing.T) {
	waf := wafOf(t, profile(route.API))
	if verdict := post(`{"gpu":{"mode":"mig","profile":"1g.10gb"}}`).ask(t, waf); len(verdict.Rules) > 0 {
		t.Errorf("%+v", verdict)
	}
	for _, one := range []call{post(`{"gpu":{"mode":"mig","profile":"` + sqli + `"}}`), post(`{"a":{"b":"/home/a/.profile"}}`), get("/x?.profile=1"), post(`{"/home/a/.profile":1}`), post(`{"a":{".profile":1}}`)} {
		if verdict := one.ask(t, waf); !verdict.Refused {
			t.Errorf("%s %s passes", one.path, one.body)
		}
	}
}

func TestLeaksAreFoundWhereResponsesAreInspected(t *testing.T) {
	waf := wafOf(t, profile(route.API, func(p *config.Profile) { p.InspectResponse, p.ResponseLimit = true, 1000 }))
	respond := func(body string) Verdict {
		one := waf.Begin(&Request{ID: "1", Method: "GET", Path: "/", Protocol: "HTTP/1.1", Host: "a.example",
			Headers: []Header{{"user-agent", "x"}, {"accept", "*/*"}}}, nil, now)
		defer one.Close()
		one.Headers()
		if _, err := one.Body(nil); err != nil {
			t.Fatal(err)
		}
		one.ResponseHeaders(200, []Header{{"content-type", "text/html"}})
		verdict, err := one.ResponseBody([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return verdict
	}
	if verdict := respond("You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version"); verdict.Status != 502 {
		t.Errorf("%+v", verdict)
	}
	if verdict := respond(strings.Repeat("x", 1001)); verdict.Status != 502 {
		t.Errorf("%+v", verdict)
	}
	if verdict := respond("<p>hello</p>"); verdict.Refused {
		t.Errorf("%+v", verdict)
	}
}

func TestTheScreenChangesNothing(t *testing.T) {
	for _, level := range []int{1, 2, 3, 4} {
		one := profile(route.API, func(p *config.Profile) { p.Paranoia = level })
		screened := wafOf(t, one)
		full := screened.Unscreened()
		for _, value := range []string{
			"hello", "false", "1g.10gb", "2026-11-27T08:00:00Z", "a=b", "value-21 of the deployment", "O'Neill", "select a model", "union of users",
			"1 OR 1", "a' or 'b", "cat /etc/passwd", "java.lang.Runtime", "sleep(5)", "{{7*7}}", "<b>", "x;ls", "$(id)", "http://10.0.0.1/x", "file.php",
			"../x", "a--b", "100%", "a+b", "1+union+select+2", "2026-12-31T18:00:00+01:00", "cat+/etc/passwd", "a+or+1=1", "Grüße", "你好", "%3Cscript%3E", "&lt;script&gt;", "\\u003cscript", "cmVxdWlyZSgnY2hpbGRfcHJvY2Vzcycp", "exec(", "a,b;c", "@@version",
			"document.cookie", "javascript:alert", "waitfor delay", "etc/passwd", "C:/windows/system32", "_method", "__proto__", "constructor.prototype",
		} {
			for _, body := range []string{`{"a":"` + strings.ReplaceAll(value, `\`, `\\`) + `"}`, `{"` + strings.ReplaceAll(value, `\`, `\\`) + `":"a"}`} {
				with, without := post(body).ask(t, screened), post(body).ask(t, full)
				slices.Sort(with.Rules)
				slices.Sort(without.Rules)
				if with.Refused != without.Refused || !slices.Equal(with.Rules, without.Rules) {
					t.Errorf("level %d, %s: %+v with the screen, %+v without", level, body, with, without)
				}
			}
		}
	}
}

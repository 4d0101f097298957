package content

import (
	"errors"
	"strings"
	"testing"
)

const attack = `' OR 1=1 -- <script>alert(1)</script>`

var limits = Limits{Depth: 32, Values: 1000}

func values(t *testing.T, document string) map[string]string {
	t.Helper()
	all := map[string]string{}
	if err := Without([]byte(document), limits, func(name, value string) { all[name] = value }); err != nil {
		t.Fatalf("%s: %v", document, err)
	}
	return all
}

// quoted is the attack as JSON.
const quoted = `"' OR 1=1 -- <script>alert(1)</script>"`

func TestContentIsWithheld(t *testing.T) {
	for _, document := range []string{
		`{"messages":[{"role":"user","content":@}]}`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":@}]}]}`,
		`{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"f","arguments":@}}]}]}`,
		`{"messages":[{"role":"assistant","function_call":{"name":"f","arguments":@}}]}`,
		`{"messages":[{"role":"user","content":[{"type":"tool_result","content":@}]}]}`,
		`{"messages":[{"role":"user","content":[{"type":"tool_result","content":[{"text":@}]}]}]}`,
		`{"messages":[{"role":"assistant","content":[{"type":"tool_use","input":{"a":{"b":[@]}}}]}]}`,
		`{"prompt":@}`, `{"prompt":[@,"x"]}`, `{"input":@}`, `{"input":[@]}`,
		`{"input":[{"role":"user","content":@}]}`, `{"input":[{"content":[{"type":"input_text","text":@}]}]}`,
		`{"input":[{"type":"function_call","arguments":@}]}`, `{"input":[{"type":"function_call_output","output":@}]}`,
		`{"instructions":@}`, `{"system":@}`, `{"system":[{"type":"text","text":@}]}`,
		`{"mess\u0061ges":[{"c\u006fntent":@}]}`,
	} {
		for name, value := range values(t, strings.ReplaceAll(document, "@", quoted)) {
			if strings.Contains(value, "alert") {
				t.Errorf("%s: %s is inspected", document, name)
			}
		}
	}
}

func TestEverythingElseIsInspected(t *testing.T) {
	for _, document := range []string{
		`{"model":@}`, `{"user":@}`, `{"messages":[{"role":@,"content":"x"}]}`, `{"messages":[{"name":@,"content":"x"}]}`,
		`{"messages":[{"tool_call_id":@}]}`, `{"messages":[{"content":[{"type":@,"text":"x"}]}]}`,
		`{"messages":[{"content":[{"image_url":{"url":@}}]}]}`, `{"messages":[{"tool_calls":[{"function":{"name":@}}]}]}`,
		`{"messages":[{"tool_calls":[{"id":@}]}]}`, `{"tools":[{"function":{"description":@}}]}`, `{"stop":[@]}`, `{"metadata":{"content":@}}`,
		// what looks alike
		`{"Messages":[{"content":@}]}`, `{"messages":[{"Content":@}]}`, `{"messages":{"content":@}}`, `{"messages":@}`, `{"messages":[@]}`,
		`{"messages":[[{"content":@}]]}`, `{"messages ":[{"content":@}]}`, `{"x":{"messages":[{"content":@}]}}`, `[{"messages":[{"content":@}]}]`,
		`{"messages":[{"content":{"text":@}}]}`, `{"messages":[{"content":[[@]]}]}`, `{"messages":[{"content":[@]}]}`, `{"prompt":{"text":@}}`, `{"prompt":[[@]]}`,
		`{"input":{"content":@}}`, `{"prompt":{"[]":@}}`, `{"messages":{"[]":{"content":@}}}`, `{"messages":{"0":{"content":@}}}`,
		`{"messages":[{"content":"x","**":@}]}`, `{"messages.[].content":@}`, `{"text":@}`, `{"content":@}`, `@`, `{"system":{"text":@}}`, `{"instructions":[@]}`,
		`{"\u006dessages\u200b":[{"content":@}]}`,
	} {
		seen := false
		for _, value := range values(t, strings.ReplaceAll(document, "@", quoted)) {
			seen = seen || value == attack
		}
		if !seen {
			t.Errorf("%s: the attack is not inspected", document)
		}
	}
}

func TestNamesAreInspectedEvenAroundContent(t *testing.T) {
	for _, document := range []string{
		`{` + quoted + `:[{"content":"x"}]}`, `{"messages":[{` + quoted + `:1,"content":"x"}]}`,
		`{"messages":[{"content":[{"type":"tool_use","input":{` + quoted + `:"x"}}]}]}`,
	} {
		seen := false
		for name := range values(t, document) {
			seen = seen || strings.Contains(name, attack)
		}
		if !seen {
			t.Errorf("%s: the name is not inspected", document)
		}
	}
}

func TestNamesAreThoseOfCoraza(t *testing.T) {
	got := values(t, `{"a":{"b":[1,"x",{"c":null}],"d":true},"e":[],"f":{},"g":"\u0041"}`)
	expected := map[string]string{
		"json.a.b": "3", "json.a.b.0": "1", "json.a.b.1": "x", "json.a.b.2.c": "", "json.a.d": "true", "json.g": "A",
	}
	if len(got) != len(expected) {
		t.Errorf("%v", got)
	}
	for name, value := range expected {
		if got[name] != value {
			t.Errorf("%s: %q, expected %q", name, got[name], value)
		}
	}
}

func TestFailsOnWhatParsersUnderstandDifferently(t *testing.T) {
	for reason, documents := range map[string][]string{
		"json: a name twice":        {`{"a":1,"a":2}`, `{"messages":[],"m\u0065ssages":[]}`, `[{"x":{"y":1,"y":2}}]`},
		"json: more than one value": {`{} {}`, `{}x`, `1 2`},
		"json: invalid": {"", "{", `{"a":}`, `{'a':1}`, `{"a":1,}`, "[1,]", `{"a":01}`, `{"a":NaN}`, "\ufeff{}", "{\"a\":\"\xff\"}", "{\"a\":\"\n\"}", `{"a":"\ud800"}`,
			`{a:1}`, `// x`, `{"a":1/**/}`},
		"json: too deep":        {strings.Repeat("[", 33) + strings.Repeat("]", 33)},
		"json: too many values": {"[" + strings.Repeat("1,", 1000) + "1]"},
	} {
		for _, document := range documents {
			err := All([]byte(document), limits, func(string, string) {})
			var refused *Refused
			if !errors.As(err, &refused) || refused.Reason != reason {
				t.Errorf("%.40q: %v, expected %s", document, err, reason)
			}
		}
	}
}

func FuzzNothingIsLostOutsideOfContent(f *testing.F) {
	f.Add(`{"messages":[{"role":"user","content":"x"}]}`)
	f.Add(`{"a":[{"b":null}],"prompt":["x"]}`)
	f.Fuzz(func(t *testing.T, document string) {
		all, some := map[string]string{}, map[string]string{}
		errAll := All([]byte(document), limits, func(name, value string) { all[name] = value })
		errSome := Without([]byte(document), limits, func(name, value string) { some[name] = value })
		if (errAll == nil) != (errSome == nil) || len(all) != len(some) {
			t.Fatal("withholding changes what is read")
		}
		for name, value := range some {
			if value != "" && all[name] != value {
				t.Fatalf("%s: %q became %q", name, all[name], value)
			}
		}
	})
}

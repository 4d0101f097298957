package engine

import (
	"encoding/json"
	"slices"
	"testing"

	"drun.io/services/waf/internal/route"
)

// owned has for every rule of the platform's own, and for those that are promoted for what nothing else finds, texts that it
// must find and texts that must pass: each of these looks alike and attacks nothing.
var owned = map[int]struct{ attacks, twins []string }{
	20100: {
		[]string{"%0d%0aSet-Cookie: a=b", "%25%30%64%25%30%61Set-Cookie:a=b", `\r\nX-Injected: 1`, "%E5%98%8A%E5%98%8DLocation:x", "%0d%0a%0d%0aHTTP/1.1 200 OK"},
		[]string{"Set-Cookie: a=b", "100%0done", `C:\new\releases`, "first line\nsecond line: x", `one\ntwo`},
	},
	20110: {
		[]string{"; choice /t 5 /d y", "&& touch x", `;i""d`, `;i\d`, "| whoami_not_known"},
		[]string{"a; b", "| Name | Type |", "a & b", "&nbsp;text", "R&D"},
	},
	20111: {
		[]string{"`id`", "a]&&id&&[a", "x;whoami;", "\r\nid"},
		[]string{"`completed`", "id && name", "id", "the `id` of a model"},
	},
	20120: {
		[]string{"#{7*7}", "{{7*7}}", "{{config.items()}}", "{{''.__class__}}", "*{T(java.lang.Runtime)}", "{{7*'7'}}"},
		[]string{"{{ name }}", "Hello {{user.first_name}}", "#{name}", "{{a}} * {{b}}"},
	},
	20121: {
		[]string{`#set($x=1)`, `<#assign ex="x">`, `{php}echo 1{/php}`, "__${x}__", "@(7*7)", `{{#with "s" as |string|}}`},
		[]string{"#settings", "<list of items>", "{system}s", "a@(b)", "{{ with }}", "section #include"},
	},
	20130: {
		[]string{"/var/run/secrets/kubernetes.io/serviceaccount/token", "/run/secrets/kubernetes.io/serviceaccount/./ca.crt"},
		[]string{"/var/run/secrets/kubernetes.io/serviceaccount", "system:serviceaccount:acme:default"},
	},
	20131: {
		[]string{"/app/.env", `C:\app\.env`, "config/.env.production"},
		[]string{".env", "/app/.environment/x", "production.env"},
	},
	20140: {
		[]string{"import subprocess;subprocess.call(a)", "__import__('os')", "os.popen ('x')"},
		[]string{"the subprocess.call function", "os.path.join(a)", "import numpy"},
	},
	20150: {
		[]string{"new SharedWorker('//a.example/w.js')", `importScripts("x.js")`},
		[]string{"a new worker (of the queue)", "new workers"},
	},
	20160: {
		[]string{"'a'=='a'", "1 <> 2", `"a"||"b"`, "1<=>1"},
		[]string{">= 2.0.0, < 2.0.2", "MDQ6VXNlcjU4MzIzMQ==", "a -> b", "x == y", "if a && b"},
	},
	20170: {
		[]string{"JDatabaseDriverMysqli::__destruct", "$a->__toString()"},
		[]string{"__init__ of a class", "std::move", "__set a value"},
	},
	20180: {
		[]string{"__defineGetter__", "Object.prototype.x", "a[constructor]", "Object.setPrototypeOf(a)"},
		[]string{"an object of a prototype", "constructor of houses", "prototype", "objects.prototyped"},
	},
	20190: {
		[]string{`CreateObject("WScript.Shell")`, "Process.Start(x)", `eval request("x")`},
		[]string{"create object (a)", "process started", "evaluate requests"},
	},
	942310: {[]string{"' AND 1=CONVERT(int,@@version)--"}, []string{"one and convert it, @ version 1"}},
	942330: {[]string{"' AND 1=LOAD_EXTENSION('evil.so')--"}, []string{"1 and 2"}},
	942490: {[]string{"' || '1'=='1"}, []string{"it's 1, 2"}},
}

func TestOwnRulesFindAttacksAndNoTwins(t *testing.T) {
	waf := wafOf(t, profile(route.API))
	for id, one := range owned {
		for _, text := range one.attacks {
			if verdict := asked(t, waf, text); !verdict.Refused || !slices.Contains(verdict.Rules, id) {
				t.Errorf("%d does not find %q: %+v", id, text, verdict)
			}
		}
		for _, text := range one.twins {
			if verdict := asked(t, waf, text); verdict.Refused {
				t.Errorf("%d: the twin %q is refused: %+v", id, text, verdict)
			}
		}
	}
}

func asked(t *testing.T, waf *WAF, text string) Verdict {
	t.Helper()
	body, err := json.Marshal(map[string]string{"q": text})
	if err != nil {
		t.Fatal(err)
	}
	return post(string(body)).ask(t, waf)
}

func TestEveryOwnRuleHasItsRow(t *testing.T) {
	for id := range wafOf(t, profile(route.API)).attacks {
		if id < 100_000 && len(owned[id].attacks) == 0 {
			t.Errorf("rule %d has no attack that it refuses, and no twin", id)
		}
	}
}

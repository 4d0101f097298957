package extproc

import (
	"strings"
	"testing"

	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
)

// uploaded is an upload in pieces of some bytes.
func uploaded(text string, piece int) []*proc.ProcessingRequest {
	all := []*proc.ProcessingRequest{headers("upload/acme/files", false, ":method", "POST", ":path", "/v1/files", ":authority", "a.example", "user-agent", "x",
		"accept", "*/*", "content-type", "multipart/form-data; boundary=b", "transfer-encoding", "chunked")}
	for at := 0; at < len(text); at += piece {
		one := body(text[at:min(at+piece, len(text))])
		one.GetRequestBody().EndOfStream = at+piece >= len(text)
		all = append(all, one)
	}
	return all
}

func TestFilesPassWhileTheyArrive(t *testing.T) {
	b := newBench(t, plainConfig, enough)
	file := "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\r\n" + strings.Repeat("x", 5000) + "\r\n--b"
	field := func(text string) string {
		return "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n" + text + "\r\n--b--\r\n"
	}
	passed := func(all []*proc.ProcessingResponse) (headers, bodies int) {
		for _, one := range all {
			if one.GetRequestHeaders() != nil {
				headers++
			}
			if one.GetRequestBody() != nil {
				bodies++
			}
		}
		return headers, bodies
	}
	benign := uploaded(file+field("report"), 100)
	all := b.answers(t, benign...)
	if headers, bodies := passed(all); headers != 1 || bodies != len(benign)-1 {
		t.Errorf("%d and %d of %d messages pass", headers, bodies, len(benign))
	}
	if all[0].GetOverrideMessageTimeout().AsDuration() == 0 {
		t.Error("the proxy does not learn that an answer takes the time of a slow client")
	}
	all = b.answers(t, uploaded(file+field(sqli), 100)...)
	headers, bodies := passed(all)
	if last := all[len(all)-1]; statusOf(last) != 403 || headers != 1 || bodies > len(file)/100 || bodies < 40 {
		t.Errorf("%d and %d pass before %v", headers, bodies, last)
	}
	all = b.answers(t, uploaded("--b"+strings.Replace(field(sqli), "--b--\r\n", file, 1)+"--\r\n", 100)...)
	if headers, bodies := passed(all); statusOf(all[len(all)-1]) != 403 || headers+bodies > 0 {
		t.Errorf("%d and %d pass before an attack that stands in front", headers, bodies)
	}
}

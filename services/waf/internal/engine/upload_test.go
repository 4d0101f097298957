package engine

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"slices"
	"strings"
	"testing"
	"time"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/route"
)

const border = "----drun7MA4YWxkTrZu0gW"

// part of a form; a name of a file makes it one.
type part struct{ name, file, text string }

func formOf(t *testing.T, parts ...part) string {
	t.Helper()
	var made bytes.Buffer
	form := multipart.NewWriter(&made)
	if err := form.SetBoundary(border); err != nil {
		t.Fatal(err)
	}
	for _, one := range parts {
		create := form.CreateFormField
		if one.file != "" {
			create = func(name string) (io.Writer, error) { return form.CreateFormFile(name, one.file) }
		}
		write, err := create(one.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := write.Write([]byte(one.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := form.Close(); err != nil {
		t.Fatal(err)
	}
	return made.String()
}

func uploadRequest() *Request {
	return &Request{ID: "upload", Method: "POST", Path: "/v1/files", Protocol: "HTTP/1.1", Client: "203.0.113.9", Host: "files.acme.example", Headers: []Header{
		{"content-type", "multipart/form-data; boundary=" + border}, {"accept", "*/*"}, {"user-agent", "drun-cli/0.1.0"}, {"transfer-encoding", "chunked"}}}
}

var uploads = func() func(change func(*config.Profile)) *WAF {
	made := map[config.Profile]*WAF{}
	return func(change func(*config.Profile)) *WAF {
		profile := config.Defaults()[route.Upload]
		change(&profile)
		if made[profile] == nil {
			waf, err := Compile(profile)
			if err != nil {
				panic(err)
			}
			made[profile] = waf
		}
		return made[profile]
	}
}()

func asItIs(*config.Profile) {}

// uploaded is the verdict over a body that arrives in pieces, and how much had passed before it.
func uploaded(t *testing.T, waf *WAF, body string, piece int) (Verdict, int) {
	t.Helper()
	one := waf.Begin(uploadRequest(), nil, time.Now())
	defer one.Close()
	if verdict := one.Headers(); verdict.Refused {
		t.Fatalf("headers: %v", verdict)
	}
	upload := one.Upload()
	if upload == nil {
		t.Fatal("it is held whole")
	}
	defer upload.Close()
	passed := 0
	for at := 0; at < len(body); at += piece {
		end := min(at+piece, len(body))
		passes, err := upload.Write([]byte(body[at:end]), end == len(body))
		if err != nil {
			t.Fatal(err)
		}
		if upload.Verdict().Refused {
			return upload.Verdict(), passed
		}
		if passes {
			passed = end
		}
	}
	return upload.Verdict(), passed
}

func TestAnUploadIsInspectedAsItArrives(t *testing.T) {
	file := part{"file", "weights.bin", strings.Repeat("<script>alert(1)</script>\r\n--\r\n", 500)}
	benign := part{"note", "", "quarterly report"}
	attack := part{"note", "", `1' UNION SELECT password FROM users--`}
	whole := formOf(t, benign, file)
	many := slices.Repeat([]part{{"file", "a.txt", "x"}}, 101)
	for name, one := range map[string]struct {
		body   string
		change func(*config.Profile)
		status int
	}{
		"a file whose content is like an attack":     {whole, asItIs, 0},
		"a field behind a file":                      {formOf(t, file, benign, file), asItIs, 0},
		"an attack before a file":                    {formOf(t, attack, file), asItIs, 403},
		"an attack behind a file":                    {formOf(t, file, attack), asItIs, 403},
		"an attack between files":                    {formOf(t, file, attack, file), asItIs, 403},
		"an attack in the name of a field":           {formOf(t, part{"<script>alert(1)</script>", "", "x"}, file), asItIs, 403},
		"an attack in the name of a second file":     {formOf(t, file, part{"file", "../../etc/passwd", "x"}), asItIs, 403},
		"a field larger than what is held":           {formOf(t, part{"note", "", strings.Repeat("x", 5000)}), func(p *config.Profile) { p.BodyLimit = 4000 }, 413},
		"a file larger than what is held":            {formOf(t, file), func(p *config.Profile) { p.BodyLimit = 4000 }, 0},
		"a file over its limit":                      {formOf(t, file), func(p *config.Profile) { p.Limits.File = len(file.text) - 1 }, 413},
		"a file at its limit":                        {formOf(t, file), func(p *config.Profile) { p.Limits.File = len(file.text) }, 0},
		"two files over the limit of all":            {formOf(t, file, file), func(p *config.Profile) { p.Limits.Files = 2*len(file.text) - 1 }, 413},
		"too many parts":                             {formOf(t, many...), asItIs, 413},
		"as many parts as may be":                    {formOf(t, many[1:]...), asItIs, 0},
		"a form that ends in the middle":             {whole[:len(whole)-len(border)-6], asItIs, 400},
		"text before the form":                       {"x\r\n" + whole, asItIs, 400},
		"text behind its first border":               {strings.Replace(whole, border, border+"x", 1), asItIs, 400},
		"text behind the form":                       {whole + "x", asItIs, 400},
		"an empty line behind the form":              {whole + "\r\n", asItIs, 0},
		"no part":                                    {"--" + border + "--\r\n", asItIs, 400},
		"a header of a part that cannot be read":     {strings.Replace(whole, "Content-Type: ", "Content-Type ", 1), asItIs, 400},
		"an attack where attacks are only looked at": {formOf(t, file, attack), func(p *config.Profile) { p.Mode = config.Detect }, 0},
	} {
		for _, piece := range []int{1, 17, 4096, 1 << 20} {
			if verdict, passed := uploaded(t, uploads(one.change), one.body, piece); verdict.Status != one.status || one.status == 0 && passed != len(one.body) {
				t.Errorf("%s, %d bytes at a time: %v after %d of %d", name, piece, verdict, passed, len(one.body))
			}
		}
	}
}

func TestNothingOfAnUploadPassesUninspected(t *testing.T) {
	file := part{"file", "weights.bin", strings.Repeat("x", 10_000)}
	attack := part{"note", "", `1' UNION SELECT password FROM users--`}
	body := formOf(t, file, attack)
	for _, piece := range []int{1, 7, 100} {
		verdict, passed := uploaded(t, uploads(asItIs), body, piece)
		behind := body[strings.Index(body, file.text)+len(file.text):]
		// What parts the file from the field may have passed, and nothing of the field.
		if most := len(body) - len(behind) + len("\r\n--"+border); !verdict.Refused || passed > most {
			t.Errorf("%d bytes at a time: %v after %d, at most %d", piece, verdict, passed, most)
		}
		if passed < len(body)-len(behind)-piece {
			t.Errorf("%d bytes at a time: only %d passed while the file arrived", piece, passed)
		}
	}
	if _, passed := uploaded(t, uploads(asItIs), formOf(t, attack, file), 1); passed > 0 {
		t.Errorf("%d bytes passed before an attack that stands in front", passed)
	}
}

func TestAnAttackInPiecesAddsUp(t *testing.T) {
	// Neither reaches this threshold alone.
	waf := uploads(func(p *config.Profile) { p.Threshold = 26 })
	file := part{"file", "a.bin", "x"}
	one, other := part{"a", "", "<script>alert(1)</script>"}, part{"b", "", ";cat /etc/passwd"}
	for name, c := range map[string]struct {
		parts  []part
		status int
	}{
		"the one": {[]part{one, file}, 0}, "the other": {[]part{file, other}, 0}, "the one twice": {[]part{one, file, one}, 0},
		"both together": {[]part{one, other, file}, 403}, "a file between them": {[]part{one, file, other}, 403},
	} {
		if verdict, _ := uploaded(t, waf, formOf(t, c.parts...), 100); verdict.Status != c.status {
			t.Errorf("%s: %v", name, verdict)
		}
	}
}

func TestAnUploadIsJudgedAsAFormThatIsHeldWhole(t *testing.T) {
	waf := uploads(asItIs)
	texts := []string{"report", `1' OR '1'='1`, "<svg onload=alert(1)>", "../../../etc/passwd", "a=b&c=d", "O'Neill", "select a plan", "${7*7}", "; ls -la", "price < 5 > 3"}
	for n, text := range texts {
		for m, other := range texts {
			body := formOf(t, part{"a", "", text}, part{"f", fmt.Sprintf("file-%d.txt", m), "x"}, part{"b", "", other})
			one := waf.Begin(uploadRequest(), nil, time.Now())
			one.Headers()
			whole, err := one.Body([]byte(body))
			one.Close()
			if err != nil {
				t.Fatal(err)
			}
			if parted, _ := uploaded(t, waf, body, 33); parted.Refused != whole.Refused || parted.Status != whole.Status {
				t.Errorf("%d %d: %v, and whole %v", n, m, parted, whole)
			}
		}
	}
}

func TestNoMoreOfAnUploadIsHeldThanTheLimit(t *testing.T) {
	waf := uploads(func(p *config.Profile) { p.BodyLimit = 4000 })
	one := waf.Begin(uploadRequest(), nil, time.Now())
	defer one.Close()
	one.Headers()
	upload := one.Upload()
	defer upload.Close()
	given := 0
	for _, text := range slices.Repeat([]string{strings.Repeat("x", 100)}, 100) {
		if given == 0 {
			text = "--" + border + "\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\n"
		}
		given += len(text)
		if _, err := upload.Write([]byte(text), false); err != nil {
			t.Fatal(err)
		}
		if upload.Verdict().Refused {
			break
		}
	}
	if given <= 4000 || given > 4100 || upload.Verdict().Status != 413 {
		t.Errorf("%v after %d bytes", upload.Verdict(), given)
	}
}

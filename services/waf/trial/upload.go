package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"time"
)

// arrived counts the requests whose body came through to its end.
var arrived atomic.Int64

// Uploads are claims about files that pass while they arrive, and what a large one costs.
type Uploads struct {
	// Claims: reached says that the server behind got the whole.
	Claims []Claim `json:"claims"`
	// Bytes of the large file, and by how many kilobytes the most memory of Envoy and of the service grew over it.
	Bytes   int `json:"bytes"`
	Envoy   int `json:"envoyKiB"`
	Service int `json:"serviceKiB"`
}

const uploadConfig = `
version: 1
routes:
  upload/acme/small: {limits: {files: 100000}}
`

const border = "----drunUploadOfTheTrial"

// upload sends forms with files through a real Envoy with the real service.
func upload(o options) (Uploads, error) {
	hosts := []host{{Host: "files", Route: "upload/acme/files", Passing: true}, {Host: "small", Route: "upload/acme/small", Passing: true}}
	o.timeout = "1s" // as at the real edge
	edge, err := start(o, uploadConfig, hosts, "none", false)
	if err != nil {
		return Uploads{}, err
	}
	defer edge.stop()
	go func() { _, _ = io.Copy(io.Discard, edge.decisions) }()
	found := Uploads{Bytes: 200 << 20}
	ask := func(claim, host string, body io.Reader) {
		if err == nil {
			var one Claim
			one, err = edge.upload(claim, host, body)
			found.Claims = append(found.Claims, one)
		}
	}
	script := strings.Repeat("<script>alert(1)</script>\n", 4000)
	ask("a file passes, whatever its content is like", "files", form(text("note", "report"), file("a.html", script)))
	ask("an attack in a field before a file is refused", "files", form(text("note", elsewhere), file("a.txt", script)))
	ask("an attack in the name of a file is refused", "files", form(file("../../etc/passwd", script)))
	ask("a field behind a file passes", "files", form(file("a.txt", script), text("note", "report")))
	ask("an attack in a field behind a file is refused", "files", form(file("a.txt", script), text("note", elsewhere)))
	ask("a field that is too large to hold is refused", "files", form(text("note", strings.Repeat("report ", 200_000))))
	ask("files over the limit of a route are refused", "small", form(file("a.txt", script)))
	ask("a form without an end is refused", "files", strings.NewReader("--"+border+"\r\n"+file("a.txt", script)))
	ask("text behind a form is refused", "files", io.MultiReader(form(file("a.txt", script)), strings.NewReader(elsewhere)))
	ask("a slow client’s fields pass", "files", io.MultiReader(&pause{}, form(text("note", "report")), &pause{}))
	before := [2]int{peakOf(edge.envoy.Process.Pid), peakOf(edge.waf.Process.Pid)}
	ask("a file of 200 MiB passes", "files", form(text("note", "report"), &content{left: found.Bytes}))
	found.Envoy, found.Service = peakOf(edge.envoy.Process.Pid)-before[0], peakOf(edge.waf.Process.Pid)-before[1]
	if err == nil {
		err = edge.waf.Process.Kill()
		_ = edge.waf.Wait()
	}
	ask("nothing passes without the service", "files", form(text("note", "report")))
	return found, err
}

func (e *edge) upload(claim, host string, body io.Reader) (Claim, error) {
	request, err := http.NewRequest("POST", e.url("/v1/files"), body)
	if err != nil {
		return Claim{}, err
	}
	request.Host = host
	request.Header.Set("Content-Type", "multipart/form-data; boundary="+border)
	before := arrived.Load()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return Claim{}, fmt.Errorf("%s: %w", claim, err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, answer.Body)
	return Claim{Claim: claim, Status: answer.StatusCode, Reached: arrived.Load() > before}, nil
}

// form is a body of parts, each a string or a reader.
func form(parts ...any) io.Reader {
	all := []io.Reader{strings.NewReader("--" + border + "\r\n")}
	for n, one := range parts {
		switch one := one.(type) {
		case string:
			all = append(all, strings.NewReader(one))
		case io.Reader:
			all = append(all, strings.NewReader(file("large.bin", "")), one)
		}
		end := "\r\n--" + border + "\r\n"
		if n == len(parts)-1 {
			end = "\r\n--" + border + "--\r\n"
		}
		all = append(all, strings.NewReader(end))
	}
	return io.MultiReader(all...)
}

func text(name, value string) string {
	return fmt.Sprintf("Content-Disposition: form-data; name=%q\r\n\r\n%s", name, value)
}

func file(name, value string) string {
	return fmt.Sprintf("Content-Disposition: form-data; name=\"file\"; filename=%q\r\nContent-Type: application/octet-stream\r\n\r\n%s", name, value)
}

// content is a file that nobody holds in memory.
type content struct{ left int }

func (c *content) Read(into []byte) (int, error) {
	if c.left == 0 {
		return 0, io.EOF
	}
	many := min(len(into), c.left)
	for at := range into[:many] {
		into[at] = byte(c.left + at*7)
	}
	c.left -= many
	return many, nil
}

// pause is longer than Envoy waits for an answer, unless it is told to.
type pause struct{ over bool }

func (p *pause) Read([]byte) (int, error) {
	if !p.over {
		p.over = true
		time.Sleep(1500 * time.Millisecond)
	}
	return 0, io.EOF
}

// peakOf is the most memory that a process has had, in kilobytes, from Linux's /proc.
func peakOf(pid int) int {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(status, []byte("VmHWM:"))
	fields := bytes.Fields(after)
	if len(fields) == 0 {
		return 0
	}
	peak, _ := strconv.Atoi(string(fields[0]))
	return peak
}

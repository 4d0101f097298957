package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/template"
	"time"
)

//go:embed envoy.json.tmpl
var bootstrap string

// edge is a real Envoy with the real service beside it and a server behind it.
type edge struct {
	Admin, Edge, Backend int
	Socket, Any, Timeout string
	Hosts                []host

	folder     string
	envoy, waf *exec.Cmd
	// decisions is what the service writes.
	decisions io.Reader
}

// host is a name whose requests take a route. Off has them pass without the service, Passing while they arrive.
type host struct {
	Host, Route  string
	Off, Passing bool
}

// start runs the programs and waits until a request passes.
func start(o options, config string, hosts []host, any string, logAll bool) (*edge, error) {
	folder, err := os.MkdirTemp("", "waf-trial-")
	if err != nil {
		return nil, err
	}
	e := &edge{Socket: filepath.Join(folder, "waf.sock"), Hosts: hosts, Any: any, Timeout: o.timeout, folder: folder}
	backend, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	go func() { _ = http.Serve(backend, http.HandlerFunc(reflect)) }()
	e.Backend = backend.Addr().(*net.TCPAddr).Port
	if e.Admin, err = freePort(); err != nil {
		return nil, err
	}
	if e.Edge, err = freePort(); err != nil {
		return nil, err
	}
	if err := e.run(o.envoy, o.waf, config, logAll); err != nil {
		e.stop()
		return nil, err
	}
	return e, e.ready()
}

func (e *edge) run(envoy, waf, config string, logAll bool) error {
	file := filepath.Join(e.folder, "waf.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return err
	}
	admin, err := freePort()
	if err != nil {
		return err
	}
	e.waf = exec.Command(waf, "--config", file, "--listen", "unix:"+e.Socket, "--admin", fmt.Sprintf("127.0.0.1:%d", admin),
		fmt.Sprintf("--log-all=%v", logAll), "--wait", "5s")
	e.waf.Stderr = os.Stderr
	if e.decisions, err = e.waf.StdoutPipe(); err != nil {
		return err
	}
	if err := e.waf.Start(); err != nil {
		return err
	}
	path := filepath.Join(e.folder, "envoy.json")
	text, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := errors.Join(template.Must(template.New("envoy").Parse(bootstrap)).Execute(text, e), text.Close()); err != nil {
		return err
	}
	log, err := os.Create(filepath.Join(e.folder, "envoy.log"))
	if err != nil {
		return err
	}
	e.envoy = exec.Command(envoy, "-c", path, "--disable-hot-restart", "--concurrency", "1", "-l", "warning")
	e.envoy.Stdout, e.envoy.Stderr = log, log
	return e.envoy.Start()
}

func (e *edge) url(path string) string { return fmt.Sprintf("http://127.0.0.1:%d%s", e.Edge, path) }

func (e *edge) ready() error {
	for deadline := time.Now().Add(60 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		answer, err := http.Get(e.url("/status/200"))
		if err == nil {
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
	}
	e.stop()
	log, _ := os.ReadFile(filepath.Join(e.folder, "envoy.log"))
	return fmt.Errorf("the edge did not become ready: %s", log)
}

func (e *edge) stop() {
	for _, one := range []*exec.Cmd{e.envoy, e.waf} {
		if one != nil && one.Process != nil {
			_ = one.Process.Kill()
			_ = one.Wait()
		}
	}
	_ = os.RemoveAll(e.folder)
}

func freePort() (int, error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port, nil
}

// reflect answers as the rule set's tests expect of a backend: /reflect with what the body asks for, anything else with 200.
func reflect(w http.ResponseWriter, r *http.Request) {
	reached.Add(1)
	if r.URL.Path == "/length" && r.ContentLength < 0 { // as servers do that take no body of unknown length
		w.WriteHeader(http.StatusLengthRequired)
		return
	}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") { // nothing large is held here, either
		if _, err := io.Copy(io.Discard, r.Body); err == nil {
			arrived.Add(1)
		}
	}
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path != "/reflect" {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte("ok\n"))
		return
	}
	var asked struct {
		Status      int               `json:"status"`
		Headers     map[string]string `json:"headers"`
		Body        string            `json:"body"`
		EncodedBody []byte            `json:"encodedBody"`
	}
	if err := json.Unmarshal(body, &asked); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "text/plain")
	for name, value := range asked.Headers {
		w.Header().Set(name, value)
	}
	if asked.Status != 0 {
		w.WriteHeader(asked.Status)
	}
	if asked.EncodedBody != nil {
		_, _ = w.Write(asked.EncodedBody)
		return
	}
	_, _ = w.Write([]byte(asked.Body))
}

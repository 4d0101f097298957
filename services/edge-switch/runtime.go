package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// untilAnnotation says when the switch ends, for the next run and for whoever looks.
const untilAnnotation = "drun.io/under-attack-until"

// on is the share of requests that the tighter limit holds, in hundredths.
const on = "100"

// runtime is the ConfigMap that the edge's proxies read as settings of their runtime. Two calls of the API server are all
// that is needed of Kubernetes, so its client library, a hundred times the size of this program, is not.
type runtime struct {
	url, key, token string
	client          http.Client
}

func newRuntime(server, credentials, namespace, name, key string) (*runtime, error) {
	token, err := os.ReadFile(filepath.Join(credentials, "token"))
	if err != nil {
		return nil, err
	}
	authority, err := os.ReadFile(filepath.Join(credentials, "ca.crt"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, errors.New("ca.crt holds no certificate")
	}
	address, err := url.JoinPath(server, "api/v1/namespaces", namespace, "configmaps", name)
	if err != nil {
		return nil, err
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13}}
	return &runtime{
		url: address, key: key, token: strings.TrimSpace(string(token)),
		client: http.Client{Timeout: 5 * time.Second, Transport: transport},
	}, nil
}

type configMap struct {
	Metadata struct {
		Annotations map[string]*string `json:"annotations,omitempty"`
	} `json:"metadata"`
	Data map[string]*string `json:"data,omitempty"`
}

// read says what the switch is. Any value but none and nothing counts as on, and a time that cannot be read as none.
func (r *runtime) read(ctx context.Context) (state, error) {
	var found configMap
	if err := r.call(ctx, http.MethodGet, r.url, nil, &found); err != nil {
		return state{}, err
	}
	value := found.Data[r.key]
	if value == nil || strings.TrimSpace(*value) == "" || strings.TrimSpace(*value) == "0" {
		return state{}, nil
	}
	is := state{on: true}
	if text := found.Metadata.Annotations[untilAnnotation]; text != nil {
		if until, err := time.Parse(time.RFC3339, *text); err == nil {
			is.until = until
		}
	}
	return is, nil
}

// write sets the switch and nothing else of the object.
func (r *runtime) write(ctx context.Context, wanted state) error {
	var change configMap
	change.Data = map[string]*string{r.key: nil}
	change.Metadata.Annotations = map[string]*string{untilAnnotation: nil}
	if wanted.on {
		value, until := on, stamp(wanted.until)
		change.Data[r.key], change.Metadata.Annotations[untilAnnotation] = &value, &until
	}
	body, err := json.Marshal(change)
	if err != nil {
		return err
	}
	return r.call(ctx, http.MethodPatch, r.url+"?fieldManager=edge-switch", body, nil)
}

func (r *runtime) call(ctx context.Context, method, address string, body []byte, into any) error {
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+r.token)
	request.Header.Set("Content-Type", "application/merge-patch+json")
	response, err := r.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the API server answers %s", response.Status)
	}
	if into == nil {
		return nil
	}
	return json.NewDecoder(io.LimitReader(response.Body, most)).Decode(into)
}

func stamp(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

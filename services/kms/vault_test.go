package main

import (
	"crypto/tls"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// standIn is Vault as far as the key service asks it: one transit key with versions, one token that may use it.
type standIn struct {
	*httptest.Server
	mu      sync.Mutex
	made    []int64 // when each version was made
	oldest  int     // oldest version that decrypts
	token   string
	away    bool
	strange string // an answer in the place of every other
}

// startVault starts one whose key has a single version. newest is the newest version of TLS that it speaks.
func startVault(t *testing.T, newest uint16) *standIn {
	t.Helper()
	v := &standIn{made: []int64{1000}, oldest: 1, token: "first"}
	v.Server = httptest.NewUnstartedServer(http.HandlerFunc(v.answer))
	v.TLS = &tls.Config{MaxVersion: newest}
	v.StartTLS()
	t.Cleanup(v.Close)
	return v
}

func (v *standIn) with(change func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	change()
}

func (v *standIn) answer(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.away:
		http.Error(w, `{"errors":["Vault is sealed"]}`, http.StatusServiceUnavailable)
	case r.Header.Get("X-Vault-Token") != v.token:
		http.Error(w, `{"errors":["permission denied"]}`, http.StatusForbidden)
	case v.strange != "":
		_, _ = w.Write([]byte(v.strange))
	case r.URL.Path == "/v1/transit/keys/etcd":
		versions := map[string]int64{}
		for i, at := range v.made {
			if i+1 >= v.oldest {
				versions[fmt.Sprint(i+1)] = at
			}
		}
		tell(w, map[string]any{"keys": versions, "latest_version": len(v.made)})
	case r.URL.Path == "/v1/transit/encrypt/etcd":
		tell(w, map[string]any{"ciphertext": fmt.Sprintf("vault:v%d:%s", len(v.made), body(r)["plaintext"])})
	case r.URL.Path == "/v1/transit/decrypt/etcd":
		var version int
		var sealed string
		_, _ = fmt.Sscanf(body(r)["ciphertext"], "vault:v%d:%s", &version, &sealed)
		if version < v.oldest {
			http.Error(w, `{"errors":["ciphertext or signature version is disallowed by policy (too old)"]}`, http.StatusBadRequest)
			return
		}
		tell(w, map[string]any{"plaintext": sealed})
	default:
		http.NotFound(w, r)
	}
}

func body(r *http.Request) map[string]string {
	said := map[string]string{}
	_ = json.NewDecoder(r.Body).Decode(&said)
	return said
}

func tell(w http.ResponseWriter, data map[string]any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
}

// optionsFor are those of a key service beside that Vault; its token is in a file that only its owner may read.
func (v *standIn) optionsFor(t *testing.T) options {
	t.Helper()
	folder := t.TempDir()
	authority, token := filepath.Join(folder, "ca.crt"), filepath.Join(folder, "token")
	write(t, authority, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: v.Certificate().Raw})))
	write(t, token, v.token+"\n")
	return options{address: v.URL, authority: authority, token: token, mount: "transit", key: "etcd"}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func keeperFor(t *testing.T, v *standIn) *keeper {
	t.Helper()
	k, err := newKeeper(v.optionsFor(t))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func wantError(t *testing.T, err error, part string) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), part) {
		t.Fatalf("error %v, want one with %q", err, part)
	}
}

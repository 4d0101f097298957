package main

import (
	"context"
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	kms "k8s.io/kms/apis/v2"
)

var silent = slog.New(slog.NewTextHandler(io.Discard, nil))

func argsFor(t *testing.T, v *standIn, socket string) []string {
	t.Helper()
	o := v.optionsFor(t)
	return []string{"--listen=" + socket, "--vault=" + o.address, "--ca=" + o.authority, "--token-file=" + o.token, "--key=" + o.key}
}

func TestServesTheProtocolOverASocketOfItsUser(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	socket := filepath.Join(t.TempDir(), "kms.sock")
	// What a killed run left behind.
	left, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	left.(*net.UnixListener).SetUnlinkOnClose(false)
	_ = left.Close()
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- run(running, argsFor(t, v, socket), silent) }()
	connection, err := grpc.NewClient("unix://"+socket, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	client := kms.NewKeyManagementServiceClient(connection)
	limit, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	said, err := client.Encrypt(limit, &kms.EncryptRequest{Plaintext: []byte("seed")}, grpc.WaitForReady(true))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := client.Decrypt(limit, &kms.DecryptRequest{Ciphertext: said.Ciphertext, KeyId: said.KeyId})
	if err != nil || string(plain.Plaintext) != "seed" {
		t.Fatalf("opened %v, %v", plain, err)
	}
	if info, err := os.Stat(socket); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Fatalf("socket %v, %v: others may use it", info.Mode(), err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
}

func TestFileThatIsNoSocketIsLeftAlone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "important")
	write(t, file, "data")
	err := run(ctx, argsFor(t, startVault(t, tls.VersionTLS13), file), silent)
	wantError(t, err, "is not a socket")
	if text, err := os.ReadFile(file); err != nil || string(text) != "data" {
		t.Fatalf("%q, %v", text, err)
	}
	wantError(t, run(ctx, nil, silent), "--listen is needed")
}

func get(t *testing.T, handler http.Handler, path string) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, path, nil))
	return recorder.Code, recorder.Body.String()
}

func TestReadinessFollowsVaultAndLivenessDoesNot(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	k := keeperFor(t, v)
	handler := admin(newMetrics(k.made), k)
	for _, away := range []bool{false, true, false} {
		v.with(func() { v.away = away })
		ready, _ := get(t, handler, "/readyz")
		alive, _ := get(t, handler, "/healthz")
		if (ready == http.StatusOK) == away || alive != http.StatusOK {
			t.Fatalf("away %t: ready %d, alive %d", away, ready, alive)
		}
	}
}

func TestMetricsCountCallsAndSayHowOldTheKeyIs(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	k := keeperFor(t, v)
	m := newMetrics(k.made)
	watched := observed{k, m, silent}
	_, before := get(t, admin(m, k), "/metrics")
	if !strings.Contains(before, "kms_key_made_seconds 0") {
		t.Fatal("an age before Vault has said one")
	}
	if _, err := watched.Encrypt(ctx, "", []byte("seed")); err != nil {
		t.Fatal(err)
	}
	v.with(func() { v.away = true })
	if _, err := watched.Status(ctx); err == nil {
		t.Fatal("a status without Vault")
	}
	_, text := get(t, admin(m, k), "/metrics")
	for _, line := range []string{
		`kms_calls_total{call="encrypt",result="done"} 1`, `kms_calls_total{call="status",result="failed"} 1`,
		`kms_call_seconds_count{call="encrypt"} 1`, `kms_key_made_seconds 1000`,
	} {
		if !strings.Contains(text, line) {
			t.Fatalf("no %s in\n%s", line, text)
		}
	}
	if strings.Contains(text, v.token) || strings.Contains(text, "seed") {
		t.Fatal("a secret among the metrics")
	}
}

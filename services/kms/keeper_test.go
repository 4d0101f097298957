package main

import (
	"context"
	"crypto/tls"
	"os"
	"strings"
	"testing"
	"time"

	"k8s.io/kms/pkg/service"
)

var ctx = context.Background()

func sealed(t *testing.T, k *keeper, text string) *service.EncryptResponse {
	t.Helper()
	answer, err := k.Encrypt(ctx, "", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

func opened(k *keeper, one *service.EncryptResponse) (string, error) {
	plain, err := k.Decrypt(ctx, "", &service.DecryptRequest{Ciphertext: one.Ciphertext, KeyID: one.KeyID})
	return string(plain), err
}

func status(t *testing.T, k *keeper) string {
	t.Helper()
	answer, err := k.Status(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if answer.Version != "v2" || answer.Healthz != "ok" {
		t.Fatalf("status %+v", answer)
	}
	return answer.KeyID
}

func TestSealsAndOpensUnderTheNewestKey(t *testing.T) {
	k := keeperFor(t, startVault(t, tls.VersionTLS13))
	one := sealed(t, k, "seed")
	if id := status(t, k); id != one.KeyID || id != "vault:transit/etcd:v1:1000" {
		t.Fatalf("status says %q, sealed with %q", id, one.KeyID)
	}
	if plain, err := opened(k, one); err != nil || plain != "seed" {
		t.Fatalf("opened %q, %v", plain, err)
	}
}

func TestRotationChangesTheKeyAndOpensWhatWasSealedBefore(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	k := keeperFor(t, v)
	old := sealed(t, k, "seed")
	v.with(func() { v.made = append(v.made, 2000) })
	if id := status(t, k); id != "vault:transit/etcd:v2:2000" {
		t.Fatalf("status says %q", id)
	}
	if one := sealed(t, k, "seed"); one.KeyID == old.KeyID {
		t.Fatal("still sealed with the old key")
	}
	if plain, err := opened(k, old); err != nil || plain != "seed" {
		t.Fatalf("opened %q, %v", plain, err)
	}
	if !k.made().Equal(time.Unix(2000, 0)) {
		t.Fatalf("made %s", k.made())
	}
}

func TestRotationBetweenTwoCallsIsSeenByEncrypt(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	k := keeperFor(t, v)
	status(t, k)
	v.with(func() { v.made = append(v.made, 2000) })
	if one := sealed(t, k, "seed"); one.KeyID != "vault:transit/etcd:v2:2000" {
		t.Fatalf("sealed with %q", one.KeyID)
	}
}

func TestRetiredVersionIsRefusedAndTheNewestIsNot(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	k := keeperFor(t, v)
	old := sealed(t, k, "seed")
	v.with(func() { v.made, v.oldest = append(v.made, 2000), 2 })
	status(t, k)
	_, err := opened(k, old)
	wantError(t, err, "version 1 of key etcd is not there, or may not decrypt any more")
	if plain, err := opened(k, sealed(t, k, "seed")); err != nil || plain != "seed" {
		t.Fatalf("opened %q, %v", plain, err)
	}
}

func TestKeyThatWasMadeAnewIsAnotherKey(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	k := keeperFor(t, v)
	old := sealed(t, k, "seed")
	v.with(func() { v.made = []int64{3000} })
	if id := status(t, k); id == old.KeyID {
		t.Fatal("the id is that of the key before")
	}
	_, err := opened(k, old)
	wantError(t, err, "and the store says")
}

func TestRefusesWhatWasSealedOtherwise(t *testing.T) {
	k := keeperFor(t, startVault(t, tls.VersionTLS13))
	one := sealed(t, k, "seed")
	for name, c := range map[string]struct{ ciphertext, id, want string }{
		"another id":       {string(one.Ciphertext), "vault:transit/other:v1:1000", "and the store says"},
		"no id":            {string(one.Ciphertext), "", "and the store says"},
		"not Vault's":      {"AAAA", one.KeyID, "not sealed by Vault's transit engine"},
		"version zero":     {"vault:v0:AAAA", one.KeyID, "not sealed by Vault's transit engine"},
		"a later version":  {"vault:v9:AAAA", one.KeyID, "version 9 of key etcd is not there"},
		"prefix elsewhere": {"x vault:v1:AAAA", one.KeyID, "not sealed by Vault's transit engine"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := opened(k, &service.EncryptResponse{Ciphertext: []byte(c.ciphertext), KeyID: c.id})
			wantError(t, err, c.want)
		})
	}
}

func TestAnswersThatSayNothingAreErrors(t *testing.T) {
	for _, answer := range []string{
		`{}`, `{"data":{}}`, `{"data":{"keys":{},"latest_version":1}}`, `{"data":{"keys":{"1":1000}}}`,
		`{"data":{"keys":{"1":"soon"},"latest_version":1}}`, `{"data":{"keys":{"1":1000},"latest_version":2}}`,
	} {
		t.Run(answer, func(t *testing.T) {
			v := startVault(t, tls.VersionTLS13)
			k := keeperFor(t, v)
			status(t, k)
			v.with(func() { v.strange = answer })
			if said, err := k.Status(ctx); err == nil {
				t.Fatalf("status %+v", said)
			}
			if said, err := k.Encrypt(ctx, "", []byte("seed")); err == nil {
				t.Fatalf("sealed %s", said.Ciphertext)
			}
		})
	}
}

func TestOutageIsAnErrorAndEndsWithIt(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	k := keeperFor(t, v)
	one := sealed(t, k, "seed")
	v.with(func() { v.away = true })
	begun := time.Now()
	_, err := k.Status(ctx)
	wantError(t, err, "sealed")
	if _, err = opened(k, one); err == nil {
		t.Fatal("opened without Vault")
	}
	if waited := time.Since(begun); waited > timeout {
		t.Fatalf("took %s: the API server does not wait that long", waited)
	}
	v.with(func() { v.away = false })
	if plain, err := opened(k, one); err != nil || plain != "seed" {
		t.Fatalf("opened %q, %v", plain, err)
	}
}

func TestTokenIsReadAtEachCallAndIsForOneUserOnly(t *testing.T) {
	v := startVault(t, tls.VersionTLS13)
	k := keeperFor(t, v)
	status(t, k)
	v.with(func() { v.token = "second" })
	_, err := k.Status(ctx)
	wantError(t, err, "permission denied")
	write(t, k.token, "second")
	status(t, k)
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o601} {
		if err := os.Chmod(k.token, mode); err != nil {
			t.Fatal(err)
		}
		_, err = k.Status(ctx)
		wantError(t, err, "it must have mode 600")
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		if err := os.Chmod(k.token, mode); err != nil {
			t.Fatal(err)
		}
		status(t, k)
	}
	if err := os.Remove(k.token); err != nil {
		t.Fatal(err)
	}
	_, err = k.Status(ctx)
	wantError(t, err, "no such file")
}

func TestVaultMustSpeakTLS13AndBeTheRightOne(t *testing.T) {
	_, err := keeperFor(t, startVault(t, tls.VersionTLS12)).Status(ctx)
	wantError(t, err, "protocol version")
	o := startVault(t, tls.VersionTLS13).optionsFor(t)
	o.authority = ""
	_, err = newKeeper(o)
	wantError(t, err, "--ca is needed")
	write(t, o.token+".crt", "no certificate")
	o.authority = o.token + ".crt"
	if _, err = newKeeper(o); err == nil {
		t.Fatal("took an authority that is none")
	}
}

func TestSettingsThatAreMissingOrUnsafeAreNamed(t *testing.T) {
	whole := startVault(t, tls.VersionTLS13).optionsFor(t)
	if _, err := newKeeper(whole); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*options){
		"--vault is needed":            func(o *options) { o.address = "" },
		"--token-file is needed":       func(o *options) { o.token = "" },
		"--key is needed":              func(o *options) { o.key = "" },
		"an https address is expected": func(o *options) { o.address = strings.Replace(o.address, "https", "http", 1) },
	} {
		o := whole
		change(&o)
		_, err := newKeeper(o)
		wantError(t, err, want)
	}
}

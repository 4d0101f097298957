package main

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/vault/api"
	"k8s.io/kms/pkg/service"
)

const protocol = "v2"

// options say which key of which Vault.
type options struct {
	address, authority, token, mount, key string
}

// keeper seals and opens by asking Vault.
type keeper struct {
	vault *api.Client
	options
	mu sync.Mutex
	// ids of the key's versions as Vault last told them
	ids map[string]string
	// when the newest of them was made
	newest time.Time
}

func newKeeper(o options) (*keeper, error) {
	for name, value := range map[string]string{"vault": o.address, "ca": o.authority, "token-file": o.token, "key": o.key} {
		if value == "" {
			return nil, fmt.Errorf("--%s is needed", name)
		}
	}
	if !strings.HasPrefix(o.address, "https://") {
		return nil, fmt.Errorf("--vault %s: an https address is expected", o.address)
	}
	config := api.DefaultConfig()
	if config.Error != nil {
		return nil, config.Error
	}
	config.Address, config.Timeout, config.MaxRetries = o.address, timeout, 0
	if err := config.ConfigureTLS(&api.TLSConfig{CACert: o.authority}); err != nil {
		return nil, err
	}
	transport, ok := config.HttpClient.Transport.(*http.Transport)
	if !ok {
		return nil, errors.New("the client of Vault has another transport than expected")
	}
	transport.TLSClientConfig.MinVersion = tls.VersionTLS13
	vault, err := api.NewClient(config)
	if err != nil {
		return nil, err
	}
	return &keeper{vault: vault, options: o}, nil
}

// Status says which key is the newest. The API server asks every minute, and makes a new seed once the answer is another one.
func (k *keeper) Status(ctx context.Context) (*service.StatusResponse, error) {
	latest, err := k.refresh(ctx)
	if err != nil {
		return nil, err
	}
	return &service.StatusResponse{Version: protocol, Healthz: "ok", KeyID: latest}, nil
}

// Encrypt seals the seed of an API server with the newest version of the key.
func (k *keeper) Encrypt(ctx context.Context, _ string, data []byte) (*service.EncryptResponse, error) {
	said, err := k.ask(ctx, "encrypt", map[string]any{"plaintext": base64.StdEncoding.EncodeToString(data)})
	if err != nil {
		return nil, err
	}
	sealed, err := text(said, "ciphertext")
	if err != nil {
		return nil, err
	}
	id, err := k.idOf(ctx, sealed)
	if err != nil {
		return nil, err
	}
	return &service.EncryptResponse{Ciphertext: []byte(sealed), KeyID: id}, nil
}

// Decrypt opens what Encrypt sealed: with the version of the key that the API server wrote beside it, and with no other.
func (k *keeper) Decrypt(ctx context.Context, _ string, request *service.DecryptRequest) ([]byte, error) {
	sealed := string(request.Ciphertext)
	id, err := k.idOf(ctx, sealed)
	if err != nil {
		return nil, err
	}
	if request.KeyID != id {
		return nil, fmt.Errorf("sealed with key %q, and the store says %q", id, request.KeyID)
	}
	said, err := k.ask(ctx, "decrypt", map[string]any{"ciphertext": sealed})
	if err != nil {
		return nil, err
	}
	plain, err := text(said, "plaintext")
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(plain)
}

var sealedForm = regexp.MustCompile(`^vault:v([1-9][0-9]*):`)

// idOf names the key that something is sealed with.
func (k *keeper) idOf(ctx context.Context, sealed string) (string, error) {
	found := sealedForm.FindStringSubmatch(sealed)
	if found == nil {
		return "", errors.New("not sealed by Vault's transit engine")
	}
	if id, ok := k.known(found[1]); ok {
		return id, nil
	}
	if _, err := k.refresh(ctx); err != nil {
		return "", err
	}
	if id, ok := k.known(found[1]); ok {
		return id, nil
	}
	return "", fmt.Errorf("version %s of key %s is not there, or may not decrypt any more", found[1], k.key)
}

func (k *keeper) known(version string) (string, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	id, ok := k.ids[version]
	return id, ok
}

// refresh asks for the versions of the key. An id holds when its version was made: a key that is deleted and made again under
// the same name is another key.
func (k *keeper) refresh(ctx context.Context) (string, error) {
	if err := k.authorize(); err != nil {
		return "", err
	}
	said, err := k.vault.Logical().ReadWithContext(ctx, k.mount+"/keys/"+k.key)
	if err != nil {
		return "", err
	}
	if said == nil {
		return "", fmt.Errorf("no key %s in %s", k.key, k.mount)
	}
	versions, ok := said.Data["keys"].(map[string]any)
	if !ok {
		return "", errors.New("Vault does not say which versions the key has")
	}
	ids := make(map[string]string, len(versions))
	for version, made := range versions {
		ids[version] = fmt.Sprintf("vault:%s/%s:v%s:%v", k.mount, k.key, version, made)
	}
	latest, ok := said.Data["latest_version"].(json.Number)
	if !ok || ids[latest.String()] == "" {
		return "", errors.New("Vault does not say which version of the key is the newest")
	}
	made, _ := versions[latest.String()].(json.Number)
	seconds, err := made.Int64()
	if err != nil {
		return "", fmt.Errorf("Vault does not say when version %s of the key was made", latest)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ids, k.newest = ids, time.Unix(seconds, 0)
	return ids[latest.String()], nil
}

// made says when the newest version of the key was made; zero before Vault has said.
func (k *keeper) made() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.newest
}

func (k *keeper) ask(ctx context.Context, verb string, data map[string]any) (*api.Secret, error) {
	if err := k.authorize(); err != nil {
		return nil, err
	}
	said, err := k.vault.Logical().WriteWithContext(ctx, k.mount+"/"+verb+"/"+k.key, data)
	if err == nil && said == nil {
		err = fmt.Errorf("Vault said nothing to %s", verb)
	}
	return said, err
}

// authorize takes the token as it is now.
func (k *keeper) authorize() error {
	info, err := os.Stat(k.token)
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s may be read by others (mode %o); it must have mode 600", k.token, info.Mode().Perm())
	}
	token, err := os.ReadFile(k.token)
	if err != nil {
		return err
	}
	k.vault.SetToken(strings.TrimSpace(string(token)))
	return nil
}

func text(said *api.Secret, field string) (string, error) {
	value, ok := said.Data[field].(string)
	if !ok {
		return "", fmt.Errorf("Vault's answer has no %s", field)
	}
	return value, nil
}

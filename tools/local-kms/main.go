// A key service for control planes that run on one machine: version 2 of the KMS protocol over a unix socket.
//
// It stands in for a real one (a cloud's KMS, Vault's transit engine, an HSM), and shows that the API server encrypts what
// the platform's EncryptionConfiguration names, that nothing can be read without the key service, and that both may
// restart. It does not show what only a real one has: the key lies in a file beside it instead of in hardware, nobody
// else is asked for permission, nothing is rotated, and its calls are not audited. Never run it for real data.
package main

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"k8s.io/kms/pkg/service"
)

const (
	version  = "v2"
	keyBytes = 32 // AES-256
	timeout  = 10 * time.Second
)

// keeper encrypts with one key that never leaves it.
type keeper struct {
	aead  cipher.AEAD
	keyID string
}

func main() {
	socket := flag.String("listen", "", "path of the unix socket")
	state := flag.String("state", "", "folder that holds the key, mode 0700")
	flag.Parse()
	if err := run(*socket, *state); err != nil {
		log.Fatalf("local-kms: %v", err)
	}
}

func run(socket, state string) error {
	if socket == "" || state == "" {
		return errors.New("--listen and --state are needed")
	}
	// Only the user that runs it, and so the API server beside it, may talk to the key service or read its folder.
	syscall.Umask(0o077)
	key, err := keyIn(state)
	if err != nil {
		return err
	}
	held, err := newKeeper(key)
	if err != nil {
		return err
	}
	// A socket that a killed run left behind; another kind of file is left alone and makes the listen fail.
	if info, err := os.Lstat(socket); err == nil && info.Mode().Type() == fs.ModeSocket {
		if err := os.Remove(socket); err != nil {
			return err
		}
	}
	server := service.NewGRPCService(socket, timeout, held)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		server.Close()
	}()
	log.Printf("local-kms: listening on %s with key %s", socket, held.keyID)
	return server.ListenAndServe()
}

// keyIn reads the key of the folder, and makes one first where there is none.
func keyIn(state string) ([]byte, error) {
	if err := os.MkdirAll(state, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(state, "key")
	if err := makeKey(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s may be read by others (mode %o); it must have mode 600", path, info.Mode().Perm())
	}
	key, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if len(key) != keyBytes {
		return nil, fmt.Errorf("%s holds %d bytes instead of %d", path, len(key), keyBytes)
	}
	return key, nil
}

func makeKey(path string) error {
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	if _, err := file.Write(key); err != nil {
		return errors.Join(err, file.Close())
	}
	return errors.Join(file.Sync(), file.Close())
}

func newKeeper(key []byte) (*keeper, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	// The id names the key and gives nothing of it away.
	digest := sha256.Sum256(append([]byte("drun local-kms key id\x00"), key...))
	return &keeper{aead: aead, keyID: "local-" + hex.EncodeToString(digest[:8])}, nil
}

// Status says that the service is well and which key it encrypts with.
func (k *keeper) Status(context.Context) (*service.StatusResponse, error) {
	return &service.StatusResponse{Version: version, Healthz: "ok", KeyID: k.keyID}, nil
}

// Encrypt seals data under the key; the id of the key is part of what is authenticated.
func (k *keeper) Encrypt(_ context.Context, _ string, data []byte) (*service.EncryptResponse, error) {
	nonce := make([]byte, k.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return &service.EncryptResponse{Ciphertext: k.aead.Seal(nonce, nonce, data, []byte(k.keyID)), KeyID: k.keyID}, nil
}

// Decrypt opens what Encrypt sealed, and refuses anything else.
func (k *keeper) Decrypt(_ context.Context, _ string, request *service.DecryptRequest) ([]byte, error) {
	if request.KeyID != k.keyID {
		return nil, fmt.Errorf("sealed with key %q, and this is %q", request.KeyID, k.keyID)
	}
	size := k.aead.NonceSize()
	if len(request.Ciphertext) < size {
		return nil, errors.New("the ciphertext is too short")
	}
	return k.aead.Open(nil, request.Ciphertext[:size], request.Ciphertext[size:], []byte(k.keyID))
}

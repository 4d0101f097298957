// Command kms lets an API server encrypt its store with a key of Vault: version 2 of the KMS protocol over a unix socket, and
// Vault's transit engine behind it. The key never leaves Vault. The token is read from a file at each call, so that whoever
// renews it, such as Vault Agent, need not tell.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/kms/pkg/service"
)

// The API server gives up after three seconds, as its EncryptionConfiguration says: an answer that comes later helps nobody.
const timeout = 2500 * time.Millisecond

func main() {
	var o options
	var socket string
	flag.StringVar(&socket, "listen", "", "path of the unix socket")
	flag.StringVar(&o.address, "vault", "", "address of Vault, such as https://vault.example:8200")
	flag.StringVar(&o.authority, "ca", "", "file with the authority of Vault's certificate (PEM)")
	flag.StringVar(&o.token, "token-file", "", "file with the token, which nobody else may read")
	flag.StringVar(&o.mount, "mount", "transit", "path of the transit engine")
	flag.StringVar(&o.key, "key", "", "name of the key")
	flag.Parse()
	if err := run(socket, o); err != nil {
		log.Fatalf("kms: %v", err)
	}
}

func run(socket string, o options) error {
	if socket == "" {
		return errors.New("--listen is needed: the path that the API server's EncryptionConfiguration names")
	}
	keeper, err := newKeeper(o)
	if err != nil {
		return err
	}
	// Only the user that runs it, and so the API server beside it, may have anything sealed or opened.
	syscall.Umask(0o077)
	if err := removeStale(socket); err != nil {
		return err
	}
	server := service.NewGRPCService(socket, timeout, keeper)
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM, syscall.SIGINT)
	go func() {
		<-stop
		server.Close()
	}()
	log.Printf("kms: listening on %s, key %s of %s at %s", socket, o.key, o.mount, o.address)
	return server.ListenAndServe()
}

// removeStale removes a socket that a killed run left behind; another kind of file is left alone and makes the listen fail.
func removeStale(socket string) error {
	info, err := os.Lstat(socket)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is not a socket: name a path of its own", socket)
	}
	return os.Remove(socket)
}

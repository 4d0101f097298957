// Command kms lets an API server encrypt its store with a key of Vault: version 2 of the KMS protocol over a unix socket, and
// Vault's transit engine behind it. The key never leaves Vault. The token is read from a file at each call, so that whoever
// renews it, such as Vault Agent, need not tell.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"k8s.io/kms/pkg/service"
)

// The API server gives up after three seconds, as its EncryptionConfiguration says: an answer that comes later helps nobody.
const timeout = 2500 * time.Millisecond

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Args[1:], log); err != nil {
		log.Error("the key service ended", "error", err.Error())
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, log *slog.Logger) error {
	var o options
	flags := flag.NewFlagSet("kms", flag.ContinueOnError)
	socket := flags.String("listen", "", "path of the unix socket")
	local := flags.String("admin", "", "address of /healthz, /readyz and /metrics, such as 127.0.0.1:9004 (default: none)")
	flags.StringVar(&o.address, "vault", "", "address of Vault, such as https://vault.example:8200")
	flags.StringVar(&o.authority, "ca", "", "file with the authority of Vault's certificate (PEM)")
	flags.StringVar(&o.token, "token-file", "", "file with the token, which nobody else may read")
	flags.StringVar(&o.mount, "mount", "transit", "path of the transit engine")
	flags.StringVar(&o.key, "key", "", "name of the key")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if *socket == "" {
		return errors.New("--listen is needed: the path that the API server's EncryptionConfiguration names")
	}
	keeper, err := newKeeper(o)
	if err != nil {
		return err
	}
	// Only the user that runs it, and so the API server beside it, may have anything sealed or opened.
	syscall.Umask(0o077)
	if err := removeStale(*socket); err != nil {
		return err
	}
	m := newMetrics(keeper.made)
	log.Info("listening", "socket", *socket, "vault", o.address, "mount", o.mount, "key", o.key)
	return serve(ctx, service.NewGRPCService(*socket, timeout, observed{keeper, m, log}), *local, admin(m, keeper))
}

// serve runs until the context ends or something fails.
func serve(ctx context.Context, server *service.GRPCService, local string, handler http.Handler) error {
	failed := make(chan error, 2)
	go func() { failed <- server.ListenAndServe() }()
	defer server.Close()
	if local != "" {
		listener, err := net.Listen("tcp", local)
		if err != nil {
			return err
		}
		observer := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
		defer observer.Close()
		go func() { failed <- observer.Serve(listener) }()
	}
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
		return nil
	}
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

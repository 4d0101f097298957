// An edge for tests: Istio's own control plane over a folder of objects, without an API server.
//
// It stands in for istiod, and shows what Envoy is told for the platform's objects: the code that turns them into
// configuration is Istio's. Proxies connect as they do to istiod, with a SPIFFE certificate of their own, and get their
// configuration and the certificates that their identity may have. It does not show what only a cluster has: admission,
// rights to read secrets, the signing of certificates, rollouts. Never run it for real workloads.
package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	secretservice "github.com/envoyproxy/go-control-plane/envoy/service/secret/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"istio.io/istio/pilot/test/xds"
	"istio.io/istio/pkg/config/mesh"
	istiolog "istio.io/istio/pkg/log"
	"istio.io/istio/pkg/security"
	"istio.io/istio/pkg/spiffe"
	"istio.io/istio/pkg/test"
	"istio.io/istio/security/pkg/server/ca/authenticate"
)

// ready is the one line on standard output, once configuration is served.
type ready struct {
	Address string `json:"address"`
	// Objects is how many objects Istio was given; Ignored counts those of kinds that it does not read.
	Objects int            `json:"objects"`
	Ignored map[string]int `json:"ignored"`
}

func main() {
	folder := flag.String("folder", "", "folder with manifests/*.yaml, mesh.yaml, pki/ and proxies/*.json")
	flag.Parse()
	if err := run(*folder); err != nil {
		log.Fatalf("edge-lab: %v", err)
	}
}

func run(folder string) error {
	if folder == "" {
		return errors.New("--folder is needed")
	}
	options := istiolog.DefaultOptions()
	options.OutputPaths = []string{"stderr"}
	if err := istiolog.Configure(options); err != nil {
		return err
	}
	world, err := readObjects(filepath.Join(folder, "manifests"))
	if err != nil {
		return err
	}
	settings, err := mesh.ReadMeshConfig(filepath.Join(folder, "mesh.yaml"))
	if err != nil {
		return err
	}
	spiffe.SetTrustDomain(settings.TrustDomain)
	store := identities{folder: filepath.Join(folder, "pki")}
	transport, err := store.serverTLS()
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	control := endpoint{Host: "127.0.0.1", Port: listener.Addr().(*net.TCPAddr).Port}
	if err := writeBootstraps(filepath.Join(folder, "proxies"), settings, control, store.rootFile()); err != nil {
		return err
	}
	// Istio's harness reports what went wrong as a failure of a test; Wrap makes an error of it.
	return test.Wrap(func(t test.Failer) {
		server := xds.NewFakeDiscoveryServer(t, xds.FakeOptions{
			Configs:           world.configs,
			KubernetesObjects: world.objects,
			MeshConfig:        settings,
			// The rights of gateways to read secrets are the business of RBAC, which is not here.
			DisableSecretAuthorization: true,
		})
		server.Discovery.Authenticators = []security.Authenticator{&authenticate.ClientCertAuthenticator{}}
		service := grpc.NewServer(grpc.Creds(credentials.NewTLS(transport)))
		discovery.RegisterAggregatedDiscoveryServiceServer(service, server.Discovery)
		secretservice.RegisterSecretDiscoveryServiceServer(service, &secrets{store: store})
		ended := make(chan error, 1)
		go func() { ended <- service.Serve(listener) }()
		line := ready{Address: listener.Addr().String(), Objects: len(world.configs) + len(world.objects), Ignored: world.ignored}
		if err := json.NewEncoder(os.Stdout).Encode(line); err != nil {
			t.Fatal(err)
		}
		select {
		case err := <-ended:
			t.Fatal(err)
		case <-stopped():
			// The process ends with its parent; proxies that still listen are not waited for.
			service.Stop()
			os.Exit(0)
		}
	})
}

// stopped is closed when a signal or the end of standard input says that the parent wants no more.
func stopped() <-chan struct{} {
	done := make(chan struct{})
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGINT)
	input := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(input)
	}()
	go func() {
		select {
		case <-signals:
		case <-input:
		}
		close(done)
	}()
	return done
}

// serverTLS asks every proxy for a certificate of the mesh.
func (i identities) serverTLS() (*tls.Config, error) {
	certificate, err := tls.LoadX509KeyPair(filepath.Join(i.folder, "server.crt"), filepath.Join(i.folder, "server.key"))
	if err != nil {
		return nil, err
	}
	root, err := os.ReadFile(i.rootFile())
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(root) {
		return nil, fmt.Errorf("%s holds no certificate", i.rootFile())
	}
	return &tls.Config{
		Certificates: []tls.Certificate{certificate},
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    pool,
		MinVersion:   tls.VersionTLS13,
		NextProtos:   []string{"h2"},
	}, nil
}

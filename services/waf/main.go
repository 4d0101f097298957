// Command waf inspects requests for Envoy: Coraza and the OWASP Core Rule Set behind the external processing protocol.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	proc "github.com/envoyproxy/go-control-plane/envoy/service/ext_proc/v3"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"

	"drun.io/services/waf/internal/extproc"
	"drun.io/services/waf/internal/observe"
	"drun.io/services/waf/internal/policy"
)

// options are the command line.
type options struct {
	config  string
	tenants string
	listen  string
	admin   string
	reload  time.Duration
	drain   time.Duration
	places  int
	queue   int
	wait    time.Duration
	body    int
	logAll  bool
	check   bool
	rules   bool
}

func main() {
	var o options
	flag.StringVar(&o.config, "config", "", "file that says how routes are inspected (YAML or JSON)")
	flag.StringVar(&o.tenants, "tenants", "", "folder with a file for each tenant that excludes rules of its routes: TENANT.json or TENANT.yaml")
	flag.StringVar(&o.listen, "listen", ":9002", "address of the external processing service, or unix:PATH")
	flag.StringVar(&o.admin, "admin", ":9003", "address of /healthz, /readyz and /metrics")
	flag.DurationVar(&o.reload, "reload", 2*time.Second, "how often the files are read again")
	flag.DurationVar(&o.drain, "drain", 20*time.Second, "how long requests may take to end at a shutdown")
	flag.IntVar(&o.places, "places", 2*runtime.GOMAXPROCS(0), "requests that are inspected at the same time")
	flag.IntVar(&o.queue, "queue", 1000, "requests that may wait for a place")
	flag.DurationVar(&o.wait, "wait", 150*time.Millisecond, "how long a request may wait for a place")
	flag.IntVar(&o.body, "message", 64<<20, "bytes of the largest message that the proxy may send")
	flag.BoolVar(&o.logAll, "log-all", false, "log requests that pass without a match, too")
	flag.BoolVar(&o.check, "check", false, "read all files, compile their rules, say every mistake, and exit")
	flag.BoolVar(&o.rules, "rules", false, "list the rules that an exclusion may name, and exit")
	flag.Parse()
	if err := run(o); err != nil {
		fmt.Fprintln(os.Stderr, "waf:", err)
		os.Exit(1)
	}
}

func run(o options) error {
	if o.rules {
		return list(os.Stdout)
	}
	if o.config == "" {
		return errors.New("--config is needed")
	}
	store, err := policy.Open(policy.Files{Platform: o.config, Tenants: o.tenants}, time.Now)
	if o.check {
		return check(os.Stdout, store, err)
	}
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	log := slog.New(slog.NewJSONHandler(os.Stdout, nil))
	metrics := observe.NewMetrics(store)
	observer := &observe.Observer{Metrics: metrics, Log: log, Everything: o.logAll}
	limits := extproc.Limits{Places: o.places, Queue: o.queue, Wait: o.wait}
	server := newServer(o, extproc.NewServer(store, observer, limits, time.Now))
	return serve(ctx, o, server, metrics, log, func() { store.Watch(ctx, o.reload, metrics, log) })
}

// service is the gRPC server with its health.
type service struct {
	*grpc.Server
	health *health.Server
}

func newServer(o options, processor proc.ExternalProcessorServer) service {
	server := grpc.NewServer(
		grpc.MaxRecvMsgSize(o.body),
		grpc.MaxConcurrentStreams(uint32(o.queue+o.places)),
		// A whole body fits into the window, so that none waits for an update of it.
		grpc.InitialWindowSize(1<<20), grpc.InitialConnWindowSize(4<<20),
		grpc.NumStreamWorkers(uint32(o.places)),
		grpc.KeepaliveParams(keepalive.ServerParameters{MaxConnectionAge: 30 * time.Minute, MaxConnectionAgeGrace: time.Minute}),
	)
	proc.RegisterExternalProcessorServer(server, processor)
	status := health.NewServer()
	healthpb.RegisterHealthServer(server, status)
	return service{Server: server, health: status}
}

// serve runs until the context ends or something fails, then lets requests end.
func serve(ctx context.Context, o options, server service, metrics *observe.Metrics, log *slog.Logger, watch func()) error {
	listener, err := listen(o.listen)
	if err != nil {
		return err
	}
	var ready atomic.Bool
	adminListener, err := net.Listen("tcp", o.admin)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	admin := &http.Server{Handler: observe.Admin(metrics, &ready), ReadHeaderTimeout: 5 * time.Second}
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(listener) }()
	go func() { failed <- admin.Serve(adminListener) }()
	go watch()
	ready.Store(true)
	log.Info("ready", "listen", listener.Addr().String(), "admin", adminListener.Addr().String())
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	ready.Store(false)
	server.health.Shutdown()
	shutdown(server, o.drain)
	deadline, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	return errors.Join(err, admin.Shutdown(deadline))
}

// shutdown lets requests end, and ends those that take too long.
func shutdown(server service, drain time.Duration) {
	timer := time.AfterFunc(drain, server.Stop)
	defer timer.Stop()
	server.GracefulStop()
}

func listen(address string) (net.Listener, error) {
	path, isUnix := strings.CutPrefix(address, "unix:")
	if !isUnix {
		return net.Listen("tcp", address)
	}
	// A socket that a killed run left behind; another kind of file is left alone and makes the listen fail.
	if info, err := os.Lstat(path); err == nil && info.Mode().Type() == os.ModeSocket {
		if err := os.Remove(path); err != nil {
			return nil, err
		}
	}
	return net.Listen("unix", path)
}

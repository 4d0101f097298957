// Command edge-switch tightens the edge while an alert fires, and lets go when it has been silent for a while.
//
// It runs once and ends: a CronJob calls it each minute. What it finds decides, not what an earlier run did, so that a run
// that is missed or killed is made good by the next one.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"
)

// Where Kubernetes mounts what a pod proves itself with, and how it says where its API server is.
const account = "/var/run/secrets/kubernetes.io/serviceaccount"

func main() {
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	if err := run(os.Args[1:], log); err != nil {
		log.Error("the switch could not be decided", "error", err.Error())
		os.Exit(1)
	}
}

func run(args []string, log *slog.Logger) error {
	flags := flag.NewFlagSet("edge-switch", flag.ContinueOnError)
	prometheus := flags.String("prometheus", "", "address of Prometheus, such as http://prometheus-operated.drun-telemetry.svc:9090")
	alert := flags.String("alert", "", "name of the alert that turns the switch")
	namespace := flags.String("namespace", "", "namespace of the ConfigMap")
	configMap := flags.String("configmap", "", "ConfigMap that the proxies read their runtime from")
	key := flags.String("key", "", "key of the ConfigMap that is the switch")
	hold := flags.Duration("hold", 30*time.Minute, "how long the switch stays on after the alert was last seen")
	server := flags.String("server", inCluster(), "address of the API server")
	credentials := flags.String("credentials", account, "folder with token and ca.crt for the API server")
	if err := flags.Parse(args); err != nil {
		return err
	}
	for _, name := range []string{"prometheus", "alert", "namespace", "configmap", "key", "server"} {
		if flags.Lookup(name).Value.String() == "" {
			return fmt.Errorf("--%s is missing", name)
		}
	}
	if *hold < time.Minute {
		return fmt.Errorf("--hold is %s; a minute or more, because that is how often this runs", *hold)
	}
	runtime, err := newRuntime(*server, *credentials, *namespace, *configMap, *key)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return turn(ctx, log, alerts{url: *prometheus}, *alert, runtime, *hold, time.Now())
}

func inCluster() string {
	host, port := os.Getenv("KUBERNETES_SERVICE_HOST"), os.Getenv("KUBERNETES_SERVICE_PORT_HTTPS")
	if host == "" || port == "" {
		return ""
	}
	return "https://" + net.JoinHostPort(host, port)
}

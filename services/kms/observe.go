package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"k8s.io/kms/pkg/service"
)

// metrics of the service. No label holds anything that a caller sends.
type metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// newMetrics registers all metrics; made says when the newest version of the key was made, zero while nobody knows.
func newMetrics(made func() time.Time) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "kms_calls_total", Help: "Calls of API servers, by what was asked and whether it was done.",
		}, []string{"call", "result"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "kms_call_seconds", Help: "Time that a call took, nearly all of it Vault's.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5},
		}, []string{"call"}),
	}
	m.registry.MustRegister(m.calls, m.seconds, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "kms_key_made_seconds", Help: "Unix time at which the newest version of the key was made, 0 while Vault has not said.",
		}, func() float64 {
			if at := made(); !at.IsZero() {
				return float64(at.Unix())
			}
			return 0
		}))
	return m
}

// observed counts what a service is asked, and writes down what failed.
type observed struct {
	service.Service
	metrics *metrics
	log     *slog.Logger
}

func (o observed) Status(ctx context.Context) (*service.StatusResponse, error) {
	return counted(o, "status", func() (*service.StatusResponse, error) { return o.Service.Status(ctx) })
}

func (o observed) Encrypt(ctx context.Context, uid string, data []byte) (*service.EncryptResponse, error) {
	return counted(o, "encrypt", func() (*service.EncryptResponse, error) { return o.Service.Encrypt(ctx, uid, data) })
}

func (o observed) Decrypt(ctx context.Context, uid string, request *service.DecryptRequest) ([]byte, error) {
	return counted(o, "decrypt", func() ([]byte, error) { return o.Service.Decrypt(ctx, uid, request) })
}

func counted[T any](o observed, call string, work func() (T, error)) (T, error) {
	begun := time.Now()
	answer, err := work()
	o.metrics.seconds.WithLabelValues(call).Observe(time.Since(begun).Seconds())
	result := "done"
	if err != nil {
		result = "failed"
		o.log.Warn("a call failed", "call", call, "error", err.Error())
	}
	o.metrics.calls.WithLabelValues(call, result).Inc()
	return answer, err
}

// admin answers /healthz (the process lives), /readyz (Vault says which key is the newest) and /metrics. Liveness does not
// ask Vault: a service that is started again during an outage of Vault is of no more use than before.
func admin(m *metrics, asked service.Service) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), timeout)
		defer cancel()
		if _, err := asked.Status(ctx); err != nil {
			http.Error(w, "Vault does not answer for the key", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{}))
	return mux
}

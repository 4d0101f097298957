// Package observe tells what the service does: metrics for Prometheus, one redacted log line a decision.
package observe

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// Metrics of the service. No label holds anything that a client sends.
type Metrics struct {
	Registry *prometheus.Registry

	decisions  *prometheus.CounterVec
	rules      *prometheus.CounterVec
	seconds    *prometheus.HistogramVec
	waiting    prometheus.Gauge
	errors     *prometheus.CounterVec
	reloads    *prometheus.CounterVec
	configured prometheus.Gauge
}

// Exclusions tells what becomes of exclusions.
type Exclusions interface {
	// Expiring is how many are past their day, and when the next one will be (zero: never).
	Expiring() (expired int, next time.Time)
	// Ignored are the tenants' files that count for nothing, with what is wrong with each.
	Ignored() map[string]error
}

// NewMetrics registers all metrics.
func NewMetrics(exclusions Exclusions) *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		decisions: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waf_decisions_total", Help: "Requests by type of route, and what became of them.",
		}, []string{"type", "reason", "status"}),
		rules: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waf_rule_matches_total", Help: "Requests that a rule matched, by its id.",
		}, []string{"rule"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "waf_inspection_seconds", Help: "Time that inspecting a request took, without waiting for its body.",
			Buckets: []float64{.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, 1},
		}, []string{"type"}),
		waiting: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "waf_waiting", Help: "Requests that wait for their inspection.",
		}),
		errors: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waf_errors_total", Help: "Inspections that failed, each of which refused a request.",
		}, []string{"kind"}),
		reloads: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "waf_config_reloads_total", Help: "Configurations that were read, by whether they were taken.",
		}, []string{"result"}),
		configured: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "waf_config_valid", Help: "1 where the configuration file is the one in force, 0 where it was refused.",
		}),
	}
	m.Registry.MustRegister(m.decisions, m.rules, m.seconds, m.waiting, m.errors, m.reloads, m.configured,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.Registry.MustRegister(
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "waf_exclusions_expired", Help: "Exclusions past their day: their rules are back.",
		}, func() float64 { expired, _ := exclusions.Expiring(); return float64(expired) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "waf_exclusion_next_expiry_seconds", Help: "Unix time at which the next exclusion expires, 0 for none.",
		}, func() float64 { _, next := exclusions.Expiring(); return unix(next) }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "waf_tenant_files_ignored", Help: "Files of tenants with a mistake: none of their exclusions apply.",
		}, func() float64 { return float64(len(exclusions.Ignored())) }),
	)
	return m
}

func unix(at time.Time) float64 {
	if at.IsZero() {
		return 0
	}
	return float64(at.Unix())
}

// Waiting counts requests that wait for their inspection.
func (m *Metrics) Waiting(change float64) { m.waiting.Add(change) }

// Failed counts an inspection that failed.
func (m *Metrics) Failed(kind string) { m.errors.WithLabelValues(kind).Inc() }

// Reloaded counts a configuration that was read.
func (m *Metrics) Reloaded(taken bool) {
	if taken {
		m.reloads.WithLabelValues("taken").Inc()
		m.configured.Set(1)
		return
	}
	m.reloads.WithLabelValues("refused").Inc()
	m.configured.Set(0)
}

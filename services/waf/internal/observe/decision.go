package observe

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"drun.io/services/waf/internal/engine"
	"drun.io/services/waf/internal/route"
)

// Decision is all that is told of a request: nothing that it held.
type Decision struct {
	RequestID string
	// Route is the typed route; its zero value stands for a route without a typed name.
	Route   route.Route
	Verdict engine.Verdict
	// Took is the time of the inspection alone.
	Took time.Duration
	// Bytes of the body.
	Bytes int
}

// Observer writes decisions.
type Observer struct {
	Metrics *Metrics
	Log     *slog.Logger
	// Everything has requests logged that passed without a match, too.
	Everything bool
}

// Decided counts a decision and logs it where somebody will want to know.
func (o *Observer) Decided(one Decision) {
	kind := string(one.Route.Type)
	if kind == "" {
		kind = "unknown"
	}
	o.Metrics.decisions.WithLabelValues(kind, one.Verdict.Reason, strconv.Itoa(one.Verdict.Status)).Inc()
	o.Metrics.seconds.WithLabelValues(kind).Observe(one.Took.Seconds())
	for _, id := range one.Verdict.Rules {
		o.Metrics.rules.WithLabelValues(strconv.Itoa(id)).Inc()
	}
	if !o.Everything && !one.Verdict.Refused && len(one.Verdict.Rules) == 0 && one.Verdict.Reason == engine.Passed {
		return
	}
	level := slog.LevelInfo
	if one.Verdict.Refused {
		level = slog.LevelWarn
	}
	o.Log.LogAttrs(context.Background(), level, "decision",
		slog.String("request_id", one.RequestID),
		slog.String("type", kind),
		slog.String("tenant", one.Route.Tenant),
		slog.String("exposure", one.Route.Exposure),
		slog.Bool("refused", one.Verdict.Refused),
		slog.Int("status", one.Verdict.Status),
		slog.String("reason", one.Verdict.Reason),
		slog.Any("rules", one.Verdict.Rules),
		slog.Int("bytes", one.Bytes),
		slog.Int64("took_us", one.Took.Microseconds()),
	)
}

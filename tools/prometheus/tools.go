//go:build tools

// Package prometheus pins promtool, which runs the platform's alerts over series of time.
package prometheus

import _ "github.com/prometheus/prometheus/cmd/promtool"

//go:build tools

// Package ratelimit pins the service that counts requests over all proxies of an edge.
package ratelimit

import _ "github.com/envoyproxy/ratelimit/src/service_cmd"

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// alerts are those of a Prometheus.
type alerts struct{ url string }

// No answer that is asked for here is longer.
const most = 1 << 20

// firing asks whether an alert fires (https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries).
func (a alerts) firing(ctx context.Context, name string) (bool, error) {
	query := fmt.Sprintf("ALERTS{alertname=%s,alertstate=\"firing\"}", strconv.Quote(name))
	address := a.url + "/api/v1/query?query=" + url.QueryEscape(query)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, err
	}
	client := http.Client{Timeout: 5 * time.Second}
	response, err := client.Do(request)
	if err != nil {
		return false, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return false, fmt.Errorf("prometheus answers %s", response.Status)
	}
	var answer struct {
		Status string
		Data   struct {
			ResultType string
			Result     []json.RawMessage
		}
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, most)).Decode(&answer); err != nil {
		return false, fmt.Errorf("prometheus answers no JSON: %w", err)
	}
	if answer.Status != "success" || answer.Data.ResultType != "vector" {
		return false, fmt.Errorf("prometheus answers %q with a %q; success with a vector is expected", answer.Status, answer.Data.ResultType)
	}
	return len(answer.Data.Result) > 0, nil
}

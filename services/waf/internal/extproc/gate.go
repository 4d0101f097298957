package extproc

import (
	"context"
	"time"
)

// gate bounds how many requests are inspected at once, and how long others wait for it. Waiting for a slow client's body
// takes no place.
type gate struct {
	places chan struct{}
	queue  chan struct{}
	wait   time.Duration
}

func newGate(places, queue int, wait time.Duration) *gate {
	return &gate{places: make(chan struct{}, places), queue: make(chan struct{}, queue), wait: wait}
}

// enter takes a place; false says that there was none in time.
func (g *gate) enter(ctx context.Context) bool {
	select {
	case g.places <- struct{}{}:
		return true
	default:
	}
	select {
	case g.queue <- struct{}{}:
		defer func() { <-g.queue }()
	default:
		return false
	}
	timer := time.NewTimer(g.wait)
	defer timer.Stop()
	select {
	case g.places <- struct{}{}:
		return true
	case <-timer.C:
		return false
	case <-ctx.Done():
		return false
	}
}

func (g *gate) leave() { <-g.places }

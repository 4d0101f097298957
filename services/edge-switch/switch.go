package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

// state is what the switch says: on, and until when. A zero time is none.
type state struct {
	on    bool
	until time.Time
}

// decide says what the switch is to be. It is on while the alert fires and for a while after it was last seen. Whatever else
// turned it on (a person, or a day that lies too far ahead) is held to the same while: nothing stays on by being forgotten.
func decide(now time.Time, firing bool, was state, hold time.Duration) state {
	latest := now.Add(hold)
	switch {
	case firing:
		return state{on: true, until: latest}
	case !was.on:
		return state{}
	case was.until.IsZero() || was.until.After(latest):
		return state{on: true, until: latest}
	case now.Before(was.until):
		return was
	default:
		return state{}
	}
}

// turn reads alert and switch, and writes the switch where it is to be another. Where the alert cannot be read it counts as
// silent, so that the switch still ends in its time, and the error is returned.
func turn(ctx context.Context, log *slog.Logger, from alerts, alert string, to *runtime, hold time.Duration, now time.Time) error {
	was, err := to.read(ctx)
	if err != nil {
		return fmt.Errorf("read the switch: %w", err)
	}
	firing, unknown := from.firing(ctx, alert)
	if unknown != nil {
		unknown = fmt.Errorf("read the alert: %w", unknown)
	}
	wanted := decide(now.UTC().Truncate(time.Second), firing, was, hold)
	if wanted.on == was.on && wanted.until.Equal(was.until) {
		return unknown
	}
	if err := to.write(ctx, wanted); err != nil {
		return errors.Join(unknown, fmt.Errorf("write the switch: %w", err))
	}
	if wanted.on != was.on {
		log.Warn("the switch was turned", "on", wanted.on, "firing", firing, "until", stamp(wanted.until))
	}
	return unknown
}

// Package policy holds the configuration in force together with its compiled rules, and replaces both while requests pass.
package policy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"drun.io/services/waf/internal/config"
	"drun.io/services/waf/internal/engine"
	"drun.io/services/waf/internal/observe"
	"drun.io/services/waf/internal/route"
	"drun.io/services/waf/internal/rules"
)

// Inspector is how requests of one route are inspected.
type Inspector struct {
	WAF        *engine.WAF
	Profile    config.Profile
	Exclusions []config.Exclusion
}

// Store answers how a route is inspected.
type Store struct {
	path    string
	now     func() time.Time
	current atomic.Pointer[state]
	read    []byte
}

type state struct {
	config *config.Config
	wafs   map[config.Profile]*engine.WAF
}

// Open reads the file and compiles what it names; any mistake in it is an error.
func Open(path string, now func() time.Time) (*Store, error) {
	store := &Store{path: path, now: now}
	data, err := read(path)
	if err != nil {
		return nil, err
	}
	if err := store.take(data); err != nil {
		return nil, err
	}
	return store, nil
}

// Watch reads the file again and again, and takes it when it changed. A file with a mistake is reported and not taken: the
// one before stays in force. It returns when the context ends.
func (s *Store) Watch(ctx context.Context, every time.Duration, metrics *observe.Metrics, log *slog.Logger) {
	// A mounted ConfigMap changes by a renamed link, which notification by inode misses; reading it is cheap and does not.
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	metrics.Reloaded(true)
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		changed, err := s.reload()
		switch {
		case err != nil && changed:
			metrics.Reloaded(false)
			log.Error("the new configuration is refused, the one before stays in force", "error", err.Error())
		case changed:
			metrics.Reloaded(true)
			log.Info("a new configuration is in force")
		}
	}
}

// reload says whether the file changed since it was last read, taken or not.
func (s *Store) reload() (bool, error) {
	data, err := read(s.path)
	if err != nil {
		data = []byte(err.Error())
	}
	if bytes.Equal(data, s.read) {
		return false, nil
	}
	s.read = data
	if err != nil {
		return true, err
	}
	return true, s.take(data)
}

func (s *Store) take(data []byte) error {
	s.read = data
	attacks, err := rules.Excludable()
	if err != nil {
		return err
	}
	parsed, err := config.Parse(data, config.Context{Now: s.now(), Rules: attacks})
	if err != nil {
		return err
	}
	next := &state{config: parsed, wafs: map[config.Profile]*engine.WAF{}}
	if err := s.compile(parsed.Profiles(), next.wafs); err != nil {
		return err
	}
	s.current.Store(next)
	return nil
}

// compile makes all profiles ready, as many at a time as there are processors.
func (s *Store) compile(profiles []config.Profile, into map[config.Profile]*engine.WAF) error {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	made := make([]*engine.WAF, len(profiles))
	for at, profile := range profiles {
		group.Go(func() (err error) {
			made[at], err = s.compiled(profile)
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for at, profile := range profiles {
		into[profile] = made[at]
	}
	return nil
}

// compiled takes the rules of a profile over from before where there are any.
func (s *Store) compiled(profile config.Profile) (*engine.WAF, error) {
	if before := s.current.Load(); before != nil && before.wafs[profile] != nil {
		return before.wafs[profile], nil
	}
	return engine.Compile(profile)
}

// For is how a route is inspected. A name that is no typed route is inspected as strictly as there is.
func (s *Store) For(name string) (route.Route, Inspector) {
	current := s.current.Load()
	parsed, err := route.Parse(name)
	if err != nil {
		return route.Route{}, current.inspector(current.config.Unknown())
	}
	return parsed, current.inspector(current.config.PolicyFor(parsed))
}

func (s *state) inspector(policy config.Policy) Inspector {
	return Inspector{WAF: s.wafs[policy.Profile], Profile: policy.Profile, Exclusions: policy.Exclusions}
}

// Expiring counts the exclusions that are past their day, and finds the next one.
func (s *Store) Expiring() (expired int, next time.Time) {
	now := s.now()
	for _, one := range s.current.Load().config.Exclusions() {
		switch {
		case !now.Before(one.Expires):
			expired++
		case next.IsZero() || one.Expires.Before(next):
			next = one.Expires
		}
	}
	return expired, next
}

func read(path string) (data []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, config.MaxFileBytes+1))
}

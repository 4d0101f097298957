// Package policy holds the configuration in force together with its compiled rules, and replaces both while requests pass.
package policy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
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

// Files are where the configuration stands.
type Files struct {
	// Platform is the file of the platform. Without it nothing can be inspected.
	Platform string
	// Tenants is a folder with a file for each tenant that excludes rules, <tenant>.json or <tenant>.yaml; empty for none.
	Tenants string
}

// Store answers how a route is inspected.
type Store struct {
	files   Files
	now     func() time.Time
	current atomic.Pointer[state]
	// What was read last, taken or not, and why the platform's file was not.
	read    []byte
	folder  tenantFiles
	refused error
	// The platform's file that was taken last, with its rules.
	platform *config.Config
	wafs     map[config.Profile]*engine.WAF
	told     map[string]bool
}

type state struct {
	config  *config.Config
	wafs    map[config.Profile]*engine.WAF
	ignored map[string]error
}

// Open reads the files and compiles what they name. Any mistake in the platform's file is an error; a tenant's file with a
// mistake counts for nothing, and [Store.Ignored] has it.
func Open(files Files, now func() time.Time) (*Store, error) {
	store := &Store{files: files, now: now, folder: readFolder(files.Tenants)}
	data, err := read(files.Platform)
	if err != nil {
		return nil, err
	}
	if err := store.take(data); err != nil {
		return nil, err
	}
	return store, store.merge()
}

// Watch reads the files again and again, and takes them when they changed. A platform's file with a mistake is reported and
// not taken: the one before stays in force, and tenants' files go on being read. It returns when the context ends.
func (s *Store) Watch(ctx context.Context, every time.Duration, metrics *observe.Metrics, log *slog.Logger) {
	// A mounted ConfigMap changes by a renamed link, which notification by inode misses; reading it is cheap and does not.
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	metrics.Reloaded(true)
	for {
		s.tell(log)
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

// tell logs each tenant's file that is ignored and each exclusion that is past its day, once.
func (s *Store) tell(log *slog.Logger) {
	told := map[string]bool{}
	once := func(key string, write func()) {
		told[key] = true
		if !s.told[key] {
			write()
		}
	}
	for name, err := range s.Ignored() {
		once(name+": "+err.Error(), func() {
			log.Error("a tenant's file is ignored, its exclusions do not apply", "file", name, "error", err.Error())
		})
	}
	for _, one := range s.Expired() {
		once(one, func() { log.Warn("an exclusion is past its day, its rule is back", "exclusion", one) })
	}
	s.told = told
}

// reload says whether the platform's file changed since it was last read, taken or not, or what tenants' files say.
func (s *Store) reload() (bool, error) {
	data, err := read(s.files.Platform)
	if err != nil {
		data = []byte(err.Error())
	}
	folder := readFolder(s.files.Tenants)
	samePlatform, sameTenants := bytes.Equal(data, s.read), maps.Equal(folder, s.folder)
	if samePlatform && sameTenants {
		return false, nil
	}
	s.folder, s.read = folder, data
	if !samePlatform {
		s.refused = err
		if err == nil {
			s.refused = s.take(data)
		}
	}
	return true, errors.Join(s.refused, s.merge())
}

// take reads the platform's file.
func (s *Store) take(data []byte) error {
	s.read = data
	context, err := s.context()
	if err != nil {
		return err
	}
	parsed, err := config.Parse(data, context)
	if err != nil {
		return err
	}
	wafs := map[config.Profile]*engine.WAF{}
	if err := s.compile(parsed.Profiles(), wafs); err != nil {
		return err
	}
	s.platform, s.wafs = parsed, wafs
	return nil
}

// merge puts what tenants' files say upon the platform's. They choose no profile, so that nothing is compiled for them.
func (s *Store) merge() error {
	context, err := s.context()
	if err != nil {
		return err
	}
	tenants, ignored := s.folder.parse(context)
	s.current.Store(&state{config: s.platform.With(tenants), wafs: s.wafs, ignored: ignored})
	return nil
}

func (s *Store) context() (config.Context, error) {
	attacks, err := rules.Excludable()
	return config.Context{Now: s.now(), Rules: attacks}, err
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
	if before := s.wafs[profile]; before != nil {
		return before, nil
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

// Expired says in words which exclusions are past their day.
func (s *Store) Expired() []string {
	now := s.now()
	var all []string
	current := s.current.Load().config
	for name, exclusions := range current.ByRoute() {
		for _, one := range exclusions {
			if !now.Before(one.Expires) {
				last := one.Expires.AddDate(0, 0, -1).Format(time.DateOnly)
				all = append(all, fmt.Sprintf("rule %d of %s, until %s, of %s", one.Rule, name, last, one.Owner))
			}
		}
	}
	return all
}

// Ignored are the tenants' files that count for nothing, by name, with what is wrong with each.
func (s *Store) Ignored() map[string]error { return s.current.Load().ignored }

func read(path string) (data []byte, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(file, config.MaxFileBytes+1))
}

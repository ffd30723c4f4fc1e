package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"waymark/collab/pglog"
	"waymark/collab/sqlitelog"
)

// A street is the servers of one measurement: one that has a data folder for itself, or some that share a database and
// a Redis. All begin with nothing.
type street struct {
	houses    []*house
	profilers []*profiler // one for each house; nil ones without -profile
	watched   watched
	joined    int // how many processes have joined the large board
	history   func(ctx context.Context) (history, error)
	remove    func() error // what was made for it
}

// openStreet starts the servers. clear ends them and removes what was made.
func (r *run) openStreet(ctx context.Context, on subject, folder string, flags ...string) (s *street, err error) {
	s = &street{remove: func() error { return nil }}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.clear())
			s = nil
		}
	}()
	var settings []string
	if on.Servers == 0 {
		data, err := os.MkdirTemp(folder, "data-")
		if err != nil {
			return s, fmt.Errorf("make a data folder: %w", err)
		}
		s.remove = func() error { return os.RemoveAll(data) }
		data = filepath.Join(data, "waymark")
		settings = []string{"WAYMARK_DATA=" + data}
		s.history = func(context.Context) (history, error) { return sqlitelog.OpenReadOnly(data) }
	} else {
		// An interrupt in the middle would cost the connection, and with it the way to remove what was made.
		lasting := func() (context.Context, context.CancelFunc) {
			return context.WithTimeout(context.WithoutCancel(ctx), clearTimeout)
		}
		making, cancel := lasting()
		defer cancel()
		schema, address, err := r.shared.ground.Make(making)
		if err != nil {
			return s, err
		}
		s.remove = func() error {
			removing, cancel := lasting()
			defer cancel()
			return r.shared.ground.Drop(removing, schema)
		}
		settings = []string{"WAYMARK_DATABASE=" + address}
		if r.redis != "" {
			settings = append(settings, "WAYMARK_REDIS="+r.redis)
		}
		s.history = func(ctx context.Context) (history, error) { return pglog.OpenReadOnly(ctx, address) }
		s.watched = watched{Postgres: r.shared.postgres, Redis: r.shared.redisProcess, Database: address}
	}
	for i := range max(1, on.Servers) {
		p, err := r.newProfiler()
		if err != nil {
			return s, err
		}
		s.profilers = append(s.profilers, p)
		var access string
		if i > 0 {
			access = s.houses[0].access // it is good at every house
		}
		h, err := openHouse(ctx, settings, access, append(append([]string{"-name", fmt.Sprintf("bench-%d", i+1)}, flags...), p.flags()...))
		if err != nil {
			return s, err
		}
		s.houses = append(s.houses, h)
		if r.redis != "" && on.Servers > 0 {
			if err := h.checkBus(ctx); err != nil {
				return s, err
			}
		}
	}
	s.watch()
	return s, nil
}

// watch notes the processes that run now.
func (s *street) watch() {
	s.watched.Servers = nil
	for _, h := range s.houses {
		s.watched.Servers = append(s.watched.Servers, h.process.pid())
	}
}

// sockets are the addresses of all, for the protocol.
func (s *street) sockets() (all []string) {
	for _, h := range s.houses {
		all = append(all, h.socket())
	}
	return all
}

// spread gives the n-th person a house.
func (s *street) spread(n int) int { return n % len(s.houses) }

// again ends all servers and starts them anew on the same data.
func (s *street) again(ctx context.Context) error {
	if err := s.close(); err != nil {
		return err
	}
	for _, h := range s.houses {
		if err := h.start(ctx); err != nil {
			return err
		}
	}
	s.watch()
	return nil
}

// rest waits until all have nothing more to do.
func (s *street) rest(ctx context.Context) error {
	for _, h := range s.houses {
		if err := h.rest(ctx); err != nil {
			return err
		}
	}
	return nil
}

// profile takes the profiles of all beside what else is done, and says when it is through.
func (s *street) profile(ctx context.Context, name string, t timing) <-chan error {
	var each []<-chan error
	for i, p := range s.profilers {
		if len(s.profilers) > 1 {
			each = append(each, p.start(ctx, fmt.Sprintf("%s-%dof%d", name, i+1, len(s.profilers)), t))
		} else {
			each = append(each, p.start(ctx, name, t))
		}
	}
	done := make(chan error, 1)
	go func() {
		var errs []error
		for _, one := range each {
			errs = append(errs, <-one)
		}
		done <- errors.Join(errs...)
	}()
	return done
}

// close ends the servers; the data stays. A second close does nothing.
func (s *street) close() error {
	var errs []error
	for _, h := range s.houses {
		errs = append(errs, h.close())
	}
	return errors.Join(errs...)
}

func (s *street) clear() error { return errors.Join(s.close(), s.remove()) }

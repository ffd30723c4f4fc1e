package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/redisbus"
	"waymark/server/directory"
)

// A Server is one process that serves boards. openServer makes it, Serve runs it until its context ends, Close gives
// the database free.
type Server struct {
	config    *Config
	node      string // names this process, uniquely among those on the database
	started   time.Time
	site      *Site
	log       *slog.Logger
	clock     *Clock
	now       func() time.Time // the clock's
	data      store
	directory *directory.Directory
	tokens    *Tokens
	pages     *Pages
	gate      *Gate
	metrics   *Metrics
	sockets   *Sockets
	bus       collab.Bus
	redis     *redisbus.Bus // the same; nil = none
	hub       *collab.Hub
	projector Projector
	guests    sync.Mutex // held while a guest makes a board
	// frameBytes bounds what a session may send at once.
	frameBytes int
	draining   atomic.Bool
	announced  bool
	// stop ends Serve, with a reason.
	stop context.CancelCauseFunc
}

// openServer opens the database; nothing is served yet.
func openServer(ctx context.Context, config *Config, log *slog.Logger) (*Server, error) {
	data, err := openStore(ctx, config)
	if err != nil {
		return nil, err
	}
	if config.Database == "" {
		keepToOwner(config.Data, log)
	}
	clock := &Clock{}
	s := &Server{
		config: config, node: config.Name + "/" + directory.NewSecret(), // a name may be given twice
		log: log, clock: clock, now: clock.Now, data: data, directory: directory.New(data, clock.Now),
		gate: newGate(config.Limits.WrongPerMinute, time.Now), metrics: newMetrics(config.Name, data, clock),
	}
	s.sockets = newSockets(config.Limits)
	for _, open := range []func(context.Context) error{s.measure, s.announce, s.openKeys, s.openBus} {
		if err := open(ctx); err != nil {
			return nil, errors.Join(err, s.Close())
		}
	}
	s.openHub()
	return s, nil
}

func (s *Server) openKeys(ctx context.Context) error {
	var err error
	s.tokens, err = s.config.newTokens(func() ([]directory.Key, error) { return s.directory.Keys(ctx) }, s.now)
	return err
}

// newTokens goes by the keys of the configuration, and without them by those that are kept.
func (c *Config) newTokens(kept func() ([]directory.Key, error), now func() time.Time) (*Tokens, error) {
	if c.Keys != "" {
		kept = func() ([]directory.Key, error) { return parseKeys(c.Keys) }
	}
	keys, err := kept()
	if err != nil {
		return nil, err
	}
	return newTokens(keys, now)
}

// Close gives the database free.
func (s *Server) Close() error {
	if s.redis != nil {
		s.redis.Close()
	}
	s.sayGone(context.Background())
	return s.data.Close()
}

// Serve answers on the listener until ctx ends. Then it takes no more, lets the requests under way finish and the
// sockets drain, and returns.
func (s *Server) Serve(ctx context.Context, listener net.Listener, files fs.FS) error {
	s.site = newSite(s.config, listener.Addr())
	ctx, s.stop = context.WithCancelCause(ctx)
	defer s.stop(nil)
	var err error
	if s.pages, err = newPages(files, s.site); err != nil {
		return err
	}
	web := &http.Server{
		Handler:           s.routes(),
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		WriteTimeout:      time.Minute,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	var background sync.WaitGroup
	background.Go(func() { s.hub.Run(work) })
	background.Go(func() { s.sockets.watch(work) })
	background.Go(func() { s.housekeep(work) })
	background.Go(func() {
		if err := s.serveProfiles(work); err != nil {
			s.log.Error("no profiles", "error", err)
		}
	})

	s.log.Info("serving", "address", listener.Addr().String(), "url", s.site.url.String())
	ended := make(chan error, 1)
	go func() { ended <- web.Serve(listener) }()
	select {
	case err = <-ended:
	case <-ctx.Done():
		err = s.drain(web)
		if why := context.Cause(ctx); !errors.Is(why, context.Canceled) {
			err = errors.Join(why, err)
		}
		if late := <-ended; !errors.Is(late, http.ErrServerClosed) {
			err = errors.Join(err, late)
		}
	}
	stopWork()
	background.Wait()
	if err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve on %s: %w", listener.Addr(), err)
	}
	return nil
}

// drain stops the listener, lets the requests under way finish and the boards write what they have, and tells the
// sockets to come back: all at once, for each waits on its own. Shutdown does not know the sockets.
func (s *Server) drain(web *http.Server) error {
	s.draining.Store(true)
	s.log.Info("stopping", "sockets", s.sockets.count())
	ctx, cancel := context.WithTimeout(context.Background(), s.config.Limits.DrainTimeout)
	defer cancel()
	var parts sync.WaitGroup
	parts.Go(func() {
		if err := web.Shutdown(ctx); err != nil {
			_ = web.Close() // the rest had its time
		}
	})
	parts.Go(func() { s.sockets.drain(ctx) })
	err := s.hub.Drain(ctx)
	parts.Wait()
	return err
}

// endSockets ends the sessions of a sign-in that is over.
func (s *Server) endSockets(signIns ...string) {
	s.hub.End(collab.CloseToken, func(who collab.Identity) bool { return slices.Contains(signIns, who.Login) })
}

func (s *Server) millis() board.Time { return board.Time(s.now().UnixMilli()) }

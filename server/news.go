package main

import (
	"context"
	"errors"
	"runtime/debug"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/server/directory"
)

// newsdesk remembers which news of the directory this server has heard.
type newsdesk struct {
	heard map[directory.News]bool
	// since is the time up to which all has been heard.
	since time.Time
	// failing says that the last reading failed, which is logged once.
	failing bool
}

const (
	hearEvery   = 250 * time.Millisecond
	hearTimeout = 2 * time.Second
	// hearAgain is how long a transaction of another server may take until its news can be read: they bear the time at
	// which they were written.
	hearAgain = 5 * time.Second
)

// hear carries out what another server or a command has done to sign-ins, names and viewers: closes sockets, tells
// rooms. While nobody is here there is nothing to tell: whoever comes is looked up.
func (s *Server) hear(ctx context.Context, desk *newsdesk) {
	now := s.now()
	if s.hub.Metrics().Sessions.Load() == 0 {
		*desk = newsdesk{since: now}
		return
	}
	list, err := s.directory.NewsSince(ctx, desk.since.Add(-hearAgain))
	if err != nil {
		if !errors.Is(ctx.Err(), context.Canceled) && !desk.failing {
			s.log.Warn("news of other servers were not read", "error", err)
			desk.failing = true
		}
		return
	}
	desk.failing = false
	before := desk.heard
	desk.heard, desk.since = make(map[directory.News]bool, len(list)), now
	ended := map[string]bool{}
	for _, n := range list {
		desk.heard[n] = true
		if before[n] {
			continue
		}
		switch n.Kind {
		case directory.Ended:
			ended[n.ID] = true
		case directory.Changed:
			s.hub.PersonChanged(board.ID(n.ID))
		case directory.Barred:
			s.leave(ctx)
		case directory.Removed:
			s.hub.Recheck(n.Board, board.ID(n.ID))
		}
	}
	if len(ended) > 0 {
		s.hub.End(collab.CloseToken, func(who collab.Identity) bool { return ended[who.Login] })
	}
}

const (
	hereEvery   = 10 * time.Second
	hereTimeout = 10 * time.Second
	goneTimeout = 2 * time.Second
)

// announce says that this server is here, and only then looks whether it may be: whoever wants the database for itself
// looks for servers when it has it. One that is alone holds a lock instead.
func (s *Server) announce(ctx context.Context) error {
	s.started = s.now()
	if s.data.shared {
		if err := s.directory.SayHere(ctx, s.self()); err != nil {
			return err
		}
		s.announced = true
	}
	if err := servable(ctx, s.directory, s.config); err != nil {
		return err
	}
	return s.warnOfName(ctx)
}

// warnOfName tells that another server has this one's name. It may also be one that was killed within the last half
// minute: whoever starts it anew reads the line once, and whoever runs two by one name reads it at every start.
func (s *Server) warnOfName(ctx context.Context) error {
	list, err := s.directory.Servers(ctx)
	if err != nil {
		return err
	}
	for i := range list {
		if other := &list[i]; other.Name == s.config.Name && other.Node != s.node {
			s.log.Warn("another server on this database has this name, or was killed under it within the last 30 seconds; while both run, "+
				"their log lines and figures cannot be told apart: give each a name of its own with -name", "url", other.URL)
			break
		}
	}
	return nil
}

func (s *Server) self() directory.Server {
	self := directory.Server{
		Node: s.node, Name: s.config.Name, Version: versionLine(debug.ReadBuildInfo()),
		ClockAhead: s.clock.Offset(), StartedAt: s.started.UnixMilli(),
	}
	if s.tokens != nil { // before it has read them it does not know
		self.Keys = s.tokens.fingerprints
	}
	if s.site != nil { // before it listens it does not know
		self.URL = s.site.url.String()
	}
	return self
}

// sayHere tells whoever looks that this server still runs.
func (s *Server) sayHere(ctx context.Context) {
	if !s.data.shared {
		return
	}
	err := s.directory.SayHere(ctx, s.self())
	if err != nil && !errors.Is(ctx.Err(), context.Canceled) {
		s.log.Warn("this server could not say that it runs", "error", err)
	}
	if errors.Is(err, pglog.ErrReplaced) {
		s.end(err)
	}
	s.leave(ctx)
}

// leave ends a server whose database was moved: it was frozen, or cut off, while somebody looked for servers.
func (s *Server) leave(ctx context.Context) {
	var marked *directory.Marked
	if err := servable(ctx, s.directory, s.config); errors.As(err, &marked) {
		s.end(err)
	}
}

func (s *Server) end(why error) {
	s.log.Error("this server ends", "error", why)
	s.stop(why)
}

func (s *Server) sayGone(ctx context.Context) {
	if !s.announced {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, goneTimeout)
	defer cancel()
	if err := s.directory.SayGone(ctx, s.node); err != nil {
		s.log.Warn("this server could not say that it ends", "error", err)
	}
}

package main

import (
	"context"
	"time"

	"waymark/collab"
)

const (
	pruneEvery = time.Hour
	endedEvery = 250 * time.Millisecond
)

// housekeep does what has to be done now and then, until ctx ends: it brings the list of boards up to date, closes
// the sockets of sign-ins that another server or a command has ended, forgets useless tokens and empties the trash.
func (s *Server) housekeep(ctx context.Context) {
	s.catchUp(ctx)
	s.handOverRest(ctx)
	project, catchUp := time.NewTicker(projectEvery), time.NewTicker(catchUpEvery)
	prune, ended, measure := time.NewTicker(pruneEvery), time.NewTicker(endedEvery), time.NewTicker(measureEvery)
	for _, t := range []*time.Ticker{project, catchUp, prune, ended, measure} {
		defer t.Stop()
	}
	since := s.now()
	for {
		select {
		case <-ctx.Done():
			return // what was not projected is found at the next start
		case <-project.C:
			s.project(ctx)
		case <-catchUp.C:
			s.catchUp(ctx)
			s.handOverRest(ctx)
		case <-prune.C:
			if err := s.directory.Prune(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("tokens were not pruned", "error", err)
			}
			s.emptyTrash(ctx)
		case <-measure.C:
			if err := s.measure(ctx); err != nil && ctx.Err() == nil {
				s.log.Warn("the clock goes on as it was", "error", err)
			}
		case <-ended.C:
			since = s.closeEnded(ctx, since)
		}
	}
}

// closeEnded closes the sockets of sign-ins that have ended since, and returns from when to look the next time.
func (s *Server) closeEnded(ctx context.Context, since time.Time) time.Time {
	if s.hub.Metrics().Sessions.Load() == 0 {
		return s.now()
	}
	now := s.now()
	ids, err := s.directory.EndedSince(ctx, since)
	if err != nil {
		if ctx.Err() == nil {
			s.log.Warn("ended sign-ins were not read", "error", err)
		}
		return since
	}
	if len(ids) > 0 {
		ended := make(map[string]bool, len(ids))
		for _, id := range ids {
			ended[id] = true
		}
		s.hub.End(collab.CloseToken, func(who collab.Identity) bool { return ended[who.Login] })
	}
	return now.Add(-endedEvery) // a clock of another server may be a little behind
}

package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"waymark/board/planted"
)

const (
	pruneEvery   = time.Hour
	pruneTimeout = 10 * time.Minute
)

// A chore is done now and then, on its own: a connection over which nothing comes any more ends only when the time of
// what waits for it is over, and until then it holds up nothing else.
type chore struct {
	every   time.Duration
	atMost  time.Duration
	atStart bool
	do      func(ctx context.Context)
}

// housekeep does what has to be done now and then, until ctx ends: it brings the list of boards up to date, hears what
// other servers and commands have done, asks for the time, forgets useless tokens and empties the trash.
func (s *Server) housekeep(ctx context.Context) {
	hearEvery := hearEvery
	if planted.On("others-heard-rarely") {
		hearEvery *= 12
	}
	desk := newsdesk{since: s.now()}
	chores := []chore{
		{every: hearEvery, atMost: hearTimeout, do: func(ctx context.Context) { s.hear(ctx, &desk) }},
		{every: hereEvery, atMost: hereTimeout, do: s.sayHere, atStart: true},
		{every: projectEvery, atMost: projectTimeout, do: s.project}, // what was not projected is found at the next start
		{every: catchUpEvery, atMost: catchUpTimeout, do: func(ctx context.Context) { s.catchUp(ctx); s.handOverRest(ctx) }, atStart: true},
		{every: measureEvery, atMost: measureTimeout, do: func(ctx context.Context) {
			if err := s.measure(ctx); err != nil && !errors.Is(ctx.Err(), context.Canceled) {
				s.log.Warn("the clock goes on as it was", "error", err)
			}
		}},
		{every: pruneEvery, atMost: pruneTimeout, do: func(ctx context.Context) {
			if err := s.directory.Prune(ctx); err != nil && !errors.Is(ctx.Err(), context.Canceled) {
				s.log.Error("tokens were not pruned", "error", err)
			}
			s.emptyTrash(ctx)
		}},
	}
	var running sync.WaitGroup
	for _, c := range chores {
		running.Go(func() { c.keepUp(ctx) })
	}
	running.Wait()
}

func (c chore) keepUp(ctx context.Context) {
	t := time.NewTicker(c.every)
	defer t.Stop()
	for next := c.atStart; ; next = true {
		if next {
			bounded, cancel := context.WithTimeout(ctx, c.atMost)
			c.do(bounded)
			cancel()
		}
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

package main

import (
	"context"
	"time"

	"waymark/board/planted"
)

const pruneEvery = time.Hour

// housekeep does what has to be done now and then, until ctx ends: it brings the list of boards up to date, hears what
// other servers and commands have done, asks for the time, forgets useless tokens and empties the trash.
func (s *Server) housekeep(ctx context.Context) {
	s.catchUp(ctx)
	s.handOverRest(ctx)
	hearEvery := hearEvery
	if planted.On("others-heard-rarely") {
		hearEvery *= 12
	}
	project, catchUp := time.NewTicker(projectEvery), time.NewTicker(catchUpEvery)
	prune, hear, measure := time.NewTicker(pruneEvery), time.NewTicker(hearEvery), time.NewTicker(measureEvery)
	here := time.NewTicker(hereEvery)
	for _, t := range []*time.Ticker{project, catchUp, prune, hear, measure, here} {
		defer t.Stop()
	}
	desk := newsdesk{since: s.now()}
	s.sayHere(ctx)
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
		case <-here.C:
			s.sayHere(ctx)
		case <-hear.C:
			s.hear(ctx, &desk)
		}
	}
}

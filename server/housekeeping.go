package main

import (
	"context"
	"time"
)

// pruneEvery is how often useless tokens and links are forgotten.
const pruneEvery = time.Hour

// housekeep does what has to be done now and then, until ctx ends.
func (s *Server) housekeep(ctx context.Context) {
	prune := time.NewTicker(pruneEvery)
	defer prune.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-prune.C:
			if err := s.directory.Prune(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("tokens were not pruned", "error", err)
			}
		}
	}
}

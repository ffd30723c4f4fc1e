package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"waymark/server/doctor"
)

// A Clock is the time of the database, which all servers of it have in common. Tokens, invites, sign-ins and entries go
// by it, so a server whose own clock is wrong does no harm.
type Clock struct{ ahead atomic.Int64 }

// Offset is how far the database's clock is ahead of this computer's.
func (c *Clock) Offset() time.Duration { return time.Duration(c.ahead.Load()) }

// Now is the time of the database.
func (c *Clock) Now() time.Time { return time.Now().Add(c.Offset()) }

const (
	measureEvery   = time.Minute
	measureTimeout = 5 * time.Second
)

// measure asks the database for its time. What is known stays when there is no answer.
func (s *Server) measure(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, measureTimeout)
	defer cancel()
	ahead, err := s.data.offset(ctx)
	if err != nil {
		return fmt.Errorf("ask the database for its time: %w", err)
	}
	before := s.clock.Offset()
	s.clock.ahead.Store(int64(ahead))
	if ahead.Abs() >= doctor.ClockApart && (before-ahead).Abs() >= doctor.ClockApart {
		s.log.Warn("this computer's clock is not the database's; the database's counts", "ahead", ahead.Round(time.Millisecond).String())
	}
	return nil
}

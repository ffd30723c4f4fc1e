package redisbus

import (
	"sync/atomic"
	"time"
)

// State is how the bus stands.
type State struct {
	// Up says that hints go out and come in; since when it is so, or is not so, says Since.
	Up    bool
	Since time.Time
	// Reason says why it is not up, what that means and what to do; nil when it is up.
	Reason error
	// Server is what answered last, for example "redis 7.0.15"; "" when none has.
	Server string
}

// Counts are what a bus has done since it was opened. A batch and a presence are one hint each.
type Counts struct {
	// Published hints were taken by Redis, Merged ones gave way to a newer one before, Dropped ones were not sent:
	// Redis was down, or too many waited.
	Published, Merged, Dropped uint64
	// Received hints came from other servers of the cluster. Foreign messages came from anybody else, were sealed by
	// another release, or cannot be read.
	Received, Foreign uint64
	// Connects says how often Redis came up, Lost how often a probe did not come back in time.
	Connects, Lost uint64
}

type counts struct {
	published, merged, dropped, received, foreign, connects, lost atomic.Uint64
}

func (c *counts) read() Counts {
	return Counts{
		Published: c.published.Load(), Merged: c.merged.Load(), Dropped: c.dropped.Load(),
		Received: c.received.Load(), Foreign: c.foreign.Load(),
		Connects: c.connects.Load(), Lost: c.lost.Load(),
	}
}

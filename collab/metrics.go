package collab

import (
	"sync/atomic"
	"time"
)

// Metrics are the counts of one server. They may be read at any time.
type Metrics struct {
	Sessions, Rooms, Opening atomic.Int64
	FramesIn, PresenceIn     atomic.Int64
	// OpsIn are proposed, Committed are entries of this server, RefusedOps those
	// among them that were rejected.
	OpsIn, Committed, RefusedOps atomic.Int64
	Commits, Lost, Unknown       atomic.Int64
	// FramesOut are sessions times frames.
	FramesOut, BytesOut atomic.Int64
	// OutOfTurn are ops that came out of turn, Busy ops that were not taken, Refused
	// sessions that were ended for what they sent.
	OutOfTurn, Busy, Refused atomic.Int64
	// Gaps are reads of the log that brought what was missing.
	Gaps, Published, Heard atomic.Int64
	// Lags are sessions whose queue was dropped, Resyncs sessions that were
	// given a snapshot though they had one, Resets those that had a board which
	// was loaded anew by an epoch, Strays those that came with what the log does
	// not have.
	Lags, Resyncs, Resets, Strays atomic.Int64
	// Differing are pages that said that their board is not the log's.
	Differing atomic.Int64
	// Mismatches are digests that differed from the log's, LostTails logs that
	// had lost what this server had seen, TailsRepaired those among them that have
	// it again with this server's help, Faults panics.
	Mismatches, LostTails, TailsRepaired, Faults atomic.Int64
	Snapshots, SnapshotErrors                    atomic.Int64
	// LogErrors are reads and appends that failed.
	LogErrors atomic.Int64
	Ends      Ends

	BatchOps Histogram // entries of a batch
	Commit   Histogram // from an op's arrival to its commit, in microseconds
	Append   Histogram // of the log, in microseconds
	FanOut   Histogram // from the commit until all have written it, in microseconds
	Open     Histogram // of a board, in microseconds
}

// NewMetrics returns zeroes.
func NewMetrics() *Metrics { return &Metrics{} }

// Ends counts sessions by close code.
type Ends struct{ counts [1000]atomic.Int64 }

func (e *Ends) add(code int) {
	if code >= 4000 && code < 5000 {
		e.counts[code-4000].Add(1)
	}
}

// Count is how many sessions ended with this code.
func (e *Ends) Count(code CloseCode) int64 {
	if code < 4000 || code >= 5000 {
		return 0
	}
	return e.counts[code-4000].Load()
}

// Buckets is how many buckets a histogram has.
const Buckets = 24

// A Histogram counts values by power of two: bucket i has those up to Bound(i).
type Histogram struct {
	counts [Buckets]atomic.Int64
	sum    atomic.Int64
}

// Bound is the largest value of bucket i; the last has none.
func Bound(i int) int64 { return 1 << i }

func (h *Histogram) add(v int64) {
	i := 0
	for i < Buckets-1 && v > Bound(i) {
		i++
	}
	h.counts[i].Add(1)
	h.sum.Add(v)
}

func (h *Histogram) since(from, to time.Time) { h.add(to.Sub(from).Microseconds()) }

// Read gives the counts by bucket and the sum of all values.
func (h *Histogram) Read() (counts [Buckets]int64, sum int64) {
	for i := range h.counts {
		counts[i] = h.counts[i].Load()
	}
	return counts, h.sum.Load()
}

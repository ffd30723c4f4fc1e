package simulation

import "time"

// Stats counts what a simulation saw.
type Stats struct {
	Proposed, Sent              int // ops: asked for by people, sent by clients
	Frames, Snapshots           int
	Entries, Batches            int
	Accepted, Refused           int // entries of clients
	Faults, Mismatches          int64
	LostTails, Repaired, Epochs int64 // found by servers, mended by them, begun for want of that
	Resets, Resyncs, Lags       int64
	OutOfTurn, Busy, Gaps       int64
	Simulated                   time.Duration
}

func (s *Stats) add(o *Stats) {
	s.Proposed += o.Proposed
	s.Sent += o.Sent
	s.Frames += o.Frames
	s.Snapshots += o.Snapshots
	s.Entries += o.Entries
	s.Batches += o.Batches
	s.Accepted += o.Accepted
	s.Refused += o.Refused
	s.Faults += o.Faults
	s.Mismatches += o.Mismatches
	s.LostTails += o.LostTails
	s.Repaired += o.Repaired
	s.Epochs += o.Epochs
	s.Resets += o.Resets
	s.Resyncs += o.Resyncs
	s.Lags += o.Lags
	s.OutOfTurn += o.OutOfTurn
	s.Busy += o.Busy
	s.Gaps += o.Gaps
	s.Simulated += o.Simulated
}

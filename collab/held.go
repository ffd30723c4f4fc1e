package collab

import "waymark/board"

// Held is how much a room keeps in memory, for those who watch that it stays
// within its limits.
type Held struct {
	// Entries and Bytes are in the ring; Oldest is how large its oldest batch is.
	Entries, Bytes, Oldest int
	// Base is where the ring begins, Head where it and the board end.
	Base board.Seq
	Head Head
	// Waiting ops are for the log; WaitingBytes is how large they are.
	Waiting, WaitingBytes int
	// Expected are the clients whose ops wait, Doubts the batches whose fate is
	// unknown, Requests those from inside that have no answer yet.
	Expected, Doubts, Requests int
	Sessions, Visitors         int
	// Queued is what waits for the one session that has most, beyond what it was
	// given when it joined.
	Queued int64
	// Idle says that nothing is under way.
	Idle bool
}

// Held counts. It belongs to the room's loop, like [Room.Handle].
func (r *Room) Held() Held {
	h := Held{
		Entries: int(r.head.Seq - r.ring.base), Bytes: r.ring.bytes, Base: r.ring.base, Head: r.head,
		Waiting: len(r.proposals.list), WaitingBytes: r.proposals.bytes,
		Expected: len(r.proposals.next), Doubts: len(r.commit.doubts),
		Sessions: len(r.sessions), Visitors: len(r.door.visitors),
		Idle: r.state == stateOpen && !r.commit.running && !r.news.running && !r.news.wanted && !r.quiet() &&
			!r.hub.clock().Before(r.commit.retryAt),
	}
	if len(r.ring.list) > 0 {
		h.Oldest = len(r.ring.list[0].body)
	}
	for _, s := range r.sessions {
		h.Queued = max(h.Queued, s.out.held.Load()-s.seat.joined)
	}
	r.hub.mu.Lock()
	h.Requests = len(r.requests)
	r.hub.mu.Unlock()
	return h
}

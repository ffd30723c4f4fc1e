package collab

import (
	"context"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// PollEvery is how often the heads of open boards are to be read.
const PollEvery = 250 * time.Millisecond

// pollTimeout is how long one reading of the heads may take: over a connection
// that has gone silent the next goes well before the log counts as away.
const pollTimeout = 4 * time.Second

// Run polls the heads until ctx ends. [Hub.Drain] is called apart from it.
func (h *Hub) Run(ctx context.Context) {
	every := PollEvery
	if planted.On("others-heard-rarely") {
		every *= 12
	}
	t := time.NewTicker(every)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			h.Poll(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// Poll reads the heads of all open boards in one query, and tells each room
// whose board has another head than it knows (B5).
func (h *Hub) Poll(ctx context.Context) {
	var rooms []*Room
	var ids []board.ID
	var before []Head
	for _, r := range h.open() {
		if known := r.known.Load(); known != nil {
			rooms, ids, before = append(rooms, r), append(ids, r.id), append(before, *known)
		}
	}
	var heads map[board.ID]Head
	began := h.clock()
	if len(ids) > 0 {
		ctx, cancel := context.WithTimeout(ctx, pollTimeout)
		defer cancel()
		var err error
		if heads, err = h.config.Log.Heads(ctx, ids); err != nil {
			if h.pollFailed.CompareAndSwap(0, began.UnixMilli()) {
				h.logger.Warn("read heads", "error", err)
			}
			return
		}
	}
	if h.pollFailed.Swap(0) != 0 {
		for _, r := range h.open() {
			r.loop.Post(regained{})
		}
	}
	for i, r := range rooms {
		known := r.known.Load()
		if head, ok := heads[r.id]; known != nil && (!ok || !head.same(*known)) {
			r.loop.Offer(polled{head, before[i], ok})
		}
	}
}

// cutOff reports since when the log has been away from this server, if that is
// for 10 s.
func (h *Hub) cutOff() (since time.Time, away bool) {
	ms := h.pollFailed.Load()
	since = time.UnixMilli(ms)
	return since, ms != 0 && h.clock().Sub(since) >= h.limits.Opening
}

// regained is the event of the log being there again: who waits at the door is
// let in.
type regained struct{}

func (regained) on(*Room) {}

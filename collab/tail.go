package collab

import (
	"context"
	"errors"
	"time"

	"waymark/board/planted"
)

// tail is what a room knows of a log that was found without what the room has.
type tail struct {
	// lost says so. Until the log has it again, or a new epoch has begun, the
	// room lets nobody in and commits nothing.
	lost bool
	// again is how many batches this server has appended again since.
	again int
	// hold is until when the room writes nothing of its own: another server may
	// have more of what was lost, and it fits only as long as nobody goes on.
	hold time.Time
}

// holdFor is time enough for every server to look at the log, which it does
// every 250 ms, and to append what it has.
const holdFor = 2 * time.Second

// errTail: the log lacks what the room has, and it may be appended again.
var errTail = errors.New("log has lost its tail")

// lose notes that the log lacks what this room has; missing is how many batches
// those are at least.
func (r *Room) lose(missing int) {
	if r.tail.lost {
		return
	}
	r.metrics.LostTails.Add(1)
	r.hub.logger.Error("log has lost its tail", "board", r.id, "seq", r.head.Seq, "batch", r.head.Batch, "batches", max(missing, 1))
	r.tail = tail{lost: true}
	r.holdBack()
}

// holdBack has the room write nothing of its own for a while.
func (r *Room) holdBack() {
	if !r.config.Alone {
		r.tail.hold = r.now.Add(holdFor)
	}
}

// lostTail says what is to be done about a log that ends at head, which is not
// this room's. If the room has that batch it appends those behind it again. How
// old they are does not matter: they were in the log, and people saw them. An
// older state that somebody wants back begins a new epoch (E3), and then the
// log does not end with a batch that the room has.
func (r *Room) lostTail(head Head) {
	n := &r.news
	r.lose(len(r.ring.after(head.Seq)))
	switch leads, known := r.ring.leadsOn(head); {
	case planted.On("tail-not-appended-again"):
		n.reload, n.raise = true, true
	case known && head.Seq < r.head.Seq && (leads || planted.On("tail-behind-another-chain")):
		r.appendAgain(head)
	case !known && r.now.Before(r.tail.hold) && !planted.On("tail-not-waited-for"):
		// What was lost begins before all that this room keeps: it cannot tell
		// whether another server keeps more.
		n.wanted, n.retryAt = true, r.now.Add(retryEvery)
	default:
		n.reload, n.raise = true, true
	}
}

// appendAgain appends the batch that the room has behind the log's head, as it
// was.
func (r *Room) appendAgain(head Head) {
	b, _ := r.ring.behind(head.Seq, r.id)
	if planted.On("tail-with-a-batch-left-out") {
		if next, ok := r.ring.behind(b.Last, r.id); ok {
			b = next
		}
	}
	if planted.On("tail-with-new-digests") {
		sums := r.board.Digests()
		b.All, b.Public = sums.All, sums.Public
	}
	if planted.On("tail-under-another-name") {
		b.Node = r.config.Node
	}
	r.news.running = true
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
		defer cancel()
		return appendedAgain{head, b, r.config.Log.Append(ctx, head, b)}
	})
}

// appendedAgain is the event of an append of a lost batch having ended.
type appendedAgain struct {
	head  Head
	batch Batch
	err   error
}

func (e appendedAgain) on(r *Room) {
	n := &r.news
	n.running = false
	switch {
	case e.err == nil:
		r.stuckSince.Store(0)
		r.tail.again++
		r.holdBack()
		if head := e.batch.Head(e.head); head.same(r.head) {
			r.regained()
			n.wanted = true // another server may have gone on
		} else {
			r.appendAgain(head)
		}
	case errors.Is(e.err, ErrLost):
		// Another server appends the same, or has written something else.
		r.metrics.Lost.Add(1)
		n.wanted = true
	case errors.Is(e.err, ErrGone):
		r.gone()
	case errors.Is(e.err, ErrFormat):
		r.hub.logger.Error("board needs a newer release", "board", r.id)
		r.end(CloseDraining, 2*time.Second)
	default:
		r.metrics.Unknown.Add(1)
		r.stuckBy.Store(&e.err)
		r.stuckSince.CompareAndSwap(0, r.now.UnixMilli())
		r.logFailed("append again", e.err)
		n.wanted = true
	}
	if r.state == stateEnding {
		r.finish()
	}
}

// regained notes that the log has all that this room has.
func (r *Room) regained() {
	if !r.tail.lost {
		return
	}
	r.tail.lost = false
	if r.tail.again > 0 {
		r.metrics.TailsRepaired.Add(1)
		r.hub.logger.Warn("log has its tail again", "board", r.id, "seq", r.head.Seq, "batches", r.tail.again)
	}
}

// quiet reports whether the room may write nothing of its own now.
func (r *Room) quiet() bool {
	return r.tail.lost || r.news.reload || r.now.Before(r.tail.hold)
}

package collab

import (
	"context"
	"errors"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// newsdesk is how the room learns what other servers wrote.
type newsdesk struct {
	// wanted says that the log may have more than the room; running that it is
	// being read.
	wanted, running bool
	// looks counts the readings that have begun; looked is the last of them that
	// came to the end of the log.
	looks, looked int
	retryAt       time.Time
	// heard are hints that came while the board could not change.
	heard []Batch
	// polled waits to be compared with the head until the append under way ends.
	polled *polled
	// reload asks for the board anew, because what the room has is not what the
	// log has; raise for a new epoch with it, if the log lacks what the room has.
	reload, raise bool
	// views are requests that wait until the head is read; those in served wait
	// for the reading under way.
	views, served []*request
}

// page is how many batches are read at once.
const page = 500

// polled is the event of the hub having read another head than the room had
// before.
type polled struct {
	head, before Head
	ok           bool
}

func (e polled) on(r *Room) {
	if r.state != stateOpen {
		return
	}
	r.news.polled = &e
	if !r.commit.running && !r.news.running {
		r.news.compare(r)
	}
}

// compare looks whether a polled head is one that the room passed on its way.
// If not, the log is to be read.
func (n *newsdesk) compare(r *Room) {
	p := n.polled
	if p == nil {
		return
	}
	n.polled = nil
	if p.ok && p.head.Epoch == r.head.Epoch && p.head.Seq >= p.before.Seq && p.head.Seq <= r.head.Seq {
		if id, known := r.ring.at(p.head.Seq); known && id == p.head.Batch || p.head.Seq < r.ring.base {
			return
		}
	}
	n.wanted = true
}

// hint is the event of the bus having left something in the slot.
type hint struct{}

func (hint) on(r *Room) {
	b, ok, shown := r.slot.Take()
	if len(shown) > 0 {
		r.hearShown(shown)
	}
	if !ok || r.state == stateEnding || r.knows(&b) {
		return
	}
	r.metrics.Heard.Add(1)
	r.news.heard = append(r.news.heard, b)
	r.hear()
}

// maxHeard is how many hints wait until the board may change.
const maxHeard = 16

// hear goes by what was heard, once the board may change. What does not follow
// on what the room knows by then is to be read.
func (r *Room) hear() {
	busy := r.commit.running || r.news.running || r.state == stateOpening
	if busy && len(r.news.heard) <= maxHeard {
		return
	}
	for i := range r.news.heard {
		switch b := &r.news.heard[i]; {
		case r.knows(b), r.state == stateEnding:
		case busy || r.news.wanted || b.Body == nil || b.Epoch != r.head.Epoch || !b.Follows(r.head):
			r.news.wanted = true
		default:
			r.follow(r.news.heard[i : i+1])
		}
	}
	clear(r.news.heard)
	r.news.heard = r.news.heard[:0]
}

// knows reports whether a batch is none that the room has yet to learn of.
func (r *Room) knows(b *Batch) bool {
	return b.Epoch < r.head.Epoch || b.Epoch == r.head.Epoch && b.Last <= r.head.Seq
}

// follow applies batches that the log has behind the room's head.
func (r *Room) follow(batches []Batch) {
	for i := range batches {
		b := &batches[i]
		draft := r.board.Draft()
		h, err := follow(draft, r.head, b)
		if err != nil {
			r.stray(b, err)
			return
		}
		r.board.Adopt(draft)
		r.surfaced(b.ID)
		r.took(h)
	}
}

// stray says what is to be done about a batch that does not fit.
func (r *Room) stray(b *Batch, err error) {
	r.news.reload = true
	switch {
	case errors.Is(err, errBroken) && b.Epoch <= r.head.Epoch:
		// The log went on without the tail, so nobody can append that again.
		r.lose(len(r.ring.after(b.First - 1)))
		r.news.raise = true
	case errors.Is(err, errBroken):
	case errors.Is(err, errDiffers):
		r.metrics.Mismatches.Add(1)
		r.hub.logger.Error("digest differs", "board", r.id, "seq", b.Last, "node", b.Node)
	case errors.Is(err, errNewer):
		r.hub.logger.Error("board needs a newer release", "board", r.id, "error", err)
		r.end(CloseDraining, 2*time.Second)
	default:
		r.hub.logger.Error("log cannot be replayed", "board", r.id, "error", err)
		r.end(CloseFault, 0)
	}
}

// readNews reads the log, if it may have more or the board is to be loaded
// anew.
func (r *Room) readNews() {
	n := &r.news
	if r.state != stateOpen && r.state != stateOpening || n.running || r.commit.running || r.now.Before(n.retryAt) {
		return
	}
	if r.state == stateOpening {
		r.load(false)
		return
	}
	if n.reload && (n.raise || !r.tail.lost) {
		n.running = true
		n.served, n.views = append(n.served, n.views...), nil
		r.load(n.raise)
		return
	}
	if !n.wanted {
		return
	}
	n.wanted, n.running = false, true
	n.looks++
	n.served, n.views = append(n.served, n.views...), nil
	after := r.head.Seq
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
		defer cancel()
		heads, err := r.config.Log.Heads(ctx, []board.ID{r.id})
		head, ok := heads[r.id]
		var batches []Batch
		if err == nil && ok {
			batches, err = r.config.Log.Batches(ctx, r.id, after, page)
		}
		return looked{head, ok, batches, err}
	})
}

// looked is the event of the log having been read behind the room's head. The
// head was read before the batches.
type looked struct {
	head    Head
	ok      bool
	batches []Batch
	err     error
}

func (e looked) on(r *Room) {
	r.news.running = false
	switch {
	case e.err != nil:
		r.logFailed("read log", e.err)
		r.news.wanted = true
		return
	case !e.ok:
		r.gone()
		return
	case e.head.Format > Format:
		r.hub.logger.Error("board needs a newer release", "board", r.id)
		r.end(CloseDraining, 2*time.Second)
		return
	}
	r.head.Format = e.head.Format
	if cut := len(e.batches) == 0 && e.head.Seq > r.head.Seq; !cut && len(e.batches) < page {
		r.news.looked = r.news.looks
	}
	switch {
	case e.head.Epoch > r.head.Epoch:
		r.news.reload, r.tail.lost = true, false
		return
	case len(e.batches) > 0:
		r.metrics.Gaps.Add(1)
		if e.batches[0].Follows(r.head) {
			r.regained()
		}
		r.follow(e.batches)
	case e.head.same(r.head):
		r.regained()
	case planted.On("lost-tail-unseen"):
	case e.head.Seq > r.head.Seq:
		// It was cut between the two readings.
		r.news.wanted, r.news.retryAt = true, r.now.Add(retryEvery)
	default:
		r.lostTail(e.head)
	}
	if len(e.batches) == page {
		r.news.wanted = true
	}
	r.hear()
	if r.state == stateOpen && !r.news.wanted && !r.news.reload && !r.tail.lost {
		r.serveViews()
	}
	if r.state == stateEnding {
		r.finish()
	}
}

// logFailed notes that the log could not be read, and waits.
func (r *Room) logFailed(doing string, err error) {
	r.metrics.LogErrors.Add(1)
	r.warn(doing, err)
	r.news.retryAt = r.now.Add(retryEvery)
	if r.tail.lost {
		r.holdBack() // the other servers could not look either
	}
}

// serveViews answers the looks from inside that waited for a head.
func (r *Room) serveViews() {
	for _, q := range r.news.served {
		q.view(r.board, r.head)
		q.finish(Receipt{Seq: r.head.Seq, At: r.board.At()}, nil)
	}
	r.news.served = nil
}

// gone ends the room of a board that is no more.
func (r *Room) gone() {
	for _, q := range append(r.news.views, r.news.served...) {
		q.finish(Receipt{}, ErrGone)
	}
	for _, p := range r.proposals.list {
		if p.request != nil {
			p.request.finish(Receipt{}, ErrGone)
		}
	}
	r.end(CloseGone, 0)
}

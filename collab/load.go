package collab

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// A loaded board is what the log and its newest snapshot make.
type loaded struct {
	board *board.Board
	head  Head
	ring  ring
	// open is the public part of the stored snapshot, and openSeq where it ends;
	// nil without one.
	open    []byte
	openSeq board.Seq
	// since is how much log follows the stored snapshot.
	since, sinceBytes int
}

// errRotten: a stored snapshot is not the board it says it is.
var errRotten = errors.New("stored snapshot does not match the log")

// load reads a board. A snapshot that does not match the log is passed over:
// all entries are kept, so the log alone makes the board.
func load(ctx context.Context, c *Config, id board.ID) (*loaded, error) {
	heads, err := c.Log.Heads(ctx, []board.ID{id})
	if err != nil {
		return nil, err
	}
	head, ok := heads[id]
	if !ok {
		return nil, ErrGone
	}
	if head.Format > Format {
		return nil, ErrFormat
	}
	l, err := loadSnapshot(ctx, c, id)
	if errors.Is(err, errRotten) {
		c.Metrics.SnapshotErrors.Add(1)
		c.Logger.Error("load snapshot", "board", id, "error", err)
	} else if err != nil && !errors.Is(err, ErrNoSnapshot) {
		return nil, err
	}
	if l == nil {
		l = &loaded{board: board.New(id)}
	}
	l.head.Format, l.head.SnapshotSeq = head.Format, head.SnapshotSeq
	for {
		batches, err := c.Log.Batches(ctx, id, l.head.Seq, page)
		if err != nil {
			return nil, err
		}
		for i := range batches {
			b := &batches[i]
			// The epoch may rise on the way, and the first batch is behind nothing.
			at := l.head
			at.Epoch = max(at.Epoch, b.Epoch)
			h, err := follow(l.board, at, b)
			if errors.Is(err, errDiffers) {
				// Its writer was at fault. The entries count, and what they make.
				c.Metrics.Mismatches.Add(1)
				c.Logger.Error("load board", "board", id, "error", err)
			} else if err != nil {
				return nil, err
			}
			l.ring.add(h, &c.Limits)
			l.head = b.Head(l.head)
			l.since, l.sinceBytes = l.since+1, l.sinceBytes+len(b.Body)
		}
		if len(batches) < page {
			return l, nil
		}
	}
}

// loadSnapshot reads the stored snapshot and compares it with the log's batch
// at its end.
func loadSnapshot(ctx context.Context, c *Config, id board.ID) (*loaded, error) {
	s, err := c.Archive.Snapshot(ctx, id)
	if err != nil {
		return nil, err
	}
	batches, err := c.Log.Batches(ctx, id, s.Seq-1, 1)
	if err != nil {
		return nil, err
	}
	if len(batches) == 0 || batches[0].Last != s.Seq || batches[0].ID != s.Batch {
		return nil, fmt.Errorf("%w: no batch %s at %d", errRotten, s.Batch, s.Seq)
	}
	b, err := s.unpack(c)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errRotten, err)
	}
	at := &batches[0]
	if sums := b.Digests(); b.ID() != id || b.Seq() != at.Last || sums.All != at.All || sums.Public != at.Public {
		return nil, fmt.Errorf("%w: digests at %d", errRotten, s.Seq)
	}
	l := &loaded{board: b, open: s.Open, openSeq: s.Seq}
	l.head = at.Head(l.head)
	l.ring.restart(at.Last, at.ID)
	return l, nil
}

// unpack makes a board of a stored snapshot.
func (s *Snapshot) unpack(c *Config) (*board.Board, error) {
	open, err := c.Gunzip(s.Open)
	if err != nil {
		return nil, fmt.Errorf("unpack snapshot: %w", err)
	}
	rest, err := c.Gunzip(s.Rest)
	if err != nil {
		return nil, fmt.Errorf("unpack snapshot: %w", err)
	}
	return board.Load(open, rest)
}

// opening is the first event of a room.
type opening struct{}

func (opening) on(r *Room) {
	r.openingSince.Store(r.now.UnixMilli())
	r.metrics.Opening.Add(1)
	r.slot = NewSlot(r.config.Node, func() { r.loop.Offer(hint{}) })
	r.leaveBus = r.config.Bus.Subscribe(r.id, r.slot)
}

// load reads the board elsewhere. If the log, in this epoch, lacks what the room
// had, it also begins a new epoch, when raise allows that and the tail cannot be
// appended again; otherwise it ends in errTail.
func (r *Room) load(raise bool) {
	r.news.running = true
	began, known, again := r.now, r.head, r.board != nil
	ring, waited := r.ring, !r.now.Before(r.tail.hold)
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), 3*logTimeout)
		defer cancel()
		l, err := load(ctx, r.config, r.id)
		if err != nil || !again || l.head.Epoch > known.Epoch {
			return opened{l, began, err}
		}
		whole, err := l.has(ctx, r.config, r.id, known)
		switch leads, sure := ring.leadsOn(l.head); {
		case err != nil || whole || planted.On("epoch-stays"):
		case raise && !leads && (sure || waited), planted.On("tail-not-appended-again"), planted.On("tail-not-waited-for"):
			err = l.raise(ctx, r.config, known.Epoch+1)
		default:
			err = errTail
		}
		return opened{l, began, err}
	})
}

// has reports whether a loaded board's log has the batch that ends at a head.
func (l *loaded) has(ctx context.Context, c *Config, id board.ID, head Head) (bool, error) {
	switch {
	case l.head.Seq < head.Seq:
		return false, nil
	case l.ring.base <= head.Seq:
		leads, _ := l.ring.leadsOn(head)
		return leads, nil
	}
	batches, err := c.Log.Batches(ctx, id, head.Seq-1, 1)
	if err != nil {
		return false, err
	}
	return len(batches) > 0 && batches[0].Last == head.Seq && batches[0].ID == head.Batch, nil
}

// opened is the event of a board having been loaded, first or anew.
type opened struct {
	loaded *loaded
	began  time.Time
	err    error
}

func (e opened) on(r *Room) {
	r.news.running = false
	switch {
	case e.err == nil:
		r.metrics.Open.since(e.began, r.now)
		r.opened(e.loaded)
	case errors.Is(e.err, errTail):
		// Whether it can be appended again, a look at the log tells.
		r.lose(len(r.ring.after(e.loaded.head.Seq)))
		r.news.wanted, r.news.raise = true, false
	case errors.Is(e.err, ErrGone):
		r.gone()
	case errors.Is(e.err, ErrFormat), errors.Is(e.err, errNewer):
		r.hub.logger.Error("board needs a newer release", "board", r.id)
		r.end(CloseDraining, 2*time.Second)
	case errors.Is(e.err, errReplay), errors.Is(e.err, errBroken):
		r.hub.logger.Error("open board", "board", r.id, "error", e.err)
		r.end(CloseFault, 0)
	default:
		// Also a new epoch whose append was lost or is unknown: all is read again.
		r.logFailed("open board", e.err)
	}
	if r.state == stateEnding {
		r.finish()
	}
}

// opened takes a loaded board for the room's.
func (r *Room) opened(l *loaded) {
	before := r.head
	first := r.board == nil
	r.board, r.head, r.ring = l.board, l.head, l.ring
	if before.Epoch == r.head.Epoch {
		r.regained()
	} else {
		r.tail = tail{}
	}
	r.resolve(before.Epoch)
	r.news.reload, r.news.raise = false, false
	r.memory = memory{tried: r.head.Seq}
	r.news.looks++
	r.news.looked = r.news.looks
	r.snapshots.loaded(l)
	r.people.want(r.board.People()...)
	r.publishHead()
	r.fan.restart(r.head.Seq, r.now)
	if first {
		if r.state == stateOpening {
			r.state = stateOpen
		}
		r.openingSince.Store(0)
		r.hub.worked.Store(r.now.UnixMilli())
		r.metrics.Opening.Add(-1)
		r.shown.sealing = r.board.Sealing()
	} else {
		r.reloaded(before.Epoch != r.head.Epoch)
	}
	r.hear()
	r.news.wanted = r.news.wanted || len(r.news.views) > 0
	r.serveViews()
	if r.config.Watch != nil {
		r.config.Watch(r.board, r.head, true)
	}
}

// reloaded brings every session to the board that was loaded anew; after a new
// epoch none of them may keep what it has.
func (r *Room) reloaded(reset bool) {
	if reset {
		r.proposals.forget()
	}
	if sealing := r.board.Sealing(); reset || sealing != r.shown.sealing {
		// What is shown was meant for another board.
		r.shown.sealing = sealing
		for _, s := range r.sessions {
			s.seat.item = nil
		}
		r.showAgain()
	}
	r.fan.digest = !reset
	for _, s := range r.sessions {
		if reset {
			r.metrics.Resets.Add(1)
			s.seat.reset = true
			s.seat.lapsed = slices.Clone(s.seat.clients)
			r.lag(s)
		} else if s.seat.sent < r.head.Seq {
			r.lag(s)
		}
	}
	for _, v := range r.door.visitors {
		v.tail, v.whole = nil, false
	}
	r.recheck()
}

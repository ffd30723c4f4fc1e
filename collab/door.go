package collab

import (
	"context"
	"slices"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// A position is what a session says it has: the board up to seq, which ends
// with batch. Seq -1 is no board yet.
type position struct {
	epoch int64
	seq   board.Seq
	batch board.ID
}

// door is where sessions wait that do not have the board, or no longer all of
// it.
type door struct{ visitors []*visitor }

// A visitor is a session at the door.
type visitor struct {
	s     *Session
	pos   position
	since time.Time
	// again says that it has been in before: it lagged, or the board was loaded
	// anew. Its position is the room's own word.
	again bool
	// asked says that an answer from elsewhere is awaited.
	asked bool
	// retryAt is when the log is asked again for it.
	retryAt time.Time
	// reset says that what it has is not in the log; unsure that this room does
	// not know it, and that the log must have been looked at as often as look
	// says before anything is answered.
	reset, unsure bool
	look          int
	// right is how often the log must have been looked at before it is told that
	// it has no right; 0 while that is not in question.
	right int
	// tail is what the ring no longer has of what it misses.
	tail []held
	// whole says that it needs a snapshot.
	whole bool
}

func (d *door) everyone() []*Session {
	list := make([]*Session, 0, len(d.visitors))
	for _, v := range d.visitors {
		if !v.again {
			list = append(list, v.s)
		}
	}
	return list
}

func (d *door) remove(s *Session) {
	d.visitors = slices.DeleteFunc(d.visitors, func(v *visitor) bool { return v.s == s })
}

// entered is the event of a session's hello.
type entered struct {
	s   *Session
	pos position
}

func (e entered) on(r *Room) {
	if e.s.out.ended.Load() {
		return
	}
	if r.state == stateEnding {
		e.s.bye(CloseDraining, r.hub.spread(2*time.Second))
		return
	}
	r.door.visitors = append(r.door.visitors, &visitor{s: e.s, pos: e.pos, since: r.now})
}

// writable is the event of a lagging session's socket having caught its breath.
type writable struct{ s *Session }

func (e writable) on(r *Room) { r.catchUp(e.s) }

// lag drops what waits for a session. It is caught up when its socket has
// written what it is writing (S4).
func (r *Room) lag(s *Session) {
	if !s.seat.in || s.seat.catching {
		return
	}
	if !s.lagging.Swap(true) {
		r.metrics.Lags.Add(1)
	}
	dropped := s.out.drain()
	if dropped.from > 0 && !planted.On("dropped-frames-forgotten") {
		s.seat.sent = dropped.from - 1
	}
	if dropped.snapshot {
		s.seat.sent = -1
	}
	s.seat.greet = s.seat.greet || dropped.greets
	s.seat.reset = s.seat.reset || dropped.resets
	if s.out.pending.Load() == 0 {
		r.catchUp(s)
	}
}

// catchUp puts a lagging session to the door.
func (r *Room) catchUp(s *Session) {
	if !s.seat.in || s.seat.catching || !s.lagging.Load() || s.out.ended.Load() {
		return
	}
	s.seat.catching = true
	r.door.visitors = append(r.door.visitors, &visitor{s: s, since: r.now, again: true})
}

// letIn gives those at the door the board, as far as it can be had now.
func (r *Room) letIn() {
	if r.state != stateOpen || r.news.reload || r.tail.lost || len(r.door.visitors) == 0 {
		return // a board that is not the log's is shown to nobody
	}
	if _, away := r.hub.cutOff(); away && !r.config.Alone {
		return // they may get in elsewhere
	}
	waiting := r.door.visitors
	r.door.visitors = nil
	for _, v := range waiting {
		if v.s.out.ended.Load() {
			continue
		}
		if v.again {
			v.pos, v.reset = position{r.head.Epoch, v.s.seat.sent, ""}, v.s.seat.reset
		}
		if !v.asked && !r.now.Before(v.retryAt) && r.admit(v) && r.equip(v) {
			if r.fan.done < r.head.Seq {
				// Whoever is in has everything before somebody comes, so that the
				// next frame begins where each of them is.
				r.flushTo(true)
			}
			r.seat(v)
			continue
		}
		if !v.s.out.ended.Load() {
			r.door.visitors = append(r.door.visitors, v)
		}
	}
}

// equip finds what a visitor misses: in the ring, else in the log, else it gets
// a snapshot. False when that is awaited.
func (r *Room) equip(v *visitor) bool {
	if v.tail != nil {
		// Read from the log; the ring goes on from there, or has moved on, or the
		// log is no longer the one that this room knows.
		if r.ring.continues(v.tail) {
			return true
		}
		r.replaceWhole(v)
	}
	if !v.whole {
		switch {
		case v.pos.seq < 1:
			v.whole = true
		case v.reset:
			v.whole = true
		case v.pos.epoch != r.head.Epoch, v.pos.seq > r.head.Seq:
			return r.refresh(v)
		case v.pos.seq >= r.ring.base:
			id, ok := r.ring.at(v.pos.seq)
			if v.again || ok && id == v.pos.batch {
				return true
			}
			return r.refresh(v)
		case int(r.head.Seq-v.pos.seq) > r.limits.RingEntries+r.limits.SharedSnapshot:
			// Even if it is in the chain a snapshot is smaller. What it has need not
			// be looked at: the snapshot replaces it.
			v.whole = true
		default:
			r.readTail(v)
			return false
		}
	}
	return r.news.looked >= v.look && r.snapshots.ready(r, v.least())
}

// least is the lowest seq that a snapshot for the visitor may have: without a
// reset nobody goes back (R4).
func (v *visitor) least() board.Seq {
	switch {
	case v.reset:
		return 0
	case v.again:
		return v.s.seat.top
	}
	return v.pos.seq
}

// refresh looks at the log before a visitor is told that what it has is lost: it
// may know more than this room. True when it has been looked at, and a snapshot
// is at hand.
func (r *Room) refresh(v *visitor) bool {
	if !v.unsure {
		v.unsure, v.look = true, r.news.looks+1
		r.news.wanted = true
		return false
	}
	if r.news.looked < v.look {
		return false
	}
	if r.mayComeBack(v) {
		v.look, v.retryAt, r.news.wanted = r.news.looks+1, r.now.Add(retryEvery), true
		return false
	}
	v.reset, v.whole = true, true
	return r.snapshots.ready(r, 0)
}

// mayComeBack reports whether what a visitor has, and the log has not, may still be appended again by another server
// that has it too (E4).
func (r *Room) mayComeBack(v *visitor) bool {
	if r.config.Alone || v.again || v.pos.epoch != r.head.Epoch || v.pos.seq <= r.head.Seq {
		return false
	}
	return r.now.Before(v.since.Add(holdFor)) || r.now.Before(r.tail.hold)
}

// readTail reads from the log what the ring no longer has.
func (r *Room) readTail(v *visitor) {
	v.asked = true
	limit, after, epoch := r.limits.RingEntries+r.limits.SharedSnapshot, v.pos.seq-1, r.head.Epoch
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
		defer cancel()
		batches, err := r.config.Log.Batches(ctx, r.id, after, limit)
		return readBack{v, epoch, batches, err}
	})
}

// readBack is the event of the log having been read for a visitor: the batch
// that ends where it is, if there is one, and those behind.
type readBack struct {
	v       *visitor
	epoch   int64
	batches []Batch
	err     error
}

func (e readBack) on(r *Room) {
	v := e.v
	v.asked = false
	if e.epoch != r.head.Epoch {
		return
	}
	if e.err != nil {
		r.metrics.LogErrors.Add(1)
		r.warn("read log for a session", e.err)
		v.retryAt = r.now.Add(retryEvery)
		return
	}
	if len(e.batches) == 0 {
		// The log has lost it, and what this room has behind: it may come back.
		r.news.wanted, v.retryAt = true, r.now.Add(retryEvery)
		return
	}
	if e.batches[0].Last != v.pos.seq || !v.again && e.batches[0].ID != v.pos.batch {
		v.reset, v.whole = true, true
		return
	}
	for i := range e.batches[1:] {
		b := &e.batches[i+1]
		entries, err := board.ParseEntries(b.Body)
		if err != nil {
			v.whole, v.tail = true, nil
			return
		}
		v.tail = append(v.tail, hold(b, entries))
	}
	if len(v.tail) == 0 {
		r.replaceWhole(v)
	}
}

// replaceWhole has a visitor wait for a snapshot, since the log and the ring do
// not make a whole of what it misses. The ring may have moved on; or it is of
// another log, which a look at the log will tell.
func (r *Room) replaceWhole(v *visitor) {
	v.tail, v.whole, v.look = nil, true, r.news.looks+1
	r.news.wanted = true
}

// seat gives a visitor the board in one turn: from here on it gets every frame.
func (r *Room) seat(v *visitor) {
	s := v.s
	s.seat.joined = 0
	var a answer
	greet := !v.again || s.seat.greet
	if greet {
		a.welcome(s, r.head, r.stamp(), r.limits)
	}
	if v.reset {
		a.reset(r.head.Epoch)
		if !s.seat.reset { // else it was counted when the board was loaded anew
			r.metrics.Strays.Add(1)
		}
	}
	sent, person := v.pos.seq, s.who.Person
	if planted.On("resumed-one-too-far") {
		sent = min(sent+1, r.head.Seq)
	}
	if v.whole {
		if v.again || v.pos.seq > 0 {
			r.metrics.Resyncs.Add(1)
		}
		if !a.empty() {
			r.intro(s, &Frame{Data: a.done(), greets: greet, resets: v.reset})
			greet = false
		}
		r.intro(s, r.snapshots.frame)
		// Public parts only: the person's own records come whole behind them.
		a, sent, person = answer{}, r.snapshots.seq, ""
	}
	from := sent + 1
	if len(v.tail) > 0 {
		cut := slices.IndexFunc(v.tail, func(h held) bool { return h.last > r.ring.base })
		if cut < 0 {
			cut = len(v.tail)
		}
		if cut > 0 {
			a.entries(v.tail[:cut], sent, person)
			sent = v.tail[cut-1].last
		}
	}
	a.entries(r.ring.after(sent), sent, person)
	r.people.all(&a)
	a.own(r.head.Seq, r.board.Own(s.who.Person))
	s.seat.sent, s.seat.top = r.head.Seq, r.head.Seq
	if v.again {
		a.role(s.seat.role)
	}
	for _, client := range s.seat.clients {
		r.mark(s, client, &a)
	}
	r.appendEveryone(&a, s)
	a.digest(r.head.Seq, r.board.Digests().Public)
	r.intro(s, &Frame{Data: a.done(), from: from, to: r.head.Seq, greets: greet, resets: v.reset})

	s.seat.catching, s.seat.reset, s.seat.greet = false, false, false
	s.seat.stalled = nil
	s.lagging.Store(false)
	if !v.again {
		s.seat.in, s.seat.since = true, r.now
		r.sessions = append(r.sessions, s)
		r.people.want(s.who.Person)
	}
	s.stirred.Store(true)
	r.shown.stir(r.now)
}

// intro puts a frame into a session's queue whatever its size.
func (r *Room) intro(s *Session, f *Frame) {
	r.metrics.FramesOut.Add(1)
	r.metrics.BytesOut.Add(int64(len(f.Data)))
	s.seat.joined += f.weight()
	s.out.put(f, r.local(), 0)
}

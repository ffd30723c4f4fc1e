package collab

import (
	"sync/atomic"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// fan is what is to be sent to all sessions. The next frame is built when every
// session that does not lag has written the one before, or 5 ms later: an idle
// room sends at once, a busy one sends less often (F1).
type fan struct {
	// done is how far frames for everyone have been built.
	done board.Seq
	// public says that something behind done is for everyone; since is when the
	// first batch behind done came.
	public bool
	since  time.Time
	// private lists the people for whom alone there is something.
	private []board.ID
	// extra are messages for everyone; digest asks for one of the digest.
	extra     answer
	digest    bool
	digestSeq board.Seq
	digestAt  time.Time

	last   *together
	lastAt time.Time
	// asked says that the room waits for the frame before to be written.
	asked atomic.Bool
}

const (
	// paceEvery is how long one frame waits at most for the one before.
	paceEvery = 5 * time.Millisecond
	// showAfter is how long presence waits at most for an edit to ride on.
	showAfter = 50 * time.Millisecond
	// showWith is how much longer it waits for one that is being committed.
	showWith = 12 * time.Millisecond
	// holeAfter is how long a hole waits for something public.
	holeAfter = 2 * time.Second
	// digestEvery is how often a changed board's digest is sent.
	digestEvery = 10 * time.Second
)

func (f *fan) restart(seq board.Seq, now time.Time) {
	f.done, f.public, f.private, f.since = seq, false, nil, time.Time{}
	f.digestSeq, f.digestAt = seq, now
}

// took notes a batch that the board now has.
func (r *Room) took(h held) {
	r.head.Seq, r.head.Batch = h.last, h.id
	r.publishHead()
	r.outdated()
	r.ring.add(h, r.limits)
	r.snapshots.grew(&h)
	f := &r.fan
	if f.since.IsZero() {
		f.since = r.now
	}
	f.public = f.public || h.public
	for i := range h.parts {
		for _, own := range h.parts[i].own {
			f.private = append(f.private, own.person)
		}
	}
	r.people.want(h.people...)
	if h.rights {
		r.recheck()
	}
	if was := r.shown.sealing; was != r.board.Sealing() {
		r.shown.sealing = !was
		r.showAgain()
	}
	if r.config.Watch != nil {
		r.config.Watch(r.board, r.head, h.rights || h.theMap)
	}
}

// fanOut builds the frames that are due.
func (r *Room) fanOut() {
	if r.board == nil {
		return
	}
	r.fanPrivate()
	if !r.due() {
		return
	}
	if !r.paced() {
		r.fan.asked.Store(true)
		if !r.paced() {
			return
		}
	}
	r.flush()
}

// due reports whether a frame for everyone is wanted now.
func (r *Room) due() bool {
	f := &r.fan
	switch {
	case f.public && f.done < r.head.Seq, !f.extra.empty():
		return true
	case r.shown.pending && !r.now.Before(r.showAt()):
		return true
	}
	return f.done < r.head.Seq && !r.now.Before(f.since.Add(holeAfter))
}

// showAt is when presence that waits is to be sent, with or without an edit.
func (r *Room) showAt() time.Time {
	if r.commit.running {
		return r.shown.since.Add(showAfter + showWith)
	}
	return r.shown.since.Add(showAfter)
}

// paced reports whether the frame before is out of the way.
func (r *Room) paced() bool {
	f := &r.fan
	return f.last == nil || f.last.waiting.Load() == 0 || !r.now.Before(f.lastAt.Add(paceEvery))
}

// fanPrivate sends people what is for them alone, at once: an author's refused
// op, a change of a sealed record.
func (r *Room) fanPrivate() {
	f := &r.fan
	if len(f.private) == 0 {
		return
	}
	for _, s := range r.sessions {
		if s.lagging.Load() {
			continue
		}
		for _, person := range f.private {
			if person == s.who.Person {
				var a answer
				if r.upTo(s, &a) {
					r.tell(s, &a)
				}
				break
			}
		}
	}
	clear(f.private)
	f.private = f.private[:0]
}

// upTo adds what a session has not been sent yet, up to the head. False when
// the ring no longer has it; then the session is to be caught up.
func (r *Room) upTo(s *Session, a *answer) bool {
	if s.seat.sent < r.ring.base {
		r.lag(s)
		return false
	}
	if s.seat.sent < r.head.Seq {
		a.entries(r.ring.after(s.seat.sent), s.seat.sent, s.who.Person)
	}
	return true
}

// tell puts a frame of one session, which ends at the head, into its queue.
func (r *Room) tell(s *Session, a *answer) {
	if a.empty() || s.out.ended.Load() {
		return
	}
	f := &Frame{Data: a.done(), from: s.seat.sent + 1, to: r.head.Seq}
	if s.seat.sent == r.head.Seq {
		f.from = 0
	}
	r.send(s, f)
}

// small sends a session messages without entries.
func (r *Room) small(s *Session, a *answer) {
	if !a.empty() {
		r.send(s, &Frame{Data: a.done()})
	}
}

// send puts a frame into a session's queue, or lets the session lag.
func (r *Room) send(s *Session, f *Frame) {
	if s.out.ended.Load() || s.lagging.Load() {
		f.together.one()
		return
	}
	r.metrics.FramesOut.Add(1)
	r.metrics.BytesOut.Add(int64(len(f.Data)))
	if !s.out.put(f, r.local(), r.limits.QueueBytes) {
		f.together.one()
		r.lag(s)
		return
	}
	if f.from > 0 {
		s.seat.sent, s.seat.top = f.to, f.to
	}
}

// flush builds the next frame for everyone, once for all sessions that are
// equally far, and puts it into their queues. A hole alone is not told before
// its time: presence must not say when something hidden happened (F4).
func (r *Room) flush() {
	f := &r.fan
	r.flushTo(f.public || !r.now.Before(f.since.Add(holeAfter)))
}

// flushTo is flush, with or without what the board has behind the last frame.
func (r *Room) flushTo(head bool) {
	// Behind a frame for everyone, what is for one person alone would be a hole.
	if !planted.On("private-behind-public") {
		r.fanPrivate()
	}
	f := &r.fan
	head = head && f.done < r.head.Seq
	var tail answer
	tail.b = append(tail.b, f.extra.b...)
	sole := r.appendShown(&tail)
	if head || !f.extra.empty() || f.digest {
		sole = nil
	}
	if f.digest && (head || f.done == r.head.Seq) {
		tail.digest(r.head.Seq, r.board.Digests().Public)
		f.digest, f.digestSeq = false, r.head.Seq
	}
	f.extra.b = f.extra.b[:0]
	if !head && tail.empty() {
		return
	}
	since := f.since
	if !head {
		since = time.Time{}
	}
	t := &together{written: r.writtenBy(since)}
	t.waiting.Store(1)
	// Nearly always all sessions are equally far: frames has one element.
	var frames []*Frame
	for _, s := range r.sessions {
		if s.lagging.Load() || s == sole { // who is alone in a frame knows what it shows
			continue
		}
		sent := s.seat.sent
		if !head {
			sent = r.head.Seq
		}
		if sent < r.ring.base {
			r.lag(s)
			continue
		}
		frame := r.frameFor(&frames, sent, &tail, t)
		if frame == nil {
			continue
		}
		t.waiting.Add(1)
		r.send(s, frame)
	}
	if head {
		f.done, f.public, f.since = r.head.Seq, false, time.Time{}
	}
	f.last, f.lastAt = t, r.now
	f.asked.Store(false)
	t.one()
}

// frameFor finds or builds the frame for a session that is this far.
func (r *Room) frameFor(frames *[]*Frame, sent board.Seq, tail *answer, t *together) *Frame {
	for _, f := range *frames {
		if f.from == sent+1 || f.from == 0 && sent == r.head.Seq {
			return f
		}
	}
	var a answer
	f := &Frame{together: t}
	if sent < r.head.Seq {
		f.from, f.to = sent+1, r.head.Seq
		batches := r.ring.after(sent)
		size := len(tail.b) + 128
		for i := range batches {
			size += len(batches[i].body)
		}
		a.b = make([]byte, 0, size)
		a.entries(batches, sent, "")
	}
	a.join(tail)
	if a.empty() {
		return nil
	}
	f.Data = a.done()
	*frames = append(*frames, f)
	return f
}

// join adds the messages of another answer.
func (a *answer) join(b *answer) {
	switch {
	case b.empty():
	case a.empty():
		a.b = append(a.b, b.b...)
	default:
		a.b = append(a.b, ',')
		a.b = append(a.b, b.b[1:]...)
	}
}

// writtenBy gives what is called when all sessions have written a frame whose
// oldest batch came at since. Any goroutine may call it.
func (r *Room) writtenBy(since time.Time) func() {
	return func() {
		if !since.IsZero() {
			r.metrics.FanOut.since(since, r.hub.clock())
		}
		if r.fan.asked.CompareAndSwap(true, false) {
			r.loop.Offer(written{})
		}
	}
}

// written is the event of a frame being out of the way.
type written struct{}

func (written) on(*Room) {}

package collab

import (
	"context"
	"errors"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// commit is the append under way. While it runs the board does not change, so
// the draft may be read and made on the goroutine of the log.
type commit struct {
	running bool
	// locked says that the next append holds the head, for the last one lost.
	locked  bool
	retryAt time.Time
	began   time.Time
	// unsure is the last batch whose fate is unknown; doubts are all those that
	// have requests in them.
	unsure board.ID
	doubts map[board.ID][]askedIn
}

// startCommit begins an append, if there is something to append and nothing is
// to be read before.
func (r *Room) startCommit() {
	if len(r.proposals.list) == 0 && !r.commit.running && r.stuckSince.Load() != 0 {
		r.stuckSince.Store(0)
	}
	for r.commitNext() {
	}
}

// commitNext decides the next proposals and begins their append. True when none
// of them came to an entry: then the next ones are to be looked at.
func (r *Room) commitNext() (again bool) {
	if r.state != stateOpen || r.commit.running || r.news.running || r.news.wanted || r.quiet() ||
		len(r.proposals.list) == 0 || r.now.Before(r.commit.retryAt) {
		return false
	}
	if r.remember() {
		return
	}
	taken := r.proposals.take(r.limits)
	r.commit.running, r.commit.began = true, r.now
	if r.commit.locked {
		r.appendLocked(taken)
		return false
	}
	v := r.decide(r.board, r.head, taken, r.stamp())
	if len(v.entries) == 0 {
		r.commit.running = false
		r.conclude(&v)
		return true
	}
	head := r.head
	if planted.On("published-before-commit") {
		r.publish(&v)
	}
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
		defer cancel()
		return appended{&v, taken, r.config.Log.Append(ctx, head, v.batch)}
	})
	return false
}

// errBroken: the log does not continue what this room knows.
var errBroken = errors.New("log does not follow")

// appendLocked decides and appends while the log holds the head.
func (r *Room) appendLocked(taken []proposal) {
	base, known, now := r.board, r.head, r.stamp()
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
		defer cancel()
		v := verdict{draft: base.Draft()}
		err := r.config.Log.AppendLocked(ctx, r.id, known.Seq, func(head Head, missing []Batch) (Batch, error) {
			if head.Epoch != known.Epoch {
				return Batch{}, errBroken
			}
			draft, at := base.Draft(), known
			var seen []held
			for i := range missing {
				h, err := follow(draft, at, &missing[i])
				if err != nil {
					return Batch{}, err
				}
				seen = append(seen, h)
				at = missing[i].Head(at)
			}
			if !at.same(head) {
				return Batch{}, errBroken
			}
			v = r.decide(draft, head, r.without(taken, missing), now)
			draft.Adopt(v.draft)
			v.draft, v.missing = draft, seen
			return v.batch, nil
		})
		return appended{&v, taken, err}
	})
}

// appended is the event of an append that has ended.
type appended struct {
	v     *verdict
	taken []proposal
	err   error
}

func (e appended) on(r *Room) {
	r.commit.running = false
	now := r.now
	r.metrics.Append.since(r.commit.began, now)
	switch {
	case e.err == nil, planted.On("unknown-taken-for-done") && r.unsure(e.err):
		r.committed(e.v)
		r.news.compare(r)
	case errors.Is(e.err, ErrGone):
		r.gone()
	case errors.Is(e.err, ErrFormat):
		// It was raised. Whether to one that this release knows, a look at the log tells.
		r.proposals.giveBack(e.taken)
		r.news.wanted = true
	default:
		r.proposals.giveBack(e.taken)
		r.commit.locked = true
		r.failed(e.v, e.err)
	}
	r.hear()
	if r.state == stateEnding {
		r.finish()
	}
}

// unsure reports whether an append may or may not have been written.
func (r *Room) unsure(err error) bool {
	for _, known := range []error{ErrLost, ErrGone, ErrFormat, ErrUnwritten, errBroken, errDiffers, errReplay, errNewer} {
		if errors.Is(err, known) {
			return false
		}
	}
	return true
}

// failed says what is to be done before the next try.
func (r *Room) failed(v *verdict, err error) {
	switch {
	case errors.Is(err, ErrLost):
		r.metrics.Lost.Add(1)
	case errors.Is(err, errBroken), errors.Is(err, errDiffers), errors.Is(err, errReplay), errors.Is(err, errNewer):
		r.news.wanted = true
	case errors.Is(err, ErrUnwritten):
		r.stuck(err)
		r.giveUp(err)
	default:
		r.metrics.Unknown.Add(1)
		r.stuck(err)
		r.commit.unsure = v.batch.ID
		r.doubt(v)
		r.news.wanted = true
	}
}

// stuck notes that the log took no append, and waits before the next.
func (r *Room) stuck(err error) {
	r.metrics.LogErrors.Add(1)
	r.warn("append", err)
	r.stuckBy.Store(&err)
	r.stuckSince.CompareAndSwap(0, r.now.UnixMilli())
	r.commit.retryAt = r.now.Add(retryEvery)
}

// committed makes the draft the board, and shows it.
func (r *Room) committed(v *verdict) {
	r.commit.locked = false
	r.stuckSince.Store(0)
	r.hub.worked.Store(r.now.UnixMilli())
	r.board.Adopt(v.draft)
	for i := range v.missing {
		r.surfaced(v.missing[i].id)
		r.took(v.missing[i])
	}
	if len(v.entries) > 0 {
		r.took(v.held)
		r.publish(v)
		r.count(v)
	}
	r.conclude(v)
}

func (r *Room) count(v *verdict) {
	r.metrics.Commits.Add(1)
	r.metrics.Committed.Add(int64(len(v.entries)))
	r.metrics.BatchOps.add(int64(len(v.entries)))
	for i, p := range v.decided {
		r.metrics.Commit.since(p.came, r.now)
		if v.entries[i].Refused != "" {
			r.metrics.RefusedOps.Add(1)
		}
		if p.request != nil {
			p.request.finish(receipt(&v.entries[i]), nil)
		}
	}
}

// conclude answers the proposals that did not become entries.
func (r *Room) conclude(v *verdict) {
	for _, x := range v.rejected {
		x.request.finish(Receipt{}, x.err)
	}
	for _, p := range v.decided {
		r.settle(p.actor.Client)
	}
	for _, p := range v.late {
		r.settle(p.actor.Client)
	}
	for _, p := range v.foreign {
		delete(r.proposals.next, p.actor.Client)
		p.from.refuse(CloseBad)
		r.drop(p.from)
	}
	for _, p := range v.early {
		delete(r.proposals.next, p.actor.Client)
	}
	for _, p := range v.early {
		// The client may have come back on another session meanwhile.
		s := r.holder(p.actor.Client)
		if want := r.expected(p.actor.Client); s != nil && p.n >= want {
			var a answer
			r.outOfTurn(s, p.actor.Client, want, &a)
			r.small(s, &a)
		}
	}
}

// publish tells the other servers. What not everyone may see travels by the log
// alone.
func (r *Room) publish(v *verdict) {
	hint := v.batch
	if v.held.parts != nil && !planted.On("sealed-body-on-the-bus") || len(hint.Body) > r.limits.PublishBytes {
		hint.Body = nil
	}
	r.metrics.Published.Add(1)
	r.config.Bus.Publish(hint)
}

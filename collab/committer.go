package collab

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
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

type askedIn struct {
	request *request
	receipt Receipt
}

// A verdict is what deciding made of some proposals.
type verdict struct {
	draft   *board.Board
	batch   Batch
	held    held
	entries []board.Entry
	// missing are the batches of others that the draft contains before batch.
	missing []held
	// decided are the proposals that became the entries; late are those that had
	// been decided before, early those whose predecessor is missing, foreign
	// those of somebody else's client, rejected the requests that were.
	decided, late, early, foreign []proposal
	rejected                      []rejected
}

type rejected struct {
	request *request
	err     error
}

// startCommit begins an append, if there is something to append and nothing is
// to be read before.
func (r *Room) startCommit() {
	if len(r.proposals.list) == 0 && !r.commit.running && r.stuckSince.Load() != 0 {
		r.stuckSince.Store(0)
	}
	if r.state != stateOpen || r.commit.running || r.news.running || r.news.wanted ||
		len(r.proposals.list) == 0 || r.now.Before(r.commit.retryAt) {
		return
	}
	taken := r.proposals.take(r.limits)
	r.commit.running, r.commit.began = true, r.now
	if r.commit.locked {
		r.appendLocked(taken)
		return
	}
	v := r.decide(r.board, r.head, taken, r.stamp())
	if len(v.entries) == 0 {
		r.commit.running = false
		r.conclude(&v)
		return
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

// decide makes entries of proposals on a draft of base. It touches nothing of
// the room that changes.
func (r *Room) decide(base *board.Board, head Head, taken []proposal, now board.Time) verdict {
	for {
		v := verdict{draft: base.Draft()}
		if !r.decideAll(&v, taken, now) {
			continue
		}
		if len(v.entries) > 0 {
			v.batch = newBatch(r.config, v.draft, head, v.entries)
			v.held = hold(&v.batch, v.entries)
		}
		return v
	}
}

// decideAll decides each proposal. One that panics is marked, and then the draft
// is of no use: all are decided again, that one as refused.
func (r *Room) decideAll(v *verdict, taken []proposal, now board.Time) (sound bool) {
	for i := range taken {
		p := &taken[i]
		if p.request == nil {
			m, ok := v.draft.Client(p.actor.Client)
			switch {
			case ok && m.By != p.actor.Person:
				v.foreign = append(v.foreign, *p)
				continue
			case p.n <= m.N && !planted.On("dedupe-skipped"):
				v.late = append(v.late, *p)
				continue
			case p.n > m.N+1:
				v.early = append(v.early, *p)
				continue
			}
		}
		if !r.decideOne(v, p, now) {
			return false
		}
	}
	return true
}

func (r *Room) decideOne(v *verdict, p *proposal, now board.Time) (sound bool) {
	defer func() {
		if fault := recover(); fault != nil {
			p.faulty = true
			r.metrics.Faults.Add(1)
			r.hub.logger.Error("op fault", "board", r.id, "op", p.op.Type(), "fault", fault, "stack", string(debug.Stack()))
		}
	}()
	e := board.Entry{
		Seq: v.draft.Seq() + 1, At: entryTime(v.draft, now),
		By: p.actor.Person, Client: p.actor.Client, N: p.n,
	}
	err := error(&board.Rejection{Code: board.Fault})
	if !p.faulty {
		e.Changes, err = board.Decide(v.draft, p.op, p.actor, now)
		if planted.On("decided-once") {
			first := planted.First(p.op, outcome{e.Changes, err})
			e.Changes, err = first.changes, first.err
		}
	}
	if err != nil {
		code := board.Fault
		var rejection *board.Rejection
		if errors.As(err, &rejection) {
			code = rejection.Code
		}
		if p.request != nil {
			v.rejected = append(v.rejected, rejected{p.request, err})
			return true
		}
		e.Changes, e.Refused = nil, code
	}
	board.Apply(v.draft, e)
	v.entries = append(v.entries, e)
	v.decided = append(v.decided, *p)
	return true
}

// An outcome is what deciding an op came to.
type outcome struct {
	changes []board.Change
	err     error
}

// entryTime is the time of the next entry: never below that of the one before.
func entryTime(b *board.Board, now board.Time) board.Time {
	if planted.On("time-falls") {
		return now
	}
	return max(b.At(), now)
}

// newBatch is the batch of entries behind head; b has them applied.
func newBatch(c *Config, b *board.Board, head Head, entries []board.Entry) Batch {
	sums := b.Digests()
	return Batch{
		Board: b.ID(), First: head.Seq + 1, Last: b.Seq(), Epoch: head.Epoch,
		ID: c.NewID(board.PrefixBatch), Prev: head.Batch, All: sums.All, Public: sums.Public,
		Node: c.Node, At: b.At(), Body: board.AppendEntries(nil, entries),
	}
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
		r.hub.logger.Error("board needs a newer release", "board", r.id)
		r.end(CloseDraining, 2*time.Second)
	default:
		r.proposals.giveBack(e.taken)
		r.commit.locked = true
		r.failed(e.v, e.err)
	}
	if r.state == stateEnding {
		r.finish()
	}
}

// unsure reports whether an append may or may not have been written.
func (r *Room) unsure(err error) bool {
	for _, known := range []error{ErrLost, ErrGone, ErrFormat, errBroken, errDiffers, errReplay, errNewer} {
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
	default:
		r.metrics.Unknown.Add(1)
		r.metrics.LogErrors.Add(1)
		r.hub.logger.Warn("append", "board", r.id, "error", err)
		r.stuckSince.CompareAndSwap(0, r.now.UnixMilli())
		r.commit.unsure = v.batch.ID
		r.doubt(v)
		r.news.wanted = true
		r.commit.retryAt = r.now.Add(retryEvery)
	}
}

// doubt remembers which requests are in a batch that may yet turn up. Ops of
// sessions need no such memory: their numbers tell.
func (r *Room) doubt(v *verdict) {
	var in []askedIn
	for i, p := range v.decided {
		if p.request != nil {
			in = append(in, askedIn{p.request, receipt(&v.entries[i])})
		}
	}
	if len(in) == 0 {
		return
	}
	if r.commit.doubts == nil {
		r.commit.doubts = map[board.ID][]askedIn{}
	}
	r.commit.doubts[v.batch.ID] = in
}

// without leaves out the requests that are in one of these batches.
func (r *Room) without(taken []proposal, batches []Batch) []proposal {
	for _, b := range batches {
		for _, in := range r.commit.doubts[b.ID] {
			taken = slices.DeleteFunc(slices.Clone(taken), func(p proposal) bool { return p.request == in.request })
		}
	}
	return taken
}

// surfaced answers the requests of a doubtful batch that is in the log after
// all.
func (r *Room) surfaced(batch board.ID) {
	if batch == r.commit.unsure {
		r.commit.unsure, r.commit.retryAt = "", time.Time{}
	}
	for _, in := range r.commit.doubts[batch] {
		in.request.finish(in.receipt, nil)
		r.proposals.withdraw(in.request)
	}
	delete(r.commit.doubts, batch)
}

// withdraw takes a request out of those that wait.
func (q *proposals) withdraw(request *request) {
	for i := range q.list {
		if q.list[i].request == request {
			q.bytes -= q.list[i].size
			q.list = append(q.list[:i], q.list[i+1:]...)
			return
		}
	}
}

func receipt(e *board.Entry) Receipt {
	return Receipt{Seq: e.Seq, At: e.At, Changed: len(e.Changes) > 0}
}

// committed makes the draft the board, and shows it.
func (r *Room) committed(v *verdict) {
	r.commit.locked = false
	r.stuckSince.Store(0)
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

// follow applies a batch to a draft, if it is the next one. With errDiffers it
// has been applied, but the board is not what the batch's writer had.
func follow(draft *board.Board, at Head, b *Batch) (held, error) {
	if !b.Follows(at) || b.Epoch != at.Epoch {
		return held{}, errBroken
	}
	entries, err := board.ParseEntries(b.Body)
	if err != nil {
		return held{}, fmt.Errorf("%w: batch %d: %w", errReplay, b.First, err)
	}
	for _, e := range entries {
		board.Apply(draft, e)
	}
	switch {
	case draft.Stopped():
		return held{}, fmt.Errorf("%w: batch %d", errNewer, b.First)
	case draft.Seq() != b.Last:
		return held{}, fmt.Errorf("%w: batch %d ends at %d, not at %d", errReplay, b.First, draft.Seq(), b.Last)
	}
	h := hold(b, entries)
	if sums := draft.Digests(); sums.All != b.All || sums.Public != b.Public {
		return h, fmt.Errorf("%w: batch %d of %s", errDiffers, b.First, b.Node)
	}
	return h, nil
}

var (
	// errReplay: a batch cannot be carried out.
	errReplay = errors.New("log cannot be replayed")
	// errNewer: a batch has a change that this release does not know.
	errNewer = errors.New("log has a change of a newer release")
	// errDiffers: a batch does not make the board what its writer had.
	errDiffers = errors.New("digest differs from the log's")
)

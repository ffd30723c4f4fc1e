package collab

import (
	"errors"
	"runtime/debug"

	"waymark/board"
	"waymark/board/planted"
)

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
			case ok && !v.draft.Is(m.By, p.actor.Person):
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

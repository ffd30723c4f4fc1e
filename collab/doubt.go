package collab

import (
	"slices"
	"time"

	"waymark/board"
)

// An askedIn is a request whose op is in a batch.
type askedIn struct {
	request *request
	receipt Receipt
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

// outdated forgets the doubtful batches that can no longer turn up: the log has
// another one where they would begin.
func (r *Room) outdated() {
	for id, in := range r.commit.doubts {
		if in[0].receipt.Seq <= r.head.Seq {
			delete(r.commit.doubts, id)
		}
	}
}

// resolve looks for doubtful batches in a log that was read anew. Those of
// another epoch can no longer turn up.
func (r *Room) resolve(epoch int64) {
	for i := range r.ring.list {
		r.surfaced(r.ring.list[i].id)
	}
	r.outdated()
	if epoch != r.head.Epoch {
		clear(r.commit.doubts)
	}
}

// giveUp answers the requests that a log which refuses what it is given has kept waiting for long enough (C14). Those
// that a doubtful batch may have wait on.
func (r *Room) giveUp(err error) {
	for _, p := range slices.Clone(r.proposals.list) {
		if p.request == nil || r.now.Sub(p.came) < refusedFor || r.doubted(p.request) {
			continue
		}
		r.proposals.withdraw(p.request)
		p.request.finish(Receipt{}, err)
	}
}

// doubted reports whether a request is in a batch that may yet turn up.
func (r *Room) doubted(q *request) bool {
	for _, in := range r.commit.doubts {
		if slices.ContainsFunc(in, func(a askedIn) bool { return a.request == q }) {
			return true
		}
	}
	return false
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

package collab

import (
	"slices"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// A proposal is an op that waits for its entry.
type proposal struct {
	actor  board.Actor
	n      int64
	op     board.Op
	size   int
	came   time.Time
	faulty bool // deciding it panicked
	// from is the session that sent it, or request who asked inside this server.
	from    *Session
	request *request
}

// proposals are those that wait, in the order they came.
type proposals struct {
	list  []proposal
	bytes int
	// next is the number that is expected of a client whose ops wait.
	next map[board.ID]int64
}

// Propose leaves a session's ops for the room; false when it has no place for
// them now. The socket's reader calls it.
func (r *Room) Propose(s *Session, client board.ID, items []item) bool {
	return r.loop.Offer(proposed{s, client, items})
}

// proposed is the event of ops coming in.
type proposed struct {
	s      *Session
	client board.ID
	items  []item
}

func (e proposed) on(r *Room) {
	s := e.s
	if s.out.ended.Load() {
		return
	}
	if !s.seat.claims(e.client) {
		s.refuse(CloseBad)
		r.drop(s)
		return
	}
	if slices.Contains(s.seat.lapsed, e.client) {
		return // it is sent again
	}
	r.metrics.OpsIn.Add(int64(len(e.items)))
	var a answer
	settled := false
	mark, want := r.decided(e.client), r.expected(e.client)
	for _, it := range e.items {
		switch {
		case it.n <= mark && !planted.On("dedupe-skipped"):
			settled = true
		case it.n < want && !planted.On("dedupe-skipped"):
			// It waits already; its entry will answer.
		case it.n > want:
			r.outOfTurn(s, e.client, want, &a)
		case !s.seat.in || !r.room(it.size):
			r.metrics.Busy.Add(1)
			s.seat.stall(e.client, want)
			if !planted.On("busy-unsaid") {
				a.busy(e.client, want, busyRetry.Milliseconds())
			}
			r.small(s, &a)
			return
		default:
			s.seat.resume(e.client)
			r.enqueue(proposal{
				actor: board.Actor{Person: s.who.Person, Client: e.client},
				n:     it.n, op: it.op, size: it.size, came: r.now, from: s,
			})
			want++
			r.proposals.next[e.client] = want
		}
	}
	if settled && s.seat.in && !s.lagging.Load() {
		r.sendMark(s, e.client)
	}
	r.small(s, &a)
}

// expected is the next number of a client that is neither decided nor waiting.
func (r *Room) expected(client board.ID) int64 {
	return max(r.decided(client)+1, r.proposals.next[client])
}

// decided is the last number of a client that is decided.
func (r *Room) decided(client board.ID) int64 {
	if r.board == nil {
		return 0
	}
	m, _ := r.board.Client(client)
	return m.N
}

// outOfTurn answers an op whose predecessor is missing, once until that comes.
func (r *Room) outOfTurn(s *Session, client board.ID, want int64, a *answer) {
	if s.seat.stalledAt(client) == want {
		return
	}
	r.metrics.OutOfTurn.Add(1)
	s.seat.stall(client, want)
	a.gap(client, want)
}

// room reports whether another op of this size may wait.
func (r *Room) room(size int) bool {
	return r.state == stateOpen && len(r.proposals.list) < r.limits.WaitingOps && r.proposals.bytes+size <= r.limits.WaitingBytes
}

func (r *Room) enqueue(p proposal) {
	r.proposals.list = append(r.proposals.list, p)
	r.proposals.bytes += p.size
}

// take removes the proposals of the next batch from those that wait.
func (q *proposals) take(l *Limits) []proposal {
	n, bytes := 0, 0
	for n < len(q.list) && n < l.BatchOps && (n == 0 || bytes+q.list[n].size <= l.BatchBytes) {
		bytes += q.list[n].size
		n++
	}
	taken := make([]proposal, n)
	copy(taken, q.list)
	rest := copy(q.list, q.list[n:])
	clear(q.list[rest:])
	q.list = q.list[:rest]
	q.bytes -= bytes
	return taken
}

// giveBack puts proposals in front of those that wait.
func (q *proposals) giveBack(taken []proposal) {
	q.list = append(taken, q.list...)
	for i := range taken {
		q.bytes += taken[i].size
	}
}

// forget drops the session proposals that wait; their browsers send them again.
func (q *proposals) forget() {
	kept := q.list[:0]
	q.bytes = 0
	for _, p := range q.list {
		if p.request != nil {
			kept = append(kept, p)
			q.bytes += p.size
		}
	}
	clear(q.list[len(kept):])
	q.list = kept
	clear(q.next)
}

// settle forgets what is expected of a client whose ops are all decided, or
// which was itself forgotten.
func (r *Room) settle(client board.ID) {
	if client == "" {
		return
	}
	if n := r.decided(client); n == 0 || r.proposals.next[client] <= n+1 {
		delete(r.proposals.next, client)
	}
}

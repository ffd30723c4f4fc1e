package collab

import (
	"slices"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// A seat is what the room keeps of a session.
type seat struct {
	// in says that the session has the board; then sent is how far.
	in   bool
	sent board.Seq
	// top is the highest seq that it was ever sent in this epoch.
	top board.Seq
	// catching says that it waits at the door to be caught up.
	catching bool
	// reset says that it must be told of a new epoch first.
	reset bool
	// greet says that its welcome was dropped.
	greet bool
	// joined is how much it was given when it was seated last.
	joined int64
	role   board.Role
	// passes let in who is no member; asking says that they are being looked up.
	passes []Pass
	asking bool
	since  time.Time

	clients []board.ID
	// lapsed are those of them that are to be claimed again, for what they send
	// until then was asked for before the reset was heard.
	lapsed  []board.ID
	stalled []stalled
	// item is what the others were last told that it shows.
	item []byte
	// untold says that the other servers were not told of item.
	untold bool
}

// A stalled client is one whose later ops are dropped until n comes.
type stalled struct {
	client board.ID
	n      int64
}

// maxClaims is how many clients one session may drain.
const maxClaims = 64

func (t *seat) claims(client board.ID) bool { return slices.Contains(t.clients, client) }

func (t *seat) stalledAt(client board.ID) int64 {
	for _, st := range t.stalled {
		if st.client == client {
			return st.n
		}
	}
	return -1
}

func (t *seat) stall(client board.ID, n int64) {
	t.resume(client)
	t.stalled = append(t.stalled, stalled{client, n})
}

func (t *seat) resume(client board.ID) {
	if len(t.stalled) > 0 {
		t.stalled = slices.DeleteFunc(t.stalled, func(st stalled) bool { return st.client == client })
	}
}

// claimed is the event of a session taking a client.
type claimed struct {
	s      *Session
	client board.ID
}

func (e claimed) on(r *Room) {
	s := e.s
	if s.out.ended.Load() {
		return
	}
	if r.foreign(e.client, s.who.Person) || r.inUse(e.client, s.who.Person) {
		var a answer
		a.mark(e.client, board.ClientMark{N: -1}, r.head.Seq)
		r.small(s, &a)
		return
	}
	if !s.seat.claims(e.client) {
		if len(s.seat.clients) == maxClaims {
			s.refuse(CloseBad)
			r.drop(s)
			return
		}
		for _, other := range r.everyone() {
			if other != s && other.seat.claims(e.client) {
				other.end(CloseSuperseded, nil)
				r.drop(other)
			}
		}
		s.seat.clients = append(s.seat.clients, e.client)
	}
	s.seat.resume(e.client)
	s.seat.lapsed = slices.DeleteFunc(s.seat.lapsed, func(client board.ID) bool { return client == e.client })
	if s.seat.in && !s.lagging.Load() {
		r.sendMark(s, e.client)
	}
}

// holder is the session that has a client now, nil for none.
func (r *Room) holder(client board.ID) *Session {
	for _, s := range r.sessions {
		if s.seat.claims(client) {
			return s
		}
	}
	return nil
}

// foreign reports whether a client belongs to somebody else.
func (r *Room) foreign(client, person board.ID) bool {
	if r.board == nil {
		return false
	}
	m, ok := r.board.Client(client)
	return ok && !r.board.Is(m.By, person)
}

// inUse reports whether a session of somebody else has a client that nothing is committed under yet.
func (r *Room) inUse(client, person board.ID) bool {
	return slices.ContainsFunc(r.everyone(), func(s *Session) bool {
		return s.seat.claims(client) && s.who.Person != person && (r.board == nil || !r.board.Is(s.who.Person, person))
	})
}

// everyone lists the sessions at the door and those that are in.
func (r *Room) everyone() []*Session { return append(r.door.everyone(), r.sessions...) }

// sendMark brings a session up to the head and tells it how far a client is
// decided.
func (r *Room) sendMark(s *Session, client board.ID) {
	var a answer
	if !r.upTo(s, &a) {
		return
	}
	r.mark(s, client, &a)
	r.tell(s, &a)
}

func (r *Room) mark(s *Session, client board.ID, a *answer) {
	m, ok := r.board.Client(client)
	if ok && !r.board.Is(m.By, s.who.Person) {
		m = board.ClientMark{N: -1}
	}
	if planted.On("marked-before-commit") && ok {
		m.N = max(m.N, r.proposals.next[client]-1)
	}
	a.mark(client, m, r.head.Seq)
}

// left is the event of a socket that is gone.
type left struct{ s *Session }

func (e left) on(r *Room) { r.drop(e.s) }

// drop takes a session out of the room.
func (r *Room) drop(s *Session) {
	r.door.remove(s)
	i := slices.Index(r.sessions, s)
	if i < 0 {
		return
	}
	r.sessions = slices.Delete(r.sessions, i, i+1)
	s.seat.in = false
	r.shown.gone = append(r.shown.gone, s.id)
	r.shown.stir(r.now)
}

// ending is the event of sessions to be ended from outside.
type ending struct {
	code  CloseCode
	match func(Identity) bool
}

func (e ending) on(r *Room) {
	for _, s := range r.everyone() {
		if e.match(s.who) {
			s.end(e.code, nil)
			r.drop(s)
		}
	}
}

package simulation

import (
	"time"

	"waymark/collab"
)

// bounded checks that a room keeps no more than its limits say (I14).
func (l *loop) bounded() {
	if l.ended || l.ending {
		return
	}
	w, h, most := l.srv.w, l.room.Held(), &l.srv.w.Plan.Limits
	fail := func(what string, n, limit int) {
		if n > limit {
			w.fail("I14", "%s holds %d %s, at most are %d: %+v", l.srv.Name, n, what, limit, h)
		}
	}
	if h.Bytes != h.Oldest { // the batch just added stays whatever its size
		fail("entries in the ring", h.Entries, most.RingEntries)
		fail("bytes in the ring", h.Bytes, most.RingBytes)
	}
	// What an append took comes back behind those that came meanwhile, and what
	// servers ask for themselves is always taken.
	fail("ops", h.Waiting, most.WaitingOps+most.BatchOps+h.Requests)
	fail("bytes for one session", int(h.Queued), int(most.QueueBytes))
	// That a socket is gone may wait to be heard.
	fail("sessions", h.Sessions, len(l.srv.sockets)+len(l.events))
	fail("visitors", h.Visitors, len(l.srv.sockets)+len(l.events))
	fail("events", len(l.events), 2*mailbox)
}

// emptied checks that a room with nothing to do has nothing left (I14).
func (l *loop) emptied() {
	h := l.room.Held()
	if l.ended || !h.Idle {
		return
	}
	if h.Waiting+h.WaitingBytes+h.Expected+h.Doubts+h.Requests > 0 {
		l.srv.w.fail("I14", "%s has nothing to do and still holds %+v", l.srv.Name, h)
	}
}

// judge looks at what a page has once it has taken a frame: at the end of each
// batch that is the board which the log has there, as its person may see it (I1),
// and whatever its ops came to up to there it has been told (I13).
func (p *Page) judge() {
	l := p.w.ledger
	if p.m == nil || !p.whole || p.fresh {
		return
	}
	end := l.ends[p.batch]
	if end == nil || end.Seq != p.m.Seq {
		return
	}
	if p.m.Public != end.Public || p.m.Own[p.b.Person] != end.Own[p.b.Person] {
		p.w.fail("I1", "%s (%s) has digests %s and %s at %d; the log has %s and %s there", p.b.Name, p.b.Person,
			sum(p.m.Public), sum(p.m.Own[p.b.Person]), end.Seq, sum(end.Public), sum(end.Own[p.b.Person]))
	}
	if int64(len(l.line)) < end.Seq || l.line[end.Seq-1].Batch != end.ID {
		return // a failover lost it
	}
	for _, x := range p.boxes() {
		if !x.ready || l.forgotten[x.Client] {
			continue
		}
		for _, it := range x.Items {
			if seq, decided := l.once[opKey(x.Client, it.N)]; decided && seq <= p.m.Seq {
				p.w.fail("I13", "%s is at %d and was not told that entry %d decides its op %s/%d", p.b.Name, p.m.Seq, seq, x.Client, it.N)
			}
		}
	}
}

// recheck notes which sessions of a server have lost their right by what the
// server has read: nothing but the end may be written to them from here on (I5).
// Of those who had a pass it first asks whether they have another one.
func (srv *Server) recheck(role func(person string) string) {
	for _, k := range srv.sockets {
		person := string(k.session.Person())
		k.out = k.greeted && role(person) == ""
		switch {
		case !k.out:
		case len(srv.w.passes[person]) == 0:
			k.revoked = true
		default:
			srv.w.S.After(askingAgain, srv.host, func() { k.revoked = k.revoked || k.out })
		}
	}
}

// askingAgain is within what time a server knows that there is no other pass.
const askingAgain = 2 * time.Second

// judge checks that a session which was revoked is told only that.
func (k *socket) judge(f *collab.Frame) {
	if k.revoked && f.Close == 0 {
		k.srv.w.fail("I5", "%s lost its right on the board, and %s sent it %s", k.session.Person(), k.srv.Name, f.Data)
	}
}

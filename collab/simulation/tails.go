package simulation

import (
	"reflect"
	"time"

	"waymark/board"
	"waymark/collab"
)

// tails is what a [Ledger] knows of the ends that the log has lost.
type tails struct {
	// batches are all that ever were in the log, as they were; gone are
	// those that it lost and does not have again.
	batches map[board.ID]collab.Batch
	gone    map[board.ID]bool
	// since is when a batch was lost first, cut when one was lost last; back says
	// that the newest batch is one that had been lost.
	since map[board.ID]time.Duration
	cut   time.Duration
	back  bool
}

func newTails() tails {
	return tails{batches: map[board.ID]collab.Batch{}, gone: map[board.ID]bool{}, since: map[board.ID]time.Duration{}}
}

// lose notes a batch that a failover lost.
func (t *tails) lose(id board.ID, now time.Duration) {
	t.gone[id], t.cut = true, now
	if _, before := t.since[id]; !before {
		t.since[id] = now
	}
}

// whole reports whether the log has all that it ever had.
func (t *tails) whole() bool { return len(t.gone) == 0 }

// written judges a batch as it comes into the log: one that was there before is
// as it was (I15).
func (l *Ledger) written(b collab.Batch) {
	was, again := l.batches[b.ID]
	l.back = again
	switch {
	case again && !reflect.DeepEqual(b, was):
		l.w.fail("I15", "batch %s was %+v and was appended again as %+v", b.ID, was, b)
	case again && !l.gone[b.ID]:
		l.w.fail("I4", "batch %s was written twice", b.ID)
	case !again && l.tail != nil && b.Epoch > l.tail.Epoch:
		l.w.Stats.Epochs++
		l.raised(b.Node)
	}
	l.batches[b.ID] = b
	delete(l.gone, b.ID)
}

// raised judges that a server begins an epoch: the log has lost what this server
// had, and could not get it again (I15).
func (l *Ledger) raised(by string) {
	w, now, end := l.w, l.w.S.Elapsed(), board.Seq(l.tail.Seq)
	if l.whole() {
		w.fail("I15", "%s began an epoch, and the log has all that it ever had", by)
	}
	unsure := false
	for _, srv := range w.servers {
		h, ok := srv.held()
		if !ok || srv.node() != by {
			continue
		}
		unsure = h.Base > end
		switch {
		case !l.gone[h.Head.Batch]:
			w.fail("I15", "%s began an epoch, and the log had not lost %s, which is all that it knew", by, h.Head.Batch)
		case l.leadsOn(&h):
			w.fail("I15", "%s began an epoch behind %d, and had %d to %d", by, end, h.Base, h.Head.Seq)
		case unsure && now-l.since[h.Head.Batch] < timely:
			w.fail("I15", "%s began an epoch behind %d at once, and had only %d to %d", by, end, h.Base, h.Head.Seq)
		}
	}
	if !unsure || now-l.cut < timely {
		return
	}
	for _, srv := range w.servers {
		if h, ok := srv.held(); ok && srv.able(now) && l.leadsOn(&h) {
			w.fail("I15", "%s began an epoch behind %d, and %s had %d to %d", by, end, srv.Name, h.Base, h.Head.Seq)
		}
	}
}

// timely is how long a server that cannot tell waits for one that can, which has
// begun to append by then if nothing happens to it.
const timely = 2 * time.Second

// leadsOn reports whether what a room holds leads on from where the log ends.
func (l *Ledger) leadsOn(h *collab.Held) bool {
	end := board.Seq(l.tail.Seq)
	if h.Base > end || h.Head.Seq <= end {
		return false
	}
	id := h.Head.Batch
	for l.batches[id].Last > end {
		id = l.batches[id].Prev
	}
	return string(id) == l.tail.ID
}

// held tells what a server's room holds, if it has one.
func (srv *Server) held() (h collab.Held, ok bool) {
	for _, l := range srv.loops {
		if !l.ended && !l.ending {
			h = l.room.Held()
			return h, h.Head.Batch != ""
		}
	}
	return h, false
}

// able reports whether nothing has happened to a server for a while that would
// keep it from the log.
func (srv *Server) able(now time.Duration) bool {
	return srv.up && !srv.draining && !srv.host.frozen && now-max(srv.port.trouble, srv.host.thawed) >= timely
}

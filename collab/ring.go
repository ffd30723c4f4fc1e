package collab

import (
	"slices"
	"sort"

	"waymark/board"
	"waymark/board/planted"
)

// A held is a committed batch in memory, with its entries encoded for whoever
// may see them.
type held struct {
	first, last board.Seq
	id          board.ID
	// body is the batch's own: a JSON array of its entries.
	body []byte
	// epoch, sums, node and at are the batch's own too, to append it again (E4).
	epoch int64
	sums  board.Digests
	node  string
	at    board.Time
	// parts is nil when everyone may see all of it, otherwise by entry.
	parts []part
	// public says that there is something in it for everyone.
	public bool
	// theMap says that it changes the map itself: its title, or whether the board
	// is in the trash.
	theMap bool
	// rights says that it changes members or invites; people are those it names.
	rights bool
	people []board.ID
}

// A part is one entry of a batch that not everyone may see whole.
type part struct {
	public []byte // nil when there is nothing to see
	own    []ownPart
}

// An ownPart is what one person sees of an entry in place of the public part.
type ownPart struct {
	person board.ID
	bytes  []byte
}

// hold encodes a batch's entries; body is their canonical JSON.
func hold(b *Batch, entries []board.Entry) held {
	h := held{
		first: b.First, last: b.Last, id: b.ID, body: b.Body,
		epoch: b.Epoch, sums: board.Digests{All: b.All, Public: b.Public}, node: b.Node, at: b.At,
	}
	for i, e := range entries {
		h.names(&e)
		open, whole, any := board.PublicPart(e)
		h.public = h.public || any
		if whole {
			if h.parts != nil {
				h.parts = append(h.parts, part{public: board.AppendEntry(nil, e)})
			}
			continue
		}
		if h.parts == nil {
			h.parts = make([]part, 0, len(entries))
			for _, before := range entries[:i] {
				h.parts = append(h.parts, part{public: board.AppendEntry(nil, before)})
			}
		}
		var p part
		if any {
			p.public = board.AppendEntry(nil, open)
		}
		for _, person := range privy(&e) {
			if own, _, any := board.PartFor(e, person); any {
				p.own = append(p.own, ownPart{person, board.AppendEntry(nil, own)})
			}
		}
		h.parts = append(h.parts, p)
	}
	return h
}

// names notes whom an entry names and whether it changes what they may do, or the map.
func (h *held) names(e *board.Entry) {
	h.name(e.By)
	for _, c := range e.Changes {
		switch id := changed(c); id.Kind() {
		case board.KindMember:
			h.rights = true
			h.name(board.NewID(board.PrefixPerson, id.Suffix()))
		case board.KindInvite:
			h.rights = true
		case board.KindMap:
			h.theMap = true
		}
	}
}

func (h *held) name(person board.ID) {
	if person != "" && !slices.Contains(h.people, person) {
		h.people = append(h.people, person)
	}
}

// changed is the record that a change is of, "" for none.
func changed(c board.Change) board.ID {
	switch c := c.(type) {
	case board.Put:
		return c.Record.ID
	case board.Set:
		return c.ID
	case board.Delete:
		return c.ID
	case board.Restore:
		return c.ID
	case board.Purge:
		return c.ID
	case board.Text:
		return c.ID
	case board.Append:
		return c.ID
	case board.Only:
		return changed(c.Change)
	}
	return ""
}

// privy lists the people who may see more of an entry than everyone.
func privy(e *board.Entry) []board.ID {
	var list []board.ID
	add := func(person board.ID) {
		if person != "" && !slices.Contains(list, person) {
			list = append(list, person)
		}
	}
	add(e.By)
	for _, c := range e.Changes {
		switch c := c.(type) {
		case board.Only:
			add(c.Person)
		case board.Put:
			add(c.Record.Only)
		}
	}
	return list
}

// appendItems adds what a person may see of the entries above after; "" is
// everyone. With something in front of it, it begins with a comma.
func (h *held) appendItems(dst []byte, after board.Seq, person board.ID, comma bool) ([]byte, bool) {
	if h.parts == nil && h.first > after {
		if comma {
			dst = append(dst, ',')
		}
		return append(dst, h.body[1:len(h.body)-1]...), true
	}
	for i := range h.parts {
		if h.first+board.Seq(i) <= after {
			continue
		}
		item := h.parts[i].public
		for _, own := range h.parts[i].own {
			if own.person == person {
				item = own.bytes
			}
		}
		if item == nil {
			continue
		}
		if comma {
			dst = append(dst, ',')
		}
		dst, comma = append(dst, item...), true
	}
	return dst, comma
}

// A ring keeps the newest batches for those who come back.
type ring struct {
	list []held
	// base and baseID are the end of the log before the oldest batch kept.
	base   board.Seq
	baseID board.ID
	bytes  int
}

// restart empties the ring at this end of the log.
func (g *ring) restart(seq board.Seq, id board.ID) {
	*g = ring{base: seq, baseID: id}
}

// add keeps a batch and drops the oldest beyond the limits, but never the one
// just added.
func (g *ring) add(h held, l *Limits) {
	g.list = append(g.list, h)
	g.bytes += len(h.body)
	drop := 0
	for drop < len(g.list)-1 && (int(h.last-g.base) > l.RingEntries || g.bytes > l.RingBytes) {
		old := &g.list[drop]
		g.base, g.baseID = old.last, old.id
		g.bytes -= len(old.body)
		*old = held{}
		drop++
	}
	g.list = g.list[drop:]
}

// after finds the first batch that ends above seq.
func (g *ring) after(seq board.Seq) []held {
	return g.list[sort.Search(len(g.list), func(i int) bool { return g.list[i].last > seq }):]
}

// leadsOn reports whether a log that ends here ends with a batch that the ring
// knows. That cannot be known of a log that ends before the ring begins.
func (g *ring) leadsOn(from Head) (leads, known bool) {
	id, ok := g.at(from.Seq)
	return ok && id == from.Batch, from.Seq >= g.base
}

// behind gives the batch behind the one that ends at seq, as it was appended.
func (g *ring) behind(seq board.Seq, id board.ID) (b Batch, ok bool) {
	i := sort.Search(len(g.list), func(i int) bool { return g.list[i].first > seq })
	if i == len(g.list) {
		return Batch{}, false
	}
	prev := g.baseID
	if i > 0 {
		prev = g.list[i-1].id
	}
	h := &g.list[i]
	return Batch{
		Board: id, First: h.first, Last: h.last, Epoch: h.epoch, ID: h.id, Prev: prev,
		All: h.sums.All, Public: h.sums.Public, Node: h.node, At: h.at, Body: h.body,
	}, true
}

// continues reports whether these batches lead to the oldest one kept.
func (g *ring) continues(tail []held) bool {
	for i := range tail {
		if tail[i].last >= g.base {
			return tail[i].last == g.base && tail[i].id == g.baseID
		}
	}
	return false
}

// at reports whether the ring knows which batch ended at seq, and which.
func (g *ring) at(seq board.Seq) (id board.ID, ok bool) {
	if seq == g.base {
		return g.baseID, true
	}
	i := sort.Search(len(g.list), func(i int) bool { return g.list[i].last >= seq })
	if i < len(g.list) && g.list[i].last == seq {
		return g.list[i].id, true
	}
	return "", false
}

// entries adds a message with what a person may see of the batches behind
// after: entries, a hole when there is nothing to see, or no message when there
// is no batch.
func (a *answer) entries(batches []held, after board.Seq, person board.ID) {
	if len(batches) == 0 {
		return
	}
	last := &batches[len(batches)-1]
	start := len(a.b)
	a.span("entries", after+1, last.last, last.id)
	a.name("items")
	a.b = append(a.b, '[')
	any := false
	for i := range batches {
		a.b, any = batches[i].appendItems(a.b, after, person, any)
	}
	if !any {
		a.b = a.b[:start]
		if planted.On("hole-dropped") {
			return
		}
		a.span("hole", after+1, last.last, last.id)
		a.end()
		return
	}
	a.b = append(a.b, ']')
	a.end()
}

func (a *answer) span(typ string, from, to board.Seq, batch board.ID) {
	a.begin(typ)
	a.number("from", int64(from))
	a.number("to", int64(to))
	a.id("batch", batch)
}

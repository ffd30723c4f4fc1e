package board

import "slices"

// A spot is where a record is to stand: in a group of siblings, behind one of them. Only siblings that all
// who see the record may see are looked at, or its rank would tell of the others.
type spot struct {
	group group
	after *ID // nil = last, "" = first; a sibling that is not there counts as nil
	self  ID  // the record, which is left out of the siblings
	only  ID  // whom the record is for, "" = everyone
}

// rankFor picks a rank for a spot. When none fits, the siblings get fresh ones; what is returned fits those.
func (d *decision) rankFor(s spot) Rank {
	at := d.gapFor(s)
	before, behind := at, at
	prev, next := d.near(s, before.prev), d.near(s, behind.next)
	if r, ok := d.b.Record(s.self); ok && r.Deleted == nil && r.siblings() == s.group {
		if own := r.rank(); own != "" && own > prev && (next == "" || own < next) {
			return own
		}
	}
	if r, ok := Between(prev, next); ok {
		return r
	}
	return d.respace(s, at)
}

// gapFor finds a spot among its siblings.
func (d *decision) gapFor(s spot) gap {
	ps := d.b.places(s.group)
	switch {
	case s.after == nil:
		return ps.last()
	case *s.after == "":
		return ps.first()
	}
	r, ok := d.b.Live(*s.after)
	if !ok || r.siblings() != s.group || !s.sees(r) {
		return ps.last()
	}
	return ps.behind(r.place())
}

// sees reports whether a sibling is looked at.
func (s spot) sees(r *Record) bool { return r.VisibleTo(s.only) }

// near is the rank of the nearest sibling on the way.
func (d *decision) near(s spot, step func() (place, bool)) Rank {
	for p, ok := step(); ok; p, ok = step() {
		if r, ok := d.b.Record(p.id); ok && p.id != s.self && s.sees(r) {
			return Rank(p.key)
		}
	}
	return ""
}

// lastIn is the rank of the last sibling of a group that is for everyone.
func (d *decision) lastIn(g group) Rank {
	end := d.b.places(g).last()
	return d.near(spot{}, end.prev)
}

// respace gives the siblings fresh ranks, and returns the one that is left free at a gap.
func (d *decision) respace(s spot, at gap) Rank {
	var before, behind []*Record
	take := func(list *[]*Record, step func() (place, bool)) {
		for p, ok := step(); ok; p, ok = step() {
			if r, ok := d.b.Record(p.id); ok && p.id != s.self && s.sees(r) {
				*list = append(*list, r)
			}
		}
	}
	back, forth := at, at
	take(&before, back.prev)
	take(&behind, forth.next)
	slices.Reverse(before)
	ranks := Spread(len(before) + 1 + len(behind))
	for i, r := range before {
		d.set(r, Field{"rank", String(string(ranks[i]))})
	}
	for i, r := range behind {
		d.set(r, Field{"rank", String(string(ranks[len(before)+1+i]))})
	}
	d.whole = true
	return ranks[len(before)]
}

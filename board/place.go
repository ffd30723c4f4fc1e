package board

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
	places := d.b.places(s.group)
	i := len(places)
	if s.after != nil && *s.after == "" {
		i = 0
	} else if s.after != nil {
		for j, p := range places {
			if p.id == *s.after && d.counts(s, p) {
				i = j + 1
				break
			}
		}
	}
	prev, next := d.near(s, places, i-1, -1), d.near(s, places, i, 1)
	if r, ok := d.b.Record(s.self); ok && r.Deleted == nil && r.siblings() == s.group {
		if own := r.rank(); own != "" && own > prev && (next == "" || own < next) {
			return own
		}
	}
	if r, ok := Between(prev, next); ok {
		return r
	}
	return d.respace(s, places, i)
}

// counts reports whether a sibling is looked at.
func (d *decision) counts(s spot, p place) bool {
	r, ok := d.b.Record(p.id)
	return ok && (r.Only == "" || r.Only == s.only)
}

// near is the rank of the nearest sibling from places[i] on in one direction.
func (d *decision) near(s spot, places []place, i, step int) Rank {
	for ; i >= 0 && i < len(places); i += step {
		if places[i].id != s.self && d.counts(s, places[i]) {
			return Rank(places[i].key)
		}
	}
	return ""
}

// lastIn is the rank of the last sibling of a group that is for everyone.
func (d *decision) lastIn(g group) Rank {
	places := d.b.places(g)
	return d.near(spot{}, places, len(places)-1, -1)
}

// respace gives the siblings fresh ranks, and returns the one that is left free before places[i].
func (d *decision) respace(s spot, places []place, i int) Rank {
	var siblings []*Record
	at := 0
	for j, p := range places {
		if p.id == s.self || !d.counts(s, p) {
			continue
		}
		if j < i {
			at++
		}
		r, _ := d.b.Record(p.id)
		siblings = append(siblings, r)
	}
	ranks := Spread(len(siblings) + 1)
	for j, r := range siblings {
		if j >= at {
			j++
		}
		d.set(r, Field{"rank", String(string(ranks[j]))})
	}
	d.whole = true
	return ranks[at]
}

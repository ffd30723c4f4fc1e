package board

// rankFor picks the rank for a record that is to stand behind a sibling: after = nil means last, "" means
// first, and a sibling that is not there counts as nil. Only siblings that the actor may see are looked at,
// or a rank would tell about the others. self is left out of the siblings. When no rank fits, the siblings
// get fresh ones; what is returned fits those.
func (d *decision) rankFor(g group, after *ID, self ID) Rank {
	places := d.b.places(g)
	i := len(places)
	if after != nil && *after == "" {
		i = 0
	} else if after != nil && *after != self {
		for j, p := range places {
			if p.id == *after && d.sees(p) {
				i = j + 1
				break
			}
		}
	}
	return d.rankAt(g, places, i, self)
}

// rankAt picks a rank for a place among siblings: behind places[i-1] and before places[i].
func (d *decision) rankAt(g group, places []place, i int, self ID) Rank {
	prev, next := d.seen(places, i-1, -1, self), d.seen(places, i, 1, self)
	if r, ok := d.b.Record(self); ok && r.Deleted == nil && r.siblings() == g {
		if own := r.rank(); own != "" && own > prev && (next == "" || own < next) {
			return own
		}
	}
	if r, ok := Between(prev, next); ok {
		return r
	}
	return d.respace(g, i, self)
}

func (d *decision) sees(p place) bool {
	r, ok := d.b.Record(p.id)
	return ok && d.visible(r)
}

// seen is the rank of the nearest sibling that the actor may see, from places[i] on in one direction.
func (d *decision) seen(places []place, i, step int, self ID) Rank {
	for ; i >= 0 && i < len(places); i += step {
		if places[i].id != self && d.sees(places[i]) {
			return Rank(places[i].key)
		}
	}
	return ""
}

// respace gives the siblings that the actor may see fresh ranks, and returns the one that is left free
// behind places[i-1].
func (d *decision) respace(g group, i int, self ID) Rank {
	var before, behind []*Record
	for j, p := range d.b.places(g) {
		r, ok := d.b.Record(p.id)
		if !ok || p.id == self || !d.visible(r) {
			continue
		}
		if j < i {
			before = append(before, r)
		} else {
			behind = append(behind, r)
		}
	}
	ranks := Spread(len(before) + 1 + len(behind))
	for j, r := range before {
		d.set(r, Field{"rank", String(string(ranks[j]))})
	}
	for j, r := range behind {
		d.set(r, Field{"rank", String(string(ranks[len(before)+1+j]))})
	}
	d.whole = true
	return ranks[len(before)]
}

package board

import "slices"

// A group is a set of records that are looked up together: the live siblings below one parent, the records
// that name another in one field, or all deleted ones.
type group struct {
	kind Kind
	by   string // "" = by the parent; a field's name = by that field; byDeletion
	a, b ID
}

const byDeletion = "deleted"

func parentGroup(kind Kind, parent ...ID) group {
	g := group{kind: kind}
	if len(parent) > 0 {
		g.a = parent[0]
	}
	if len(parent) > 1 {
		g.b = parent[1]
	}
	return g
}

// siblings is the group that a record's rank orders it in.
func (r *Record) siblings() group {
	g := group{kind: r.Kind}
	if k := kinds[r.Kind]; k != nil {
		if len(k.Parent) > 0 {
			g.a = r.Ref(k.Parent[0])
		}
		if len(k.Parent) > 1 {
			g.b = r.Ref(k.Parent[1])
		}
	}
	return g
}

// place is a live record's place among its siblings.
func (r *Record) place() place { return place{string(r.rank()), r.ID} }

var deletedGroup = group{by: byDeletion}

func deletionKey(seq Seq) string {
	const width = 16
	var key [width]byte
	for i := width - 1; i >= 0; i-- {
		key[i] = hexDigits[seq&15]
		seq >>= 4
	}
	return string(key[:])
}

// places lists a group.
func (b *Board) places(g group) places {
	for l := b; l != nil; l = l.base {
		if ps, ok := l.index[g]; ok {
			return ps
		}
	}
	return places{}
}

func (b *Board) enter(g group, p place) { put(&b.index, g, b.places(g).with(p)) }

func (b *Board) leave(g group, p place) {
	ps := b.places(g).without(p)
	if ps.n == 0 && b.base == nil {
		delete(b.index, g)
	} else {
		put(&b.index, g, ps)
	}
}

// groups visits the groups that a record is in, with its place in each.
func (r *Record) groups(visit func(group, place)) {
	if r.Deleted != nil {
		visit(deletedGroup, place{deletionKey(r.Deleted.Seq), r.ID})
		return
	}
	visit(r.siblings(), r.place())
	if k := kinds[r.Kind]; k != nil {
		for _, name := range k.Also {
			if id := r.Ref(name); id != "" {
				visit(group{kind: r.Kind, by: name, a: id}, place{id: r.ID})
			}
		}
	}
}

// indexAll makes the index anew.
func (b *Board) indexAll() {
	lists := make(map[group][]place)
	b.each(func(r *Record) {
		r.groups(func(g group, p place) { lists[g] = append(lists[g], p) })
	})
	b.index = make(map[group]places, len(lists))
	for g, list := range lists {
		slices.SortFunc(list, comparePlaces)
		b.index[g] = placesOf(list)
	}
}

// move keeps the index as a record changes; before or after may be nil.
func (b *Board) move(before, after *Record) {
	type entry struct {
		group
		place
	}
	var room, space [4]entry
	was, is := room[:0], space[:0]
	if before != nil {
		before.groups(func(g group, p place) { was = append(was, entry{g, p}) })
	}
	if after != nil {
		after.groups(func(g group, p place) { is = append(is, entry{g, p}) })
	}
	for _, e := range was {
		if !slices.Contains(is, e) {
			b.leave(e.group, e.place)
		}
	}
	for _, e := range is {
		if !slices.Contains(was, e) {
			b.enter(e.group, e.place)
		}
	}
}

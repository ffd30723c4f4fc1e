package board

import (
	"slices"
	"strings"
)

// A group is a set of records that are looked up together: the live siblings below one parent, the records
// that name another in one field, or all deleted ones.
type group struct {
	kind Kind
	by   string // "" = by the parent; a field's name = by that field; byDeletion
	a, b ID
}

const byDeletion = "deleted"

// A place is a record's place in a group: by key, then by id. The key is the rank, or the seq of a deletion.
type place struct {
	key string
	id  ID
}

func comparePlaces(a, b place) int {
	if c := strings.Compare(a.key, b.key); c != 0 {
		return c
	}
	return strings.Compare(string(a.id), string(b.id))
}

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

// places lists a group; the slice must not be changed.
func (b *Board) places(g group) []place {
	for l := b; l != nil; l = l.base {
		if ps, ok := l.index[g]; ok {
			return ps
		}
	}
	return nil
}

// owned is a group that this layer may change in place.
func (b *Board) owned(g group) []place {
	if ps, ok := b.index[g]; ok || b.base == nil {
		return ps
	}
	ps := b.base.places(g)
	return append(make([]place, 0, len(ps)+1), ps...)
}

func (b *Board) enter(g group, p place) {
	ps := b.owned(g)
	if i, found := slices.BinarySearchFunc(ps, p, comparePlaces); !found {
		put(&b.index, g, slices.Insert(ps, i, p))
	}
}

func (b *Board) leave(g group, p place) {
	ps := b.owned(g)
	i, found := slices.BinarySearchFunc(ps, p, comparePlaces)
	if !found {
		return
	}
	ps = slices.Delete(ps, i, i+1)
	if len(ps) == 0 && b.base == nil {
		delete(b.index, g)
	} else {
		put(&b.index, g, ps)
	}
}

// move keeps the index as a record changes; before or after may be nil.
func (b *Board) move(before, after *Record) {
	wasLive, isLive := before != nil && before.Deleted == nil, after != nil && after.Deleted == nil
	if wasLive || isLive {
		b.moveIn(before, after, wasLive, isLive)
	}
	if before != nil && before.Deleted != nil {
		if after != nil && after.Deleted != nil && after.Deleted.Seq == before.Deleted.Seq {
			return
		}
		b.leave(deletedGroup, place{deletionKey(before.Deleted.Seq), before.ID})
	}
	if after != nil && after.Deleted != nil {
		b.enter(deletedGroup, place{deletionKey(after.Deleted.Seq), after.ID})
	}
}

func (b *Board) moveIn(before, after *Record, wasLive, isLive bool) {
	var was, is group
	var from, to place
	if wasLive {
		was, from = before.siblings(), place{string(before.rank()), before.ID}
	}
	if isLive {
		is, to = after.siblings(), place{string(after.rank()), after.ID}
	}
	if was != is || from != to {
		if wasLive {
			b.leave(was, from)
		}
		if isLive {
			b.enter(is, to)
		}
	}
	kind := to.id.Kind()
	if wasLive {
		kind = from.id.Kind()
	}
	k := kinds[kind]
	if k == nil {
		return
	}
	for _, name := range k.Also {
		var x, y ID
		if wasLive {
			x = before.Ref(name)
		}
		if isLive {
			y = after.Ref(name)
		}
		if x == y {
			continue
		}
		if x != "" {
			b.leave(group{kind: kind, by: name, a: x}, place{id: from.id})
		}
		if y != "" {
			b.enter(group{kind: kind, by: name, a: y}, place{id: to.id})
		}
	}
}

package board

import (
	"fmt"
	"reflect"
	"slices"
)

// Check compares what a board keeps up to date with what it would be if it were made from its records anew.
func Check(b *Board) error {
	anew := New(b.id)
	b.each(func(r *Record) {
		copied := r.own()
		if copied.text != r.text || copied.sum != r.sum {
			panic(fmt.Sprintf("record %s says\n%s\nand holds\n%s", r.ID, r.text, copied.text))
		}
		anew.store(nil, copied)
	})
	if anew.sums != b.sums {
		return fmt.Errorf("digests are %x, anew %x", b.sums, anew.sums)
	}
	if anew.count != b.count {
		return fmt.Errorf("counters are %+v, anew %+v", b.count, anew.count)
	}
	index := make(map[group][]place)
	flat := func(ps places) []place { return slices.Collect(ps.all()) }
	for l := b; l != nil; l = l.base {
		for g, ps := range l.index {
			if _, ok := index[g]; !ok {
				index[g] = flat(ps)
			}
		}
	}
	for g, ps := range index {
		if len(ps) == 0 {
			delete(index, g)
		}
	}
	fresh := make(map[group][]place)
	for g, ps := range anew.index {
		fresh[g] = flat(ps)
		if held := b.places(g); len(index[g]) != held.n {
			return fmt.Errorf("group %v counts %d of %d places", g, held.n, len(index[g]))
		}
	}
	if !reflect.DeepEqual(index, fresh) {
		return fmt.Errorf("index is\n%v\nanew\n%v", index, fresh)
	}
	return nil
}

// Everything is every record of a board, for tests that must look past every filter.
func Everything(b *Board) map[ID]*Record {
	m := make(map[ID]*Record)
	b.each(func(r *Record) { m[r.ID] = r })
	return m
}

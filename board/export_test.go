package board

import (
	"fmt"
	"reflect"
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
	for l := b; l != nil; l = l.base {
		for g, ps := range l.index {
			if _, ok := index[g]; !ok {
				index[g] = ps
			}
		}
	}
	for g, ps := range index {
		if len(ps) == 0 {
			delete(index, g)
		}
	}
	if !reflect.DeepEqual(index, anew.index) {
		return fmt.Errorf("index is\n%v\nanew\n%v", index, anew.index)
	}
	return nil
}

// Everything is every record of a board, for tests that must look past every filter.
func Everything(b *Board) map[ID]*Record {
	m := make(map[ID]*Record)
	b.each(func(r *Record) { m[r.ID] = r })
	return m
}

//go:build linux && services

package clustertest

import (
	"reflect"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/pglog"
)

// batches are those of boards, in their order.
type batches map[board.ID][]collab.Batch

// batches are all that the log has of the boards of a storm.
func (s *storm) batches() batches {
	s.t.Helper()
	log, err := pglog.OpenReadOnly(s.ctx, s.cluster.database)
	if err != nil {
		s.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	all := batches{}
	for _, id := range s.load.Boards {
		for after := board.Seq(0); ; {
			page, err := log.Batches(s.ctx, id, after, 500)
			if err != nil {
				s.t.Fatal(err)
			}
			if len(page) == 0 {
				break
			}
			all[id] = append(all[id], page...)
			after = page[len(page)-1].Last
		}
	}
	return all
}

// hasAgain says whether the log has all batches that it had, as they were (E4).
func (s *storm) hasAgain(had batches) {
	s.t.Helper()
	now := s.batches()
	for id, list := range had {
		if len(now[id]) < len(list) {
			s.t.Errorf("the log of %s had %d batches, and has %d", id, len(list), len(now[id]))
			continue
		}
		for i, was := range list {
			if is := now[id][i]; !reflect.DeepEqual(is, was) {
				s.t.Errorf("%s had batch %s, %d to %d, of server %s with digests %x and %x, and has %s, %d to %d, of %s with %x and %x, or what is in it differs",
					id, was.ID, was.First, was.Last, was.Node, was.All, was.Public, is.ID, is.First, is.Last, is.Node, is.All, is.Public)
				break
			}
		}
	}
}

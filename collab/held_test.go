package collab_test

import (
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

// asks has a server ask for ops of a participant all at once, and counts the
// answers.
func (w *world) asks(ops ...board.Op) *int {
	answers := new(int)
	for _, op := range ops {
		w.servers[0].Ask(theBoard, board.Actor{Person: "person-ben"}, op, func(collab.Receipt, error) { *answers++ })
	}
	return answers
}

func (w *world) held() collab.Held { return w.running[0].loops[0].room.Held() }

func TestRoom_ops_behind_some_that_came_to_nothing_are_committed_at_once(t *testing.T) {
	limits := collab.DefaultLimits()
	limits.BatchOps = 1
	w := newLimitedWorld(t, 1, limits)
	w.create()
	w.person("ana").join()
	before := len(w.log.boards[theBoard])
	answers := w.asks(&board.TrashBoard{}, &board.TrashBoard{}, &board.DeleteRecord{ID: "lane-1"})
	w.run()
	if got := len(w.log.boards[theBoard]); *answers != 3 || got != before+1 {
		t.Errorf("%d answers, %d new batches, %+v", *answers, got-before, w.held())
	}
}

func TestRoom_batch_that_can_no_longer_turn_up_is_forgotten(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	w.person("ana").join()
	w.log.dropped = true
	answers := w.asks(&board.DeleteRecord{ID: "lane-1"})
	w.run()
	if held := w.held(); held.Doubts != 1 {
		t.Fatalf("after an append of unknown fate: %+v", held)
	}
	w.wait(2 * time.Second)
	if held := w.held(); *answers != 1 || held.Doubts != 0 || held.Requests != 0 || held.Waiting != 0 {
		t.Errorf("%d answers, %+v", *answers, held)
	}
}

func TestRoom_batch_of_a_lost_epoch_is_forgotten(t *testing.T) {
	w := newWorld(t, 2)
	w.create()
	w.person("ana").join()
	w.log.dropped = true
	answers := w.asks(&board.DeleteRecord{ID: "lane-1"})
	w.run()
	w.log.loseTail(2)
	w.writePast()
	w.wait(2 * time.Second)
	if held := w.held(); *answers != 1 || held.Doubts != 0 || held.Requests != 0 {
		t.Errorf("%d answers, %+v", *answers, held)
	}
}

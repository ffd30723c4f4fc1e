package trial

import (
	"testing"
	"time"

	"waymark/board"
)

func text(id board.ID, base board.Seq) map[string]any {
	return map[string]any{"type": "text", "id": id, "field": "text", "base": base, "delta": []any{"a"}}
}

func TestOutbox_sends_again_what_the_log_lost(t *testing.T) {
	at := time.Unix(0, 0)
	o := outbox{known: map[board.ID]bool{"card-1": true}}
	o.add(map[string]any{"type": "delete", "id": board.ID("sticky-1")})
	o.add(text("card-1", 7))
	o.add(text("card-1", 8))
	o.add(text("card-2", 9))
	send := func(seen board.Seq, at time.Time) (numbers []int64) {
		for e := o.next(8, seen, at); e != nil; e = o.next(8, seen, at) {
			e.sent = true
			numbers = append(numbers, e.n)
		}
		return numbers
	}
	same := func(what string, got []int64, want ...int64) {
		t.Helper()
		if len(got) != len(want) || len(got) > 0 && got[0] != want[0] {
			t.Errorf("%s: sent %v, want %v", what, got, want)
		}
	}
	same("one of two on one text", send(9, at), 1, 2)
	o.settle(2, at)
	same("the other behind it", send(9, at), 3, 4)
	if string(o.waiting[0].raw) != string(Write(text("card-1", 8))) {
		t.Errorf("an op was changed on its way: %s", o.waiting[0].raw)
	}
	o.settle(4, at)
	if _, err := o.mark(1, at); err == nil {
		t.Error("without a reset, acknowledged ops are lost and nobody says so")
	}
	o.reset()
	if _, err := o.mark(1, at); err != nil {
		t.Fatal(err)
	}
	same("the first that is lost", send(5, at), 2)
	if string(o.waiting[0].raw) != string(Write(text("card-1", 5))) {
		t.Errorf("an op kept the base that was lost: %s", o.waiting[0].raw)
	}
	o.settle(2, at)
	same("until somebody has put card-2 back", send(6, at), 3)
	o.known["card-2"] = true
	same("once it is there", send(6, at), 4)
	o.reset()
	if _, err := o.mark(3, at); err != nil {
		t.Fatal(err)
	}
	delete(o.known, "card-2")
	same("while it is awaited", send(6, at))
	same("when it does not come", send(6, at.Add(awaitRecord)), 4)
}

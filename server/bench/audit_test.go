package bench

import (
	"testing"

	"waymark/board"
)

func entry(seq board.Seq, client board.ID, n int64) board.Entry {
	return board.Entry{Seq: seq, Client: client, N: n}
}

func TestAudit_agrees_with_a_log_that_holds_what_was_seen(t *testing.T) {
	entries := []board.Entry{
		entry(1, "", 0), entry(2, "client-a", 1), entry(3, "client-b", 1), entry(4, "client-x", 9), entry(5, "client-a", 2),
	}
	var a audit
	a.count(entries, []seatEnd{
		{Client: "client-a", Acked: 2, Heard: 1, FirstSeq: 1, LastSeq: 5},
		{Client: "client-b", Acked: 1, Heard: 2, FirstSeq: 1, LastSeq: 5},
		{Client: "client-c", Heard: 2, FirstSeq: 2, LastSeq: 5}, // came later
	})
	if !a.clean() || a.Entries != 3 || a.Expected != 5 {
		t.Errorf("audit %+v", a)
	}
}

func TestAudit_sees_each_kind_of_lie(t *testing.T) {
	log := []board.Entry{entry(1, "client-a", 1), entry(2, "client-b", 1)}
	honest := []seatEnd{
		{Client: "client-a", Acked: 1, Heard: 1, LastSeq: 2},
		{Client: "client-b", Acked: 1, Heard: 1, LastSeq: 2},
	}
	cases := map[string]func(entries []board.Entry, seats []seatEnd) ([]board.Entry, []seatEnd){
		"an acknowledged edit is not in the log": func(e []board.Entry, s []seatEnd) ([]board.Entry, []seatEnd) {
			s[0].Acked = 2
			return e, s
		},
		"an edit is in the log twice": func(e []board.Entry, s []seatEnd) ([]board.Entry, []seatEnd) {
			return append(e, entry(3, "client-b", 1)), s
		},
		"a delivery too few": func(e []board.Entry, s []seatEnd) ([]board.Entry, []seatEnd) {
			s[1].Heard = 0
			return e, s
		},
		"a delivery twice and one lost elsewhere": func(e []board.Entry, s []seatEnd) ([]board.Entry, []seatEnd) {
			s[0].Heard, s[1].Heard = 2, 0
			return e, s
		},
	}
	for name, lie := range cases {
		entries, seats := lie(append([]board.Entry(nil), log...), append([]seatEnd(nil), honest...))
		var a audit
		if a.count(entries, seats); a.clean() {
			t.Errorf("%s: not seen: %+v", name, a)
		}
	}
}

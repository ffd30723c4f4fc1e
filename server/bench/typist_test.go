package bench

import (
	"testing"

	"waymark/board"
)

func TestTypist_writes_ops_that_the_board_takes(t *testing.T) {
	typist := newTypist([]string{"card-AAAAAAAAAAAAAAAA", "card-BBBBBBBBBBBBBBBB"})
	for n := int64(1); n <= 40; n++ {
		card, ok := typist.free(n - 1)
		if !ok {
			t.Fatalf("no card is free for op %d though all others are confirmed", n)
		}
		raw := card.typeOn(nil, 4212, n)
		if _, err := board.ParseOp(raw); err != nil {
			t.Fatalf("op %d: %v: %s", n, err, raw)
		}
		if size := len(`{"n":100,"op":}`) + len(raw); size < 80 || size > 130 {
			t.Errorf("op %d with its number has %d bytes, the measure is about 100", n, size)
		}
	}
}

func TestTypist_has_one_op_in_flight_for_each_card(t *testing.T) {
	typist := newTypist([]string{"card-A", "card-B"})
	for n := int64(1); n <= 2; n++ {
		card, ok := typist.free(0)
		if !ok {
			t.Fatalf("no card is free for op %d", n)
		}
		card.typeOn(nil, 0, n)
	}
	if card, ok := typist.free(0); ok {
		t.Errorf("%s is given while its last op is not confirmed", card.id)
	}
	if card, ok := typist.free(1); !ok || card.id != "card-A" {
		t.Error("card-A is not given though its op is confirmed")
	}
}

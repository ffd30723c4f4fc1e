package bench

import (
	"encoding/json"
	"testing"

	"waymark/board"
)

func TestPlan_is_a_board_that_the_server_takes(t *testing.T) {
	const cards = 200 // more would not fit into an op that comes over the wire; an import is read elsewhere
	p := newPlan(cards, func(i int) string { return largeBoardText[:40+i%21] })
	var file struct{ Records json.RawMessage }
	if err := json.Unmarshal(p.file(), &file); err != nil {
		t.Fatal(err)
	}
	op, err := board.ParseOp([]byte(`{"type":"create","records":` + string(file.Records) + `}`))
	if err != nil {
		t.Fatal(err)
	}
	actor := board.Actor{Person: "person-AAAAAAAAAAAAAAAA", System: true}
	changes, err := board.Decide(board.New(p.id), op, actor, 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) < cards {
		t.Errorf("%d changes, want more than %d", len(changes), cards)
	}
	if len(largeBoardText) < 60 {
		t.Errorf("the text has %d letters, want 60", len(largeBoardText))
	}
}

package board_test

import (
	"fmt"

	"waymark/board"
)

// A board lives by two calls: Decide says what an op changes, Apply carries out what has been written to the
// log.
func Example() {
	b := board.New("board-1")
	jana := board.Actor{Person: "person-jana"}
	seq := board.Seq(0)
	do := func(op board.Op, actor board.Actor) {
		changes, err := board.Decide(b, op, actor, 1_700_000_000_000)
		if err != nil {
			fmt.Println(err)
			return
		}
		seq++
		entry := board.Entry{Seq: seq, At: 1_700_000_000_000, By: actor.Person, Changes: changes}
		board.Apply(b, entry)
	}

	create := &board.CreateBoard{Records: []*board.Record{
		board.NewRecord("map-1", "", 0, "", board.Field{Name: "title", Value: board.String("I switch my contract")}),
		board.NewRecord("phase-1", "", 0, "", board.Field{Name: "map", Value: `"map-1"`}, board.Field{Name: "rank", Value: `"V"`}),
		board.NewRecord("step-1", "", 0, "", board.Field{Name: "phase", Value: `"phase-1"`}, board.Field{Name: "rank", Value: `"V"`}),
		board.NewRecord("lane-1", "", 0, "", board.Field{Name: "map", Value: `"map-1"`}, board.Field{Name: "rank", Value: `"V"`}),
	}}
	do(create, board.Actor{Person: "person-jana", System: true})
	do(&board.AddCard{ID: "card-1", Lane: "lane-1", Step: "step-1", Fields: []board.Field{{Name: "text", Value: board.String("Compare")}}}, jana)
	do(&board.EditText{ID: "card-1", Field: "text", Base: seq, Delta: board.Delta{{N: 7}, {Insert: " tariffs"}}}, jana)
	do(&board.DeleteRecord{ID: "step-1"}, jana)
	do(&board.DeleteRecord{ID: "card-1"}, board.Actor{Person: "person-stranger"})

	card, _ := b.Live("card-1")
	fmt.Println(card.Str("text"), "at", b.Seq())
	// Output:
	// refused: last: step-1
	// refused: role
	// Compare tariffs at 3
}

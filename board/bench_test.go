package board_test

import (
	"fmt"
	"testing"

	"waymark/board"
)

// largeWorld is a map of 11 steps and 10 lanes with so many cards of about 50 letters.
func largeWorld(t testing.TB, cards int) *world {
	records := []*board.Record{rec("map-1", "title", "Groß")}
	ranks := board.Spread(max(11, cards/110+1))
	records = append(records, rec("persona-jana", "map", "map-1", "rank", "V", "name", "Jana"))
	for i := range 11 {
		if i < 5 {
			records = append(records, rec(board.ID(fmt.Sprintf("phase-%d", i)), "map", "map-1", "rank", string(ranks[i])))
		}
		records = append(records, rec(board.ID(fmt.Sprintf("step-%d", i)), "phase", fmt.Sprintf("phase-%d", i%5), "rank", string(ranks[i])))
	}
	for i := range 10 {
		records = append(records, rec(board.ID(fmt.Sprintf("lane-%d", i)), "map", "map-1", "rank", string(ranks[i])))
	}
	w := newWorld(t)
	w.serve(&board.CreateBoard{Records: records})
	for i := range cards {
		w.do(fay, &board.AddCard{
			ID: board.ID(fmt.Sprintf("card-%016d", i)), Lane: board.ID(fmt.Sprintf("lane-%d", i%10)), Step: board.ID(fmt.Sprintf("step-%d", i/10%11)),
			Fields: fields("text", fmt.Sprintf("Die Karte Nummer %d erzählt, was Jana hier erlebt", i)),
		})
	}
	w.do(fay, &board.SetEmotion{Step: "step-1", Persona: "persona-jana", Value: ptr(0)})
	w.entries = nil
	return w
}

// BenchmarkOp is the way of one op through the board: read, decided on a draft, written, applied, adopted.
func BenchmarkOp(b *testing.B) {
	defer func(old board.Bounds) { board.Limits = old }(board.Limits)
	board.Limits.Live, board.Limits.BoardBytes = 1<<30, 1<<30
	w := largeWorld(b, 5000)
	kinds := map[string]func(i int) string{
		"text": func(int) string {
			return fmt.Sprintf(`{"base":%d,"delta":[20,"x",-1],"field":"text","id":"card-%016d","type":"text"}`, w.b.Seq(), 77)
		},
		"set": func(i int) string {
			return fmt.Sprintf(`{"fields":{"severity":%d},"id":"card-%016d","type":"set"}`, i%2, 78)
		},
		"setEmotion": func(i int) string {
			return fmt.Sprintf(`{"persona":"persona-jana","step":"step-1","type":"setEmotion","value":%d}`, i%600-300)
		},
		"moveCard": func(i int) string {
			return fmt.Sprintf(`{"id":"card-%016d","lane":"lane-%d","step":"step-3","type":"moveCard"}`, 79, i%2)
		},
		"lock": func(i int) string {
			return fmt.Sprintf(`{"target":"card-%016d","type":"%s"}`, 80, []string{"lock", "unlock"}[i%2])
		},
	}
	for i := range 5000 {
		w.do(fay, &board.AddRecord{ID: board.ID(fmt.Sprintf("sticky-%d", i))})
	}
	made := 0
	kinds["addSticky"] = func(int) string {
		made++
		return fmt.Sprintf(`{"fields":{"x":%d},"id":"sticky-n%d","type":"add"}`, made, made)
	}
	for _, name := range []string{"addSticky", "text", "set", "setEmotion", "moveCard", "lock"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			var out []byte
			actor := board.Actor{Person: fay, Client: "client-fay"}
			raw := make([][]byte, 1024)
			for i := range raw {
				raw[i] = []byte(kinds[name](i))
			}
			for i := 0; b.Loop(); i++ {
				draft := w.b.Draft()
				bytes := raw[i%len(raw)]
				if name == "addSticky" {
					bytes = []byte(kinds[name](i))
				}
				op, err := board.ParseOp(bytes)
				if err != nil {
					b.Fatal(err)
				}
				if text, ok := op.(*board.EditText); ok {
					text.Base = w.b.Seq()
				}
				changes, err := board.Decide(draft, op, actor, start)
				if err != nil {
					b.Fatal(err)
				}
				e := board.Entry{Seq: draft.Seq() + 1, At: start, By: fay, Client: actor.Client, N: int64(i), Changes: changes}
				out = board.AppendEntry(out[:0], e)
				board.Apply(draft, e)
				w.b.Adopt(draft)
			}
		})
	}
}

// BenchmarkSnapshot is what a join costs: taking, writing and reading a board of 5,000 cards.
func BenchmarkSnapshot(b *testing.B) {
	w := largeWorld(b, 5000)
	public, rest := w.b.StoredParts("batch-1")
	b.Run("take", func(b *testing.B) {
		for b.Loop() {
			w.b.Snapshot()
		}
	})
	b.Run("write", func(b *testing.B) {
		s := w.b.Snapshot()
		b.SetBytes(int64(len(public)))
		for b.Loop() {
			s.Public("batch-1")
		}
	})
	b.Run("load", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(public)))
		for b.Loop() {
			if _, err := board.Load(public, rest); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkReplay is reading and applying a log of text edits.
func BenchmarkReplay(b *testing.B) {
	w := largeWorld(b, 500)
	for i := range 1000 {
		w.do(fay, &board.EditText{ID: board.ID(fmt.Sprintf("card-%016d", i%500)), Field: "text", Base: w.b.Seq(), Delta: board.Delta{{N: 3}, {Insert: "x"}, {N: -1}}})
	}
	raw := board.AppendEntries(nil, w.entries)
	public, rest := largeWorld(b, 500).b.StoredParts("batch-1")
	b.ReportAllocs()
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		copied, err := board.Load(public, rest)
		if err != nil {
			b.Fatal(err)
		}
		entries, err := board.ParseEntries(raw)
		if err != nil {
			b.Fatal(err)
		}
		for _, e := range entries {
			board.Apply(copied, e)
		}
	}
}

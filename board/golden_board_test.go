package board_test

import (
	"errors"
	"slices"
	"testing"

	"waymark/board"
)

// worlds are the boards that golden cases name.
func worlds(t testing.TB) map[string]*world {
	frozen, trashed := mainWorld(t), mainWorld(t)
	frozen.do(fay, &board.FreezeBoard{On: true})
	trashed.do(fay, &board.TrashBoard{})
	cleared := mainWorld(t)
	cleared.do(ed, &board.DeleteRecord{ID: "step-1"})
	adopted := mainWorld(t)
	adopted.do(pat, &board.LockRecord{Target: "sticky-1"})
	adopted.serve(&board.Adopt{Guest: pat, Account: nora})
	pruned := mainWorld(t)
	pruned.do(ed, &board.AddPhase{ID: "phase-d", Step: "step-5"})
	pruned.do(ed, &board.AddStep{ID: "step-6", Phase: "phase-d", After: behind("step-5")})
	pruned.do(ed, &board.AddCard{ID: "card-8", Lane: "lane-acts", Step: "step-5"})
	pruned.do(ed, &board.AddCard{ID: "card-9", Lane: "lane-acts", Step: "step-6"})
	pruned.do(ed, &board.DeleteRecord{ID: "step-6"})
	pruned.do(ed, &board.DeleteRecord{ID: "phase-d"})
	pruned.do(ed, &board.DeleteRecord{ID: "persona-jana"})
	return map[string]*world{
		"adopted": adopted, "cleared": cleared, "main": mainWorld(t), "frozen": frozen, "trashed": trashed, "one": oneStep(t), "pruned": pruned, "fresh": freshMap(t), "empty": newWorld(t),
	}
}

// lateEntries is how many of a board's last entries a golden file tells one by one.
const lateEntries = 4

// split takes a log apart into a snapshot and the last entries.
func (w *world) split() (public, rest []byte, late []board.Entry) {
	cut := max(0, len(w.entries)-lateEntries)
	b := board.New("board-1")
	for _, e := range w.entries[:cut] {
		board.Apply(b, e)
	}
	public, rest = b.StoredParts("batch-1")
	return public, rest, w.entries[cut:]
}

// writeBoards puts the boards into a golden file.
func (g *golden) writeBoards(t *testing.T, all map[string]*world) {
	names := make([]string, 0, len(all))
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	var boards []board.Field
	for _, name := range names {
		public, rest, late := all[name].split()
		boards = append(boards, board.Field{Name: name, Value: board.Object(
			board.Field{Name: "public", Value: board.Value(public)},
			board.Field{Name: "rest", Value: board.Value(rest)},
			board.Field{Name: "entries", Value: board.Value(board.AppendEntries(nil, late))},
		)})
	}
	for i := range g.sections {
		if g.sections[i].Name != "boards" {
			continue
		}
		if *update {
			g.sections[i].Value = board.Object(boards...)
		} else if have := board.Object(boards...); g.sections[i].Value != have {
			t.Error("the boards have changed; run with -update and look at every difference")
		}
	}
}

// readBoard makes a board from a golden file.
func (g *golden) readBoard(t *testing.T, name string) *board.Board {
	t.Helper()
	for _, s := range g.sections {
		if s.Name != "boards" {
			continue
		}
		for _, f := range s.Value.Fields() {
			if f.Name != name {
				continue
			}
			parts := goldenCase(f.Value.Fields())
			b, err := board.Load([]byte(parts.get("public")), []byte(parts.get("rest")))
			if err != nil {
				t.Fatal(err)
			}
			entries, err := board.ParseEntries([]byte(parts.get("entries")))
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				board.Apply(b, e)
			}
			return b
		}
	}
	t.Fatalf("no board %q", name)
	return nil
}

func boardName(in goldenCase) string {
	if name := in.get("board").Str(); name != "" {
		return name
	}
	return "main"
}

func TestGolden_decide(t *testing.T) {
	g := readGolden(t, "decide")
	g.writeBoards(t, worlds(t))
	g.run(t, "cases", func(t *testing.T, in goldenCase) []board.Field {
		b := g.readBoard(t, boardName(in))
		op, err := board.ParseOp([]byte(in.get("op")))
		if err != nil {
			t.Fatal(err)
		}
		person := board.ID(in.get("by").Str())
		now := board.Time(in.get("now").Int())
		if now == 0 {
			now = b.At() + 1000
		}
		out := []board.Field{{Name: "now", Value: board.Int(int64(now))}}
		before := b.Digests()
		changes, err := board.Decide(b, op, board.Actor{Person: person, System: in.get("system").Bool()}, now)
		if b.Digests() != before {
			t.Error("Decide has changed the board")
		}
		if err != nil {
			var r *board.Rejection
			if !errors.As(err, &r) {
				t.Fatalf("not a rejection: %v", err)
			}
			return append(out, board.Field{Name: "code", Value: board.String(string(r.Code))})
		}
		entry := goldenCase(board.Value(board.AppendEntry(nil, board.Entry{Changes: changes})).Fields())
		return append(out, board.Field{Name: "changes", Value: entry.get("changes")})
	})
	g.save(t)
}

func TestGolden_apply(t *testing.T) {
	g := readGolden(t, "apply")
	g.writeBoards(t, map[string]*world{"main": mainWorld(t)})
	g.run(t, "cases", func(t *testing.T, in goldenCase) []board.Field {
		b := g.readBoard(t, boardName(in))
		entries, err := board.ParseEntries([]byte("[" + in.get("entry") + "]"))
		if err != nil {
			t.Fatal(err)
		}
		before := recordsOf(b)
		board.Apply(b, entries[0])
		after := recordsOf(b)
		var changed []board.Field
		for id, r := range after {
			if old := before[id]; old == nil || old.Text() != r.Text() {
				changed = append(changed, board.Field{Name: string(id), Value: r.Text()})
			}
		}
		for id := range before {
			if after[id] == nil {
				changed = append(changed, board.Field{Name: string(id), Value: board.Null})
			}
		}
		return []board.Field{{Name: "out", Value: board.Object(
			board.Field{Name: "records", Value: board.Object(changed...)},
			board.Field{Name: "public", Value: board.String(board.Hex(b.Digests().Public))},
			board.Field{Name: "all", Value: board.String(board.Hex(b.Digests().All))},
			board.Field{Name: "seq", Value: board.Int(int64(b.Seq()))},
			board.Field{Name: "stopped", Value: board.Bool(b.Stopped())},
		)}}
	})
	g.save(t)
}

// recordsOf reads all records of a board the way everybody else must: out of its stored parts.
func recordsOf(b *board.Board) map[board.ID]*board.Record {
	public, rest := b.StoredParts("batch-1")
	all := make(map[board.ID]*board.Record)
	for _, part := range [][]byte{public, rest} {
		for _, v := range goldenCase(board.Value(part).Fields()).get("records").Items() {
			id := board.ID(goldenCase(v.Fields()).get("id").Str())
			all[id], _ = b.Record(id)
		}
	}
	return all
}

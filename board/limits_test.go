package board_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"waymark/board"
)

// lower sets limits for one test.
func lower(t *testing.T, change func(*board.Bounds)) {
	old := board.Limits
	t.Cleanup(func() { board.Limits = old })
	change(&board.Limits)
}

func wantCode(t *testing.T, err error, want board.Code) {
	t.Helper()
	var r *board.Rejection
	if !errors.As(err, &r) || r.Code != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestLimits_op_of_more_than_64_KiB(t *testing.T) {
	raw := fmt.Sprintf(`{"type":"addCard","id":"card-1","lane":"","step":"","fields":{"text":"%s"}}`, strings.Repeat("x", 64<<10))
	_, err := board.ParseOp([]byte(raw))
	wantCode(t, err, board.BadOp)
}

func TestLimits_text_is_counted_in_code_points(t *testing.T) {
	w := mainWorld(t)
	long := strings.Repeat("😀", 10_000)
	w.do(ed, &board.AddCard{ID: "card-long", Fields: fields("text", long)})
	wantCode(t, w.try(ed, &board.AddCard{ID: "card-longer", Fields: fields("text", long+"x")}), board.TooLong)
	more := &board.EditText{ID: "card-long", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{N: 5}, {Insert: "x"}}}
	wantCode(t, w.try(ed, more), board.TooLong)
	swap := &board.EditText{ID: "card-long", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{N: 5}, {Insert: "x"}, {N: -1}}}
	w.do(ed, swap)
}

func TestLimits_live_records(t *testing.T) {
	lower(t, func(l *board.Bounds) { l.Live = 50 })
	w := mainWorld(t)
	live, _ := w.b.Len()
	for i := range 50 - live {
		w.do(ed, &board.AddRecord{ID: board.ID(fmt.Sprintf("sticky-n%d", i))})
	}
	wantCode(t, w.try(ed, &board.AddRecord{ID: "sticky-over"}), board.Limit)
	wantCode(t, w.try(ed, &board.RestoreRecord{ID: "sticky-del"}), board.Limit)
	w.do(ed, &board.SetFields{ID: "sticky-n0", Fields: fields("x", 7)})
	w.do(ed, &board.DeleteRecord{ID: "sticky-n0"})
	w.do(ed, &board.RestoreRecord{ID: "sticky-del"})
	w.do(fay, &board.DeleteRecord{ID: "sticky-n1"})
	w.serve(&board.SetMember{Person: nora, Role: board.Viewer})
}

func TestLimits_board_bytes(t *testing.T) {
	w := mainWorld(t)
	lower(t, func(l *board.Bounds) { l.BoardBytes = w.b.Bytes() + 1000 })
	wantCode(t, w.try(ed, &board.AddCard{ID: "card-big", Fields: fields("text", strings.Repeat("x", 1000))}), board.Limit)
	big := &board.EditText{ID: "card-1", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{Insert: strings.Repeat("x", 1001)}}}
	wantCode(t, w.try(ed, big), board.Limit)
	w.do(ed, &board.AddCard{ID: "card-small"})
	w.do(ed, &board.MoveCard{ID: "card-small", Lane: "lane-acts", Step: "step-1"})
}

func TestLimits_changes_of_one_op(t *testing.T) {
	lower(t, func(l *board.Bounds) { l.ChangedRecords = 3 })
	w := mainWorld(t)
	wantCode(t, w.try(ed, &board.DeleteRecord{ID: "step-1"}), board.Limit)
	w.do(ed, &board.MoveCard{ID: "card-1"})
	w.do(ed, &board.DeleteRecord{ID: "step-1"})
	lower(t, func(l *board.Bounds) { l.ChangedRecords = 1 })
	w.do(ed, &board.RestoreRecord{ID: "step-1"})
}

func TestLimits_deleted_first_are_purged_first(t *testing.T) {
	w := mainWorld(t)
	_, deleted := w.b.Len()
	lower(t, func(l *board.Bounds) { l.Deleted = deleted })
	w.do(ed, &board.DeleteRecord{ID: "sticky-2"})
	if _, ok := w.b.Record("lane-old"); ok {
		t.Error("what was deleted first is still there")
	}
	if _, ok := w.b.Record("phase-c"); !ok {
		t.Error("more was purged than had to be")
	}
	w.do(ed, &board.DeleteRecord{ID: "step-1"})
	w.do(ed, &board.DeleteRecord{ID: "moment-2"})
	if _, ok := w.b.Record("step-4"); ok {
		t.Error("a step is still there")
	}
	if err := board.Check(w.b); err != nil {
		t.Error(err)
	}
	if _, now := w.b.Len(); now != deleted {
		t.Errorf("%d deleted records, limit %d", now, deleted)
	}
}

func TestLimits_purge_takes_what_only_the_restore_could_show(t *testing.T) {
	w := mainWorld(t)
	w.do(ed, &board.DeleteRecord{ID: "step-1"})
	w.do(ed, &board.DeleteRecord{ID: "persona-jana"})
	lower(t, func(l *board.Bounds) { l.Deleted = 0 })
	w.do(ed, &board.DeleteRecord{ID: "sticky-1"})
	for _, id := range []board.ID{"step-1", "persona-jana", "emotion-1-jana", "emotion-2-jana", "marker-1"} {
		if _, ok := w.b.Record(id); ok {
			t.Errorf("%s is still there", id)
		}
	}
	if _, ok := w.b.Live("moment-1"); !ok {
		t.Error("a moment has gone with its step")
	}
	if r, ok := w.b.Record("sticky-1"); !ok || r.Deleted == nil {
		t.Error("what is being deleted is purged at once")
	}
	if err := board.Check(w.b); err != nil {
		t.Error(err)
	}
}

func TestLimits_purge_of_a_persona_alone_takes_what_was_felt(t *testing.T) {
	w := mainWorld(t)
	w.do(pat, &board.SetEmotion{Step: "step-1", Persona: "persona-tom", Value: ptr(50)})
	w.do(ed, &board.DeleteRecord{ID: "persona-jana"})
	lower(t, func(l *board.Bounds) { l.Deleted = 0 })
	w.do(ed, &board.DeleteRecord{ID: "sticky-1"})
	for _, id := range []board.ID{"persona-jana", "emotion-1-jana"} {
		if _, ok := w.b.Record(id); ok {
			t.Errorf("%s is still there", id)
		}
	}
	for _, id := range []board.ID{"persona-tom", "emotion-1-tom", "marker-1"} {
		if _, ok := w.b.Live(id); !ok {
			t.Errorf("%s has gone too", id)
		}
	}
}

func TestLimits_sealed_cards_fit_into_one_reveal(t *testing.T) {
	lower(t, func(l *board.Bounds) { l.SealedBytes = 1500 })
	w := mainWorld(t)
	card := func(id board.ID, n int) error {
		return w.try(pat, &board.AddCard{ID: id, Lane: "lane-pains", Step: "step-1", Fields: fields("activity", "activity-1", "text", strings.Repeat("x", n))})
	}
	wantCode(t, card("card-x1", 1500), board.Limit)
	if err := card("card-x2", 300); err != nil {
		t.Fatal(err)
	}
	more := &board.EditText{ID: "card-x2", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{Insert: strings.Repeat("y", 800)}}}
	wantCode(t, w.try(pat, more), board.Limit)
	lower(t, func(l *board.Bounds) { l.ChangedRecords = 3 })
	wantCode(t, card("card-x3", 1), board.Limit)
	w.do(fay, &board.CloseActivity{ID: "activity-1"})
	if len(w.b.Own(pat)) != 2 { // the deleted card, and the vote
		t.Errorf("%d records are still sealed for pat", len(w.b.Own(pat)))
	}
}

func TestLimits_creation(t *testing.T) {
	lower(t, func(l *board.Bounds) { l.CreateRecords = 13 })
	w := newWorld(t)
	actor := board.Actor{Person: fay, System: true}
	wantCode(t, w.commit(actor, &board.CreateBoard{Records: smallMap()}), board.Limit)
	lower(t, func(l *board.Bounds) { l.CreateRecords, l.CreateBytes = 14, 100 })
	wantCode(t, w.commit(actor, &board.CreateBoard{Records: smallMap()}), board.Limit)
}

func TestText_as_many_edits_as_a_field_remembers(t *testing.T) {
	w := mainWorld(t)
	base := w.b.Seq()
	for range board.Limits.TextOps {
		w.do(ed, &board.EditText{ID: "card-2", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{Insert: "a"}}})
	}
	late := func(base board.Seq) error {
		return w.try(ed, &board.EditText{ID: "card-2", Field: "text", Base: base, Delta: board.Delta{{N: 7}, {Insert: "!"}}})
	}
	if err := late(base); err != nil {
		t.Fatal(err)
	}
	wantCode(t, late(base), board.BadBase)
	card, _ := w.b.Live("card-2")
	if want := strings.Repeat("a", board.Limits.TextOps) + "Rechnet! nach"; card.Str("text") != want {
		t.Errorf("text is %q", card.Str("text"))
	}
}

func TestText_is_forgotten_after_thousands_of_entries(t *testing.T) {
	w := mainWorld(t)
	base := w.b.Seq()
	w.do(ed, &board.EditText{ID: "card-2", Field: "text", Base: base, Delta: board.Delta{{Insert: "a"}}})
	for i := range 20_000 {
		w.do(ed, &board.SetFields{ID: "card-1", Fields: fields("severity", 1+i%2)})
	}
	late := &board.EditText{ID: "card-2", Field: "text", Base: base, Delta: board.Delta{{Insert: "b"}}}
	wantCode(t, w.try(ed, late), board.BadBase)
	late.Base = w.b.Seq() - 8000
	w.do(ed, late)
}

func TestText_history_is_recalled_after_loading(t *testing.T) {
	w := mainWorld(t)
	base := w.b.Seq()
	edit := func(d board.Delta) {
		w.do(ed, &board.EditText{ID: "card-2", Field: "text", Base: w.b.Seq(), Delta: d})
	}
	edit(board.Delta{{Insert: "Jana "}})
	edit(board.Delta{{N: 12}, {Insert: " genau"}})
	public, rest := w.b.StoredParts("batch-1")
	late := &board.EditText{ID: "card-2", Field: "text", Base: base, Delta: board.Delta{{N: 7}, {Insert: " sehr"}}}
	decide := func(b *board.Board) ([]board.Change, error) {
		return board.Decide(b, late, board.Actor{Person: ed}, start)
	}
	loaded, err := board.Load(public, rest)
	if err != nil {
		t.Fatal(err)
	}
	_, err = decide(loaded)
	wantCode(t, err, board.BadBase)
	if !loaded.Forgotten(base) || loaded.Forgotten(loaded.Seq()) || loaded.Forgotten(-1) {
		t.Errorf("forgotten since %d: base %d not, or the board's own seq, or -1", loaded.Remembers(), base)
	}
	loaded.Recall(w.entries[base-1 : len(w.entries)-1])
	loaded.Recall(append(slices.Clone(w.entries[base-3:base-2]), w.entries[base-1:]...))
	_, err = decide(loaded)
	wantCode(t, err, board.BadBase)
	loaded.Recall(w.entries[base-1:])
	last := board.Entry{Seq: w.b.Seq() + 1, Changes: []board.Change{board.Text{ID: "card-2", Field: "text", Delta: board.Delta{{Insert: "? "}}}}}
	board.Apply(w.b, last)
	board.Apply(loaded, last)
	changes, err := decide(loaded)
	if err != nil {
		t.Fatal(err)
	}
	want, _ := decide(w.b)
	if spelled(changes) != spelled(want) {
		t.Errorf("decided %s, without loading %s", spelled(changes), spelled(want))
	}
}

func TestText_of_an_earlier_epoch_is_not_recalled(t *testing.T) {
	w := mainWorld(t)
	base := w.b.Seq()
	edit := func(epoch int64) {
		changes := []board.Change{board.Text{ID: "card-2", Field: "text", Delta: board.Delta{{Insert: "a"}}}}
		if epoch > 0 {
			changes = []board.Change{board.NewEpoch{Epoch: epoch}}
		}
		e := board.Entry{Seq: w.b.Seq() + 1, Changes: changes}
		board.Apply(w.b, e)
		w.entries = append(w.entries, e)
	}
	edit(0)
	edit(2)
	edit(0)
	loaded, err := board.Load(w.b.StoredParts("batch-1"))
	if err != nil {
		t.Fatal(err)
	}
	loaded.Recall(w.entries[base:])
	if got := loaded.Remembers(); got != base+2 {
		t.Errorf("remembers all since %d, want %d", got, base+2)
	}
}

func TestRank_siblings_get_fresh_ranks_when_none_fits(t *testing.T) {
	w := mainWorld(t)
	first, longest := board.ID("card-1"), 0
	for i := range 400 {
		id := board.ID(fmt.Sprintf("card-n%d", i))
		w.do(ed, &board.AddCard{ID: id, Lane: "lane-acts", Step: "step-1", After: behind(first)})
	}
	var order []string
	for card := range w.b.Under(board.KindCard, "lane-acts", "step-1") {
		order = append(order, string(card.ID))
		longest = max(longest, len(card.Str("rank")))
	}
	if longest > board.Limits.RankLength {
		t.Errorf("a rank of %d digits", longest)
	}
	if len(order) != 402 || order[0] != "card-1" || order[401] != "card-2" {
		t.Fatalf("%d cards, from %s to %s", len(order), order[0], order[len(order)-1])
	}
	for i := range 400 {
		if want := fmt.Sprintf("card-n%d", 399-i); order[1+i] != want {
			t.Fatalf("card %d is %s, want %s", 1+i, order[1+i], want)
		}
	}
}

func TestRank_fresh_ranks_are_not_bound_by_the_changes_of_one_op(t *testing.T) {
	lower(t, func(l *board.Bounds) { l.ChangedRecords, l.RankLength = 5, 6 })
	w := mainWorld(t)
	for i := range 40 {
		w.do(ed, &board.AddCard{ID: board.ID(fmt.Sprintf("card-n%d", i)), Lane: "lane-acts", Step: "step-1", After: behind("card-1")})
	}
}

func TestRestore_of_a_phase_that_has_lost_its_steps(t *testing.T) {
	w := mainWorld(t)
	board.Apply(w.b, board.Entry{Seq: w.b.Seq() + 1, Changes: []board.Change{board.Delete{ID: "phase-a"}}})
	wantCode(t, w.try(ed, &board.RestoreRecord{ID: "phase-a"}), board.NoParent)
}

func TestRank_a_hundred_thousand_appended_stay_short(t *testing.T) {
	rank := board.Rank("")
	for i := range 100_000 {
		next, ok := board.Between(rank, "")
		if !ok || next <= rank || len(next) > 4 {
			t.Fatalf("behind %q after %d: %q", rank, i, next)
		}
		rank = next
	}
	for i := range 100_000 {
		next, ok := board.Between("", rank)
		if !ok || next >= rank || len(next) > 4 {
			t.Fatalf("before %q after %d: %q", rank, i, next)
		}
		rank = next
	}
}

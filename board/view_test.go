package board_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"waymark/board"
)

// TestView_sealed_text_leaves_the_board_by_no_way follows words of sealed cards and votes through every way
// out.
func TestView_sealed_text_leaves_the_board_by_no_way(t *testing.T) {
	const canary = "Kanarienvogel"
	w := mainWorld(t)
	from := len(w.entries)
	w.do(pat, &board.AddCard{ID: "card-canary", Lane: "lane-pains", Step: "step-1", Fields: fields("activity", "activity-1", "text", canary)})
	w.do(pat, &board.EditText{ID: "card-canary", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{N: 13}, {Insert: canary}}})
	w.do(pat, &board.SetFields{ID: "card-canary", Fields: fields("icon", canary)})
	w.do(pat, &board.MoveCard{ID: "card-canary", Lane: "lane-pains", Step: "step-2"})
	w.do(ed, &board.DeleteRecord{ID: "phase-a"})
	w.do(pat, &board.DeleteRecord{ID: "card-canary"})
	w.do(pat, &board.RestoreRecord{ID: "card-canary"})
	w.do(cora, &board.CastVote{Ballot: "ballot-1", Target: "card-canary-none", Count: 0})
	w.do(cora, &board.CastVote{Ballot: "ballot-1", Target: "moment-2", Count: 2})
	w.do(ed, &board.RestoreRecord{ID: "phase-a"})
	end := len(w.entries)

	look := func(who string, out []byte, mayKnow bool) {
		t.Helper()
		for _, word := range []string{canary, "card-canary", "vote-1-cora"} {
			if bytes.Contains(out, []byte(word)) && (!mayKnow || word == "vote-1-cora") {
				t.Errorf("%s is told %s: %s", who, word, out)
			}
		}
	}
	for _, e := range w.entries[from:end] {
		part, whole, any := board.PublicPart(e)
		if len(e.Changes) > 0 && whole == strings.Contains(spelled(e.Changes), "only") {
			t.Errorf("entry %d whole: %v", e.Seq, whole)
		}
		if !whole && any && (part.By != "" || part.Client != "" || part.N != 0) {
			t.Errorf("entry %d tells that %s did it", e.Seq, part.By)
		}
		look("everyone", board.AppendEntry(nil, part), false)
		for _, person := range []board.ID{fay, ed, pia, vic, nora, ""} {
			part, _, _ := board.PartFor(e, person)
			look(string(person), board.AppendEntry(nil, part), false)
		}
		part, _, _ = board.PartFor(e, pat)
		look("pat", board.AppendEntry(nil, part), true)
	}
	look("a snapshot", w.b.PublicSnapshot("batch-1"), false)
	look("an export", w.b.Export(ed), false)
	if !bytes.Contains(w.b.Export(pat), []byte(canary)) {
		t.Error("pat's own export is without pat's own card")
	}
	if summary := w.b.Summary(); summary.Cards != 8 {
		t.Errorf("%d cards in the summary", summary.Cards)
	}
	w.do(ed, &board.SetFields{ID: "lane-pains", Fields: fields("type", "departments")})
	for _, d := range w.b.AtWork() {
		look("a join page", []byte(d.Name), false)
	}

	w.do(fay, &board.CloseActivity{ID: "activity-1"})
	if !slices.Contains(w.b.AtWork(), board.Department{Name: canary + canary}) {
		t.Error("what was revealed is at work nowhere")
	}
	part, whole, _ := board.PublicPart(w.entries[len(w.entries)-1])
	if !whole || !strings.Contains(spelled(part.Changes), canary+canary) {
		t.Error("the reveal does not tell the card")
	}
	// The log is read again later, when the card has long been public: what was sealed then stays sealed.
	for _, e := range w.entries[from:end] {
		part, _, _ := board.PublicPart(e)
		look("everyone, afterwards,", board.AppendEntry(nil, part), false)
	}
}

func TestView_refused_and_empty_entries_are_for_their_author(t *testing.T) {
	for _, e := range []board.Entry{
		{Seq: 7, At: 9, By: pat, Client: "client-pat", N: 3, Refused: board.Gone},
		{Seq: 7, At: 9, By: pat, Client: "client-pat", N: 3},
	} {
		for _, person := range []board.ID{"", ed} {
			part, whole, any := board.PartFor(e, person)
			if whole || any || part.By != "" || part.Refused != "" || part.Seq != 7 {
				t.Errorf("%q gets %+v", person, part)
			}
		}
		if part, whole, any := board.PartFor(e, pat); !whole || !any || part.N != 3 || part.Refused != e.Refused {
			t.Errorf("the author gets %+v", part)
		}
	}
}

func TestView_export_can_be_a_new_board(t *testing.T) {
	w := mainWorld(t)
	takenAlong := func(person board.ID) string {
		t.Helper()
		file := w.b.Export(person)
		out := goldenCase(board.Value(file).Fields())
		records := string(out.get("records"))
		for _, stays := range []string{"member-", "invite-", "vote-", "activity-", "lock-", "deleted", "only", "frozen", "trashed"} {
			if strings.Contains(records, stays) {
				t.Errorf("%s takes %s along: %s", person, stays, records)
			}
		}
		if out.get("waymark") != "1" || out.get("board") != `"board-1"` {
			t.Errorf("exported %s", file)
		}
		read, err := board.ReadExport(file)
		if err != nil {
			t.Fatalf("%s: %v", person, err)
		}
		n := newWorld(t)
		n.serve(&board.CreateBoard{Records: read})
		if again := goldenCase(board.Value(n.b.Export(fay)).Fields()).get("records"); strings.Count(string(again), `"id":`) != strings.Count(records, `"id":`) {
			t.Errorf("%s took along\n%s\nand has\n%s", person, records, again)
		}
		return records
	}
	if records := takenAlong(pat); !strings.Contains(records, "Geheim von Pat") || strings.Contains(records, "Geheim von Pia") {
		t.Errorf("of sealed cards pat has %s", records)
	}
	w.do(fay, &board.CloseActivity{ID: "activity-1"})
	w.do(ed, &board.SetFields{ID: "marker-1", Fields: fields("lane", "lane-acts")})
	w.do(ed, &board.DeleteRecord{ID: "lane-acts"})
	if records := takenAlong(ed); !strings.Contains(records, "marker-1") || !strings.Contains(records, "Geheim von Pia") {
		t.Errorf("a marker without its lane, a card without its activity: %s", records)
	}
	w.do(ed, &board.DeleteRecord{ID: "persona-jana"})
	w.do(ed, &board.DeleteRecord{ID: "step-2"})
	if records := takenAlong(ed); strings.Contains(records, "emotion-") || strings.Contains(records, "moment-1") || !strings.Contains(records, "moment-2") {
		t.Errorf("what belongs to deleted records: %s", records)
	}
	w.do(ed, &board.DeleteRecord{ID: "card-1"})
	w.do(fay, &board.FreezeBoard{On: true})
	takenAlong(ed)
	w.do(fay, &board.TrashBoard{})
	takenAlong(fay)
}

func TestSnapshot_that_was_tampered_with_is_not_loaded(t *testing.T) {
	public, rest := mainWorld(t).b.StoredParts("batch-1")
	swap := func(in []byte, from, to string) []byte {
		out := bytes.Replace(in, []byte(from), []byte(to), 1)
		if bytes.Equal(in, out) {
			t.Fatalf("no %s", from)
		}
		return out
	}
	if _, err := board.Load(swap(public, "Rechnet nach", "Rechnet vor"), rest); !errors.Is(err, board.ErrDigest) {
		t.Errorf("another text: %v", err)
	}
	if _, err := board.Load(swap(public, `"id":"card-2"`, `"id":"card-0"`), rest); !errors.Is(err, board.ErrJSON) {
		t.Errorf("out of order: %v", err)
	}
	if _, err := board.Load(swap(public, `"seq"`, ` "seq"`), rest); !errors.Is(err, board.ErrJSON) {
		t.Errorf("a blank: %v", err)
	}
	if _, err := board.Load(public, swap(rest, `,"only":"person-pia"`, ``)); !errors.Is(err, board.ErrJSON) {
		t.Errorf("a public record among the sealed: %v", err)
	}
	if _, err := board.Load(public[:len(public)/2], rest); !errors.Is(err, board.ErrJSON) {
		t.Errorf("half of it: %v", err)
	}
	if _, err := board.Load(public, rest[:len(rest)/2]); !errors.Is(err, board.ErrJSON) {
		t.Errorf("half of the rest: %v", err)
	}
}

func TestSnapshot_stays_while_the_board_goes_on(t *testing.T) {
	w := mainWorld(t)
	s := w.b.Snapshot()
	before := s.Public("batch-1")
	w.do(ed, &board.DeleteRecord{ID: "phase-a"})
	if after := s.Public("batch-1"); !bytes.Equal(before, after) {
		t.Error("a snapshot has changed with its board")
	}
	if s.Seq() != w.b.Seq()-1 {
		t.Errorf("snapshot as of %d", s.Seq())
	}
}

func TestMap_departments_hand_over(t *testing.T) {
	w := mainWorld(t)
	w.do(ed, &board.AddRecord{ID: "lane-dep", Fields: fields("type", "departments")})
	card := func(id, step board.ID, text string, span int) {
		w.do(ed, &board.AddCard{ID: id, Lane: "lane-dep", Step: step, Fields: fields("text", text, "span", span)})
	}
	card("card-d1", "step-1", "Vertrieb ", 2)
	card("card-d2", "step-2", "Vertrieb", 9)
	card("card-d3", "step-2", "Recht", 1)
	steps := w.b.Steps()
	if len(steps) != 3 {
		t.Fatalf("%d steps", len(steps))
	}
	departments := w.b.Departments(steps)
	if got := strings.Join(departments[1], ","); got != "Vertrieb,Recht" {
		t.Errorf("at work in the second step: %s", got)
	}
	if got := strings.Join(departments[2], ","); got != "Vertrieb" {
		t.Errorf("at work in the third step: %s", got)
	}
	card("card-d4", "step-3", "RECHT", 1)
	card("card-d5", "step-3", " ", 1)
	w.do(ed, &board.AddRecord{ID: "lane-empty", Fields: fields("type", "departments")})
	w.do(ed, &board.AddCard{ID: "card-d6", Lane: "lane-empty", Step: "step-1", Fields: fields("text", "Netz", "hue", 3)})
	if got, want := w.b.AtWork(), []board.Department{{Name: "Vertrieb"}, {Name: "Netz", Hue: 3}, {Name: "Recht"}}; !slices.Equal(got, want) {
		t.Errorf("at work are %v, want %v", got, want)
	}
	feelings := w.b.Feelings(steps, "persona-jana")
	if !feelings[0].Known || feelings[0].Value != -200 || feelings[1].Known {
		t.Errorf("feelings %v", feelings)
	}
	if s := w.b.Summary(); s.Title != "Ich wechsle meinen Vertrag" || s.Phases != 2 || s.Steps != 3 || s.Moments != 2 || len(s.Curve) != 3 {
		t.Errorf("summary %+v", s)
	}
}

func TestDraft_of_another_board_is_not_adopted(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("adopted")
		}
	}()
	mainWorld(t).b.Adopt(mainWorld(t).b.Draft())
}

func TestDraft_that_is_given_up_leaves_nothing(t *testing.T) {
	w := mainWorld(t)
	before := snapshotOf(w.b)
	for range 3 {
		draft := w.b.Draft()
		changes, err := board.Decide(draft, &board.DeleteRecord{ID: "phase-a"}, board.Actor{Person: ed}, start)
		if err != nil {
			t.Fatal(err)
		}
		board.Apply(draft, board.Entry{Seq: draft.Seq() + 1, Changes: changes})
		if snapshotOf(w.b) != before {
			t.Fatal("a draft has changed its board")
		}
	}
	w.do(ed, &board.DeleteRecord{ID: "phase-a"})
	if err := board.Check(w.b); err != nil {
		t.Error(err)
	}
}

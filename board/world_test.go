package board_test

import (
	"testing"

	"waymark/board"
)

// The people of the tests, each with the role that the name tells.
const (
	fay  = board.ID("person-fay")  // facilitator
	ed   = board.ID("person-ed")   // editor
	eve  = board.ID("person-eve")  // editor
	pat  = board.ID("person-pat")  // participant
	pia  = board.ID("person-pia")  // participant
	cora = board.ID("person-cora") // commenter
	vic  = board.ID("person-vic")  // viewer
	nora = board.ID("person-nora") // no member
)

// start is the time of the first entry.
const start = board.Time(1_700_000_000_000)

// A world is a board and the log that it came from.
type world struct {
	t       testing.TB
	b       *board.Board
	entries []board.Entry
	n       map[board.ID]int64
}

func newWorld(t testing.TB) *world {
	return &world{t: t, b: board.New("board-1"), n: make(map[board.ID]int64)}
}

// try decides an op and, when it is accepted, commits it as the next entry.
func (w *world) try(by board.ID, op board.Op) error {
	w.t.Helper()
	return w.commit(board.Actor{Person: by, Client: board.NewID(board.PrefixClient, by.Suffix())}, op)
}

// do is try for ops that must be accepted.
func (w *world) do(by board.ID, op board.Op) {
	w.t.Helper()
	if err := w.try(by, op); err != nil {
		w.t.Fatalf("%s by %s: %v", op.Type(), by, err)
	}
}

// serve has the server itself ask for an op, for fay.
func (w *world) serve(op board.Op) {
	w.t.Helper()
	if err := w.commit(board.Actor{Person: fay, System: true}, op); err != nil {
		w.t.Fatalf("%s by the server: %v", op.Type(), err)
	}
}

func (w *world) commit(actor board.Actor, op board.Op) error {
	e := board.Entry{Seq: w.b.Seq() + 1, At: start + board.Time(w.b.Seq())*1000, By: actor.Person, Client: actor.Client}
	changes, err := board.Decide(w.b, op, actor, e.At)
	if err != nil {
		return err
	}
	if actor.Client != "" {
		w.n[actor.Client]++
		e.N = w.n[actor.Client]
	}
	e.Changes = changes
	w.entries = append(w.entries, e)
	board.Apply(w.b, e)
	return nil
}

func fields(namesAndValues ...any) []board.Field {
	var fs []board.Field
	for i := 0; i < len(namesAndValues); i += 2 {
		var v board.Value
		switch x := namesAndValues[i+1].(type) {
		case string:
			v = board.String(x)
		case board.ID:
			v = board.String(string(x))
		case int:
			v = board.Int(int64(x))
		case bool:
			v = board.Bool(x)
		}
		fs = append(fs, board.Field{Name: namesAndValues[i].(string), Value: v})
	}
	return fs
}

func rec(id board.ID, namesAndValues ...any) *board.Record {
	return board.NewRecord(id, "", 0, "", fields(namesAndValues...)...)
}

// smallMap is a map of three phases, four steps and four lanes, as a board begins with it.
func smallMap() []*board.Record {
	return []*board.Record{
		rec("map-1", "title", "Ich wechsle meinen Vertrag", "goal", "Ohne Unterbrechung"),
		rec("persona-jana", "map", "map-1", "rank", "V", "name", "Jana Keller", "age", 34),
		rec("persona-tom", "map", "map-1", "rank", "W", "name", "Tom"),
		rec("phase-a", "map", "map-1", "rank", "F", "title", "Aufmerksam werden"),
		rec("phase-b", "map", "map-1", "rank", "V", "title", "Vergleichen"),
		rec("phase-c", "map", "map-1", "rank", "k", "title", "Abschließen"),
		rec("step-1", "phase", "phase-a", "rank", "F", "title", "Mein Tarif wird teurer"),
		rec("step-2", "phase", "phase-a", "rank", "k", "title", "Ich höre von einem Tarif"),
		rec("step-3", "phase", "phase-b", "rank", "V", "title", "Ich vergleiche"),
		rec("step-4", "phase", "phase-c", "rank", "V", "title", "Ich bestelle"),
		rec("lane-acts", "map", "map-1", "rank", "F", "type", "actions"),
		rec("lane-pains", "map", "map-1", "rank", "V", "type", "pains"),
		rec("lane-emo", "map", "map-1", "rank", "k", "type", "emotions"),
		rec("lane-old", "map", "map-1", "rank", "s", "type", "custom", "title", "Alt"),
	}
}

// mainWorld is the board that most tests begin with. One of everything is on it.
func mainWorld(t testing.TB) *world {
	w := newWorld(t)
	w.serve(&board.CreateBoard{Records: smallMap()})
	w.serve(&board.SetMember{Person: ed, Role: board.Editor})
	w.serve(&board.SetMember{Person: eve, Role: board.Editor})
	w.serve(&board.SetMember{Person: pat, Role: board.Participant})
	w.serve(&board.SetMember{Person: pia, Role: board.Participant})
	w.serve(&board.SetMember{Person: cora, Role: board.Commenter})
	w.serve(&board.SetMember{Person: vic, Role: board.Viewer})
	card := func(by, id, lane, step board.ID, text string) {
		w.do(by, &board.AddCard{ID: id, Lane: lane, Step: step, Fields: fields("text", text)})
	}
	card(ed, "card-1", "lane-acts", "step-1", "Ärgert sich")
	card(ed, "card-2", "lane-acts", "step-1", "Rechnet nach")
	card(pat, "card-3", "lane-pains", "step-1", "Preis ohne Grund")
	card(ed, "card-4", "lane-acts", "step-2", "Fragt die Kollegin")
	card(pat, "card-5", "lane-acts", "step-3", "Vergleicht")
	card(ed, "card-6", "lane-old", "step-1", "Aus alter Zeit")
	card(ed, "card-7", "lane-acts", "step-4", "Bestellt")
	card(pat, "card-tray", "", "", "Noch ohne Platz")
	card(pat, "card-del", "lane-acts", "step-1", "Versehen")
	w.do(ed, &board.LockRecord{Target: "card-4"})
	w.do(ed, &board.DeleteRecord{ID: "lane-old"})
	w.do(ed, &board.DeleteRecord{ID: "phase-c"})
	w.do(pat, &board.DeleteRecord{ID: "card-del"})
	w.do(pat, &board.SetEmotion{Step: "step-1", Persona: "persona-jana", Value: ptr(-200), Word: "verärgert", Because: "weil der Preis steigt"})
	w.do(pat, &board.SetEmotion{Step: "step-2", Persona: "persona-jana", Value: ptr(100)})
	w.do(pat, &board.DeleteRecord{ID: "emotion-2-jana"})
	w.do(pat, &board.AddRecord{ID: "marker-1", Fields: fields("step", "step-1", "type", "break", "edge", "after")})
	w.do(pat, &board.AddRecord{ID: "moment-1", Fields: fields("target", "step-2", "title", "Das erste Hören")})
	w.do(ed, &board.AddRecord{ID: "moment-2", Fields: fields("target", "card-1", "polarity", "positive")})
	w.do(pat, &board.AddRecord{ID: "sticky-1", Fields: fields("x", 100, "y", -50, "text", "Idee")})
	w.do(ed, &board.AddRecord{ID: "sticky-2", Fields: fields("x", 2000, "y", 0)})
	w.do(ed, &board.AddRecord{ID: "sticky-del", Fields: fields("text", "Weg")})
	w.do(ed, &board.DeleteRecord{ID: "sticky-del"})

	w.do(fay, &board.OpenActivity{ID: "activity-0", ActivityType: "collect", Sealed: true, ShowCount: true})
	w.do(pia, &board.AddCard{ID: "card-s0", Lane: "lane-pains", Step: "step-3", Fields: fields("activity", "activity-0", "text", "Früh geschrieben")})
	w.do(pia, &board.DeleteRecord{ID: "card-s0"})
	w.do(fay, &board.CloseActivity{ID: "activity-0"})
	w.do(fay, &board.OpenActivity{ID: "activity-1", ActivityType: "collect", Lane: "lane-pains", Sealed: true, ShowCount: true})
	w.do(fay, &board.OpenActivity{ID: "activity-2", ActivityType: "collect", ShowCount: true})
	w.do(pat, &board.AddCard{ID: "card-s1", Lane: "lane-pains", Step: "step-2", Fields: fields("activity", "activity-1", "text", "Geheim von Pat")})
	w.do(pia, &board.AddCard{ID: "card-s2", Lane: "lane-pains", Step: "step-2", Fields: fields("activity", "activity-1", "text", "Geheim von Pia")})
	w.do(pat, &board.AddCard{ID: "card-s3", Lane: "lane-pains", Step: "step-3", Fields: fields("activity", "activity-1")})
	w.do(pat, &board.DeleteRecord{ID: "card-s3"})

	w.do(fay, &board.OpenBallot{ID: "ballot-0", Title: "Was zuerst?", Cap: 1})
	w.do(cora, &board.CastVote{Ballot: "ballot-0", Target: "card-1", Count: 1})
	w.do(fay, &board.CloseBallot{ID: "ballot-0"})
	w.do(fay, &board.OpenBallot{ID: "ballot-1", Title: "Was tut weh?", Cap: 3, PerTarget: 2, Blind: true})
	w.do(pat, &board.CastVote{Ballot: "ballot-1", Target: "card-1", Count: 2})
	w.do(fay, &board.OpenBallot{ID: "ballot-2", Cap: 5})
	w.do(pat, &board.CastVote{Ballot: "ballot-2", Target: "card-1", Count: 2})

	invite := func(id board.ID, role board.Role, expires board.Time) {
		w.serve(&board.AddInvite{ID: id, Role: role, Revision: "r" + id.Suffix(), Expires: expires})
	}
	invite("invite-1", board.Editor, 0)
	invite("invite-2", board.Editor, 0)
	invite("invite-3", board.Viewer, start+1)
	w.do(fay, &board.CloseInvite{ID: "invite-2"})

	w.do(ed, &board.EditText{ID: "card-1", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{N: 11}, {Insert: " sehr"}}})
	w.do(pat, &board.EditText{ID: "card-3", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{Insert: "Der "}}})
	w.do(ed, &board.EditText{ID: "card-1", Field: "text", Base: w.b.Seq(), Delta: board.Delta{{Insert: "Jana ä"}, {N: -1}}})
	return w
}

// freshMap is the board as it is before anybody has joined.
func freshMap(t testing.TB) *world {
	w := newWorld(t)
	w.serve(&board.CreateBoard{Records: smallMap()})
	return w
}

// oneStep is the smallest map there can be.
func oneStep(t testing.TB) *world {
	w := newWorld(t)
	w.serve(&board.CreateBoard{Records: []*board.Record{
		rec("map-1"), rec("phase-1", "map", "map-1", "rank", "V"), rec("step-1", "phase", "phase-1", "rank", "V"),
	}})
	w.serve(&board.SetMember{Person: ed, Role: board.Editor})
	return w
}

func ptr(n int64) *int64 { return &n }

func behind(id board.ID) *board.ID { return &id }

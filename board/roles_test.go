package board_test

import (
	"errors"
	"fmt"
	"testing"

	"waymark/board"
)

const (
	axel = board.ID("person-axel") // whose role the table is about
	lou  = board.ID("person-lou")  // who holds the locks
)

var allRoles = []board.Role{board.Nobody, board.Viewer, board.Commenter, board.Participant, board.Editor, board.Facilitator}

// A right is who may ask for an op, written down a second time, apart from the code.
type right struct {
	op         func(id board.ID) board.Op
	target     board.ID // without "-own" or "-other"; "" = the op has no target
	own, other board.Role
	content    bool // stopped by a freeze
	lockable   bool // stopped by a lock
	inTrash    bool // not stopped by the trash
	least      board.Role
}

func rights() map[string]right {
	f := func(name string, v any) []board.Field { return fields(name, v) }
	set := func(name string, v any) func(board.ID) board.Op {
		return func(id board.ID) board.Op { return &board.SetFields{ID: id, Fields: f(name, v)} }
	}
	text := func(name string) func(board.ID) board.Op {
		return func(id board.ID) board.Op {
			return &board.EditText{ID: id, Field: name, Delta: board.Delta{{Insert: "x"}}}
		}
	}
	del := func(id board.ID) board.Op { return &board.DeleteRecord{ID: id} }
	restore := func(id board.ID) board.Op { return &board.RestoreRecord{ID: id + "-del"} }
	lock := func(id board.ID) board.Op { return &board.LockRecord{Target: id} }
	unlock := func(id board.ID) board.Op { return &board.UnlockRecord{Target: id} }
	always := func(op board.Op) func(board.ID) board.Op { return func(board.ID) board.Op { return op } }

	table := map[string]right{}
	for _, kind := range []board.ID{"card", "sticky", "marker", "moment"} {
		own := right{target: kind, own: board.Participant, other: board.Editor, content: true, lockable: true}
		for name, op := range map[string]func(board.ID) board.Op{
			"set": set(map[board.ID]string{"card": "color", "sticky": "color", "marker": "edge", "moment": "polarity"}[kind],
				map[board.ID]string{"card": "sky", "sticky": "sky", "marker": "after", "moment": "positive"}[kind]),
			"text":   text(map[board.ID]string{"card": "text", "sticky": "text", "marker": "text", "moment": "title"}[kind]),
			"delete": del, "lock": lock,
		} {
			r := own
			r.op = op
			table[name+" "+string(kind)] = r
		}
		r := own
		r.op, r.lockable = restore, false
		table["restore "+string(kind)] = r
		r = own
		r.op, r.own, r.other = unlock, board.Participant, board.Participant
		table["unlock "+string(kind)] = r
	}
	table["move card"] = right{op: func(id board.ID) board.Op { return &board.MoveCard{ID: id} }, target: "card", own: board.Participant, other: board.Editor, content: true, lockable: true}

	emotion := right{target: "emotion-1", own: board.Participant, other: board.Participant, content: true, lockable: true}
	for name, op := range map[string]func(board.ID) board.Op{
		"set emotion": set("value", 7), "text emotion": text("word"), "delete emotion": del, "lock emotion": lock,
		"setEmotion": func(id board.ID) board.Op {
			return &board.SetEmotion{Step: "step-1", Persona: board.ID("persona" + string(id[len("emotion-1"):])), Value: ptr(5)}
		},
	} {
		r := emotion
		r.op = op
		table[name] = r
	}

	structure := func(kind board.ID, field, name string, v any, move func(board.ID) board.Op) {
		r := right{target: kind, own: board.Editor, other: board.Editor, content: true, lockable: true, least: board.Participant}
		r.op = text(field)
		table["text "+string(kind)] = r
		r.op = del
		table["delete "+string(kind)] = r
		r.op = lock
		table["lock "+string(kind)] = r
		if name != "" {
			r.op = set(name, v)
			table["set "+string(kind)] = r
		}
		r.op, r.least = move, board.Editor
		table["move "+string(kind)] = r
		r.op, r.least, r.lockable = restore, board.Participant, false
		table["restore "+string(kind)] = r
	}
	structure("persona", "name", "age", 5, func(id board.ID) board.Op { return &board.MovePersona{ID: id, After: behind("")} })
	structure("phase", "title", "", 0, func(id board.ID) board.Op { return &board.MovePhase{ID: id, After: behind("")} })
	structure("step", "title", "", 0, func(id board.ID) board.Op {
		return &board.MoveStep{ID: id, Phase: "phase-own", After: behind("")}
	})
	structure("lane", "title", "hidden", true, func(id board.ID) board.Op { return &board.MoveLane{ID: id, After: behind("")} })

	add := func(name string, op board.Op, least board.Role) {
		r := right{op: always(op), own: least, other: least, content: true}
		switch op.(type) {
		case *board.AddRecord, *board.SetFields, *board.EditText:
			r.least = board.Participant // the rest hangs on the record's kind
		}
		table[name] = r
	}
	add("add persona", &board.AddRecord{ID: "persona-new"}, board.Editor)
	add("add lane", &board.AddRecord{ID: "lane-new"}, board.Editor)
	add("add sticky", &board.AddRecord{ID: "sticky-new"}, board.Participant)
	add("add marker", &board.AddRecord{ID: "marker-new", Fields: f("step", "step-1")}, board.Participant)
	add("add moment", &board.AddRecord{ID: "moment-new", Fields: f("target", "step-1")}, board.Participant)
	add("addPhase", &board.AddPhase{ID: "phase-new", Step: "step-new"}, board.Editor)
	add("addStep", &board.AddStep{ID: "step-new", Phase: "phase-own"}, board.Editor)
	add("addCard", &board.AddCard{ID: "card-new"}, board.Participant)
	add("set map", &board.SetFields{ID: "map-1", Fields: f("lang", "en")}, board.Editor)
	add("text map goal", text("goal")("map-1"), board.Editor)
	add("text map title", text("title")("map-1"), board.Facilitator)
	add("set activity", &board.SetFields{ID: "activity-1", Fields: f("showCount", false)}, board.Facilitator)
	add("text ballot", text("title")("ballot-1"), board.Facilitator)

	people := func(name string, op board.Op, own, other board.Role) {
		table[name] = right{op: always(op), own: own, other: other}
	}
	people("setMember", &board.SetMember{Person: lou, Role: board.Viewer}, board.Facilitator, board.Facilitator)
	people("removeMember another", &board.RemoveMember{Person: ed}, board.Facilitator, board.Facilitator)
	people("removeMember oneself", &board.RemoveMember{Person: axel}, board.Viewer, board.Viewer)
	people("closeInvite", &board.CloseInvite{ID: "invite-1"}, board.Facilitator, board.Facilitator)
	people("freeze", &board.FreezeBoard{On: true}, board.Facilitator, board.Facilitator)
	people("thaw", &board.FreezeBoard{}, board.Facilitator, board.Facilitator)
	people("openActivity", &board.OpenActivity{ID: "activity-new", ActivityType: "collect"}, board.Facilitator, board.Facilitator)
	people("closeActivity", &board.CloseActivity{ID: "activity-1"}, board.Facilitator, board.Facilitator)
	people("openBallot", &board.OpenBallot{ID: "ballot-new", Cap: 1}, board.Facilitator, board.Facilitator)
	people("vote", &board.CastVote{Ballot: "ballot-1", Target: "card-own", Count: 1}, board.Commenter, board.Commenter)
	people("closeBallot", &board.CloseBallot{ID: "ballot-1"}, board.Facilitator, board.Facilitator)
	for name, op := range map[string]board.Op{
		"adopt":         &board.Adopt{Guest: nora, Account: "person-new"},
		"join":          &board.Join{Person: nora, Role: board.Viewer, Invite: "invite-1"},
		"renewInvite":   &board.RenewInvite{ID: "invite-1", Revision: "r2"},
		"addInvite":     &board.AddInvite{ID: "invite-new", Role: board.Viewer},
		"create":        &board.CreateBoard{Records: smallMap()},
		"expireClients": &board.ExpireClients{Before: start * 2},
	} {
		table[name] = right{op: always(op), own: "server", other: "server", inTrash: name == "create" || name == "adopt" || name == "expireClients"}
	}
	table["trash"] = right{op: always(&board.TrashBoard{}), own: board.Facilitator, other: board.Facilitator, inTrash: true}
	table["untrash"] = right{op: always(&board.UntrashBoard{}), own: board.Facilitator, other: board.Facilitator, inTrash: true}
	return table
}

// rightsWorld has two of everything, one made by axel.
func rightsWorld(t *testing.T, role board.Role, locked, frozen, trashed bool) *world {
	w := newWorld(t)
	w.serve(&board.CreateBoard{Records: []*board.Record{
		rec("map-1"), rec("phase-0", "map", "map-1", "rank", "V"), rec("step-1", "phase", "phase-0", "rank", "V"),
		rec("step-2", "phase", "phase-0", "rank", "W"),
	}})
	for _, person := range []board.ID{ed, lou, axel} {
		w.serve(&board.SetMember{Person: person, Role: board.Facilitator})
	}
	for person, mark := range map[board.ID]string{axel: "-own", ed: "-other"} {
		name := func(prefix string) board.ID { return board.ID(prefix + mark) }
		for _, end := range []board.ID{"", "-del"} {
			w.do(person, &board.AddPhase{ID: name("phase") + end, Step: name("step-first") + end})
			w.do(person, &board.AddStep{ID: name("step") + end, Phase: "phase-0"})
			w.do(person, &board.AddRecord{ID: name("lane") + end})
			w.do(person, &board.AddRecord{ID: name("persona") + end})
			w.do(person, &board.AddCard{ID: name("card") + end, Lane: name("lane"), Step: "step-1"})
			w.do(person, &board.AddRecord{ID: name("sticky") + end})
			w.do(person, &board.AddRecord{ID: name("marker") + end, Fields: fields("step", "step-1")})
			w.do(person, &board.AddRecord{ID: name("moment") + end, Fields: fields("target", "step-1")})
		}
		w.do(person, &board.SetEmotion{Step: "step-1", Persona: name("persona")})
		for _, kind := range []string{"phase", "step", "lane", "persona", "card", "sticky", "marker", "moment"} {
			w.do(person, &board.DeleteRecord{ID: name(kind) + "-del"})
			if locked {
				w.do(lou, &board.LockRecord{Target: name(kind)})
			}
		}
		if locked {
			w.do(lou, &board.LockRecord{Target: name("emotion-1")})
		}
	}
	w.do(fay, &board.OpenActivity{ID: "activity-1", ActivityType: "collect"})
	w.do(fay, &board.OpenBallot{ID: "ballot-1", Cap: 3})
	w.serve(&board.AddInvite{ID: "invite-1", Role: board.Viewer})
	w.do(lou, &board.SetMember{Person: lou, Role: board.Editor})
	w.do(fay, &board.SetMember{Person: axel, Role: board.Viewer})
	if role == board.Nobody {
		w.do(axel, &board.RemoveMember{Person: axel})
	} else {
		w.do(fay, &board.SetMember{Person: axel, Role: role})
	}
	if frozen {
		w.do(fay, &board.FreezeBoard{On: true})
	}
	if trashed {
		w.do(fay, &board.TrashBoard{})
	}
	return w
}

// expected is what the table says about one case.
func (r right) expected(role board.Role, own, locked, frozen, trashed bool) board.Code {
	need, least := r.other, r.least
	if own {
		need = r.own
	}
	if least == "" {
		least = r.own
	}
	server := need == "server"
	switch {
	case trashed && !r.inTrash:
		return board.Trashed
	case server || !role.AtLeast(least):
		return board.NoRole
	case frozen && r.content && role != board.Facilitator:
		return board.Frozen
	case !role.AtLeast(need):
		return board.NoRole
	case locked && r.lockable && role != board.Facilitator:
		return board.Locked
	}
	return ""
}

func TestRoles_every_op_for_every_role(t *testing.T) {
	table := rights()
	seen := map[string]bool{}
	cases := 0
	for _, role := range allRoles {
		for flags := range 8 {
			locked, frozen, trashed := flags&1 != 0, flags&2 != 0, flags&4 != 0
			w := rightsWorld(t, role, locked, frozen, trashed)
			for name, r := range table {
				for _, own := range []bool{true, false} {
					id := r.target + "-other"
					if own {
						id = r.target + "-own"
					}
					op := r.op(id)
					seen[op.Type()] = true
					if name == "unlock "+string(r.target) {
						r.lockable = true
					}
					_, err := board.Decide(w.b, op, board.Actor{Person: axel}, w.b.At())
					var code board.Code
					if rejection := (*board.Rejection)(nil); errors.As(err, &rejection) {
						code = rejection.Code
					} else if err != nil {
						t.Fatal(err)
					}
					cases++
					if want := r.expected(role, own, locked, frozen, trashed); code != want {
						t.Errorf("%s as %q, own %v, locked %v, frozen %v, trashed %v: %q, want %q",
							name, role, own, locked, frozen, trashed, code, want)
					}
				}
			}
		}
	}
	for _, spec := range board.Ops() {
		if !seen[spec.Type] {
			t.Errorf("no right for %s", spec.Type)
		}
	}
	if cases < 5000 {
		t.Errorf("only %d cases", cases)
	}
}

func TestRoles_each_may_do_what_the_ones_before_it_may(t *testing.T) {
	for i, r := range allRoles {
		for j, other := range allRoles {
			if r.AtLeast(other) != (i >= j) {
				t.Errorf("%q at least %q: %v", r, other, r.AtLeast(other))
			}
		}
		if r.Valid() != (i > 0) {
			t.Errorf("%q valid: %v", r, r.Valid())
		}
	}
	if board.Role("owner").Valid() || board.Role("system").Valid() {
		t.Error("a role that nobody can have is valid")
	}
}

func TestRoles_server_is_not_bound_by_them(t *testing.T) {
	w := rightsWorld(t, board.Viewer, true, true, false)
	for _, op := range []board.Op{
		&board.SetMember{Person: nora, Role: board.Facilitator},
		&board.SetFields{ID: "card-own", Fields: fields("color", "sky")},
		&board.ExpireClients{Before: start * 2},
	} {
		if _, err := board.Decide(w.b, op, board.Actor{System: true}, w.b.At()); err != nil {
			t.Errorf("%s: %v", op.Type(), err)
		}
	}
}

func TestRoles_no_op_without_a_board(t *testing.T) {
	b := board.New("board-1")
	for name, r := range rights() {
		if _, err := board.Decide(b, r.op(r.target+"-own"), board.Actor{Person: axel}, start); err == nil {
			t.Errorf("%s is accepted on an empty board", name)
		}
		_, err := board.Decide(b, r.op(r.target+"-own"), board.Actor{System: true}, start)
		if rejection := (*board.Rejection)(nil); err != nil && !errors.As(err, &rejection) {
			t.Errorf("%s: %v", name, fmt.Errorf("not a rejection: %w", err))
		}
	}
}

package board_test

import (
	"waymark/board"
)

// chance turns bytes into choices; when they run out, every choice is the first.
type chance struct {
	bytes []byte
}

func (c *chance) done() bool { return len(c.bytes) == 0 }

func (c *chance) n(n int) int {
	if len(c.bytes) == 0 {
		return 0
	}
	b := c.bytes[0]
	c.bytes = c.bytes[1:]
	return int(b) % n
}

func pick[T any](c *chance, list ...T) T { return list[c.n(len(list))] }

var (
	somePeople   = []board.ID{fay, ed, pat, pia, cora, vic, nora}
	someSteps    = []board.ID{"step-1", "step-2", "step-3", "step-4", "step-new0", "step-new1", "step-none"}
	somePhases   = []board.ID{"phase-a", "phase-b", "phase-c", "phase-new0", "phase-new1", "phase-none"}
	someLanes    = []board.ID{"lane-acts", "lane-pains", "lane-emo", "lane-old", "lane-new0", "lane-new1", "lane-none"}
	somePersonas = []board.ID{"persona-jana", "persona-tom", "persona-new0"}
	someCards    = []board.ID{
		"card-1", "card-2", "card-3", "card-4", "card-5", "card-6", "card-7", "card-del", "card-tray",
		"card-s0", "card-s1", "card-s2", "card-s3", "card-new0", "card-new1", "card-new2", "card-none",
	}
	someOthers = []board.ID{
		"marker-1", "marker-new0", "moment-1", "moment-2", "moment-new0", "sticky-1", "sticky-2", "sticky-del", "sticky-new0",
		"emotion-1-jana", "emotion-2-jana", "map-1", "member-pat", "lock-card-4", "vote-1-pat", "activity-1", "ballot-1", "invite-1",
	}
	someTexts = []string{"", "a", "Wörter", "😀", "zwei\nZeilen", "\"\\\u0001", "ein etwas längerer Text"}
)

// new is an id that may be free still.
func (c *chance) new(kind string) board.ID {
	return board.ID(kind + "-new" + string("0123"[c.n(4)]))
}

func (c *chance) any() board.ID {
	switch c.n(6) {
	case 0:
		return pick(c, someSteps...)
	case 1:
		return pick(c, somePhases...)
	case 2:
		return pick(c, someLanes...)
	case 3:
		return pick(c, somePersonas...)
	case 4:
		return pick(c, someOthers...)
	}
	return pick(c, someCards...)
}

func (c *chance) after(ids ...board.ID) *board.ID {
	switch c.n(4) {
	case 0:
		return nil
	case 1:
		return behind("")
	}
	return behind(pick(c, ids...))
}

func (c *chance) cell() (lane, step board.ID) {
	if c.n(5) == 0 {
		return "", ""
	}
	return pick(c, someLanes...), pick(c, someSteps...)
}

func (c *chance) delta() board.Delta {
	var d board.Delta
	for i := range 1 + c.n(3) {
		if n := c.n(4); n > 0 {
			d = append(d, board.Piece{N: n})
		}
		if s := pick(c, someTexts...); s != "" {
			d = append(d, board.Piece{Insert: s})
		}
		if n := c.n(3); n > 0 {
			d = append(d, board.Piece{N: -n})
		} else if i == 0 && len(d) > 0 && d[len(d)-1].N <= 0 {
			break
		}
	}
	if !d.Normal() {
		return board.Delta{{Insert: "x"}}
	}
	return d
}

func (c *chance) fields(kind board.Kind) []board.Field {
	var fs []board.Field
	for _, k := range board.Kinds() {
		if k.Kind != kind {
			continue
		}
		for i := range k.Fields {
			if c.n(4) != 0 {
				continue
			}
			f := &k.Fields[i]
			v := f.Default
			switch {
			case f.Type == board.TypeInt:
				v = board.Int(pick(c, f.Min, f.Max, f.Min+1, 0))
			case f.Type == board.TypeEnum:
				v = board.String(pick(c, f.Values...))
			case f.Type == board.TypeBool:
				v = board.Bool(c.n(2) == 0)
			case f.Type == board.TypeRef:
				v = board.String(string(c.any()))
			case f.Type == board.TypeText && !f.Line, f.Type == board.TypeWord:
				v = board.String(pick(c, someTexts...))
			}
			fs = append(fs, board.Field{Name: f.Name, Value: v})
		}
	}
	return fs
}

// op is any op, well formed but not always sensible.
func (c *chance) op(seq board.Seq) (board.Op, board.Actor) {
	actor := board.Actor{Person: pick(c, fay, fay, fay, ed, ed, ed, pat, pat, pia, cora, vic, nora)}
	actor.Client = board.NewID(board.PrefixClient, actor.Person.Suffix())
	lane, step := c.cell()
	switch c.n(34) {
	case 0, 1, 2:
		id := c.new("card")
		fs := c.fields(board.KindCard)
		if c.n(2) == 0 {
			fs = []board.Field{{Name: "activity", Value: board.String(pick(c, "activity-1", "activity-2", "activity-0", "activity-new0"))}}
		}
		return &board.AddCard{ID: id, Lane: lane, Step: step, After: c.after(someCards...), Fields: fs}, actor
	case 3, 4:
		return &board.MoveCard{ID: pick(c, someCards...), Lane: lane, Step: step, After: c.after(someCards...)}, actor
	case 5, 6:
		return &board.DeleteRecord{ID: c.any()}, actor
	case 7, 8:
		return &board.RestoreRecord{ID: c.any()}, actor
	case 9, 10:
		id := c.any()
		return &board.SetFields{ID: id, Fields: c.fields(id.Kind())}, actor
	case 11, 12, 13:
		base := max(0, seq-board.Seq(c.n(6)))
		return &board.EditText{ID: c.any(), Field: pick(c, "text", "title", "word", "because", "name", "nothing"), Base: base, Delta: c.delta()}, actor
	case 14:
		id := pick(c, c.new("persona"), c.new("lane"), c.new("sticky"), c.new("marker"), c.new("moment"))
		fs := c.fields(id.Kind())
		switch id.Kind() {
		case board.KindMarker:
			fs = fields("step", pick(c, someSteps...))
		case board.KindMoment:
			fs = fields("target", c.any())
		}
		return &board.AddRecord{ID: id, Fields: fs, After: c.after(c.any())}, actor
	case 15:
		return &board.AddPhase{ID: c.new("phase"), Step: c.new("step"), Title: "Phase", After: c.after(somePhases...)}, actor
	case 16:
		return &board.MovePhase{ID: pick(c, somePhases...), After: c.after(somePhases...)}, actor
	case 17:
		return &board.AddStep{ID: c.new("step"), Phase: pick(c, somePhases...), After: c.after(someSteps...)}, actor
	case 18:
		return &board.MoveStep{ID: pick(c, someSteps...), Phase: pick(c, somePhases...), After: c.after(someSteps...)}, actor
	case 19:
		return &board.MoveLane{ID: pick(c, someLanes...), After: c.after(someLanes...)}, actor
	case 20:
		return &board.MovePersona{ID: pick(c, somePersonas...), After: c.after(somePersonas...)}, actor
	case 21:
		return &board.SetEmotion{
			Step: pick(c, someSteps...), Persona: pick(c, somePersonas...),
			Value: ptr(int64(c.n(7)-3) * 100), Word: pick(c, "", "froh"), Because: pick(c, "", "weil"),
		}, actor
	case 22:
		return &board.LockRecord{Target: c.any()}, actor
	case 23:
		return &board.UnlockRecord{Target: c.any()}, actor
	case 24:
		person := pick(c, somePeople...)
		role := map[board.ID]board.Role{fay: board.Facilitator, ed: board.Editor, pat: board.Participant, cora: board.Commenter}[person]
		if role == "" || c.n(4) == 0 {
			role = pick(c, allRoles[1:]...)
		}
		op := &board.SetMember{Person: person, Role: role}
		if c.n(2) == 0 {
			return op, board.Actor{Person: fay, System: true} // so that whoever was removed comes back
		}
		return op, actor
	case 25:
		return &board.RemoveMember{Person: pick(c, somePeople...)}, actor
	case 26:
		return &board.OpenActivity{
			ID: c.new("activity"), ActivityType: "collect", Lane: pick(c, "", lane),
			Sealed: c.n(2) == 0, ShowCount: c.n(2) == 0,
		}, actor
	case 27:
		return &board.CloseActivity{ID: pick[board.ID](c, "activity-0", "activity-1", "activity-2", "activity-new0")}, actor
	case 28:
		return &board.OpenBallot{ID: c.new("ballot"), Cap: int64(c.n(5)), PerTarget: int64(c.n(3)), Blind: c.n(2) == 0}, actor
	case 29, 30:
		return &board.CastVote{Ballot: pick[board.ID](c, "ballot-0", "ballot-1", "ballot-2", "ballot-new0"), Target: c.any(), Count: int64(c.n(4))}, actor
	case 31:
		return &board.CloseBallot{ID: pick[board.ID](c, "ballot-0", "ballot-1", "ballot-2", "ballot-new0")}, actor
	case 32:
		return pick[board.Op](c, &board.FreezeBoard{}, &board.FreezeBoard{On: true}, &board.UntrashBoard{}, &board.TrashBoard{}, &board.FreezeBoard{}), actor
	}
	actor.System = true
	return pick[board.Op](
		c,
		&board.Join{Person: pick(c, somePeople...), Role: pick(c, allRoles[1:]...), Invite: "invite-1"},
		&board.AddInvite{ID: c.new("invite"), Role: board.Participant, Expires: start + board.Time(c.n(200))*1000},
		&board.CloseInvite{ID: "invite-1"},
		&board.RenewInvite{ID: "invite-1", Revision: "r" + string(c.new("invite"))},
		&board.ExpireClients{Before: start + board.Time(c.n(200))*1000},
		&board.UntrashBoard{}, &board.UntrashBoard{}, &board.UntrashBoard{},
		&board.CreateBoard{Records: smallMap()},
	), actor
}

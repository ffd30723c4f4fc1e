package collab_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

// passes gives everybody viewer's passes by invites.
type passes struct {
	list []collab.Pass
	err  error
}

func (p *passes) Check(context.Context, board.ID, board.ID) ([]collab.Pass, error) {
	return p.list, p.err
}

func pass(invite board.ID) collab.Pass {
	return collab.Pass{Role: board.Viewer, Invite: invite, Revision: "first"}
}

func TestHub_S9_pass_is_good_while_its_invite_is(t *testing.T) {
	for name, c := range map[string]struct {
		revision string
		err      error
		in       bool
	}{
		"open":             {"first", nil, true},
		"another revision": {"second", nil, false},
		"none":             {"first", collab.ErrNoAccess, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.access = &passes{[]collab.Pass{pass("invite-1")}, c.err}
			w.start(0)
			w.create()
			w.ask(&board.AddInvite{ID: "invite-1", Role: board.Viewer, Revision: c.revision})
			eve := w.person("eve")
			eve.join()
			w.run()
			if (eve.session != nil) != c.in {
				t.Fatalf("eve heard %q", eve.heard)
			}
			if !c.in {
				if eve.last() != "closed 4403" {
					t.Errorf("eve heard %q", eve.last())
				}
				return
			}
			eve.ops(`{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}`)
			w.run()
			if !strings.Contains(strings.Join(eve.heard, "\n"), "refused role") {
				t.Errorf("eve heard %q", eve.heard)
			}
			w.ask(&board.CloseInvite{ID: "invite-1"})
			if eve.last() != "closed 4403" {
				t.Errorf("eve heard %q", eve.last())
			}
		})
	}
}

// Another server has let eve in just now, and this one has not heard of it; however far it is behind.
func TestHub_S9_log_is_looked_at_before_anybody_is_turned_away(t *testing.T) {
	for _, behind := range []int{0, 1200} {
		w := newWorld(t, 2)
		w.access = &passes{nil, collab.ErrNoAccess}
		w.start(0)
		w.start(1)
		w.create()
		ben, eve := w.person("ben"), w.person("eve")
		ben.server, eve.server = 1, 1
		ben.join()
		w.run()
		w.bus.off = true
		for range behind {
			w.ask(&board.SetMember{Person: "person-ben", Role: board.Viewer})
			w.ask(&board.SetMember{Person: "person-ben", Role: board.Editor})
		}
		w.ask(&board.SetMember{Person: "person-eve", Role: board.Editor})
		eve.join()
		w.run()
		if eve.session == nil {
			t.Errorf("with %d batches more to read eve heard %q", 2*behind, eve.heard)
		}
	}
}

func TestHub_Recheck_S9_pass_that_was_taken_away_elsewhere_ends_its_sessions(t *testing.T) {
	w := newWorld(t, 1)
	known := &passes{list: []collab.Pass{pass("invite-1")}}
	w.access = known
	w.start(0)
	w.create()
	w.ask(&board.AddInvite{ID: "invite-1", Role: board.Viewer, Revision: "first"})
	eve, ben := w.person("eve"), w.person("ben")
	eve.join()
	ben.join()
	w.run()
	w.servers[0].Recheck(theBoard, "person-eve")
	w.run()
	if eve.session == nil {
		t.Fatalf("eve, whose pass is good, heard %q", eve.heard)
	}
	known.list, known.err = nil, collab.ErrNoAccess
	for _, person := range []board.ID{"person-ben", "person-eve"} {
		w.servers[0].Recheck(theBoard, person)
	}
	w.run()
	if eve.last() != "closed 4403" || ben.session == nil {
		t.Errorf("eve heard %q, ben, a member, %q", eve.heard, ben.heard)
	}
}

func TestHub_S9_several_invites_are_worth_the_best_of_them(t *testing.T) {
	begin := func(t *testing.T, list ...collab.Pass) (*world, *passes, *person) {
		w, known := newWorld(t, 1), &passes{list: list}
		w.access = known
		w.start(0)
		w.create()
		for _, id := range []board.ID{"invite-1", "invite-2", "invite-3"} {
			w.ask(&board.AddInvite{ID: id, Role: board.Viewer, Revision: "first"})
		}
		eve := w.person("eve")
		eve.join()
		w.run()
		return w, known, eve
	}
	stays := func(t *testing.T, eve *person, want bool) {
		t.Helper()
		if (eve.session != nil) != want || !want && eve.last() != "closed 4403" {
			t.Fatalf("is in: %v; eve heard %q", eve.session != nil, eve.heard)
		}
	}
	for _, order := range [][]board.ID{{"invite-1", "invite-2"}, {"invite-2", "invite-1"}} {
		t.Run(fmt.Sprint(order[0], " is closed first"), func(t *testing.T) {
			w, _, eve := begin(t, pass("invite-2"), pass("invite-1"))
			w.ask(&board.CloseInvite{ID: order[0]})
			stays(t, eve, true)
			w.ask(&board.CloseInvite{ID: order[1]})
			stays(t, eve, false)
		})
	}
	t.Run("one that is closed does not stand before a good one", func(t *testing.T) {
		w, _, _ := begin(t)
		w.ask(&board.CloseInvite{ID: "invite-2"})
		w.access.(*passes).list = []collab.Pass{pass("invite-2"), pass("invite-1")}
		fay := w.person("fay")
		fay.join()
		w.run()
		stays(t, fay, true)
	})
	t.Run("one that was used since is looked up", func(t *testing.T) {
		w, known, eve := begin(t, pass("invite-1"))
		known.list = append(known.list, pass("invite-2"))
		w.ask(&board.CloseInvite{ID: "invite-1"})
		stays(t, eve, true)
		w.ask(&board.CloseInvite{ID: "invite-2"})
		stays(t, eve, false)
	})
	t.Run("a directory that does not answer lets nobody stay", func(t *testing.T) {
		w, known, eve := begin(t, pass("invite-1"))
		known.err = errors.New("no answer")
		w.ask(&board.CloseInvite{ID: "invite-1"})
		if eve.last() != "closed 4503" {
			t.Fatalf("eve heard %q", eve.heard)
		}
		known.err = nil
		eve.join()
		w.run()
		stays(t, eve, false)
	})
}

func TestHub_S9_pass_ends_when_its_invite_expires(t *testing.T) {
	w := newWorld(t, 1)
	w.access = &passes{list: []collab.Pass{pass("invite-1")}}
	w.start(0)
	w.create()
	w.ask(&board.AddInvite{ID: "invite-1", Role: board.Viewer, Revision: "first", Expires: board.Time(w.st.now.Add(30 * time.Second).UnixMilli())})
	eve := w.person("eve")
	eve.join()
	w.wait(20 * time.Second)
	if eve.session == nil {
		t.Fatalf("eve heard %q", eve.heard)
	}
	w.wait(12 * time.Second)
	if eve.last() != "closed 4403" {
		t.Errorf("eve heard %q", eve.last())
	}
}

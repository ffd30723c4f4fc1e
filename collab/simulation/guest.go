package simulation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"waymark/board"
	"waymark/collab"
)

// This file has those who come by a link: what the directory knows of them, and
// what servers do for them.

// A directory is what the servers know of people outside the log.
type directory struct{ w *World }

func (directory) People(_ context.Context, ids []board.ID) ([]collab.Person, error) {
	list := make([]collab.Person, 0, len(ids))
	for _, id := range ids {
		list = append(list, collab.Person{ID: id, Name: "Name of " + string(id), Color: "sky", Initials: "N"})
	}
	return list, nil
}

// Check is [collab.Access].
func (d directory) Check(_ context.Context, person, _ board.ID) ([]collab.Pass, error) {
	if passes := d.w.passes[string(person)]; len(passes) > 0 {
		return slices.Clone(passes), nil
	}
	return nil, collab.ErrNoAccess
}

// right is what a person may do on a board: as a member, else by a pass whose
// invite is still good. Servers' clocks differ, so an invite that ends about now
// is still good.
func (w *World) right(m *Model, person string) string {
	if role := m.Role(person); role != "" {
		return role
	}
	return w.passRole(person, func(id board.ID) (bool, string, bool) {
		r := m.Live(string(id))
		if r == nil {
			return true, "", false
		}
		expires := r.Num("expires", 0)
		over := expires != 0 && expires+clocks.Milliseconds() <= int64(w.S.Now())
		return r.On("closed") || over, r.Word("revision", ""), true
	})
}

// passRole is what a person may do by a pass; invite looks its invite up.
func (w *World) passRole(person string, invite func(board.ID) (closed bool, revision string, ok bool)) string {
	for _, pass := range w.passes[person] {
		if closed, revision, ok := invite(pass.Invite); ok && !closed && revision == pass.Revision {
			return string(pass.Role)
		}
	}
	return ""
}

// clocks is by how much a server's clock may be behind.
const clocks = time.Second

// guest names somebody who is no member.
func guest(i int) string { return fmt.Sprintf("person-guest%d", i) }

// door has a server do what it does when somebody makes a link, closes one, or
// comes by one.
func (w *World) door() {
	srv := w.route()
	if w.calm {
		return
	}
	w.S.After(w.S.Between(500*time.Millisecond, 6*time.Second), nil, w.door)
	if srv == nil {
		return
	}
	if m := w.ledger.m.Of("map"); len(m) == 1 && m[0].On("trashed") && w.S.Chance(0.5) {
		w.ask(srv, &board.UntrashBoard{}) // from the list of boards
	}
	var open []*Rec
	for _, r := range w.ledger.m.Of("invite") {
		if !r.On("closed") {
			open = append(open, r)
		}
	}
	switch n := w.S.Pick(8); {
	case len(open) == 0 || n == 0:
		op := &board.AddInvite{ID: w.S.NewID("invite"), Role: board.Viewer, Revision: fmt.Sprintf("r%x", w.S.Rand.Uint32())}
		if w.S.Chance(0.4) {
			op.Role = board.Participant
		}
		if w.S.Chance(0.3) {
			op.Expires = w.S.Now() + board.Time(w.S.Between(time.Second, 20*time.Second).Milliseconds())
		}
		w.ask(srv, op)
	case n == 1:
		w.ask(srv, &board.CloseInvite{ID: board.ID(open[w.S.Pick(len(open))].ID)})
	case n == 2:
		w.ask(srv, &board.RenewInvite{ID: board.ID(open[w.S.Pick(len(open))].ID), Revision: fmt.Sprintf("r%x", w.S.Rand.Uint32())})
	case n == 3:
		// Somebody who may have been here before.
		person := board.ID(fmt.Sprintf("person-%d", 2+w.S.Pick(mostPeople-1)))
		w.ask(srv, &board.Join{Person: person, Role: board.Participant, Invite: board.ID(open[w.S.Pick(len(open))].ID)})
		w.S.After(w.S.Between(0, time.Second), nil, w.readmit)
	default:
		w.redeem(srv, open[w.S.Pick(len(open))])
	}
}

// redeem lets somebody in who has no right: by a link for viewers with a pass,
// by others as a member.
func (w *World) redeem(srv *Server, invite *Rec) {
	var outside []string
	for _, b := range w.browsers {
		if w.right(w.ledger.m, b.Person) == "" && !slices.Contains(outside, b.Person) {
			outside = append(outside, b.Person)
		}
	}
	if len(outside) == 0 {
		return
	}
	person := outside[w.S.Pick(len(outside))]
	role := board.Role(invite.Word("role", "viewer"))
	w.trace("%s comes by %s as %s", person, invite.ID, role)
	if role == board.Viewer {
		pass := collab.Pass{Role: role, Invite: board.ID(invite.ID), Revision: invite.Word("revision", "")}
		w.passes[person] = append(w.passes[person], pass)
	} else {
		w.ask(srv, &board.Join{Person: board.ID(person), Role: role, Invite: board.ID(invite.ID)})
	}
	w.S.After(w.S.Between(0, time.Second), nil, w.readmit)
}

// forget has a server forget clients that were silent for long.
func (w *World) forget() {
	if w.calm || w.Plan.Expire == 0 {
		return
	}
	w.S.After(w.S.Between(500*time.Millisecond, 4*time.Second), nil, w.forget)
	if srv := w.route(); srv != nil {
		w.ask(srv, &board.ExpireClients{Before: w.S.Now() - board.Time(w.Plan.Expire.Milliseconds())})
	}
}

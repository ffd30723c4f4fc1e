package main

import (
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"waymark/board"
	"waymark/collab"
	"waymark/server/directory"
)

// memberBody is somebody with access to a board.
type memberBody struct {
	Person     board.ID   `json:"person"`
	Name       string     `json:"name"`
	Department string     `json:"department"`
	Color      string     `json:"color"`
	Initials   string     `json:"initials"`
	Role       board.Role `json:"role"`
	Guest      bool       `json:"guest"`
	Live       bool       `json:"live"`     // on the board now
	ByInvite   bool       `json:"byInvite"` // looks by an invite, without a member record
}

// inviteBody is a link to a board, without its secret: that was shown when it was made.
type inviteBody struct {
	ID       board.ID   `json:"id"`
	Role     board.Role `json:"role"`
	Expires  int64      `json:"expires"`
	Max      int64      `json:"max"`
	Used     int        `json:"used"`
	Passcode bool       `json:"passcode"`
	Closed   bool       `json:"closed"`
	Label    string     `json:"label"`
}

type networkBody struct {
	LoopbackOnly bool   `json:"loopbackOnly"`
	Encrypted    bool   `json:"encrypted"`
	PublicURL    string `json:"publicUrl"`
	Command      string `json:"command"` // opens the server to the own network, for administrators; "" = it is open
}

type accessBody struct {
	Members []memberBody `json:"members"`
	Invites []inviteBody `json:"invites"`
	Network networkBody  `json:"network"`
}

// access says who has access to a board; its invites are for facilitators.
func (s *Server) access(c echo.Context) error {
	p, id, err := s.onBoard(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	viewers, err := s.directory.Viewers(ctx, id)
	if err != nil {
		return err
	}
	uses, err := s.directory.InviteUses(ctx, id)
	if err != nil {
		return err
	}
	out := accessBody{Members: []memberBody{}, Invites: []inviteBody{}, Network: s.network()}
	if !p.Admin {
		out.Network.Command = "" // it names a path on the server's disk
	}
	err = s.mayLook(ctx, id, p.ID, board.Viewer, func(b *board.Board) error {
		out.Members = members(b, viewers, s.millis())
		if b.Role(p.ID) == board.Facilitator {
			out.Invites = invites(b, uses)
		}
		return nil
	})
	if err != nil {
		return err
	}
	ids := make([]board.ID, len(out.Members))
	for i, m := range out.Members {
		ids[i] = m.Person
	}
	names, err := s.names(ctx, ids)
	if err != nil {
		return err
	}
	live := s.hub.Present(id)
	for i := range out.Members {
		m := &out.Members[i]
		who := names[m.Person]
		m.Name, m.Department, m.Color, m.Initials, m.Guest = who.Name, who.Department, who.Color, who.Initials(), who.Guest
		m.Live = slices.Contains(live, m.Person)
	}
	return c.JSON(http.StatusOK, out)
}

func (s *Server) network() networkBody {
	n := networkBody{LoopbackOnly: s.site.local, Encrypted: s.site.encrypted(), PublicURL: s.site.link("/")}
	if s.site.local {
		n.Command = s.site.networkCommand()
	}
	return n
}

// members are those with a member record, and those who look by an invite that still holds.
func members(b *board.Board, viewers []directory.Viewer, now board.Time) []memberBody {
	list := []memberBody{}
	seen := map[board.ID]bool{}
	for r := range b.Under(board.KindMember) {
		seen[r.Ref("person")] = true
		list = append(list, memberBody{Person: r.Ref("person"), Role: board.Role(r.Str("role"))})
	}
	slices.SortStableFunc(list, func(x, y memberBody) int {
		switch {
		case x.Role == y.Role:
			return 0
		case x.Role.AtLeast(y.Role):
			return -1
		}
		return 1
	})
	for _, v := range viewers {
		if !seen[v.Person] && inviteHolds(b, v.Invite, v.Revision, now) {
			seen[v.Person] = true
			list = append(list, memberBody{Person: v.Person, Role: board.Viewer, ByInvite: true})
		}
	}
	return list
}

func invites(b *board.Board, uses map[board.ID]int) []inviteBody {
	list := []inviteBody{}
	for r := range b.Under(board.KindInvite) {
		list = append(list, inviteBody{
			ID: r.ID, Role: board.Role(r.Str("role")), Expires: r.Int("expires"), Max: r.Int("max"), Used: uses[r.ID],
			Passcode: r.Bool("passcode"), Closed: r.Bool("closed"), Label: r.Str("label"),
		})
	}
	return list
}

// addInvite makes a link. The directory's row is there first, then the entry that names it: a row without an entry
// opens nothing.
func (s *Server) addInvite(c echo.Context) error {
	p, id, err := s.onBoard(c)
	if err != nil {
		return err
	}
	var in struct {
		Role      board.Role `json:"role"`
		ExpiresIn int64      `json:"expiresIn"` // ms; 0 = never
		Max       int        `json:"max"`
		Passcode  string     `json:"passcode"`
		Label     string     `json:"label"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	const longest = 366 * 24 * time.Hour
	switch {
	case !in.Role.Valid() || in.Role == board.Facilitator:
		return failField("role")
	case in.ExpiresIn < 0 || in.ExpiresIn > longest.Milliseconds():
		return failField("expiresIn")
	case in.Max < 0 || in.Max > 100_000:
		return failField("max")
	case len(in.Passcode) > 100:
		return failField("passcode")
	}
	if err := line("label", &in.Label, 0, 80); err != nil {
		return err
	}
	ctx := c.Request().Context()
	if err := s.mayLook(ctx, id, p.ID, board.Facilitator, func(*board.Board) error { return nil }); err != nil {
		return err
	}
	invite := directory.Invite{
		ID: directory.NewID(string(board.KindInvite)), Board: id, Role: in.Role, Label: in.Label, MaxUses: in.Max, CreatedBy: p.ID,
	}
	if in.ExpiresIn > 0 {
		invite.ExpiresAt = int64(s.millis()) + in.ExpiresIn
	}
	invite, secret, err := s.directory.AddInvite(ctx, invite, in.Passcode)
	if err != nil {
		return err
	}
	op := &board.AddInvite{
		ID: invite.ID, Role: invite.Role, Revision: invite.Revision, Expires: board.Time(invite.ExpiresAt),
		Max: int64(invite.MaxUses), Passcode: invite.Passcode, Label: invite.Label,
	}
	if err := s.propose(ctx, id, op, board.Actor{Person: p.ID, System: true}); err != nil {
		return err
	}
	return c.JSON(http.StatusCreated, map[string]string{"id": string(invite.ID), "url": s.site.link("/join#" + secret)})
}

// renewInvite gives an invite another link, for one that has got into wrong hands: from the entry on the old one opens
// nothing, and the sessions of those who look by it end. Whoever became a member by it stays one.
func (s *Server) renewInvite(c echo.Context) error {
	p, id, err := s.onBoard(c)
	if err != nil {
		return err
	}
	ctx := c.Request().Context()
	invite := board.ID(c.Param("invite"))
	err = s.mayLook(ctx, id, p.ID, board.Facilitator, func(b *board.Board) error {
		r, ok := b.Live(invite)
		switch {
		case !ok || r.Kind != board.KindInvite:
			return fail("notFound")
		case !inviteHolds(b, invite, r.Str("revision"), s.millis()):
			return fail("closed")
		}
		return nil
	})
	if err != nil {
		return err
	}
	renewed, secret, err := s.directory.RenewInvite(ctx, id, invite)
	if err != nil {
		return err
	}
	op := &board.RenewInvite{ID: renewed.ID, Revision: renewed.Revision}
	if err := s.propose(ctx, id, op, board.Actor{Person: p.ID, System: true}); err != nil {
		return err
	}
	return c.JSON(http.StatusOK, map[string]string{"id": string(renewed.ID), "url": s.site.link("/join#" + secret)})
}

func (s *Server) closeInvite(c echo.Context) error {
	return s.change(c, &board.CloseInvite{ID: board.ID(c.Param("invite"))})
}

// setRole gives somebody a role on a board: a facilitator those who have access to it, an administrator anyone on any
// board, so that none is ever without a facilitator who can be reached.
func (s *Server) setRole(c echo.Context) error {
	p, id, err := s.onBoard(c)
	if err != nil {
		return err
	}
	var in struct {
		Person board.ID   `json:"person"`
		Role   board.Role `json:"role"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	switch {
	case !in.Person.Valid():
		return failField("person")
	case !in.Role.Valid():
		return failField("role")
	}
	ctx := c.Request().Context()
	if !p.Admin {
		passes, err := s.passes(ctx, id, in.Person)
		if err != nil {
			return err
		}
		err = s.mayLook(ctx, id, p.ID, board.Facilitator, func(b *board.Board) error {
			if b.Role(in.Person) == board.Nobody && !passes.holds(b, s.millis()) {
				return fail("notFound")
			}
			return nil
		})
		if err != nil {
			return err
		}
	} else if _, err := s.directory.Person(ctx, in.Person); err != nil {
		return err
	}
	op := &board.SetMember{Person: in.Person, Role: in.Role}
	if err := s.propose(ctx, id, op, board.Actor{Person: p.ID, System: true}); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// removeMember takes a person off a board: a facilitator anyone, anyone oneself. The member record goes by an op, and
// the directory's rows of those who look by an invite go with it. The links by which the person came let in whoever has
// them, so the answer names those that still do.
func (s *Server) removeMember(c echo.Context) error {
	p, id, err := s.onBoard(c)
	if err != nil {
		return err
	}
	person := board.ID(c.Param("person"))
	if !person.Valid() {
		return fail("notFound")
	}
	least := board.Facilitator
	if person == p.ID {
		least = board.Viewer
	}
	ctx := c.Request().Context()
	uses, err := s.directory.InviteUses(ctx, id)
	if err != nil {
		return err
	}
	came, err := s.directory.UsedBy(ctx, id, person)
	if err != nil {
		return err
	}
	member, open := false, []inviteBody{}
	err = s.mayLook(ctx, id, p.ID, least, func(b *board.Board) error {
		member = b.Role(person) != board.Nobody
		if b.Role(p.ID) == board.Facilitator {
			open = slices.DeleteFunc(invites(b, uses), func(i inviteBody) bool {
				return i.Closed || i.Expires != 0 && i.Expires <= int64(s.millis()) || !slices.Contains(came, i.ID)
			})
		}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.directory.RemoveViewer(ctx, id, person); err != nil {
		return err
	}
	if member {
		if err := s.propose(ctx, id, &board.RemoveMember{Person: person}, board.Actor{Person: p.ID}); err != nil {
			return err
		}
	}
	s.hub.EndOn(id, collab.CloseRevoked, func(who collab.Identity) bool { return who.Person == person })
	if !member { // of a member the log has it
		s.audit(ctx, directory.Act{Person: p.ID, Board: id, Name: "remove", Detail: string(person)})
	}
	return c.JSON(http.StatusOK, map[string][]inviteBody{"invites": open})
}

package main

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/labstack/echo/v4"

	"waymark/board"
	"waymark/collab"
	"waymark/server/directory"
)

// lookBody is what a link shows before one joins.
type lookBody struct {
	Board         board.ID   `json:"board"`
	Title         string     `json:"title"`
	Role          board.Role `json:"role"`
	Host          string     `json:"host"`
	NeedsPasscode bool       `json:"needsPasscode"`
	Members       int        `json:"members"`
	// What the map looks like, without its words, and who of the house is at work on it.
	Steps       int                `json:"steps"`
	Curve       []directory.Point  `json:"curve"`
	Picture     *directory.Picture `json:"picture,omitempty"`
	Departments []departmentBody   `json:"departments"`
}

// departmentBody is a department that a guest may say to be of.
type departmentBody struct {
	Name string `json:"name"`
	Hue  int    `json:"hue"`
}

// mostDepartments bounds what a join page offers to choose from.
const mostDepartments = 12

func departmentsOf(b *board.Board) []departmentBody {
	out := []departmentBody{}
	for _, d := range b.AtWork() {
		if len(out) < mostDepartments && line("department", &d.Name, 1, 40) == nil {
			out = append(out, departmentBody(d))
		}
	}
	return out
}

// lookAtInvite says where a link leads. Behind a passcode it says no more than that there is one.
func (s *Server) lookAtInvite(c echo.Context) error {
	var in struct {
		Secret   string `json:"secret"`
		Passcode string `json:"passcode"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	ctx := c.Request().Context()
	invite, err := s.findInvite(ctx, in.Secret)
	if err != nil {
		return err
	}
	if invite.Passcode && in.Passcode == "" {
		return c.JSON(http.StatusOK, lookBody{Role: invite.Role, NeedsPasscode: true})
	}
	if err := s.checkPasscode(c, invite, in.Passcode); err != nil {
		return err
	}
	out := lookBody{Board: invite.Board, Role: invite.Role, NeedsPasscode: invite.Passcode}
	err = s.behindInvite(ctx, invite, func(b *board.Board) {
		if m, ok := b.Map(); ok {
			var p directory.Projection
			p.Count(b, m.ID)
			out.Title, out.Steps, out.Curve, out.Picture = m.Str("title"), p.Steps, p.Curve, p.Picture
		}
		out.Departments = departmentsOf(b)
		for range b.Under(board.KindMember) {
			out.Members++
		}
	})
	if err != nil {
		return err
	}
	host, err := s.names(ctx, []board.ID{invite.CreatedBy})
	if err != nil {
		return err
	}
	out.Host = host[invite.CreatedBy].Name
	return c.JSON(http.StatusOK, out)
}

// joinByInvite lets somebody in: the person of this browser if there is one, else a new guest.
func (s *Server) joinByInvite(c echo.Context) error {
	var in struct {
		Secret     string `json:"secret"`
		Passcode   string `json:"passcode"`
		Name       string `json:"name"`
		Department string `json:"department"`
		Lang       string `json:"lang"`
	}
	if err := readBody(c, maxBody, &in); err != nil {
		return err
	}
	ctx := c.Request().Context()
	invite, err := s.findInvite(ctx, in.Secret)
	if err != nil {
		return err
	}
	if err := s.checkPasscode(c, invite, in.Passcode); err != nil {
		return err
	}
	p, known, err := s.ofThisBrowser(ctx, c)
	if err != nil {
		return err
	}
	member := false
	if err := s.behindInvite(ctx, invite, func(b *board.Board) { member = b.Role(p.ID) != board.Nobody }); err != nil {
		return err
	}
	profile := directory.Profile{Name: in.Name, Department: in.Department, Lang: in.Lang}
	if !known || p.Guest {
		err := errors.Join(line("name", &profile.Name, 1, 80), line("department", &profile.Department, 0, 80), language(&profile.Lang))
		if err != nil {
			return err
		}
	}
	// A link that somebody has used does not give back what a facilitator has taken since.
	came, err := s.directory.UsedBy(ctx, invite.Board, p.ID)
	if err != nil {
		return err
	}
	if p, err = s.directory.LetIn(ctx, invite, p, profile); err != nil {
		return err
	}
	if known && p.Guest {
		s.hub.PersonChanged(p.ID)
	}
	again := slices.Contains(came, invite.ID)
	if invite.Role != board.Viewer && (!member || !again) {
		op := &board.Join{Person: p.ID, Role: invite.Role, Invite: invite.ID}
		err := s.propose(ctx, invite.Board, op, board.Actor{Person: p.ID, System: true})
		// Where it may have been written after all, the use stays counted: a link for one lets in no second.
		if errors.Is(err, collab.ErrUnwritten) && !again {
			err = errors.Join(err, s.directory.TakeBack(context.WithoutCancel(ctx), invite, p.ID))
		}
		if err != nil {
			return err
		}
	}
	return s.enter(c, p, invite.Board, "join")
}

func (s *Server) findInvite(ctx context.Context, secret string) (directory.Invite, error) {
	invite, err := s.directory.FindInvite(ctx, secret)
	return invite, s.counted("link", err)
}

func (s *Server) checkPasscode(c echo.Context, invite directory.Invite, passcode string) error {
	if !invite.Passcode {
		return nil
	}
	if len(passcode) > 100 {
		return failField("passcode")
	}
	_, err := guess(s, c, string(invite.ID), "passcode", func() (bool, error) {
		return true, s.directory.CheckPasscode(c.Request().Context(), invite, passcode)
	})
	return err
}

// behindInvite looks at the board if its own record still honours the link.
func (s *Server) behindInvite(ctx context.Context, invite directory.Invite, look func(b *board.Board)) error {
	err := s.look(ctx, invite.Board, func(b *board.Board) error {
		switch {
		case b.Trashed():
			return fail("trashed")
		case !inviteHolds(b, invite.ID, invite.Revision, s.millis()):
			return fail("closed")
		}
		look(b)
		return nil
	})
	if f := asFailure(err); err != nil && f.Code == "notFound" {
		return &Failure{Code: "link", cause: err}
	}
	return err
}

// ofThisBrowser is the person whose refresh token the request carries.
func (s *Server) ofThisBrowser(ctx context.Context, c echo.Context) (directory.Person, bool, error) {
	token := s.site.refreshToken(c.Request())
	if token == "" {
		return directory.Person{}, false, nil
	}
	p, err := s.directory.Holder(ctx, token)
	if errors.Is(err, directory.ErrNotFound) || errors.Is(err, directory.ErrExpired) {
		return directory.Person{}, false, nil
	}
	return p, err == nil, err
}

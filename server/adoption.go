package main

import (
	"context"
	"errors"

	"github.com/labstack/echo/v4"

	"waymark/board"
	"waymark/collab"
	"waymark/server/directory"
)

// leaveGuest gives an account what the guest of this browser has, and says who that was; "" = nobody.
func (s *Server) leaveGuest(ctx context.Context, c echo.Context, p directory.Person) (board.ID, error) {
	token := s.site.refreshToken(c.Request())
	if token == "" || p.Guest {
		return "", nil
	}
	guest, err := s.directory.Holder(ctx, token)
	if err != nil || !guest.Guest || guest.ID == p.ID {
		return "", nil //nolint:nilerr // a cookie that is good no more belongs to nobody
	}
	adopted, err := s.directory.Adopt(ctx, guest.ID, p.ID)
	if err != nil || !adopted {
		return "", err
	}
	// The guest's other pages come back as the account.
	s.hub.End(collab.CloseToken, func(who collab.Identity) bool { return who.Person == guest.ID })
	s.project(ctx) // so that the list has what the guest joined just now
	s.handOver(ctx, directory.Adoption{Guest: guest.ID, Account: p.ID})
	s.hub.PersonChanged(guest.ID)
	s.audit(ctx, directory.Act{Person: p.ID, Name: "adopt", Detail: string(guest.ID)})
	return guest.ID, nil
}

// handOver tells every board of a guest who the guest is now. A board that cannot be told is told later.
func (s *Server) handOver(ctx context.Context, a directory.Adoption) {
	list, err := s.directory.MemberOf(ctx, a.Guest)
	if err != nil {
		s.log.Error("boards of a guest were not read", "guest", a.Guest, "error", err)
		return
	}
	server := board.Actor{Person: a.Account, System: true}
	for _, id := range list {
		if err := s.propose(ctx, id, &board.Adopt{Guest: a.Guest, Account: a.Account}, server); err != nil && !errors.Is(ctx.Err(), context.Canceled) {
			s.log.Error("a board did not go over to the account", "board", id, "guest", a.Guest, "account", a.Account, "error", err)
		}
	}
}

// handOverRest tells the boards that were not told when their guest signed in.
func (s *Server) handOverRest(ctx context.Context) {
	left, err := s.directory.AdoptionsLeft(ctx)
	if err != nil {
		if !errors.Is(ctx.Err(), context.Canceled) {
			s.log.Error("adopted guests were not read", "error", err)
		}
		return
	}
	for _, a := range left {
		if ctx.Err() != nil {
			return // the rest the next time
		}
		s.handOver(ctx, a)
	}
	if len(left) > 0 {
		s.project(ctx)
	}
}

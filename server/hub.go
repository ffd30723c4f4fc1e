package main

import (
	"context"
	"errors"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/server/directory"
)

// openHub joins the parts that serve boards.
func (s *Server) openHub() {
	limits := collab.DefaultLimits()
	chosen := s.config.Limits
	limits.OpsPerSecond, limits.OpsBurst = chosen.OpsPerSecond, chosen.OpsBurst
	limits.PresencePerSecond = chosen.PresencePerSecond
	limits.SocketsPerPerson = chosen.SocketsPerPerson
	s.frameBytes = limits.FrameBytes
	s.hub = collab.NewHub(collab.Config{
		Log: s.data, Archive: s.data, Bus: s.bus, Alone: !s.data.shared,
		Authenticate: s.authenticate,
		Access:       access{s.directory},
		People:       people{s.directory},
		Watch:        func(b *board.Board, _ collab.Head, governed bool) { s.projector.changed(b.ID(), governed) },
		Node:         s.node,
		Offset:       s.clock.Offset,
		Gzip:         pack,
		Gunzip:       unpack,
		Limits:       limits,
		Logger:       s.log,
	})
	s.metrics.observeHub(s.hub)
}

// activeTimeout bounds the look into the directory when a session says hello.
const activeTimeout = 2 * time.Second

// authenticate reads the token of a hello. Its sign-in must go on; while the directory cannot be read, the token's own
// ten minutes have to do.
func (s *Server) authenticate(token string) (collab.Identity, error) {
	caller, err := s.tokens.Check(token, audienceSocket)
	if err != nil {
		return collab.Identity{}, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), activeTimeout)
	defer cancel()
	_, err = s.directory.Active(ctx, caller.Person, caller.SignIn)
	if errors.Is(err, directory.ErrNotFound) || errors.Is(err, directory.ErrDisabled) {
		return collab.Identity{}, err
	}
	return collab.Identity{Person: caller.Person, Login: caller.SignIn}, nil
}

// access lets in who may look by invite.
type access struct{ directory *directory.Directory }

func (a access) Check(ctx context.Context, person, id board.ID) ([]collab.Pass, error) {
	invites, err := a.directory.ViewerOf(ctx, id, person)
	if err != nil {
		return nil, err
	}
	if len(invites) == 0 {
		return nil, collab.ErrNoAccess
	}
	passes := make([]collab.Pass, len(invites))
	for i, v := range invites {
		passes[i] = collab.Pass{Role: board.Viewer, Invite: v.Invite, Revision: v.Revision}
	}
	return passes, nil
}

// people gives rooms the names of who is on them.
type people struct{ directory *directory.Directory }

func (p people) People(ctx context.Context, ids []board.ID) ([]collab.Person, error) {
	known, err := p.directory.People(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]collab.Person, len(known))
	for i, k := range known {
		out[i] = collab.Person{ID: k.ID, Name: k.Name, Department: k.Department, Color: k.Color, Initials: k.Initials()}
	}
	return out, nil
}

// looks is how often a look is tried that meets a room that is closing.
const looks = 5

// look calls f with the board as of a verified head, on the room's goroutine, and returns f's error.
func (s *Server) look(ctx context.Context, id board.ID, f func(b *board.Board) error) error {
	for try := 1; ; try++ {
		var said error
		err := s.hub.View(ctx, id, func(b *board.Board, _ collab.Head) { said = f(b) })
		if err == nil {
			return said
		}
		if try == looks || !errors.Is(err, collab.ErrClosed) {
			return err
		}
	}
}

// propose has the board decide an op and waits until it is committed. A refusal becomes a failure of its own.
func (s *Server) propose(ctx context.Context, id board.ID, op board.Op, actor board.Actor) error {
	_, err := s.hub.Propose(ctx, id, actor, op)
	return asRefusal(err)
}

func asRefusal(err error) error {
	var r *board.Rejection
	if !errors.As(err, &r) {
		return err
	}
	switch r.Code {
	case board.NoRole:
		return &Failure{Code: "role", cause: err}
	case board.Trashed:
		return &Failure{Code: "trashed", cause: err}
	case board.LastFacilitator:
		return &Failure{Code: "lastFacilitator", cause: err}
	case board.Gone:
		return &Failure{Code: "notFound", cause: err}
	case board.Closed:
		return &Failure{Code: "closed", cause: err}
	}
	return &Failure{Code: "refused", Value: string(r.Code), cause: err}
}

// makeBoard is the one way to a new board: head and first batch in one transaction, the person as facilitator.
func (s *Server) makeBoard(ctx context.Context, person, id board.ID, records []*board.Record) error {
	err := s.hub.Create(ctx, id, board.Actor{Person: person, System: true}, &board.CreateBoard{Records: records})
	if err != nil {
		return err
	}
	s.projector.changed(id, true)
	s.project(ctx)
	return nil
}

// passed are the invites by which a person may look at a board.
type passed []directory.Viewer

func (s *Server) passes(ctx context.Context, id, person board.ID) (passed, error) {
	return s.directory.ViewerOf(ctx, id, person)
}

// holds reports whether the board still honours one of the invites.
func (p passed) holds(b *board.Board, now board.Time) bool {
	for _, v := range p {
		if inviteHolds(b, v.Invite, v.Revision, now) {
			return true
		}
	}
	return false
}

// inviteHolds reports whether the board's record names the revision and is neither closed nor expired.
func inviteHolds(b *board.Board, invite board.ID, revision string, now board.Time) bool {
	r, ok := b.Live(invite)
	if !ok || r.Kind != board.KindInvite || r.Bool("closed") || r.Str("revision") != revision {
		return false
	}
	expires := board.Time(r.Int("expires"))
	return expires == 0 || now < expires
}

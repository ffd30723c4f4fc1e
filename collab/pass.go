package collab

import (
	"context"
	"errors"
	"time"

	"waymark/board"
	"waymark/board/planted"
)

// roleOf is what a session may do: as a member, else by the best of its passes.
func (r *Room) roleOf(s *Session) board.Role {
	role := r.board.Role(s.who.Person)
	if role != board.Nobody {
		return role
	}
	for i := range s.seat.passes {
		if p := &s.seat.passes[i]; r.valid(p) && !role.AtLeast(p.Role) {
			role = p.Role
		}
	}
	return role
}

// valid reports whether the invite of a pass is still good.
func (r *Room) valid(p *Pass) bool {
	if p.Invite == "" {
		return true
	}
	invite, ok := r.board.Live(p.Invite)
	if !ok || invite.Kind != board.KindInvite || invite.Bool("closed") || invite.Str("revision") != p.Revision {
		return false
	}
	expires := board.Time(invite.Int("expires"))
	return expires == 0 || expires > r.stamp()
}

// admit looks at a visitor's right. False when it must wait, or was ended.
func (r *Room) admit(v *visitor) bool {
	s := v.s
	if v.again {
		return true
	}
	if role := r.roleOf(s); role != board.Nobody {
		s.seat.role = role
		return true
	}
	switch {
	case v.right == 0 && r.config.Access != nil:
		v.asked = true
		r.askPasses(s, logTimeout, func(passes []Pass, err error) Event { return passed{v, passes, err} })
	case v.right == 0:
		r.doubtRight(v)
	case r.news.looked >= v.right:
		s.end(CloseRevoked, nil)
	}
	return false
}

// doubtRight has the log be looked at before a visitor is turned away: another server may have let the person in just
// now.
func (r *Room) doubtRight(v *visitor) {
	v.right = r.news.looks + 1
	r.news.wanted = true
}

func (r *Room) askPasses(s *Session, limit time.Duration, event func([]Pass, error) Event) {
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), limit)
		defer cancel()
		return event(r.config.Access.Check(ctx, s.who.Person, r.id))
	})
}

// passed is the event of a visitor's passes having been looked up.
type passed struct {
	v      *visitor
	passes []Pass
	err    error
}

func (e passed) on(r *Room) {
	s := e.v.s
	if e.err == nil {
		s.seat.passes = e.passes
	} else if !errors.Is(e.err, ErrNoAccess) {
		r.keeps(s, nil, e.err)
		return
	}
	e.v.asked = false
	if r.roleOf(s) == board.Nobody {
		r.doubtRight(e.v)
	}
}

// keeps ends a session that has no pass, or of which that is not known.
func (r *Room) keeps(s *Session, passes []Pass, err error) bool {
	switch {
	case err == nil && len(passes) > 0:
		return true
	case err == nil, errors.Is(err, ErrNoAccess):
		s.end(CloseRevoked, nil)
	default:
		r.hub.logger.Warn("look up access", "board", r.id, "error", err)
		s.bye(CloseDraining, r.hub.spread(2*time.Second))
	}
	return false
}

// recheck looks at the right of every session, for that may have changed.
func (r *Room) recheck() {
	for i := len(r.sessions) - 1; i >= 0; i-- {
		r.recheckOne(r.sessions[i])
	}
}

func (r *Room) recheckOne(s *Session) {
	role := r.roleOf(s)
	switch {
	case role == board.Nobody && planted.On("revoked-stay"):
	case role == board.Nobody:
		r.revoke(s)
	case role != s.seat.role:
		s.seat.role = role
		var a answer
		a.role(role)
		r.small(s, &a)
	}
}

// passLimit is how long somebody whose passes are good no more may stay, in case
// there is another one.
const passLimit = 750 * time.Millisecond

// revoke ends a session that has no right. One that came by a pass may have used
// another invite since.
func (r *Room) revoke(s *Session) {
	if s.seat.asking {
		return
	}
	if len(s.seat.passes) == 0 {
		s.end(CloseRevoked, nil)
		r.drop(s)
		return
	}
	s.seat.asking = true
	r.askPasses(s, passLimit, func(passes []Pass, err error) Event { return passedAgain{s, passes, err} })
}

// passedAgain is the event of the passes of somebody inside having been looked
// up.
type passedAgain struct {
	s      *Session
	passes []Pass
	err    error
}

func (e passedAgain) on(r *Room) {
	s := e.s
	if !s.seat.in || s.out.ended.Load() {
		return
	}
	s.seat.asking = false
	if !r.keeps(s, e.passes, e.err) {
		r.drop(s)
		return
	}
	if s.seat.passes = e.passes; r.roleOf(s) == board.Nobody {
		s.end(CloseRevoked, nil)
		r.drop(s)
		return
	}
	r.recheckOne(s)
}

// unpassed is the event of a person's passes having been taken away, or not.
type unpassed struct{ person board.ID }

func (e unpassed) on(r *Room) {
	for i := len(r.sessions) - 1; i >= 0; i-- {
		s := r.sessions[i]
		if s.who.Person == e.person && len(s.seat.passes) > 0 && r.board.Role(e.person) == board.Nobody {
			r.revoke(s)
		}
	}
}

package collab

import (
	"errors"
	"time"

	"waymark/board"
)

// Receive takes one text frame from the socket. It never waits for the room.
func (s *Session) Receive(frame []byte) {
	if s.out.ended.Load() {
		return
	}
	now := s.hub.clock()
	s.heard.Store(now.UnixMilli())
	if len(frame) > s.hub.limits.FrameBytes {
		s.hub.metrics.FramesIn.Add(1)
		s.refuse(CloseBad)
		return
	}
	if !s.count(now) {
		return
	}
	list, err := parseFrame(frame)
	if err != nil {
		s.refuse(CloseBad)
		return
	}
	for i := range list {
		if !s.take(&list[i], now) {
			return
		}
	}
}

// Control counts a ping or a pong of the client, which says nothing to the board, and reports whether the session goes on.
// It is for whoever calls Receive.
func (s *Session) Control() bool { return !s.out.ended.Load() && s.count(s.hub.clock()) }

// count counts a frame and ends the session when there are far too many.
func (s *Session) count(now time.Time) bool {
	s.hub.metrics.FramesIn.Add(1)
	rate, burst := s.hub.limits.frames()
	if s.reading.frames.take(now, 1, rate, burst) {
		return true
	}
	s.bye(CloseRate, rateRetry)
	return false
}

// rateRetry is when somebody who sent far too much may come back.
const rateRetry = 5 * time.Second

// refuse ends the session for what it sent.
func (s *Session) refuse(code CloseCode) {
	s.hub.metrics.Refused.Add(1)
	s.end(code, nil)
}

// take handles one message and reports whether the session goes on.
func (s *Session) take(m *message, now time.Time) bool {
	if !s.said {
		if m.kind != kindHello {
			s.refuse(CloseBad)
			return false
		}
		return s.hello(m)
	}
	switch m.kind {
	case kindClaim:
		s.hand(claimed{s, m.client})
	case kindOps:
		return s.ops(m, now)
	case kindPresence:
		return s.show(&m.shown, now)
	case kindDigest:
		return s.differs(m)
	case kindBeat:
		var a answer
		a.beat(s.hub.stamp())
		s.say(&a)
	default:
		s.refuse(CloseBad)
		return false
	}
	return true
}

// differs notes, for the operator, that the page has another board than the log. The page leaves and comes back for a
// snapshot: whoever says it twice is no page, and writes no second line (D2).
func (s *Session) differs(m *message) bool {
	if s.reading.differed {
		s.refuse(CloseBad)
		return false
	}
	s.reading.differed = true
	s.hub.metrics.Differing.Add(1)
	s.hub.logger.Warn("a page's digest differs", "board", s.room.id, "session", s.id, "person", s.who.Person,
		"seq", m.seq, "page", m.public)
	return true
}

// hello reads who is there, and enters the room.
func (s *Session) hello(m *message) bool {
	if m.protocol != Protocol {
		s.refuse(CloseProtocol)
		return false
	}
	who, err := s.hub.config.Authenticate(m.token)
	if err != nil || who.Person.Prefix() != board.PrefixPerson {
		s.refuse(CloseToken)
		return false
	}
	s.said, s.who = true, who
	s.named.Store(true)
	if err := s.hub.enter(s, m.board); err != nil {
		if errors.Is(err, errSockets) {
			s.bye(CloseRate, rateRetry)
		} else {
			s.bye(CloseDraining, s.hub.spread(2*time.Second))
		}
		return false
	}
	s.hand(entered{s, position{m.epoch, m.seq, m.batch}})
	return true
}

// ops hands ops to the room: as many as may come now. Of the rest the first is called busy, until there is room for all.
func (s *Session) ops(m *message, now time.Time) bool {
	l := s.hub.limits
	// One message as long as it may be ends no session, however low the limit.
	if !s.reading.opsHard.take(now, len(m.items), hard*l.OpsPerSecond, max(hard*l.OpsBurst, maxItems)) {
		s.bye(CloseRate, rateRetry)
		return false
	}
	fit := s.reading.ops.some(now, len(m.items), l.OpsPerSecond, l.OpsBurst)
	if fit > 0 && !s.room.Propose(s, m.client, m.items[:fit]) {
		s.busy(m.client, m.items[0].n, busyRetry)
	} else if rest := len(m.items) - fit; rest > 0 {
		wait := s.reading.ops.until(min(rest, l.OpsBurst), l.OpsPerSecond)
		s.busy(m.client, m.items[fit].n, min(max(wait, busyRetry), busyLongest))
	}
	return true
}

func (s *Session) busy(client board.ID, n int64, retry time.Duration) {
	s.hub.metrics.Busy.Add(1)
	var a answer
	a.busy(client, n, retry.Milliseconds())
	s.say(&a)
}

// hard is how many times over the rate limit ends a session.
const hard = 10

// When ops that were not taken may be sent again, at the soonest and at the latest.
const (
	busyRetry   = 250 * time.Millisecond
	busyLongest = 10 * time.Second
)

// show leaves a presence for the room, in place of the one before.
func (s *Session) show(p *Presence, now time.Time) bool {
	l := s.hub.limits
	if !s.reading.presence.take(now, 1, hard*l.PresencePerSecond, hard*l.PresencePerSecond) {
		s.bye(CloseRate, rateRetry)
		return false
	}
	s.hub.metrics.PresenceIn.Add(1)
	s.shown.Store(p)
	if s.stirred.CompareAndSwap(false, true) && s.room.stirred.CompareAndSwap(false, true) {
		s.hand(stirred{})
	}
	return true
}

// hand gives the room an event. It waits for a place in a full mailbox, and so
// slows its own socket down; a session whose room has ended is ended.
func (s *Session) hand(e Event) {
	if !s.room.loop.Post(e) {
		s.bye(CloseDraining, s.hub.spread(2*time.Second))
	}
}

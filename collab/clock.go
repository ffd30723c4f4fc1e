package collab

import (
	"slices"
	"time"

	"waymark/board"
)

// alarms are the room's own times.
type alarms struct {
	// set is what the loop was asked for last.
	set time.Time
	// rounds is when the room looks after its sessions next.
	rounds time.Time
	// expire is when old clients are forgotten next.
	expire time.Time
	// idle is when the room ends if nobody comes; zero while somebody is there.
	idle time.Time
}

// roundsEvery is how often the room looks after its sessions.
const roundsEvery = time.Second

// slowWrite is how long one write may take.
const slowWrite = 10 * time.Second

// tick is told that an alarm went off. Settle does what is due.
func (r *Room) tick() { r.alarms.set = time.Time{} }

// keepTime does what is due by the clock.
func (r *Room) keepTime() {
	r.expel()
	if r.state == stateOpen && !r.now.Before(r.alarms.rounds) {
		r.alarms.rounds = r.now.Add(roundsEvery)
		r.rounds()
	}
	r.retireIdle()
}

// expel sends away those who have waited too long at the door.
func (r *Room) expel() {
	for _, v := range slices.Clone(r.door.visitors) {
		if !v.again && r.now.Sub(v.since) >= r.limits.Opening {
			v.s.bye(CloseDraining, r.hub.spread(2*time.Second))
			r.drop(v.s)
		}
	}
}

// sendAway ends all sessions while the log is away from this server: another may
// have it (J5).
func (r *Room) sendAway() {
	if r.config.Alone || len(r.sessions) == 0 {
		return
	}
	since, away := r.hub.cutOff()
	if !away {
		return
	}
	r.hub.logger.Warn("people are sent to other servers, for the log is away", "board", r.id, "sessions", len(r.sessions), "since", since.UTC())
	for _, s := range slices.Clone(r.sessions) {
		s.bye(CloseDraining, r.hub.spread(2*time.Second))
		r.drop(s)
	}
}

// rounds ends sessions that are silent, slow or old, and takes care of what
// happens seldom.
func (r *Room) rounds() {
	r.sendAway()
	now := r.local()
	for i := len(r.sessions) - 1; i >= 0; i-- {
		s := r.sessions[i]
		switch {
		case s.out.ended.Load():
			r.drop(s)
		case s.out.slow(now, slowWrite.Milliseconds()), int64(now)-s.heard.Load() > r.limits.Silent.Milliseconds():
			s.end(CloseSlow, nil)
			r.drop(s)
		case r.now.Sub(s.seat.since) > r.limits.Session:
			s.end(CloseToken, nil)
			r.drop(s)
		case len(s.seat.passes) > 0 && r.roleOf(s) == board.Nobody:
			r.revoke(s)
		}
	}
	r.forgetOthers()
	r.expireClients()
	// A hint whose event the full mailbox refused.
	hint{}.on(r)
	if r.fan.digestSeq != r.head.Seq && !r.now.Before(r.fan.digestAt.Add(digestEvery)) {
		r.fan.digest, r.fan.digestAt = true, r.now
	}
}

const (
	// clientsFor is how long a client is known after its last op.
	clientsFor = 60 * 24 * time.Hour
	// expireEvery is how often the room looks for older ones.
	expireEvery = 24 * time.Hour
)

// expireClients proposes the entry that forgets old clients, if there are any.
func (r *Room) expireClients() {
	if r.now.Before(r.alarms.expire) {
		return
	}
	r.alarms.expire = r.now.Add(expireEvery)
	server := board.Actor{System: true}
	op := &board.ExpireClients{Before: r.stamp() - board.Time(clientsFor.Milliseconds())}
	if changes, err := board.Decide(r.board, op, server, r.stamp()); err != nil || len(changes) == 0 {
		return
	}
	r.enqueue(proposal{actor: server, op: op, came: r.now, request: &request{done: func(Receipt, error) {}}})
}

// retireIdle ends the room some time after the last session has left.
func (r *Room) retireIdle() {
	if len(r.sessions)+len(r.door.visitors)+len(r.proposals.list) > 0 || r.state == stateEnding {
		r.alarms.idle = time.Time{}
		r.snapshots.nobody = r.snapshots.nobody && r.state == stateEnding
		return
	}
	if r.alarms.idle.IsZero() {
		r.alarms.idle = r.now.Add(r.limits.Idle)
		r.snapshots.nobody = r.board != nil
	}
	if r.now.Before(r.alarms.idle) || r.commit.running || r.snapshots.storing || r.tail.lost {
		return
	}
	if r.hub.retire(r, false) {
		r.end(CloseDraining, 0)
		return
	}
	r.alarms.idle = r.now.Add(r.limits.Idle)
}

// setAlarm asks the loop for the next time that something is due.
func (r *Room) setAlarm() {
	if r.state == stateEnded {
		return
	}
	var next time.Time
	at := func(t time.Time) {
		if next.IsZero() || t.Before(next) {
			next = t
		}
	}
	for _, t := range []time.Time{r.news.retryAt, r.commit.retryAt, r.tail.hold, r.people.retryAt} {
		if t.After(r.now) {
			at(t)
		}
	}
	for _, v := range r.door.visitors {
		if v.retryAt.After(r.now) {
			at(v.retryAt)
		}
		if !v.again {
			at(v.since.Add(r.limits.Opening))
		}
	}
	if len(r.sessions) > 0 {
		r.sessionAlarms(at)
	}
	if !r.alarms.idle.IsZero() {
		at(r.alarms.idle)
	}
	if !next.IsZero() && !next.After(r.now) {
		next = r.now.Add(time.Millisecond)
	}
	if !next.Equal(r.alarms.set) {
		r.alarms.set = next
		r.loop.Wake(next)
	}
}

func (r *Room) sessionAlarms(at func(time.Time)) {
	f := &r.fan
	at(r.alarms.rounds)
	if f.asked.Load() {
		at(f.lastAt.Add(paceEvery))
	}
	if r.shown.pending {
		at(r.showAt())
	}
	if f.done < r.head.Seq && !f.public {
		at(f.since.Add(holeAfter))
	}
	if r.config.Alone {
		return
	}
	at(r.shown.busFullAt.Add(busFullEvery))
	if r.shown.busPending {
		at(r.shown.busAt.Add(busEvery))
	}
}

// draining is the event of the server shutting down.
type draining struct{ spread time.Duration }

func (e draining) on(r *Room) {
	for _, s := range append(r.door.everyone(), r.sessions...) {
		s.bye(CloseDraining, r.hub.spread(e.spread))
	}
	r.door.visitors, r.sessions = nil, nil
	r.snapshots.nobody = r.board != nil
	r.state = stateEnding
	r.finish()
}

// finish ends a draining room once nothing of it is under way.
func (r *Room) finish() {
	if r.commit.running || r.news.running || r.snapshots.storing {
		return
	}
	if r.snapshots.nobody && r.snapshots.batches > 0 && !r.tail.lost && !r.news.reload {
		return // for that snapshot; none is stored of a board that is not the log's
	}
	r.end(CloseDraining, 0)
}

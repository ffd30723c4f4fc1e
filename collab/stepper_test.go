package collab_test

import (
	"time"

	"waymark/collab"
)

// A stepper runs all rooms on the test's own goroutine, one event after the
// other, with a clock that only wait moves.
type stepper struct {
	now   time.Time
	loops []*stepLoop
	jobs  []func()
}

func newStepper() *stepper { return &stepper{now: time.UnixMilli(1_800_000_000_000)} }

func (st *stepper) Now() time.Time { return st.now }

// A process is a runner whose rooms can be killed.
type process struct {
	*stepper
	loops []*stepLoop
}

func (p *process) Start(r *collab.Room) collab.Loop {
	l := &stepLoop{st: p.stepper, room: r}
	p.loops = append(p.loops, l)
	p.stepper.loops = append(p.stepper.loops, l)
	return l
}

// kill ends all rooms at once; what they asked of the log still happens.
func (p *process) kill() {
	for _, l := range p.loops {
		l.ended, l.closed, l.events = true, true, nil
	}
}

type stepLoop struct {
	st     *stepper
	room   *collab.Room
	events []collab.Event
	alarm  time.Time
	jobs   int
	ended  bool
	closed bool
}

func (l *stepLoop) Offer(e collab.Event) bool { return l.Post(e) }

func (l *stepLoop) Post(e collab.Event) bool {
	if l.ended {
		return false
	}
	l.events = append(l.events, e)
	return true
}

func (l *stepLoop) Do(job func() collab.Event) {
	l.jobs++
	l.st.jobs = append(l.st.jobs, func() {
		if e := job(); e != nil {
			l.Post(e)
		}
		l.jobs--
	})
}

func (l *stepLoop) Wake(at time.Time) { l.alarm = at }

func (l *stepLoop) End() { l.ended = true }

// step does one thing and reports whether there was one to do: events of all
// rooms first, then one job.
func (st *stepper) step() bool {
	for _, l := range st.loops {
		if l.ended && l.jobs == 0 && !l.closed {
			l.closed = true
			l.room.Closed()
			return true
		}
		if l.ended || len(l.events) == 0 {
			continue
		}
		for len(l.events) > 0 && !l.ended {
			e := l.events[0]
			l.events = l.events[1:]
			l.room.Handle(e)
		}
		if !l.ended {
			l.room.Settle()
		}
		return true
	}
	if len(st.jobs) == 0 {
		return false
	}
	job := st.jobs[0]
	st.jobs = st.jobs[1:]
	job()
	return true
}

// ring rings the alarms that are due.
func (st *stepper) ring() {
	for _, l := range st.loops {
		if l.ended || l.alarm.IsZero() || l.alarm.After(st.now) {
			continue
		}
		l.alarm = time.Time{}
		l.room.Handle(collab.Tick{})
		if !l.ended {
			l.room.Settle()
		}
	}
}

// next is when the next alarm rings, or limit.
func (st *stepper) next(limit time.Time) time.Time {
	for _, l := range st.loops {
		if !l.ended && !l.alarm.IsZero() && l.alarm.Before(limit) {
			limit = l.alarm
		}
	}
	return limit
}

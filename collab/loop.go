package collab

import (
	"sync"
	"time"
)

// An Event is something a room is told: of a session, of the bus, of the log,
// of the time.
type Event interface {
	// on carries the event out, on the room's own goroutine.
	on(*Room)
}

// A Runner says where rooms run and what time it is: goroutines and the clock
// in the program, a seeded scheduler in a simulation.
type Runner interface {
	// Start gives a room its loop. The runner calls the room's Handle for each
	// event and then Settle, never two at a time, and Closed when the loop has
	// ended.
	Start(*Room) Loop
	Now() time.Time
}

// A Loop is what one room asks of its runner.
type Loop interface {
	// Offer leaves an event in the mailbox; false when it is full or the loop
	// has ended. It never waits.
	Offer(Event) bool
	// Post leaves an event too, and waits for a place in a full mailbox; false
	// when the loop has ended. The room itself never calls it.
	Post(Event) bool
	// Do runs job elsewhere, for it may wait, and posts the event it returns.
	Do(job func() Event)
	// Wake posts a [Tick] at this time, in place of the one asked for before.
	// The zero time asks for none.
	Wake(at time.Time)
	// End asks the loop to end after the event under way.
	End()
}

// Tick is the event of time passing.
type Tick struct{}

func (Tick) on(r *Room) { r.tick() }

// mailbox is how many events wait for a room before it refuses.
const mailbox = 1024

// burst is how many events a room handles at most before it settles.
const burst = 256

// Goroutines runs each room on a goroutine of its own, and each job of a room
// on another. The zero value is ready.
type Goroutines struct{}

// Now is the time of the system.
func (Goroutines) Now() time.Time { return time.Now() }

// Start starts a room's goroutine. It ends after [Loop.End], once the room's
// jobs have.
func (Goroutines) Start(r *Room) Loop {
	l := &loop{
		events: make(chan Event, mailbox),
		done:   make(chan struct{}),
		timer:  time.NewTimer(time.Hour),
	}
	l.timer.Stop()
	go l.run(r)
	return l
}

type loop struct {
	events chan Event
	done   chan struct{}
	timer  *time.Timer
	jobs   sync.WaitGroup
	ending bool
}

func (l *loop) run(r *Room) {
	defer r.Closed()
	defer l.jobs.Wait()
	defer close(l.done)
	defer l.timer.Stop()
	for !l.ending {
		select {
		case e := <-l.events:
			r.Handle(e)
			l.drain(r)
		case <-l.timer.C:
			r.Handle(Tick{})
		}
		r.Settle()
	}
}

// drain handles what has arrived meanwhile, so that it settles together.
func (l *loop) drain(r *Room) {
	for range burst {
		select {
		case e := <-l.events:
			r.Handle(e)
		default:
			return
		}
	}
}

func (l *loop) Offer(e Event) bool {
	select {
	case <-l.done:
		return false
	default:
	}
	select {
	case l.events <- e:
		return true
	default:
		return false
	}
}

func (l *loop) Post(e Event) bool {
	select {
	case l.events <- e:
		return true
	case <-l.done:
		return false
	}
}

func (l *loop) Do(job func() Event) {
	l.jobs.Go(func() {
		if e := job(); e != nil {
			l.Post(e)
		}
	})
}

func (l *loop) Wake(at time.Time) {
	if at.IsZero() {
		l.timer.Stop()
		return
	}
	l.timer.Reset(time.Until(at))
}

func (l *loop) End() { l.ending = true }

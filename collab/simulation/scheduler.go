package simulation

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"time"

	"waymark/board"
)

// birth is the time at which every simulation begins.
const birth board.Time = 1_795_312_345_678

// A Scheduler is the clock of a simulation and the source of its chances. It
// runs one thing after the other: what is due first, and of two that are due at
// once the one that was asked for first.
type Scheduler struct {
	Rand *rand.Rand
	// Steps counts what was run.
	Steps int

	now   time.Duration // since birth
	count uint64
	queue queue
}

// NewScheduler returns the scheduler of a seed.
func NewScheduler(seed uint64) *Scheduler {
	return &Scheduler{Rand: rand.New(rand.NewPCG(seed, 0x57a7_3a2c_9d1e_0b65))}
}

// Now is the simulated time.
func (s *Scheduler) Now() board.Time { return birth + board.Time(s.now.Milliseconds()) }

// Elapsed is how long the simulation has been running, in its own time.
func (s *Scheduler) Elapsed() time.Duration { return s.now }

// A timer is something that will be run.
type timer struct {
	at    time.Duration
	order uint64
	host  *Host
	life  int
	run   func()
}

// After runs fn once that time has passed, and returns a func that calls it
// off. With a host it is run only while that host lives, and waits while it is
// frozen.
func (s *Scheduler) After(d time.Duration, host *Host, fn func()) (stop func()) {
	t := &timer{at: s.now + max(d, 0), order: s.count, host: host, run: fn}
	if host != nil {
		t.life = host.life
	}
	s.count++
	heap.Push(&s.queue, t)
	return func() { t.run = nil }
}

// RunFor runs everything that falls due within d.
func (s *Scheduler) RunFor(d time.Duration) {
	end := s.now + d
	for s.queue.Len() > 0 && s.queue[0].at <= end {
		s.run(heap.Pop(&s.queue).(*timer))
	}
	s.now = end
}

// RunUntil runs what falls due within d until done is true, and reports it.
func (s *Scheduler) RunUntil(d time.Duration, done func() bool) bool {
	end := s.now + d
	for !done() {
		if s.queue.Len() == 0 || s.queue[0].at > end {
			s.now = end
			return done()
		}
		s.run(heap.Pop(&s.queue).(*timer))
	}
	return true
}

func (s *Scheduler) run(t *timer) {
	s.now = max(s.now, t.at)
	if h := t.host; h != nil {
		if h.life != t.life {
			return
		}
		if h.frozen {
			h.waiting = append(h.waiting, t)
			return
		}
	}
	if run := t.run; run != nil {
		t.run = nil
		s.Steps++
		run()
	}
}

// Chance is true with probability p.
func (s *Scheduler) Chance(p float64) bool { return p > 0 && s.Rand.Float64() < p }

// Between draws a time from low to high; short ones are likelier.
func (s *Scheduler) Between(low, high time.Duration) time.Duration {
	f := s.Rand.Float64()
	return low + time.Duration(f*f*float64(high-low))
}

// Pick draws from 0 to n-1.
func (s *Scheduler) Pick(n int) int { return s.Rand.IntN(n) }

// NewID draws an id.
func (s *Scheduler) NewID(prefix string) board.ID {
	return board.NewID(prefix, fmt.Sprintf("%011x", s.Rand.Uint64()&(1<<44-1)))
}

// A Host is a process: what it is about to do ends with it, and waits while it
// is frozen.
type Host struct {
	Name    string
	s       *Scheduler
	life    int
	frozen  bool
	thawed  time.Duration // when it was frozen last
	waiting []*timer
}

// NewHost returns a running host.
func (s *Scheduler) NewHost(name string) *Host { return &Host{Name: name, s: s} }

// Kill ends all that the host was about to do. The host may be used again, as
// the next process.
func (h *Host) Kill() {
	h.life++
	h.frozen = false
	h.waiting = nil
}

// Freeze stops the host; the world goes on.
func (h *Host) Freeze() { h.frozen = true }

// Thaw lets the host do, in their order, all things that fell due meanwhile.
func (h *Host) Thaw() {
	h.frozen, h.thawed = false, h.s.now
	for _, t := range h.waiting {
		t.at, t.order = h.s.now, h.s.count
		h.s.count++
		heap.Push(&h.s.queue, t)
	}
	h.waiting = nil
}

// Frozen reports whether the host is stopped.
func (h *Host) Frozen() bool { return h.frozen }

type queue []*timer

func (q queue) Len() int { return len(q) }

func (q queue) Less(i, j int) bool {
	if q[i].at != q[j].at {
		return q[i].at < q[j].at
	}
	return q[i].order < q[j].order
}

func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

func (q *queue) Push(x any) { *q = append(*q, x.(*timer)) }

func (q *queue) Pop() any {
	old := *q
	t := old[len(old)-1]
	old[len(old)-1] = nil
	*q = old[:len(old)-1]
	return t
}

package trial

import (
	"sync"
	"testing"
	"time"
)

// A Lateness says how much later than asked the machine has woken this process, while it was measured. A promise that
// names a time ("within a second") is judged by it: what is late because the machine is busy is no broken promise, and
// what is late beyond that is one however fast the machine. So it tests no speed, and does not fail where much else runs.
type Lateness struct {
	ended sync.WaitGroup
	end   chan struct{}
	late  []stretch // one after the other; for reading once it has ended
}

// A stretch is from when somebody was to be woken until they were.
type stretch struct{ from, to time.Duration }

// wakeEvery is how often the machine is asked. Whatever goes from process to process until a promise is kept is woken
// far less often, so the sum over all these is above what it may have lost by that.
const wakeEvery = 5 * time.Millisecond

// MeasureLateness measures until End, or the end of the test.
func MeasureLateness(t *testing.T) *Lateness {
	l := &Lateness{end: make(chan struct{})}
	l.ended.Go(l.measure)
	t.Cleanup(l.End)
	return l
}

func (l *Lateness) measure() {
	wake := time.NewTimer(wakeEvery)
	defer wake.Stop()
	for due := Now() + wakeEvery; ; {
		select {
		case <-wake.C:
		case <-l.end:
			return
		}
		now := Now()
		l.late = append(l.late, stretch{due, now})
		due = now + wakeEvery
		wake.Reset(wakeEvery)
	}
}

// End ends the measuring; the second time it does nothing.
func (l *Lateness) End() {
	select {
	case <-l.end:
	default:
		close(l.end)
	}
	l.ended.Wait()
}

// Between is how late the machine was in all between two times of [Now]. It was measured then, and has ended.
func (l *Lateness) Between(from, to time.Duration) (sum time.Duration) {
	for _, s := range l.late {
		sum += max(0, min(s.to, to)-max(s.from, from))
	}
	return sum
}

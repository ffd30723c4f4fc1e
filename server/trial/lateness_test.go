package trial

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestLateness_counts_what_lies_between(t *testing.T) {
	const ms = time.Millisecond
	l := &Lateness{late: []stretch{{5 * ms, 6 * ms}, {11 * ms, 31 * ms}, {36 * ms, 38 * ms}}}
	for _, c := range []struct{ from, to, want time.Duration }{
		{0, 100 * ms, 23 * ms}, {6 * ms, 11 * ms, 0}, {20 * ms, 37 * ms, 12 * ms}, {15 * ms, 16 * ms, ms}, {40 * ms, 50 * ms, 0},
	} {
		if got := l.Between(c.from, c.to); got != c.want {
			t.Errorf("from %v to %v it is %v, want %v", c.from, c.to, got, c.want)
		}
	}
}

// Where everybody is woken in time nothing is forgiven.
func TestLateness_of_a_machine_that_is_never_late(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		from := Now()
		l := MeasureLateness(t)
		<-time.After(time.Second)
		l.End()
		l.End()
		if len(l.late) < 100 || l.Between(from, Now()) != 0 {
			t.Errorf("woken %d times, %v late", len(l.late), l.Between(from, Now()))
		}
	})
}

//go:build linux && services

package clustertest

import (
	"flag"
	"testing"
	"time"
)

var rollPeople = flag.Int("roll-people", 12, "connections in TestRoll")

const (
	rollBoards = 3
	rollPace   = 150 * time.Millisecond
)

// People edit while all servers are restarted, one after the other, as for an upgrade. Nobody is given the board anew,
// and no edit is lost.
func TestRoll_nobody_reloads(t *testing.T) {
	ctx := bounded(t)
	c := openCluster(t)
	l := newLoad(t, c)
	l.crowd(rollBoards, *rollPeople)
	for _, y := range l.Typists {
		y.Pace = rollPace
	}
	l.start(ctx)
	l.wait(ctx, 3)
	s := newStorm(ctx, t, l)
	s.lanes = []lane{&rolls{storm: s, left: *rollCount, wait: time.Second}}
	s.rage()
	l.wait(ctx, 3)
	l.stop()
	t.Logf("struck: %s", s)
	s.print()
	for _, y := range l.Typists {
		if n := y.Count().Boards; n != 1 {
			t.Errorf("%s was given the whole board %d times", y.Client, n)
		}
	}
	l.judge(ctx)
}

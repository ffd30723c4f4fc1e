//go:build linux && services

package clustertest

import (
	"flag"
	"maps"
	"slices"
	"testing"
	"time"

	"waymark/server/trial"
)

var (
	cutCount      = flag.Int("cuts", 6, "connections that TestCluster_kills cuts, some of them while an acknowledgement is on its way")
	swallowCount  = flag.Int("swallows", 3, "how many of -cuts swallow the frame that acknowledges")
	killCount     = flag.Int("kills", 3, "how often TestCluster_kills kills a server")
	redisCount    = flag.Int("redis-faults", 2, "how often it stops, freezes or kills Redis")
	postgresCount = flag.Int("postgres-faults", 1, "how often it kills Postgres, freezes it, or has it away for -outage")
	outageLength  = flag.Duration("outage", 20*time.Second, "how long the second of -postgres-faults lasts")
	rollCount     = flag.Int("rolls", 1, "how often it restarts all servers, one after the other")
	failoverCount = flag.Int("failovers", 0, "how often Postgres fails over and loses its newest commits")
)

const (
	clusterBoards  = 2
	clusterTypists = 20
)

// Twenty people edit two boards by way of three servers, which are killed and restarted, as are Redis and Postgres.
// Whatever anybody was told is saved, or saw of others, is there afterwards, once, and the same at all servers.
func TestCluster_kills(t *testing.T) {
	ctx := bounded(t)
	c := openCluster(t)
	l := newLoad(t, c)
	l.crowd(clusterBoards, clusterTypists)
	l.start(ctx)
	l.wait(ctx, 3)
	s := newStorm(ctx, t, l)
	s.lanes = []lane{
		&cuts{storm: s, plain: *cutCount - *swallowCount, swallow: *swallowCount},
		&kills{storm: s, left: *killCount},
		&dead{storm: s, left: *redisCount},
		&outages{storm: s, list: postgresFaults(*postgresCount)},
		&rolls{storm: s, left: *rollCount, wait: 5 * time.Second},
		&failovers{storm: s, left: *failoverCount},
	}
	s.rage()
	l.wait(ctx, 3)
	l.stop()
	for _, srv := range c.servers {
		s.read(ctx, srv) // nothing is wrong any more: it has all the time there is
	}
	t.Logf("struck: %s", s)
	s.print()
	l.judge(ctx)
	if s.figures["gaps_total"] == 0 {
		t.Error("no server ever found a gap between what it had heard and the log")
	}
	for _, name := range []string{"digest_mismatches_total", "faults_total"} {
		if n := s.figures[name]; n != 0 {
			t.Errorf("%s of all servers: %.0f", name, n)
		}
	}
}

// postgresFaults are of each kind in turn.
func postgresFaults(n int) (list []outage) {
	for i := range n {
		switch i % 3 {
		case 0:
			list = append(list, postgresKilled(time.Second))
		case 1:
			list = append(list, postgresKilled(*outageLength))
		default:
			list = append(list, postgresFrozen(3*time.Second))
		}
	}
	return list
}

// print says what was counted and what people felt.
func (s *storm) print() {
	s.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(s.figures)) {
		s.t.Logf("%s of all servers: %.0f", name, s.figures[name])
	}
	f := newFigures(s.spans)
	var whole trial.Count
	for _, id := range s.load.Boards {
		var list [][]trial.Note
		for _, y := range s.load.Typists {
			if y.Board != id {
				continue
			}
			list = append(list, s.load.Notes(y))
			n := y.Count()
			whole.Repeats += n.Repeats
			whole.Boards += n.Boards
			whole.Resets += n.Resets
			whole.Expired += n.Expired
		}
		f.read(list)
	}
	s.t.Logf("ops sent again that were decided: %d; whole boards given: %d; resets: %d; connections ended for their token: %d",
		whole.Repeats, whole.Boards, whole.Resets, whole.Expired)
	f.print(s.t)
}

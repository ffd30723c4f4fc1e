//go:build linux && services

package clustertest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/server/trial"
)

// A storm is faults of all kinds that befall a cluster under load, those of one kind one after the other, those of
// different kinds at the same time. The seed draws them; how fast they follow depends on how fast people get on.
type storm struct {
	t       *testing.T
	ctx     context.Context
	cluster *cluster
	load    *load
	random  *rand.Rand
	lanes   []lane
	struck  map[string]int
	spans   spans
	figures map[string]float64 // of all servers, each until its end
	revived chan revived
	pending int // servers on their way back
	// sheltered servers are not killed.
	sheltered bool
	// enough ends the storm before all has struck.
	enough func() bool
}

// A lane is the faults of one kind.
type lane interface {
	// step goes on if it is time, and reports whether there is anything left.
	step(now time.Duration) (left bool)
}

// A span is when something was out of order. What names it, and of for a server which.
type span struct {
	what, of string
	from, to time.Duration
}

type spans []span

// over says whether a time and something out of order have a moment in common.
func (l spans) over(what string, from, to time.Duration) bool {
	return slices.ContainsFunc(l, func(s span) bool { return s.what == what && s.from <= to && from <= s.to })
}

// during says whether something was out of order all the time.
func (l spans) during(what string, from, to time.Duration) bool {
	return slices.ContainsFunc(l, func(s span) bool { return s.what == what && s.from <= from && to <= s.to })
}

type revived struct {
	server *server
	err    error
}

func newStorm(ctx context.Context, t *testing.T, l *load) *storm {
	t.Helper()
	return &storm{
		t: t, ctx: ctx, cluster: l.cluster, load: l, random: trial.NewRandom(*seed, -1), struck: map[string]int{}, figures: map[string]float64{},
		revived: make(chan revived, len(l.cluster.servers)), enough: func() bool { return false },
	}
}

// strike counts a fault.
func (s *storm) strike(what string) { s.struck[what]++ }

// begin notes that something is out of order; the func, that it is in order again.
func (s *storm) begin(what, of string) (end func()) {
	at := len(s.spans)
	s.spans = append(s.spans, span{what: what, of: of, from: trial.Now(), to: 1<<63 - 1})
	return func() { s.spans[at].to = trial.Now() }
}

// rage lets the lanes go on until nothing is left of any, and all is in order again.
func (s *storm) rage() {
	s.t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for left := s.lanes; len(left) > 0 && !s.enough() || s.pending > 0; {
		left = nil
		for _, l := range s.lanes {
			if l.step(trial.Now()) {
				left = append(left, l)
			}
		}
		select {
		case <-look.C:
			s.load.Fine()
			s.crashed()
		case r := <-s.revived:
			s.back(r)
		case <-s.ctx.Done():
			s.t.Fatalf("the storm did not end in time; struck so far: %s; %d servers are on their way back; left: %s\n%s",
				s, s.pending, names(left), s.load.States())
		}
	}
}

func names(lanes []lane) (names []string) {
	for _, l := range lanes {
		names = append(names, fmt.Sprintf("%T", l))
	}
	return names
}

// crashed fails the test when a server has ended of itself.
func (s *storm) crashed() {
	s.t.Helper()
	for _, srv := range s.cluster.servers {
		if srv.Crashed() {
			s.t.Fatalf("%s has ended of itself:\n%s", srv.name, srv.Log())
		}
	}
}

// counted are the figures that are looked at.
var counted = []string{
	"gaps_total", "ops_out_of_turn_total", "commits_total", "commits_lost_total", "commits_unknown_total", "digest_mismatches_total",
	"lost_tails_total", "resets_total", "resyncs_total", "faults_total",
}

// lookLimit is how long a server may take to show its figures in a storm; one that is in trouble has none.
const lookLimit = time.Second

// look adds up the figures of a server that is about to end.
func (s *storm) look(srv *server) {
	ctx, cancel := context.WithTimeout(s.ctx, lookLimit)
	defer cancel()
	s.read(ctx, srv)
}

// read adds up the figures of a server.
func (s *storm) read(ctx context.Context, srv *server) {
	all, err := srv.figures(ctx, counted)
	if errors.Is(err, errNoFigure) {
		s.t.Error(err)
	}
	for name, n := range all {
		s.figures[name] += n
	}
}

// down ends a server, and has it come back after a while.
func (s *storm) down(srv *server, after time.Duration) {
	srv.Kill()
	s.pending++
	back := time.NewTimer(after)
	go func() {
		<-back.C
		s.revived <- revived{srv, srv.revive(s.ctx)}
	}()
}

func (s *storm) back(r revived) {
	s.t.Helper()
	s.pending--
	if r.err != nil {
		s.t.Fatal(r.err)
	}
}

func (s *storm) String() string {
	var parts []string
	for _, what := range slices.Sorted(maps.Keys(s.struck)) {
		parts = append(parts, fmt.Sprintf("%s: %d", what, s.struck[what]))
	}
	return strings.Join(parts, ", ")
}

// between draws a time.
func (s *storm) between(from, to time.Duration) time.Duration {
	return from + time.Duration(s.random.Int64N(int64(to-from)))
}

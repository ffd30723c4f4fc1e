//go:build linux && services

package clustertest

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/client"
	"waymark/server/trial"
)

var voteCount = flag.Int("votes", 40, "votes of each client in TestVotes; locks and rights have a fifth of that")

const (
	racers    = 8 // clients at each server
	racePace  = 4 * time.Millisecond
	raceAhead = 2 // ops of one client under way
	voteCap   = 6
	perTarget = 3
	targets   = 4
)

// A racer is the [trial.Desk] of somebody who does one thing again and again.
type racer struct {
	left int
	do   func() map[string]any
}

func (r *racer) Learn(board.ID, string, string, string) {}

func (r *racer) Invent(board.Seq, func(board.ID) bool) map[string]any {
	if r.left == 0 {
		return nil
	}
	r.left--
	return r.do()
}

// A race is many clients at all servers of a cluster at once, some of whose connections are cut.
type race struct {
	*load
	on board.ID
}

// raceFlags let a client send as fast as it is answered.
var raceFlags = []string{"-ops-per-second", "10000", "-ops-burst", "10000"}

func newRace(t *testing.T) *race {
	t.Helper()
	c := openCluster(t, raceFlags...)
	return &race{newLoad(t, c), c.host.NewBoard(t)}
}

// enter has a person take part at a server, with a number of ops.
func (r *race) enter(who *trial.Person, at *server, n int, do func(random *rand.Rand) map[string]any) *trial.Typist {
	r.t.Helper()
	random := trial.NewRandom(*seed, len(r.Typists))
	y := r.add(who, r.on, &racer{left: n, do: func() map[string]any { return do(random) }}, at.lead)
	y.Pace, y.Window, y.Refusable = racePace, raceAhead, true
	return y
}

// run lets everyone go, until each has done all of it.
func (r *race) run(n func(y *trial.Typist) int) (history []act) {
	r.t.Helper()
	ctx := bounded(r.t)
	r.start(ctx)
	done := func() bool {
		for _, y := range r.Typists {
			if y.Count().Acked < int64(n(y)) {
				return false
			}
		}
		return true
	}
	s := newStorm(ctx, r.t, r.load)
	s.lanes, s.enough = []lane{&cuts{storm: s, plain: 6, swallow: 6}}, done
	s.rage()
	r.Until(ctx, "all is done", done)
	r.stop()
	r.t.Logf("struck: %s", s)
	for _, y := range r.Typists {
		history = append(history, acts(r.t, y.Who.ID, r.Notes(y))...)
	}
	r.strangers(ctx, r.on)
	r.verify()
	return history
}

// stickies are made by the host before a race.
func (r *race) stickies(n int) (ids []board.ID) {
	r.t.Helper()
	c := r.cluster.host.Connect(r.t, r.on)
	for range n {
		op := trial.StickyOp()
		if _, refused := c.Edit(r.t, op); refused != "" {
			r.t.Fatal(refused)
		}
		ids = append(ids, op["id"].(board.ID))
	}
	c.Leave(r.t)
	return ids
}

// tally is how many votes one person has given to each target.
type tally [targets]int

// Eight people vote, each with a client at each of three servers, as fast as they can. Nobody ever has more votes than
// there are, and what each was answered is what a ballot would say that takes one vote after the other.
func TestVotes_never_pass_the_cap(t *testing.T) {
	t.Parallel()
	r := newRace(t)
	ids := r.stickies(targets)
	ballot := client.NewID("ballot")
	host := r.cluster.host.Connect(t, r.on)
	open := map[string]any{"type": "openBallot", "id": ballot, "title": "Race", "cap": voteCap, "perTarget": perTarget, "blind": false}
	if _, refused := host.Edit(t, open); refused != "" {
		t.Fatal(refused)
	}
	secret := r.cluster.host.Invite(t, r.on, board.Commenter)
	for i := range racers {
		who := trial.Admit(t, r.cluster.front, secret, "Voter "+string(rune('A'+i)))
		for _, at := range r.cluster.servers {
			r.enter(who, at, *voteCount, func(random *rand.Rand) map[string]any {
				return map[string]any{"type": "vote", "ballot": ballot, "target": ids[random.IntN(targets)], "count": random.IntN(perTarget + 2)}
			})
		}
	}
	history := r.run(func(*trial.Typist) int { return *voteCount })
	linearizable(t, history, func(a act) board.ID { return a.person }, tally{}, func(had tally, a act) (tally, string) {
		now, sum := had, 0
		for i, id := range ids {
			if id == a.op.Target {
				now[i] = a.op.Count
			}
			sum += now[i]
		}
		if sum > voteCap || a.op.Count > perTarget {
			return had, string(board.OverCap)
		}
		return now, ""
	})
	r.raced(history)
	// Refused ones alone, for longer than a server waits for something that all may see: the others hear that there was
	// something, and not what, together with where somebody points.
	late := trial.Admit(t, r.cluster.front, secret, "Late").Connect(t, r.on)
	tooMany := map[string]any{"type": "vote", "ballot": ballot, "target": ids[0], "count": perTarget + 1}
	var pointed time.Time
	for began := time.Now(); time.Since(began) < 5*time.Second; {
		if time.Since(pointed) > 60*time.Millisecond {
			pointed = time.Now()
			if err := late.Conn.Present([]byte(fmt.Sprintf(`{"at":{"x":%d,"y":0}}`, time.Since(began).Milliseconds()))); err != nil {
				t.Fatal(err)
			}
		}
		if _, refused := late.Edit(t, tooMany); refused != string(board.OverCap) {
			t.Fatalf("a vote of %d was answered by %q", perTarget+1, refused)
		}
	}
	if _, no := host.Edit(t, map[string]any{"type": "closeBallot", "id": ballot}); no != "" {
		t.Fatal(no)
	}
	most := r.count(ballot)
	t.Logf("at most %d votes were given at a time, of %d", most, racers*voteCap)
	if most > racers*voteCap {
		t.Errorf("there were %d votes, and %d people have %d each", most, racers, voteCap)
	}
}

// count follows the ballot through the log: at no entry anybody has too many votes, and the tallies are the last ones.
// It gives how many there were at most.
func (r *race) count(ballot board.ID) (most int) {
	t := r.t
	t.Helper()
	votes := map[board.ID]map[string]int{} // by the vote's id
	var tallies map[string]int
	for _, e := range r.log(t.Context(), r.on) {
		for _, c := range e.Changes {
			id, fields := c.Fields()
			if raw, ok := fields["tallies"]; ok && id == ballot {
				tallies = counts(t, raw)
			}
			raw, ok := fields["counts"]
			if !ok || id.Kind() != board.KindVote {
				continue
			}
			votes[id] = counts(t, raw)
			if sum := total(votes[id]); sum > voteCap {
				t.Errorf("at entry %d somebody has %d votes of %d", e.Seq, sum, voteCap)
			}
			all := 0
			for _, counts := range votes {
				all += total(counts)
			}
			most = max(most, all)
		}
	}
	sums := map[string]int{}
	for _, counts := range votes {
		for target, n := range counts {
			sums[target] += n
		}
	}
	for target, n := range sums {
		if tallies[target] != n {
			t.Errorf("%s has %d votes, and the ballot closed with %d", target, n, tallies[target])
		}
	}
	return most
}

func counts(t *testing.T, raw []byte) (counts map[string]int) {
	t.Helper()
	if err := json.Unmarshal(raw, &counts); err != nil {
		t.Fatal(err)
	}
	return counts
}

func total(counts map[string]int) (sum int) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

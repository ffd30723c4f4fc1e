//go:build linux && services

package clustertest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/trial"
)

// figures are what people felt, by their journals.
type figures struct {
	spans
	// alive and dead are from when a server's people have an edit acknowledged until those of another server hear of
	// it, while Redis works and while it does not.
	alive, dead durations
	// after is from when a server was killed until each of its people had a new edit acknowledged.
	after durations
	// back is from when the database was there again until each person had an edit acknowledged.
	back durations
	// gaps are the times without an acknowledgement; the longest of them by what was out of order.
	longest map[string]time.Duration
}

type durations []time.Duration

// settled is how long Redis must have been as it is for an edit to count: it takes a while until that is noticed.
const settled = 3 * time.Second

func newFigures(spans spans) *figures {
	return &figures{spans: spans, longest: map[string]time.Duration{}}
}

// A hearing is where and when somebody heard of an entry. since is from when on they heard everything at once.
type hearing struct {
	server    string
	since, at time.Duration
}

// read takes the journals of one board.
func (f *figures) read(journals [][]trial.Note) {
	acked := map[board.Seq]hearing{}
	heard := map[board.Seq][]hearing{}
	for _, notes := range journals {
		f.gaps(notes)
		f.kills(notes)
		f.returns(notes)
		var now hearing
		for _, n := range notes {
			switch n.What {
			case trial.Came:
				now = hearing{server: n.Server, since: 1<<63 - 1}
			case trial.Mark:
				now.since = min(now.since, n.At)
			case trial.Saved:
				if _, ok := acked[n.Seq]; !ok {
					now.at = n.At
					acked[n.Seq] = now
				}
			case trial.Heard:
				now.at = n.At
				heard[n.Seq] = append(heard[n.Seq], now)
			}
		}
	}
	for seq, a := range acked {
		if a.since < a.at {
			f.crossed(a, heard[seq])
		}
	}
}

// crossed looks when an edit was first heard of at other servers, by people who were there before.
func (f *figures) crossed(a hearing, heard []hearing) {
	first := map[string]time.Duration{}
	for _, h := range heard {
		if at, ok := first[h.server]; h.server != a.server && h.since < a.at && (!ok || h.at < at) {
			first[h.server] = h.at
		}
	}
	for _, at := range first {
		if f.over("postgres", a.at-settled, at) || f.over("failover", a.at-settled, at) {
			continue
		}
		took := max(0, at-a.at)
		switch {
		case !f.over("redis", a.at-settled, at):
			f.alive = append(f.alive, took)
		case f.during("redis", a.at, at):
			f.dead = append(f.dead, took)
		}
	}
}

// returns looks how long it took after each return of the database.
func (f *figures) returns(notes []trial.Note) {
	for _, s := range f.spans {
		if s.what != "postgres" {
			continue
		}
		i := slices.IndexFunc(notes, func(n trial.Note) bool { return n.What == trial.Saved && n.At > s.to })
		if i >= 0 {
			f.back = append(f.back, notes[i].At-s.to)
		}
	}
}

// gaps looks for the longest time without an acknowledgement.
func (f *figures) gaps(notes []trial.Note) {
	last, marked := time.Duration(0), int64(0)
	for _, n := range notes {
		switch {
		case n.What == trial.Saved, n.What == trial.Refused, n.What == trial.Mark && n.N > marked:
			marked = max(marked, n.N)
			if last > 0 {
				f.gap(last, n.At)
			}
			last = n.At
		}
	}
}

func (f *figures) gap(from, to time.Duration) {
	what := "otherwise"
	for _, w := range []string{"failover", "postgres", "roll", "kill", "redis"} {
		if f.over(w, from, to) {
			what = w
			break
		}
	}
	f.longest[what] = max(f.longest[what], to-from)
}

// kills looks how long it took after each kill of the own server.
func (f *figures) kills(notes []trial.Note) {
	for _, s := range f.spans {
		if s.what != "kill" || f.over("postgres", s.from, s.from+settled) || f.over("failover", s.from, s.from+settled) {
			continue
		}
		if at, ok := afterKill(notes, s); ok {
			f.after = append(f.after, at-s.from)
		}
	}
}

// afterKill is when somebody whose server was killed had an edit acknowledged that was made afterwards. Nobody else has
// such a time.
func afterKill(notes []trial.Note, kill span) (at time.Duration, ok bool) {
	server := ""
	sent := map[int64]bool{}
	for _, n := range notes {
		switch {
		case n.At <= kill.from && n.What == trial.Came:
			server = n.Server
		case n.At <= kill.from && n.What == trial.Left:
			server = ""
		case n.At <= kill.from:
		case server != kill.of:
			return 0, false
		case n.What == trial.Sent:
			sent[n.N] = true
		case n.What == trial.Saved && sent[n.N]:
			return n.At, true
		}
	}
	return 0, false
}

func (d durations) String() string {
	if len(d) == 0 {
		return "none"
	}
	slices.Sort(d)
	at := func(percent int) time.Duration { return d[(len(d)-1)*percent/100].Round(100 * time.Microsecond) }
	return fmt.Sprintf("p50 %v, p95 %v, longest %v, of %d", at(50), at(95), at(100), len(d))
}

// print says what people felt.
func (f *figures) print(t *testing.T) {
	t.Helper()
	t.Logf("from an edit's acknowledgement to people of other servers, Redis alive: %v", f.alive)
	t.Logf("from an edit's acknowledgement to people of other servers, Redis dead: %v", f.dead)
	t.Logf("editing again after the own server was killed: %v", f.after)
	for _, s := range f.spans {
		if s.what == "postgres" || s.what == "failover" {
			t.Logf("%s took %v", words[s.what], (s.to - s.from).Round(time.Millisecond))
		}
	}
	t.Logf("an edit acknowledged after Postgres was there again: %v", f.back)
	for _, what := range []string{"otherwise", "redis", "kill", "roll", "postgres", "failover"} {
		if longest, ok := f.longest[what]; ok {
			t.Logf("longest time of one person without an acknowledgement, with something wrong with %s: %v", words[what], longest.Round(time.Millisecond))
		}
	}
}

var words = map[string]string{
	"otherwise": "nothing", "redis": "Redis alone", "kill": "a server that was killed", "roll": "servers that restart",
	"postgres": "Postgres", "failover": "Postgres, which lost its newest commits",
}

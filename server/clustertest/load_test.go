//go:build linux && services

package clustertest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab/pglog"
	"waymark/server/trial"
)

var (
	seed     = flag.Uint64("seed", 1, "seed of the edits and of the faults")
	journals = flag.String("journals", "", "folder that keeps the journals; empty for none")
)

const (
	pace   = 60 * time.Millisecond // between the edits of one typist
	window = 8                     // edits that may wait for their acknowledgement
	// tokenLife is short, so that many tokens are asked for while something is broken; but longer than what is lost when
	// the database fails over, for a browser keeps two.
	tokenLife = 15 * time.Second
)

// bounded gives a test time until just before the whole run is given up, so that it can say what it waited for.
func bounded(t *testing.T) context.Context {
	t.Helper()
	end, ok := t.Deadline()
	if !ok {
		return t.Context()
	}
	ctx, cancel := context.WithDeadline(t.Context(), end.Add(-30*time.Second))
	t.Cleanup(cancel)
	return ctx
}

// A load is people who edit boards of a cluster, by way of the front.
type load struct {
	*trial.Load
	t       *testing.T
	cluster *cluster
	rest    chan struct{} // closed when people are to come to an end
	// tokenLife is how long people use a token.
	tokenLife time.Duration
	// lossy says that the log may have lost something by now.
	lossy atomic.Bool
}

// newLoad makes a load of nobody yet.
func newLoad(t *testing.T, c *cluster) *load {
	t.Helper()
	folder := *journals
	if folder != "" {
		folder = filepath.Join(folder, t.Name())
	}
	return &load{Load: trial.NewLoad(t, *seed, folder), t: t, cluster: c, rest: make(chan struct{}), tokenLife: tokenLife}
}

// add has somebody work on a board, by way of what dial leads to.
func (l *load) add(who *trial.Person, on board.ID, desk trial.Desk, dial func() (net.Conn, string, error)) *trial.Typist {
	l.t.Helper()
	who.TokenLife = l.tokenLife
	y := &trial.Typist{
		Who: who, Board: on, Line: trial.NewLine(l.t, dial), Desk: desk, Pace: pace, Window: window,
		Pause: trial.Browser(trial.NewRandom(*seed, 1000+len(l.Typists))), MayReset: l.lossy.Load,
	}
	l.Add(y)
	return y
}

// crowd admits editors to new boards, by way of the front.
func (l *load) crowd(boards, people int) {
	l.t.Helper()
	l.Crowd(l.cluster.front, l.cluster.host, boards, people, func(who *trial.Person, on board.ID, desk trial.Desk) {
		l.add(who, on, desk, l.cluster.front.dial)
	})
}

// log is what Postgres has of a board.
func (l *load) log(ctx context.Context, id board.ID) []trial.Logged {
	l.t.Helper()
	log, err := pglog.OpenReadOnly(ctx, l.cluster.database)
	if err != nil {
		l.t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	entries, err := trial.ReadLog(ctx, log, id)
	if err != nil {
		l.t.Fatal(err)
	}
	return entries
}

func (l *load) start(ctx context.Context) {
	for i, y := range l.Typists {
		l.Go(func() error { return l.refresh(ctx, y, time.Duration(i)*l.tokenLife/time.Duration(len(l.Typists))) })
	}
	l.Start(ctx)
}

// refresh asks for new tokens again and again, as a browser does that is used; nobody may be signed out.
func (l *load) refresh(ctx context.Context, y *trial.Typist, after time.Duration) error {
	for wait := time.NewTimer(after); ; wait.Reset(l.tokenLife) {
		select {
		case <-wait.C:
		case <-l.rest:
			return nil
		case <-ctx.Done():
			return nil
		}
		var refused *trial.Refusal
		if _, err := y.Who.Token(ctx); errors.As(err, &refused) && refused.Status == http.StatusUnauthorized {
			return fmt.Errorf("%s was signed out: %w", y.Client, err)
		}
	}
}

// stop lets everyone finish what they have sent.
func (l *load) stop() {
	l.t.Helper()
	l.Rest()
	l.end()
}

// end waits for everyone to come to an end.
func (l *load) end() {
	l.t.Helper()
	close(l.rest)
	l.End()
}

// wait lets everyone be connected, and make some edits.
func (l *load) wait(ctx context.Context, each int64) {
	l.t.Helper()
	l.Until(ctx, "everyone edits", l.more(each))
}

// more says whether everyone is connected, and has made some edits since.
func (l *load) more(each int64) func() bool {
	from := make([]int64, len(l.Typists))
	for i, y := range l.Typists {
		from[i] = y.Count().Acked
	}
	return func() bool {
		for i, y := range l.Typists {
			if !y.Connected() || y.Count().Acked < from[i]+each {
				return false
			}
		}
		return true
	}
}

// upTo says whether a board has this many edits more than now.
func (l *load) upTo(edits int64) func() bool {
	count := func() map[board.ID]int64 {
		n := map[board.ID]int64{}
		for _, y := range l.Typists {
			n[y.Board] += y.Count().Acked
		}
		return n
	}
	from := count()
	return func() bool {
		for id, n := range count() {
			if n >= from[id]+edits {
				return true
			}
		}
		return false
	}
}

// judge has three strangers join each board, one at each server, and holds the journals against what they get and
// against the log.
func (l *load) judge(ctx context.Context) {
	l.t.Helper()
	for _, id := range l.Boards {
		l.Judge(id, l.strangers(ctx, id), l.log(ctx, id))
	}
	l.verify()
}

// verify has the program check all logs.
func (l *load) verify() {
	t := l.t
	t.Helper()
	if code, out, errs := l.cluster.servers[0].Run("verify", "-database", l.cluster.database); code != 0 {
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
}

// strangers join a board at each server, and must get the same: all of it, once each server has read what another wrote.
func (l *load) strangers(ctx context.Context, id board.ID) map[board.ID]trial.Record {
	t := l.t
	t.Helper()
	var first *board.Board
	end := board.Seq(len(l.log(ctx, id)))
	for _, s := range l.cluster.servers {
		var b *board.Board
		var seq board.Seq
		l.Until(ctx, s.name+" has read the log", func() bool {
			var err error
			if b, seq, err = trial.Join(ctx, l.cluster.host, s, id); err != nil {
				t.Fatalf("join at %s: %v", s.name, err)
			}
			return seq >= end
		})
		if first == nil {
			first = b
		}
		if seq != end || b.Digests().Public != first.Digests().Public {
			t.Errorf("%s has %s at %d with digest %x, %s at %d with %x", s.name, id, seq, b.Digests().Public,
				l.cluster.servers[0].name, end, first.Digests().Public)
		}
	}
	records, err := trial.RecordsOf(first)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

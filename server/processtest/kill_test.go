//go:build linux

package processtest

import (
	"context"
	"flag"
	"net"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab/sqlitelog"
	"waymark/server/trial"
)

var (
	kills    = flag.Int("kills", 4, "how often TestKill kills the server")
	seed     = flag.Uint64("seed", 1, "seed of the typists' edits and of the moments of the kills")
	journals = flag.String("journals", "", "folder that keeps the journals of TestKill; empty for none")
)

const (
	typists     = 20
	boards      = 2
	killLimit   = 20 * time.Minute
	editsBefore = 4 // acknowledged per typist between two kills, at least
	quietCuts   = 2 // connections cut before a kill without the server being killed

	pace   = 30 * time.Millisecond // between the edits of one typist
	window = 8                     // edits that may wait for their acknowledgement
)

// Twenty people edit two boards while the server is killed again and again. Two of three kills come at the moment when
// the frame that acknowledges an edit is on its way: it is committed, and its author is not told.
func TestKill_loses_nothing_and_does_nothing_twice(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), killLimit)
	defer cancel()
	p := start(t, t.TempDir(), "-log-level", "warn")
	host := p.setUp(t)
	l := newLoad(t, p, host)
	l.Start(ctx)
	cuts, blunt := 0, 0
	for round := range *kills {
		l.wait(ctx, editsBefore*typists)
		if round%3 != 2 {
			l.cutAndKill(ctx)
			cuts++
		} else {
			l.kill(ctx)
			blunt++
		}
		if err := p.Start(); err != nil {
			t.Fatalf("start %d: %v\n%s", round+2, err, p.Log())
		}
	}
	l.wait(ctx, editsBefore*typists)
	l.Rest()
	l.End()
	repeats := 0
	for _, y := range l.Typists {
		repeats += y.Count().Repeats
	}
	t.Logf("killed %d times, %d of them while the acknowledgement was on its way; %d more such cuts without a kill; "+
		"%d edits sent again that were decided", cuts+blunt, cuts, l.quiet, repeats)

	p.Terminate() // so that what is judged comes from the disk
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	final := map[board.ID]map[board.ID]trial.Record{}
	for _, id := range l.Boards {
		final[id] = host.Records(t, id)
	}
	p.Terminate()
	for _, id := range l.Boards {
		l.Judge(id, final[id], l.log(t, id))
	}
	if code, out, errs := trial.Run(t, "verify", "-data", p.data); code != 0 {
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
}

// A load is people who edit boards of one program.
type load struct {
	*trial.Load
	program *program
	random  interface{ IntN(n int) int }
	quiet   int
}

func newLoad(t *testing.T, p *program, host *trial.Person) *load {
	t.Helper()
	l := &load{Load: trial.NewLoad(t, *seed, *journals), program: p, random: trial.NewRandom(*seed, typists)}
	l.Crowd(p, host, boards, typists, func(who *trial.Person, on board.ID, desk trial.Desk) {
		l.Add(&trial.Typist{Who: who, Board: on, Line: trial.NewLine(t, l.dial), Desk: desk, Pace: pace, Window: window, Ready: p.Serving})
	})
	return l
}

func (l *load) dial() (net.Conn, string, error) {
	c, err := l.program.Dial()
	return c, "", err
}

// wait lets everyone be connected and work for a while.
func (l *load) wait(ctx context.Context, edits int64) {
	from := l.Acked()
	l.Until(ctx, "everyone edits", func() bool {
		for _, y := range l.Typists {
			if !y.Connected() {
				return false
			}
		}
		return l.Acked() >= from+edits
	})
}

// cutAndKill kills the server while it acknowledges an edit of one typist. Before that it cuts others alone.
func (l *load) cutAndKill(ctx context.Context) {
	for range quietCuts {
		l.swallow(ctx, func() {})
		l.quiet++
	}
	l.swallow(ctx, l.program.Kill)
}

// swallow waits until the proxy of one typist has swallowed the acknowledgement of one of its next edits.
func (l *load) swallow(ctx context.Context, then func()) {
	y := l.Typists[l.random.IntN(len(l.Typists))]
	sprung := make(chan struct{})
	y.Line.Set(&trial.Trap{Client: y.Client, N: y.Upcoming(int64(l.random.IntN(4))), Sprung: func() {
		then()
		close(sprung)
	}})
	l.Until(ctx, "the acknowledgement of an edit is swallowed", func() bool {
		select {
		case <-sprung:
			return true
		default:
			return false
		}
	})
}

// kill kills the server after some more edits, whatever it does just then.
func (l *load) kill(ctx context.Context) {
	from, more := l.Acked(), int64(1+l.random.IntN(60))
	l.Until(ctx, "some more edits", func() bool { return l.Acked() >= from+more })
	l.program.Kill()
}

// log is what the file has of a board. The server has ended.
func (l *load) log(t *testing.T, id board.ID) []trial.Logged {
	t.Helper()
	log, err := sqlitelog.OpenReadOnly(l.program.data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	entries, err := trial.ReadLog(t.Context(), log, id)
	if err != nil {
		t.Fatal(err)
	}
	return entries
}

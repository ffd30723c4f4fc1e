//go:build linux

package processtest

import (
	"context"
	"flag"
	"fmt"
	"net"
	"os"
	"sync"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab/sqlitelog"
	"waymark/server/client"
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
	l.start(ctx)
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
	l.stop(t)
	repeats := 0
	for _, y := range l.typists {
		repeats += y.Count().Repeats
	}
	t.Logf("killed %d times, %d of them while the acknowledgement was on its way; %d more such cuts without a kill; "+
		"%d edits sent again that were decided", cuts+blunt, cuts, l.quiet, repeats)

	p.Terminate() // so that what is judged comes from the disk
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	final := map[board.ID]map[board.ID]trial.Record{}
	for _, id := range l.boards {
		final[id] = host.Records(t, id)
	}
	p.Terminate()
	for _, id := range l.boards {
		verdict := l.judge(t, id, final[id])
		t.Logf("%s: %s", id, verdict)
		if !verdict.Good() {
			t.Errorf("%s is not what its people saw (seed %d)", id, *seed)
		}
	}
	if code, out, errs := trial.Run(t, "verify", "-data", p.data); code != 0 {
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
}

// A load is the typists of all boards.
type load struct {
	t       *testing.T
	program *program
	boards  []board.ID
	typists []*trial.Typist
	random  interface{ IntN(n int) int }
	quiet   int
	work    sync.WaitGroup
	errs    chan error
}

func newLoad(t *testing.T, p *program, host *trial.Person) *load {
	t.Helper()
	l := &load{t: t, program: p, errs: make(chan error, typists), random: trial.NewRandom(*seed, typists)}
	folder := *journals
	if folder == "" {
		folder = t.TempDir()
	} else if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	secrets := map[board.ID]string{}
	for range boards {
		id := host.NewBoard(t)
		l.boards = append(l.boards, id)
		secrets[id] = host.Invite(t, id, board.Editor)
	}
	for i := range typists {
		on := l.boards[i%boards]
		y := &trial.Typist{
			Who: trial.Admit(t, p, secrets[on], fmt.Sprintf("Typist %d", i)), Board: on, Client: client.NewID("client"),
			Line: trial.NewLine(t, l.dial), Desk: trial.NewEditor(*seed, i), Hasty: i%4 < 2, Pace: pace, Window: window, Ready: p.Serving,
		}
		var err error
		if y.Journal, err = trial.NewJournal(folder, fmt.Sprintf("%03d", i), on, y.Client); err != nil {
			t.Fatal(err)
		}
		l.typists = append(l.typists, y)
	}
	return l
}

func (l *load) dial() (net.Conn, string, error) {
	c, err := l.program.Dial()
	return c, "", err
}

// acked is how many edits of all typists are acknowledged.
func (l *load) acked() (n int64) {
	for _, y := range l.typists {
		n += y.Count().Acked
	}
	return n
}

func (l *load) start(ctx context.Context) {
	for _, y := range l.typists {
		l.work.Go(func() {
			if err := y.Run(ctx); err != nil {
				l.errs <- err
			}
		})
	}
}

// stop lets everyone finish what they have sent.
func (l *load) stop(t *testing.T) {
	t.Helper()
	for _, y := range l.typists {
		y.Rest()
	}
	l.work.Wait()
	select {
	case err := <-l.errs:
		t.Fatal(err)
	default:
	}
}

// until waits until something is so, and fails the test when a typist has ended.
func (l *load) until(ctx context.Context, what string, so func() bool) {
	l.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case err := <-l.errs:
			l.t.Fatal(err)
		case <-ctx.Done():
			for _, y := range l.typists {
				l.t.Logf("%s: %s", y.Client, y.State())
			}
			l.t.Fatalf("it never came to this: %s", what)
		}
	}
}

// wait lets everyone be connected and work for a while.
func (l *load) wait(ctx context.Context, edits int64) {
	from := l.acked()
	l.until(ctx, "everyone edits", func() bool {
		for _, y := range l.typists {
			if !y.Connected() {
				return false
			}
		}
		return l.acked() >= from+edits
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
	y := l.typists[l.random.IntN(len(l.typists))]
	sprung := make(chan struct{})
	y.Line.Set(&trial.Trap{Client: y.Client, N: y.Upcoming(int64(l.random.IntN(4))), Sprung: func() {
		then()
		close(sprung)
	}})
	l.until(ctx, "the acknowledgement of an edit is swallowed", func() bool {
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
	from, more := l.acked(), int64(1+l.random.IntN(60))
	l.until(ctx, "some more edits", func() bool { return l.acked() >= from+more })
	l.program.Kill()
}

// judge holds the journals of a board against what is there. The server has ended.
func (l *load) judge(t *testing.T, id board.ID, final map[board.ID]trial.Record) *trial.Verdict {
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
	j := trial.NewJudge(final, entries)
	for _, y := range l.typists {
		if y.Board != id {
			continue
		}
		notes, err := trial.ReadJournal(y.Journal.Path)
		if err != nil {
			t.Fatal(err)
		}
		j.Hear(notes)
	}
	return j.Decide()
}

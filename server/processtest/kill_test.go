//go:build linux

package processtest

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab/sqlitelog"
	"waymark/server/client"
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
)

// Twenty people edit two boards while the server is killed again and again. Two of three kills come at the moment when
// the frame that acknowledges an edit is on its way: it is committed, and its author is not told.
func TestKill_loses_nothing_and_does_nothing_twice(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), killLimit)
	defer cancel()
	p := start(t, t.TempDir(), "-log-level", "warn")
	host := p.setUp()
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
		if err := p.start(); err != nil {
			t.Fatalf("start %d: %v\n%s", round+2, err, p.log())
		}
	}
	l.wait(ctx, editsBefore*typists)
	l.stop(t)
	repeats := 0
	for _, y := range l.typists {
		repeats += y.repeats
	}
	t.Logf("killed %d times, %d of them while the acknowledgement was on its way; %d more such cuts without a kill; "+
		"%d edits sent again that were decided", cuts+blunt, cuts, l.quiet, repeats)

	p.terminate() // so that what is judged comes from the disk
	if err := p.start(); err != nil {
		t.Fatal(err)
	}
	final := map[board.ID]map[board.ID]record{}
	for _, id := range l.boards {
		final[id] = host.records(t, id)
	}
	p.terminate()
	for _, id := range l.boards {
		verdict := l.judge(t, id, final[id])
		t.Logf("%s: %s", id, verdict)
		if !verdict.good() {
			t.Errorf("%s is not what its people saw (seed %d)", id, *seed)
		}
	}
	if code, out, errs := run(t, "verify", "-data", p.data); code != 0 {
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
}

// A load is the typists of all boards.
type load struct {
	program *program
	boards  []board.ID
	typists []*typist
	acked   atomic.Int64
	random  interface{ IntN(n int) int }
	quiet   int
	work    sync.WaitGroup
	errs    chan error
}

func newLoad(t *testing.T, p *program, host *person) *load {
	t.Helper()
	l := &load{program: p, errs: make(chan error, typists), random: newRandom(*seed, typists)}
	folder := *journals
	if folder == "" {
		folder = t.TempDir()
	} else if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	secrets := map[board.ID]string{}
	for range boards {
		id := host.newBoard(t)
		l.boards = append(l.boards, id)
		secrets[id] = host.invite(t, id)
	}
	for i := range typists {
		on := l.boards[i%boards]
		y := &typist{
			who: p.admit(t, secrets[on], fmt.Sprintf("Typist %d", i)), board: on, client: client.NewID("client"),
			line: newLine(t, p), acked: &l.acked, hasty: i%4 < 2,
			desk: desk{random: newRandom(*seed, i), name: fmt.Sprintf("%03d", i), letter: lettersOf(i)},
		}
		var err error
		if y.journal, err = newJournal(folder, y.desk.name, on, y.client); err != nil {
			t.Fatal(err)
		}
		l.typists = append(l.typists, y)
	}
	return l
}

func (l *load) start(ctx context.Context) {
	for _, y := range l.typists {
		l.work.Go(func() {
			if err := y.run(ctx); err != nil {
				l.errs <- err
			}
		})
	}
}

// stop lets everyone finish what they have sent.
func (l *load) stop(t *testing.T) {
	t.Helper()
	for _, y := range l.typists {
		y.rest()
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
	l.program.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
		case err := <-l.errs:
			l.program.t.Fatal(err)
		case <-ctx.Done():
			for _, y := range l.typists {
				l.program.t.Logf("%s: %s", y.client, y.state())
			}
			l.program.t.Fatalf("it never came to this: %s", what)
		}
	}
}

// wait lets everyone be connected and work for a while.
func (l *load) wait(ctx context.Context, edits int64) {
	from := l.acked.Load()
	l.until(ctx, "everyone edits", func() bool {
		for _, y := range l.typists {
			if !y.connected() {
				return false
			}
		}
		return l.acked.Load() >= from+edits
	})
}

// cutAndKill kills the server while it acknowledges an edit of one typist. Before that it cuts others alone.
func (l *load) cutAndKill(ctx context.Context) {
	for range quietCuts {
		l.swallow(ctx, func() {})
		l.quiet++
	}
	l.swallow(ctx, l.program.kill)
}

// swallow waits until the proxy of one typist has swallowed the acknowledgement of one of its next edits.
func (l *load) swallow(ctx context.Context, then func()) {
	y := l.typists[l.random.IntN(len(l.typists))]
	sprung := make(chan struct{})
	y.line.set(&trap{client: y.client, n: y.upcoming(int64(l.random.IntN(4))), sprung: func() {
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
	from, more := l.acked.Load(), int64(1+l.random.IntN(60))
	l.until(ctx, "some more edits", func() bool { return l.acked.Load() >= from+more })
	l.program.kill()
}

// judge holds the journals of a board against what is there. The server has ended.
func (l *load) judge(t *testing.T, id board.ID, final map[board.ID]record) *verdict {
	t.Helper()
	j := newJudge(final, readLog(t, l.program.data, id))
	for _, y := range l.typists {
		if y.board != id {
			continue
		}
		notes, err := readJournal(y.journal.path)
		if err != nil {
			t.Fatal(err)
		}
		j.hear(notes)
	}
	return j.decide()
}

// readLog reads a board's log from the disk, beside or after the program.
func readLog(t *testing.T, data string, id board.ID) (list []logged) {
	t.Helper()
	log, err := sqlitelog.OpenReadOnly(data)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = log.Close() }()
	for after := board.Seq(0); ; {
		batches, err := log.Batches(t.Context(), id, after, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(batches) == 0 {
			return list
		}
		for _, b := range batches {
			var entries []json.RawMessage
			if err := json.Unmarshal(b.Body, &entries); err != nil {
				t.Fatalf("the batch behind %d: %v", after, err)
			}
			for _, raw := range entries {
				var e struct {
					Seq     board.Seq
					Client  board.ID
					N       int64
					Refused string
				}
				if err := json.Unmarshal(raw, &e); err != nil {
					t.Fatalf("the batch behind %d: %v", after, err)
				}
				list = append(list, logged{seq: e.Seq, client: e.Client, n: e.N, sum: sumOf(raw), refused: e.Refused})
			}
			after = b.Last
		}
	}
}

package trial

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// A Load is people who edit boards at the same time.
type Load struct {
	Boards  []board.ID
	Typists []*Typist

	t      testing.TB
	seed   uint64
	folder string // of the journals
	work   sync.WaitGroup
	errs   chan error
}

// NewLoad makes a load of nobody yet, whose journals are kept in a folder; "" is one that ends with the test.
func NewLoad(t testing.TB, seed uint64, journals string) *Load {
	t.Helper()
	if journals == "" {
		journals = t.TempDir()
	} else if err := os.MkdirAll(journals, 0o755); err != nil {
		t.Fatal(err)
	}
	return &Load{t: t, seed: seed, folder: journals, errs: make(chan error, 1000)}
}

// Add has somebody take part, with a client and a journal of its own; half of all are hasty.
func (l *Load) Add(y *Typist) {
	l.t.Helper()
	i := len(l.Typists)
	y.Client, y.Hasty = client.NewID("client"), i%4 < 2
	var err error
	if y.Journal, err = NewJournal(l.folder, fmt.Sprintf("%03d", i), y.Board, y.Client); err != nil {
		l.t.Fatal(err)
	}
	l.Typists = append(l.Typists, y)
}

// Crowd makes boards of a host's and admits editors to them at a place, for whom add is called.
func (l *Load) Crowd(at Place, host *Person, boards, people int, add func(who *Person, on board.ID, desk Desk)) {
	l.t.Helper()
	var secrets []string
	for range boards {
		id := host.NewBoard(l.t)
		l.Boards = append(l.Boards, id)
		secrets = append(secrets, host.Invite(l.t, id, board.Editor))
	}
	for i := range people {
		who := Admit(l.t, at, secrets[i%boards], fmt.Sprintf("Typist %d", i))
		add(who, l.Boards[i%boards], NewEditor(l.seed, i/boards))
	}
}

// Go runs what people do beside; an error fails the test.
func (l *Load) Go(do func() error) {
	l.work.Go(func() {
		if err := do(); err != nil {
			l.errs <- err
		}
	})
}

// Start has everyone work.
func (l *Load) Start(ctx context.Context) {
	for _, y := range l.Typists {
		l.Go(func() error { return y.Run(ctx) })
	}
}

// Rest lets everyone finish what they have sent.
func (l *Load) Rest() {
	for _, y := range l.Typists {
		y.Rest()
	}
}

// End waits for everyone to come to an end.
func (l *Load) End() {
	l.t.Helper()
	l.work.Wait()
	l.Fine()
}

// Fine fails the test when somebody met what nobody may meet.
func (l *Load) Fine() {
	l.t.Helper()
	select {
	case err := <-l.errs:
		l.t.Fatal(err)
	default:
	}
}

// Acked is how many edits of all of them are acknowledged.
func (l *Load) Acked() (n int64) {
	for _, y := range l.Typists {
		n += y.Count().Acked
	}
	return n
}

// Until waits until something is so. It fails the test when somebody met what nobody may meet.
func (l *Load) Until(ctx context.Context, what string, so func() bool) {
	l.t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-look.C:
			l.Fine()
		case <-ctx.Done():
			l.t.Fatalf("it never came to this: %s\n%s", what, l.States())
		}
	}
}

// States says where everyone is, for messages.
func (l *Load) States() (text string) {
	for _, y := range l.Typists {
		text += fmt.Sprintf("%s: %s\n", y.Client, y.State())
	}
	return text
}

// Notes are what one of them wrote, once all have ended.
func (l *Load) Notes(y *Typist) []Note {
	l.t.Helper()
	notes, err := ReadJournal(y.Journal.Path)
	if err != nil {
		l.t.Fatal(err)
	}
	return notes
}

// Judge holds what the people of a board wrote against its records as a stranger gets them, and against its log.
func (l *Load) Judge(id board.ID, final map[board.ID]Record, log []Logged) {
	l.t.Helper()
	j := NewJudge(final, log)
	for _, y := range l.Typists {
		if y.Board == id {
			j.Hear(l.Notes(y))
		}
	}
	verdict := j.Decide()
	l.t.Logf("%s: %s", id, verdict)
	if !verdict.Good() {
		l.t.Errorf("%s is not what its people saw (seed %d)", id, l.seed)
	}
}

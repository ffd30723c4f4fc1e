package collab_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/localbus"
	"waymark/collab/sqlitelog"
)

// A live hub runs on goroutines, with a log on a disk.
type live struct {
	hub *collab.Hub
	log *sqlitelog.Log
}

func newLive(t testing.TB, limits collab.Limits, logger *slog.Logger) *live {
	t.Helper()
	l := &live{}
	var err error
	if l.log, err = sqlitelog.Open(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	l.hub = collab.NewHub(collab.Config{
		Log: l.log, Archive: l.log, Bus: &localbus.Bus{}, Node: "node-1", Limits: limits, Logger: logger,
		Authenticate: func(token string) (collab.Identity, error) {
			return collab.Identity{Person: board.ID(token), Login: token}, nil
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	var polling sync.WaitGroup
	polling.Go(func() { l.hub.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		polling.Wait()
		ctx, stop := context.WithTimeout(context.Background(), 10*time.Second)
		defer stop()
		if err := errors.Join(l.hub.Drain(ctx), l.log.Close()); err != nil {
			t.Error(err)
		}
	})
	return l
}

// create makes a board with people as editors.
func (l *live) create(t testing.TB, id board.ID, people int) {
	t.Helper()
	records := []*board.Record{
		board.NewRecord("map-1", "", 0, "", field("title", "Map")),
		board.NewRecord("phase-1", "", 0, "", field("map", "map-1"), field("rank", "V")),
		board.NewRecord("step-1", "", 0, "", field("phase", "phase-1"), field("rank", "V")),
		board.NewRecord("lane-1", "", 0, "", field("map", "map-1"), field("rank", "V")),
	}
	actor := board.Actor{Person: "person-0", System: true}
	if err := l.hub.Create(t.Context(), id, actor, &board.CreateBoard{Records: records}); err != nil {
		t.Fatal(err)
	}
	for i := 1; i < people; i++ {
		op := &board.SetMember{Person: board.ID(fmt.Sprint("person-", i)), Role: board.Editor}
		if _, err := l.hub.Propose(t.Context(), id, actor, op); err != nil {
			t.Fatal(err)
		}
	}
}

// A tab is a browser in Go: it sends ops in turn, resends what is missing, and
// keeps a copy of the board.
type tab struct {
	t       testing.TB
	hub     *collab.Hub
	board   board.ID
	person  board.ID
	client  board.ID
	session *collab.Session
	done    chan struct{}
	// sending lets one goroutine at a time speak, as a socket's reader does.
	sending sync.Mutex

	mu    sync.Mutex
	copy  *board.Board
	at    board.Seq // with the holes
	batch board.ID
	acked int64
	ops   []string
	// reached is closed when the copy is at until, and settled when all ops of
	// the outbox are decided.
	until            board.Seq
	reached, settled chan struct{}
}

func newTab(t testing.TB, hub *collab.Hub, id board.ID, i int) *tab {
	return &tab{
		t: t, hub: hub, board: id, person: board.ID(fmt.Sprint("person-", i)),
		client: board.ID(fmt.Sprint("client-", i)), reached: make(chan struct{}), settled: make(chan struct{}),
	}
}

// connect opens a session and a goroutine that reads what it gives.
func (b *tab) connect() {
	b.session = b.hub.Accept()
	b.done = make(chan struct{})
	go b.read(b.session, b.done)
	b.mu.Lock()
	seq, epoch, batch := board.Seq(-1), int64(0), b.batch
	if b.copy != nil {
		seq, epoch = b.at, b.copy.Epoch()
	}
	b.mu.Unlock()
	b.send(fmt.Sprintf(`{"type":"hello","token":"%s","board":"%s","epoch":%d,"seq":%d,"batch":"%s","protocol":1},{"type":"claim","client":"%s"}`,
		b.person, b.board, epoch, seq, batch, b.client))
}

func (b *tab) send(messages string) {
	b.sending.Lock()
	defer b.sending.Unlock()
	b.session.Receive([]byte("[" + messages + "]"))
}

func (b *tab) read(s *collab.Session, done chan struct{}) {
	defer close(done)
	for f := range s.Out() {
		b.hear(f)
		s.Wrote(f)
		if f.Close != 0 {
			return
		}
	}
}

// disconnect cuts the socket as if the network had.
func (b *tab) disconnect() {
	b.hub.End(collab.CloseFault, func(who collab.Identity) bool { return who.Person == b.person })
	<-b.done
	b.session.Leave()
}

func (b *tab) hear(f *collab.Frame) {
	if f.Binary {
		z, err := gzip.NewReader(bytes.NewReader(f.Data))
		if err != nil {
			b.t.Error(err)
			return
		}
		raw, err := io.ReadAll(z)
		if err != nil {
			b.t.Error(err)
			return
		}
		c, err := board.Load(raw, nil)
		if err != nil {
			b.t.Error(err)
			return
		}
		b.mu.Lock()
		b.copy, b.at = c, c.Seq()
		b.mu.Unlock()
		return
	}
	if len(f.Data) == 0 {
		return
	}
	var list []struct {
		Type          string
		From, To, N   int64
		Batch, Client board.ID
		Public        string
		Seq           int64
		Items         json.RawMessage
	}
	if err := json.Unmarshal(f.Data, &list); err != nil {
		b.t.Errorf("%s heard %s: %v", b.person, f.Data, err)
		return
	}
	for _, m := range list {
		switch m.Type {
		case "entries", "hole":
			b.entries(board.Seq(m.From), board.Seq(m.To), m.Batch, m.Items)
		case "mark":
			b.resend(m.N)
		case "gap", "busy":
			b.resend(m.N - 1)
		case "digest":
			b.mu.Lock()
			if mine := board.Hex(b.copy.Digests().Public); int64(b.at) != m.Seq || mine != m.Public {
				b.t.Errorf("%s at %d has digest %s, the server at %d %s", b.person, b.at, mine, m.Seq, m.Public)
			}
			b.mu.Unlock()
		}
	}
}

func (b *tab) entries(from, to board.Seq, batch board.ID, items json.RawMessage) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.copy == nil || from != b.at+1 {
		b.t.Errorf("%s is at %d and heard %d to %d", b.person, b.at, from, to)
		return
	}
	if len(items) > 0 {
		list, err := board.ParseEntries(items)
		if err != nil {
			b.t.Error(err)
		}
		for _, e := range list {
			board.Apply(b.copy, e)
			if e.Client == b.client {
				b.acknowledge(e.N)
			}
		}
	}
	b.at, b.batch = to, batch
	b.look()
}

// acknowledge notes that the ops up to n are decided.
func (b *tab) acknowledge(n int64) {
	if n <= b.acked {
		return
	}
	if b.acked = n; n == int64(cap(b.ops)) {
		close(b.settled)
	}
}

// look closes reached when the copy is as far as wanted.
func (b *tab) look() {
	if b.until > 0 && b.at >= b.until {
		b.until = 0
		close(b.reached)
	}
}

// reach waits until the copy is at seq.
func (b *tab) reach(seq board.Seq) {
	b.mu.Lock()
	b.until = seq
	b.look()
	b.mu.Unlock()
	<-b.reached
}

// resend sends the ops behind n again.
func (b *tab) resend(n int64) {
	b.mu.Lock()
	b.acknowledge(n)
	items := ""
	for i := n; i < int64(len(b.ops)) && i < n+200; i++ {
		if items != "" {
			items += ","
		}
		items += fmt.Sprintf(`{"n":%d,"op":%s}`, i+1, b.ops[i])
	}
	b.mu.Unlock()
	if items != "" {
		b.send(fmt.Sprintf(`{"type":"ops","client":"%s","items":[%s]}`, b.client, items))
	}
}

// op adds an op to the outbox and sends it.
func (b *tab) op(op string) {
	b.mu.Lock()
	b.ops = append(b.ops, op)
	n := len(b.ops)
	b.mu.Unlock()
	b.send(fmt.Sprintf(`{"type":"ops","client":"%s","items":[{"n":%d,"op":%s}]}`, b.client, n, op))
}

func TestHub_Present_P5_knows_who_is_on_another_server_until_that_falls_silent(t *testing.T) {
	w := newWorld(t, 2)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ben.server = 1
	ana.join()
	ben.join()
	w.wait(time.Second)
	if got := fmt.Sprint(w.servers[0].Present(theBoard)); got != "[person-ana person-ben]" {
		t.Errorf("present are %s", got)
	}
	w.kill(1)
	w.wait(20 * time.Second)
	if got := fmt.Sprint(w.servers[0].Present(theBoard)); got != "[person-ana]" {
		t.Errorf("after the other server's death present are %s", got)
	}
}

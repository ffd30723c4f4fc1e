//go:build linux

package processtest

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"waymark/board"
	"waymark/server/client"
)

const (
	pace   = 30 * time.Millisecond // between the edits of one typist
	window = 8                     // edits that may wait for their acknowledgement
	again  = 20 * time.Millisecond // before the next try to connect
)

// An edit is an op that was sent and is not acknowledged.
type edit struct {
	n      int64
	op     []byte
	typing board.ID // the record whose text it changes
}

// A typist is a connection under editing load. Like a browser it numbers its ops, keeps those that are not
// acknowledged, comes back after every cut with the same client, asks how far that is decided, and sends the rest again.
// It writes a journal.
type typist struct {
	who     *person
	board   board.ID
	client  board.ID
	line    *line
	journal *journal
	acked   *atomic.Int64 // of all typists
	desk    desk
	// hasty: what waited when the connection was cut is all sent again, also what is decided by now.
	hasty bool

	mu      sync.Mutex
	conn    *client.Conn
	point   client.Point // where to go on after a cut
	seen    board.Seq
	open    bool // the server has said how far the client is decided
	pending []edit
	next    int64
	stale   []edit // of a hasty one: what waited when this connection began
	repeats int    // ops sent again although they were decided
	resend  int64  // send again from this number; 0 is not asked for
	quietTo time.Time
	resting bool
	fault   error
}

// run edits until rest is called and all is acknowledged.
func (y *typist) run(ctx context.Context) error {
	come := time.NewTicker(again)
	defer come.Stop()
	for !y.finished() {
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w; %s", y.client, ctx.Err(), y.state())
		case <-y.who.program.serving():
		}
		err := y.session(ctx)
		if y.fault != nil {
			return y.fault
		}
		var closed *client.Closed
		if errors.As(err, &closed) && (closed.Code == 4400 || closed.Code == 4403 || closed.Code == 4404 || closed.Code == 4426) {
			return fmt.Errorf("%s: %w", y.client, err)
		}
		select {
		case <-ctx.Done():
		case <-come.C:
		}
	}
	return y.journal.close()
}

// session is one connection, from its hello to its end.
func (y *typist) session(ctx context.Context) error {
	token, err := y.who.token(ctx)
	if err != nil {
		return err
	}
	conn, err := client.Dial(ctx, client.Options{
		URL: y.line.socket(), Token: token, Board: y.board, Client: y.client, From: y.point, Hear: y.hear, Resumable: true,
	})
	if err != nil {
		return err
	}
	y.mu.Lock()
	y.conn = conn
	if y.hasty {
		y.stale = slices.Clone(y.pending)
	}
	y.mu.Unlock()
	ended := make(chan struct{})
	var acting sync.WaitGroup
	acting.Go(func() { y.act(ctx, ended) })
	err = conn.Run()
	close(ended)
	acting.Wait()
	_ = conn.Cut()
	y.mu.Lock()
	defer y.mu.Unlock()
	y.conn, y.open = nil, false
	if p := conn.Point(); p.Batch != "" {
		y.point = p
	}
	return err
}

func (y *typist) act(ctx context.Context, ended <-chan struct{}) {
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			_ = y.conn.Cut()
			return
		case now := <-tick.C:
			if y.finished() {
				_ = y.conn.Close()
				return
			}
			if y.step(now) != nil {
				return // Run hears of it too
			}
		}
	}
}

// step sends at most one new edit, or again what the server asked for.
func (y *typist) step(now time.Time) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if !y.open || now.Before(y.quietTo) {
		return nil
	}
	if y.resend > 0 {
		from := y.resend
		y.resend = 0
		for _, e := range y.pending {
			if e.n < from {
				continue
			}
			if err := y.conn.SendAgain(e.n, e.op); err != nil {
				return err
			}
		}
		return nil
	}
	if y.resting || len(y.pending) >= window {
		return nil
	}
	op, typing := y.desk.invent(y.seen, y.isTyping)
	if op == nil {
		return nil
	}
	y.next++
	e := edit{n: y.next, op: op, typing: typing}
	y.pending = append(y.pending, e)
	if err := y.journal.note(note{What: noteSent, N: e.n, Op: op}); err != nil {
		return err
	}
	return y.conn.SendAgain(e.n, op)
}

func (y *typist) isTyping(id board.ID) bool {
	for _, e := range y.pending {
		if e.typing == id {
			return true
		}
	}
	return false
}

func (y *typist) hear(m client.Message) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	err := y.take(m)
	if err != nil {
		y.fault = fmt.Errorf("%s: %w", y.client, err)
	}
	return err
}

func (y *typist) take(m client.Message) error {
	switch m.Type {
	case "snapshot":
		return y.join(m.Raw)
	case "entries":
		for _, e := range m.Entries {
			if err := y.heard(e); err != nil {
				return err
			}
		}
		y.seen = m.To
	case "hole":
		y.seen = m.To
	case "mark", "gap", "busy":
		return y.answered(m)
	case "reset":
		return errors.New("the server reset the board: " + string(m.Raw))
	}
	return nil
}

// join reads the board as it is.
func (y *typist) join(raw []byte) error {
	zip, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	data, err := io.ReadAll(zip)
	if err != nil {
		return err
	}
	var snapshot struct {
		Seq     board.Seq
		Records []struct {
			record
			Fields struct{ Type, Text string }
		}
	}
	if err := json.Unmarshal(data, &snapshot); err != nil {
		return err
	}
	y.seen = snapshot.Seq
	for _, r := range snapshot.Records {
		y.desk.learn(r.ID, r.Kind, r.Fields.Type, r.Fields.Text)
	}
	return nil
}

func (y *typist) heard(e client.Entry) error {
	by := board.ID(e.Client)
	if err := y.journal.note(note{What: noteHeard, Client: by, N: e.N, Seq: e.Seq, Sum: sumOf(e.Raw)}); err != nil {
		return err
	}
	if by == y.client {
		said := note{What: noteSaved, N: e.N, Seq: e.Seq}
		if len(e.Refused) > 0 {
			said = note{What: noteRefused, N: e.N, Seq: e.Seq, Code: string(e.Refused)}
		}
		if err := y.journal.note(said); err != nil {
			return err
		}
		y.settle(e.N)
		return nil
	}
	var entry struct{ Changes []json.RawMessage }
	if err := json.Unmarshal(e.Raw, &entry); err != nil {
		return err
	}
	for _, raw := range entry.Changes {
		var change []json.RawMessage
		var put struct {
			ID     board.ID
			Kind   string
			Fields struct{ Type, Text string }
		}
		if json.Unmarshal(raw, &change) == nil && len(change) == 2 && string(change[0]) == `"put"` && json.Unmarshal(change[1], &put) == nil {
			y.desk.learn(put.ID, put.Kind, put.Fields.Type, put.Fields.Text)
		}
	}
	return nil
}

// settle forgets the edits up to n: they are decided.
func (y *typist) settle(n int64) {
	for len(y.pending) > 0 && y.pending[0].n <= n {
		y.pending = y.pending[1:]
		y.acked.Add(1)
	}
}

func (y *typist) answered(m client.Message) error {
	var told struct {
		Client  board.ID
		N       int64
		Refused []int64
		RetryMs int64
	}
	if err := m.Decode(&told); err != nil {
		return err
	}
	if told.Client != y.client {
		return fmt.Errorf("a %s of %s, which is not ours", m.Type, told.Client)
	}
	switch m.Type {
	case "mark":
		if len(told.Refused) > 0 {
			return fmt.Errorf("ops %v were refused", told.Refused)
		}
		y.settle(told.N)
		y.open, y.resend = true, told.N+1
		for _, e := range y.stale {
			if e.n > told.N {
				break // these wait, and are sent again in any case
			}
			y.repeats++
			if err := y.conn.SendAgain(e.n, e.op); err != nil {
				return err
			}
		}
		y.stale = nil
		return y.journal.note(note{What: noteMark, N: told.N})
	case "busy":
		y.quietTo = time.Now().Add(time.Duration(told.RetryMs) * time.Millisecond)
	}
	y.resend = told.N
	return nil
}

// upcoming is the number of an edit that is sent soon, after this many others.
func (y *typist) upcoming(after int64) int64 {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.next + 1 + after
}

func (y *typist) connected() bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.open
}

// rest lets the typist end once all that it sent is acknowledged.
func (y *typist) rest() {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.resting = true
}

func (y *typist) finished() bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.resting && len(y.pending) == 0
}

func (y *typist) state() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return fmt.Sprintf("open %v, %d edits sent, %d wait, fault %v", y.open, y.next, len(y.pending), y.fault)
}

// newRandom draws a typist's edits: the same seed gives the same ones, as far as the server answers in the same order.
func newRandom(seed uint64, who int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(who))) }

package trial

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// A Desk is what a typist knows of the board, and what it thinks of next. The typist calls it, one call at a time.
type Desk interface {
	// Learn is told of each record that appears.
	Learn(id board.ID, kind, laneType, text string)
	// Invent gives an op, or nil for none just now. base is the seq up to which the board was heard; typing says whose
	// text has an op under way, for there is only ever one.
	Invent(base board.Seq, typing func(board.ID) bool) map[string]any
}

// A Typist is a connection under load. Like a browser it numbers its ops, keeps those that are not acknowledged, comes
// back after every cut with the same client, asks how far that is decided, and sends the rest again. It writes a journal.
type Typist struct {
	Who     *Person
	Board   board.ID
	Client  board.ID
	Line    *Line
	Journal *Journal
	Desk    Desk
	// Pace is between two ops, Window how many may wait for their acknowledgement.
	Pace   time.Duration
	Window int
	// Hasty: what waited when the connection was cut is all sent again, also what is decided by now.
	Hasty bool
	// Refusable ops may be refused; of others that is a fault.
	Refusable bool
	// Final is the close code that it comes to an end with, of itself; 0 is none.
	Final int
	// MayReset says whether the log may have lost something by now; nil is never.
	MayReset func() bool
	// Ready is closed while there is somebody to connect to; nil is always.
	Ready func() <-chan struct{}
	// Pause is how long it waits before it tries to connect for the n-th time in a row, so long after it was
	// cut off; nil is for a moment.
	Pause func(n int, away time.Duration) time.Duration

	mu      sync.Mutex
	conn    *client.Conn
	point   client.Point // where to go on after a cut
	seen    board.Seq
	open    bool // the server has said how far the client is decided
	outbox  outbox
	stale   []*edit // of a hasty one: what waited when this connection began
	quietTo time.Time
	retry   time.Duration // what the server said with its last word
	tries   int
	lost    time.Time // before the first of them
	resting bool
	over    bool // it was closed with Final
	fault   error
	count   Count
}

// A Count is how often something happened to a typist.
type Count struct {
	Sent, Acked int64
	Repeats     int // ops sent again although they were decided
	Boards      int // whole boards that it was given
	Resets      int // of them those that came because the log had lost something
	Expired     int // connections that ended because of the token
}

// Count is how far it has come.
func (y *Typist) Count() Count {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.count
}

// again is before the next try to connect.
const again = 20 * time.Millisecond

// Browser is how long a browser waits before its n-th try after so long an absence: a quarter of a second doubling to a
// tenth of that, to one second at least and ten at most, full jitter.
func Browser(random *rand.Rand) func(n int, away time.Duration) time.Duration {
	return func(n int, away time.Duration) time.Duration {
		longest := min(max(time.Second, away/10), 10*time.Second)
		return time.Duration(random.Int64N(int64(min(250*time.Millisecond<<min(n-1, 10), longest))))
	}
}

// Run works until Rest is called and all is acknowledged.
func (y *Typist) Run(ctx context.Context) error {
	for !y.Finished() && !y.Over() {
		if y.Ready != nil {
			select {
			case <-ctx.Done():
			case <-y.Ready():
			}
		}
		err := y.session(ctx)
		if err := y.judge(err); err != nil {
			return fmt.Errorf("%s: %w", y.Client, err)
		}
		if y.Finished() || y.Over() {
			break
		}
		wait := time.NewTimer(y.pause())
		select {
		case <-ctx.Done():
			wait.Stop()
			return fmt.Errorf("%s: %w; %s; last: %w", y.Client, ctx.Err(), y.State(), err)
		case <-wait.C:
		}
	}
	return y.Journal.Close()
}

// judge says what no typist may meet.
func (y *Typist) judge(err error) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	var closed *client.Closed
	var refusal *Refusal
	switch {
	case y.fault != nil:
		return y.fault
	case errors.Is(err, client.ErrSkipped): // R4
		return err
	case errors.As(err, &refusal) && refusal.Status == http.StatusUnauthorized:
		return fmt.Errorf("signed out: %w", err)
	case !errors.As(err, &closed):
		return nil
	case y.Final != 0 && closed.Code == y.Final:
		y.over = true
		return nil
	}
	switch closed.Code {
	case 4400, 4403, 4404, 4409, 4426:
		return err
	case 4401:
		y.Who.Expire()
		y.count.Expired++
	}
	return nil
}

// pause is until the next try.
func (y *Typist) pause() time.Duration {
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.tries == 0 {
		y.lost = time.Now()
	}
	y.tries++
	wait := again
	if y.Pause != nil {
		wait = y.Pause(y.tries, time.Since(y.lost))
	}
	if y.retry > 0 {
		wait, y.retry = y.retry, 0
	}
	return wait
}

// session is one connection, from its hello to its end.
func (y *Typist) session(ctx context.Context) error {
	token, err := y.Who.Token(ctx)
	if err != nil {
		return err
	}
	conn, err := client.Dial(ctx, client.Options{
		URL: y.Line.Socket(), Token: token, Board: y.Board, Client: y.Client, From: y.point, Hear: y.hear, Resumable: true,
	})
	if err != nil {
		return err
	}
	y.mu.Lock()
	y.conn = conn
	if y.Hasty {
		y.stale = y.outbox.sent()
	}
	y.outbox.unsent(0)
	err = y.Journal.Note(Note{What: Came, Server: y.Line.Server()})
	y.mu.Unlock()
	if err != nil {
		return err
	}
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
	var closed *client.Closed
	left := Note{What: Left}
	if errors.As(err, &closed) {
		left.Code = fmt.Sprint(closed.Code)
	}
	return errors.Join(err, y.Journal.Note(left))
}

func (y *Typist) act(ctx context.Context, ended <-chan struct{}) {
	tick := time.NewTicker(y.Pace)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-ctx.Done():
			_ = y.conn.Cut()
			return
		case now := <-tick.C:
			if y.Finished() {
				_ = y.conn.Close()
				return
			}
			if y.step(now) != nil {
				return // Run hears of it too
			}
		}
	}
}

// step sends again what has to be, or at most one new op.
func (y *Typist) step(now time.Time) error {
	y.mu.Lock()
	defer y.mu.Unlock()
	if !y.open || now.Before(y.quietTo) {
		return nil
	}
	if whole, err := y.pump(now); err != nil || !whole {
		return err
	}
	if y.resting || len(y.outbox.waiting) >= y.Window {
		return nil
	}
	op := y.Desk.Invent(y.seen, y.outbox.isTyping)
	if op == nil {
		return nil
	}
	e := y.outbox.add(op)
	y.count.Sent++
	if err := y.Journal.Note(Note{What: Sent, N: e.n, Op: e.raw}); err != nil {
		return err
	}
	_, err := y.pump(now)
	return err
}

// pump sends what waits and may leave, and reports whether that is all.
func (y *Typist) pump(now time.Time) (whole bool, err error) {
	for {
		e := y.outbox.next(y.Window, y.seen, now)
		if e == nil {
			return y.outbox.whole(), nil
		}
		if err := y.conn.SendAgain(e.n, e.raw); err != nil {
			return false, err
		}
		e.sent = true
	}
}

// Upcoming is the number of an op that is sent soon, after this many others.
func (y *Typist) Upcoming(after int64) int64 {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.outbox.last + 1 + after
}

// Connected says whether it may send.
func (y *Typist) Connected() bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.open
}

// Rest lets the typist end once all that it sent is acknowledged.
func (y *Typist) Rest() {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.resting = true
}

// Finished says whether it is at rest and has nothing that waits.
func (y *Typist) Finished() bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.resting && len(y.outbox.waiting) == 0
}

// Over says whether it was closed with its final code.
func (y *Typist) Over() bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.over
}

// State says where it is, for messages.
func (y *Typist) State() string {
	y.mu.Lock()
	defer y.mu.Unlock()
	return fmt.Sprintf("open %v, %d ops sent, %d wait, fault %v", y.open, y.count.Sent, len(y.outbox.waiting), y.fault)
}

// NewRandom draws a typist's ops: the same seed gives the same ones, as far as the server answers in the same order.
func NewRandom(seed uint64, who int) *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(who))) }

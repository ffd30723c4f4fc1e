//go:build linux

package processtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// A peer is somebody with one connection who edits now and then, and is harmed by nothing that others do.
type peer struct {
	conn  *client.Conn
	own   board.ID
	n     int64
	acked chan client.Entry // its own entries; Raw and the other bytes are gone
	ended chan error
}

const (
	peerLimit = 30 * time.Second
	beatEvery = 15 * time.Second
)

// connect opens a session and waits until it may edit.
func (v *person) connect(t *testing.T, on board.ID) *peer {
	t.Helper()
	token, err := v.token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := &peer{own: client.NewID("client"), acked: make(chan client.Entry, 1000), ended: make(chan error, 1)}
	marked := make(chan struct{}, 1)
	c.conn, err = client.Dial(t.Context(), client.Options{
		URL: v.program.socket(), Token: token, Board: on, Client: c.own,
		Hear: func(m client.Message) error {
			switch m.Type {
			case "mark":
				select {
				case marked <- struct{}{}:
				default: // nobody waits for a further one
				}
			case "entries":
				for _, e := range m.Entries {
					if board.ID(e.Client) == c.own {
						c.acked <- client.Entry{Seq: e.Seq, N: e.N, Refused: append([]byte(nil), e.Refused...)}
					}
				}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.conn.Cut() })
	go func() { c.ended <- c.conn.Run() }()
	go c.beat(t.Context())
	select {
	case <-marked:
	case err := <-c.ended:
		t.Fatal(err)
	case <-time.After(peerLimit):
		t.Fatal("no answer to a hello")
	}
	return c
}

// beat says now and then that somebody is there: who is silent for a minute is sent away.
func (c *peer) beat(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if c.conn.Write([]byte(`[{"type":"beat"}]`)) != nil {
				return
			}
		}
	}
}

// say sends one op and does not wait.
func (c *peer) say(op map[string]any) error {
	_, err := c.conn.Send(write(op))
	c.n++
	return err
}

// edit sends one op, waits for its entry, and gives its seq and the code when it was refused.
func (c *peer) edit(t *testing.T, op map[string]any) (board.Seq, string) {
	t.Helper()
	if err := c.say(op); err != nil {
		t.Fatal(err)
	}
	e, err := c.answer(peerLimit)
	if err != nil {
		t.Fatal(err)
	}
	return e.Seq, string(e.Refused)
}

var errSilent = errors.New("no acknowledgement")

// answer waits for the entry of the last op.
func (c *peer) answer(limit time.Duration) (client.Entry, error) {
	late := time.After(limit)
	for {
		select {
		case e := <-c.acked:
			if e.N == c.n {
				return e, nil
			}
		case err := <-c.ended:
			c.ended <- err
			return client.Entry{}, err
		case <-late:
			return client.Entry{}, errSilent
		}
	}
}

// leave closes the connection and waits until that is done.
func (c *peer) leave(t *testing.T) {
	t.Helper()
	_ = c.conn.Close()
	if err := <-c.ended; err == nil {
		t.Error("the connection ended without a reason")
	}
}

// stickyOp is an op that is always taken.
func stickyOp() map[string]any {
	return map[string]any{"type": "add", "id": client.NewID("sticky"), "fields": map[string]any{
		"x": 100, "y": 100, "w": 1600, "h": 1200, "text": "unharmed",
	}}
}

// unharmed edits once and has to be acknowledged.
func (c *peer) unharmed(t *testing.T) board.Seq {
	t.Helper()
	seq, refused := c.edit(t, stickyOp())
	if refused != "" {
		t.Fatalf("a neighbour's edit was refused: %s", refused)
	}
	return seq
}

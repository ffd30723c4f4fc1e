package trial

import (
	"context"
	"errors"
	"testing"
	"time"

	"waymark/board"
	"waymark/server/client"
)

// A Peer is somebody with one connection who edits now and then, and is harmed by nothing that others do.
type Peer struct {
	Conn  *client.Conn
	Own   board.ID          // its client
	N     int64             // the number of its last op
	Acked chan client.Entry // its own entries; Raw and the other bytes are gone
	ended chan error
}

// PeerLimit is how long it waits for an answer.
const PeerLimit = 30 * time.Second

const beatEvery = 15 * time.Second

// Connect opens a session and waits until it may edit.
func (v *Person) Connect(t testing.TB, on board.ID) *Peer {
	t.Helper()
	return v.ConnectAt(t, v.at, on)
}

// ConnectAt is Connect at another place than the person's own.
func (v *Person) ConnectAt(t testing.TB, at Place, on board.ID) *Peer {
	t.Helper()
	token, err := v.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := &Peer{Own: client.NewID("client"), Acked: make(chan client.Entry, 1000), ended: make(chan error, 1)}
	marked := make(chan struct{}, 1)
	c.Conn, err = client.Dial(t.Context(), client.Options{
		URL: at.Socket(), Token: token, Board: on, Client: c.Own,
		Hear: func(m client.Message) error {
			switch m.Type {
			case "mark":
				select {
				case marked <- struct{}{}:
				default: // nobody waits for a further one
				}
			case "entries":
				for _, e := range m.Entries {
					if board.ID(e.Client) == c.Own {
						c.Acked <- client.Entry{Seq: e.Seq, N: e.N, Refused: append([]byte(nil), e.Refused...)}
					}
				}
			}
			return nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Conn.Cut() })
	go func() { c.ended <- c.Conn.Run() }()
	go c.beat(t.Context())
	select {
	case <-marked:
	case err := <-c.ended:
		t.Fatal(err)
	case <-time.After(PeerLimit):
		t.Fatal("no answer to a hello")
	}
	return c
}

// beat says now and then that somebody is there: who is silent for a minute is sent away.
func (c *Peer) beat(ctx context.Context) {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if c.Conn.Write([]byte(`[{"type":"beat"}]`)) != nil {
				return
			}
		}
	}
}

// Say sends one op and does not wait.
func (c *Peer) Say(op map[string]any) error {
	_, err := c.Conn.Send(Write(op))
	c.N++
	return err
}

// Edit sends one op, waits for its entry, and gives its seq and the code when it was refused.
func (c *Peer) Edit(t testing.TB, op map[string]any) (board.Seq, string) {
	t.Helper()
	if err := c.Say(op); err != nil {
		t.Fatal(err)
	}
	e, err := c.Answer(PeerLimit)
	if err != nil {
		t.Fatal(err)
	}
	return e.Seq, string(e.Refused)
}

var errSilent = errors.New("no acknowledgement")

// Answer waits for the entry of the last op.
func (c *Peer) Answer(limit time.Duration) (client.Entry, error) {
	late := time.After(limit)
	for {
		select {
		case e := <-c.Acked:
			if e.N == c.N {
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

// Leave closes the connection and waits until that is done.
func (c *Peer) Leave(t testing.TB) {
	t.Helper()
	_ = c.Conn.Close()
	if err := <-c.ended; err == nil {
		t.Error("the connection ended without a reason")
	}
}

// StickyOp is an op that is always taken.
func StickyOp() map[string]any {
	return map[string]any{"type": "add", "id": client.NewID("sticky"), "fields": map[string]any{
		"x": 100, "y": 100, "w": 1600, "h": 1200, "text": "unharmed",
	}}
}

// Unharmed edits once and has to be acknowledged.
func (c *Peer) Unharmed(t testing.TB) board.Seq {
	t.Helper()
	seq, refused := c.Edit(t, StickyOp())
	if refused != "" {
		t.Fatalf("a neighbour's edit was refused: %s", refused)
	}
	return seq
}

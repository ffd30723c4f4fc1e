package trial

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"waymark/board"
	"waymark/collab/linetest"
)

// A Line is a TCP proxy before a server, for one client. It lets everything through until a trap is set: then
// it swallows the one frame from the server that carries the entry of the chosen op, and cuts the connection. The op
// is committed, others see it, and its author does not know.
type Line struct {
	*linetest.Line
	dial func() (net.Conn, string, error)

	mu     sync.Mutex
	trap   *Trap
	server string // the last that dial went to
}

// A Trap is the acknowledgement of one op, which is to be swallowed.
type Trap struct {
	Client board.ID
	N      int64
	// Sprung is called by the proxy with the frame in its hands, before it cuts.
	Sprung func()
}

// NewLine makes a line that leads to where dial goes, and dial says which server that is. It ends with the test.
func NewLine(t testing.TB, dial func() (net.Conn, string, error)) *Line {
	t.Helper()
	l := &Line{dial: dial}
	l.Line = linetest.New(t, linetest.Options{Dial: l.reach, Down: l.deliver})
	return l
}

// Socket is where the line begins.
func (l *Line) Socket() string { return "ws://" + l.Addr() + "/socket" }

// Set puts a trap for the acknowledgement of one op; nil takes it away.
func (l *Line) Set(t *Trap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trap = t
}

// Server is where the last connection went.
func (l *Line) Server() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.server
}

// reach goes to a server; when none is up the client hears that its connection ended.
func (l *Line) reach() (net.Conn, error) {
	far, server, err := l.dial()
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.server = server
	return far, nil
}

var errSwallowed = errors.New("swallowed")

// deliver hands on what the server sends: the answer to the handshake, then frame by frame.
func (l *Line) deliver(near io.Writer, far io.Reader) error {
	from := bufio.NewReader(far)
	for {
		head, err := from.ReadSlice('\n')
		if err != nil {
			return err
		}
		if _, err := near.Write(head); err != nil {
			return err
		}
		if len(bytes.TrimSpace(head)) == 0 {
			break
		}
	}
	var message []byte // so far, of a text message in more than one frame
	for {
		f, err := ReadFrame(from)
		if err != nil {
			return err
		}
		if f.Opcode < OpClose && f.Opcode != OpBinary {
			message = append(message, f.Payload...)
			if f.Final {
				if t := l.sprung(message); t != nil {
					t.Sprung()
					return errSwallowed
				}
				message = message[:0]
			}
		}
		if _, err := near.Write(f.Raw); err != nil {
			return err
		}
	}
}

// sprung takes the trap if this message is the one it waits for.
func (l *Line) sprung(message []byte) *Trap {
	l.mu.Lock()
	t := l.trap
	l.mu.Unlock()
	if t == nil || !acknowledges(message, t.Client, t.N) {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.trap != t {
		return nil
	}
	l.trap = nil
	return t
}

// acknowledges reports whether a frame's messages hold the entry of an op.
func acknowledges(frame []byte, client board.ID, n int64) bool {
	if !bytes.Contains(frame, []byte(client)) {
		return false
	}
	var messages []struct {
		Type  string
		Items []json.RawMessage
	}
	if json.Unmarshal(frame, &messages) != nil {
		return false
	}
	for _, m := range messages {
		if m.Type != "entries" {
			continue
		}
		for _, item := range m.Items {
			var e struct {
				Client board.ID
				N      int64
			}
			if json.Unmarshal(item, &e) == nil && e.Client == client && e.N == n {
				return true
			}
		}
	}
	return false
}

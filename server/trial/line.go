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
)

// A Line is a TCP proxy before a server, for one client. It lets everything through until a trap is set: then
// it swallows the one frame from the server that carries the entry of the chosen op, and cuts the connection. The op
// is committed, others see it, and its author does not know.
type Line struct {
	dial     func() (net.Conn, string, error)
	listener net.Listener

	mu     sync.Mutex
	trap   *Trap
	conns  map[net.Conn]bool
	server string // the last that dial went to
	done   bool
	work   sync.WaitGroup
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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{dial: dial, listener: listener, conns: map[net.Conn]bool{}}
	l.work.Go(l.accept)
	t.Cleanup(l.close)
	return l
}

// Socket is where the line begins.
func (l *Line) Socket() string { return "ws://" + l.listener.Addr().String() + "/socket" }

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

// Cut ends the connections that there are.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		_ = c.Close()
	}
}

func (l *Line) close() {
	_ = l.listener.Close()
	l.mu.Lock()
	l.done = true
	l.mu.Unlock()
	l.Cut()
	l.work.Wait()
}

func (l *Line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.work.Go(func() { l.carry(near) })
	}
}

// hold keeps a connection so that close ends it; false when that has been.
func (l *Line) hold(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		_ = c.Close()
		return false
	}
	l.conns[c] = true
	return true
}

func (l *Line) drop(c net.Conn) {
	_ = c.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

func (l *Line) carry(near net.Conn) {
	if !l.hold(near) {
		return
	}
	defer l.drop(near)
	far, server, err := l.dial()
	if err != nil || !l.hold(far) {
		return // the program is down: the client hears that its connection ended
	}
	l.mu.Lock()
	l.server = server
	l.mu.Unlock()
	defer l.drop(far)
	var up sync.WaitGroup
	up.Go(func() {
		_, _ = io.Copy(far, near)
		_ = far.Close()
	})
	_ = l.deliver(near, bufio.NewReader(far))
	_ = near.Close()
	_ = far.Close()
	up.Wait()
}

var errSwallowed = errors.New("swallowed")

// deliver hands on what the server sends: the answer to the handshake, then frame by frame.
func (l *Line) deliver(near io.Writer, from *bufio.Reader) error {
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

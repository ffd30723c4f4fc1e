//go:build linux

package processtest

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

// A line is a TCP proxy in front of the program, for one client. It lets everything through until a trap is set: then
// it swallows the one frame from the server that carries the entry of the chosen op, and cuts the connection. The op
// is committed, others see it, and its author does not know.
type line struct {
	program  *program
	listener net.Listener

	mu    sync.Mutex
	trap  *trap
	conns map[net.Conn]bool
	done  bool
	work  sync.WaitGroup
}

type trap struct {
	client board.ID
	n      int64
	// sprung is called by the proxy with the frame in its hands, before it cuts.
	sprung func()
}

func newLine(t *testing.T, p *program) *line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &line{program: p, listener: listener, conns: map[net.Conn]bool{}}
	l.work.Go(l.accept)
	t.Cleanup(l.close)
	return l
}

func (l *line) socket() string { return "ws://" + l.listener.Addr().String() + "/socket" }

// set puts a trap for the acknowledgement of one op; nil takes it away.
func (l *line) set(t *trap) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.trap = t
}

func (l *line) close() {
	_ = l.listener.Close()
	l.mu.Lock()
	l.done = true
	for c := range l.conns {
		_ = c.Close()
	}
	l.mu.Unlock()
	l.work.Wait()
}

func (l *line) accept() {
	for {
		near, err := l.listener.Accept()
		if err != nil {
			return
		}
		l.work.Go(func() { l.carry(near) })
	}
}

// hold keeps a connection so that close ends it; false when that has been.
func (l *line) hold(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
		_ = c.Close()
		return false
	}
	l.conns[c] = true
	return true
}

func (l *line) drop(c net.Conn) {
	_ = c.Close()
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.conns, c)
}

func (l *line) carry(near net.Conn) {
	if !l.hold(near) {
		return
	}
	defer l.drop(near)
	far, err := l.program.dial()
	if err != nil || !l.hold(far) {
		return // the program is down: the client hears that its connection ended
	}
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
func (l *line) deliver(near io.Writer, from *bufio.Reader) error {
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
		f, err := readFrame(from)
		if err != nil {
			return err
		}
		if f.opcode < opClose && f.opcode != opBinary {
			message = append(message, f.payload...)
			if f.final {
				if t := l.sprung(message); t != nil {
					t.sprung()
					return errSwallowed
				}
				message = message[:0]
			}
		}
		if _, err := near.Write(f.raw); err != nil {
			return err
		}
	}
}

// sprung takes the trap if this message is the one it waits for.
func (l *line) sprung(message []byte) *trap {
	l.mu.Lock()
	t := l.trap
	l.mu.Unlock()
	if t == nil || !acknowledges(message, t.client, t.n) {
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

func TestAcknowledges_only_the_entry_of_the_op(t *testing.T) {
	const ana = board.ID("client-ana")
	for frame, want := range map[string]bool{
		`[{"type":"entries","from":7,"to":8,"batch":"batch-b","items":[{"client":"client-ben","n":4,"seq":7},{"client":"client-ana","n":4,"seq":8}]}]`: true,
		`[{"type":"presence","items":[]},{"type":"entries","items":[{"client":"client-ana","n":4,"refused":"gone","seq":8}]}]`:                         true,
		`[{"type":"entries","items":[{"client":"client-ana","n":3,"seq":8}]}]`:                                                                         false,
		`[{"type":"entries","items":[{"client":"client-ben","n":4,"changes":[["client","client-ana"]],"seq":8}]}]`:                                     false,
		`[{"type":"mark","client":"client-ana","n":4,"refused":[]}]`:                                                                                   false,
		`[{"type":"entries","items":[{"client":"client-ana","n":4`:                                                                                     false,
	} {
		if acknowledges([]byte(frame), ana, 4) != want {
			t.Errorf("%s: %v", frame, !want)
		}
	}
}

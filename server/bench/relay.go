package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/coder/websocket"
)

// A relay is the floor under every figure: it passes on each message as it came to all who named the same board in the
// URL, and keeps nothing, checks nothing, orders nothing.
//
//   - plain: each message is written at once, by the goroutine that read it, to everyone but its sender;
//   - merged: what arrives within a tick of 16 ms after the first message becomes one frame, built once and written to
//     everyone, its senders too.
type relay struct {
	merged bool
	mu     sync.Mutex
	rooms  map[string]*relayRoom
}

type relayRoom struct {
	mu      sync.Mutex
	members []*websocket.Conn
	pending []byte // merged only: a JSON array that lacks its closing bracket
	spare   []byte // the buffer of the tick before
}

const (
	mergeTick      = 16 * time.Millisecond
	relayReadLimit = 1 << 20
)

// serveRelay prints its address, then relays until its standard input ends, which it does when the parent is gone.
func serveRelay(mode string, in io.Reader, out io.Writer) error {
	if mode != "plain" && mode != "merged" {
		return fmt.Errorf("bench relay: mode %q, want plain or merged", mode)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("bench relay: %w", err)
	}
	server := &http.Server{
		Handler:           &relay{merged: mode == "merged", rooms: map[string]*relayRoom{}},
		ReadHeaderTimeout: 5 * time.Second,
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	if _, err := fmt.Fprintf(out, "ws://%s\n", listener.Addr()); err != nil {
		return fmt.Errorf("bench relay: %w", err)
	}
	_, _ = io.Copy(io.Discard, in)
	_ = server.Close()
	if err := <-served; !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("bench relay: %w", err)
	}
	return nil
}

func (r *relay) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	conn, err := websocket.Accept(w, req, nil)
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(relayReadLimit)
	room := r.room(req.URL.Path)
	room.join(conn)
	defer room.leave(conn)
	var message []byte
	for {
		message, err = readFrame(conn, message[:0])
		if err != nil {
			return
		}
		if r.merged {
			room.merge(message)
		} else {
			room.passOn(conn, message)
		}
	}
}

func (r *relay) room(name string) *relayRoom {
	r.mu.Lock()
	defer r.mu.Unlock()
	room := r.rooms[name]
	if room == nil {
		room = &relayRoom{}
		r.rooms[name] = room
	}
	return room
}

// The list of members is replaced, never changed, so that it can be walked without the lock.
func (r *relayRoom) join(conn *websocket.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.members = append(r.members[:len(r.members):len(r.members)], conn)
}

func (r *relayRoom) leave(conn *websocket.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := make([]*websocket.Conn, 0, len(r.members))
	for _, member := range r.members {
		if member != conn {
			kept = append(kept, member)
		}
	}
	r.members = kept
}

func (r *relayRoom) passOn(from *websocket.Conn, message []byte) {
	r.mu.Lock()
	members := r.members
	r.mu.Unlock()
	for _, member := range members {
		if member != from {
			_ = member.Write(context.Background(), websocket.MessageText, message)
		}
	}
}

// merge adds the elements of a frame, a JSON array, to the next tick's frame.
func (r *relayRoom) merge(message []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.pending) == 0 {
		r.pending = append(r.spare[:0], '[')
		r.spare = nil
		time.AfterFunc(mergeTick, r.tick)
	} else {
		r.pending = append(r.pending, ',')
	}
	r.pending = append(r.pending, message[1:len(message)-1]...)
}

func (r *relayRoom) tick() {
	r.mu.Lock()
	frame, members := append(r.pending, ']'), r.members
	r.pending = nil
	r.mu.Unlock()
	for _, member := range members {
		_ = member.Write(context.Background(), websocket.MessageText, frame)
	}
	r.mu.Lock()
	r.spare = frame
	r.mu.Unlock()
}

// readFrame reads one message into the buffer, which it may grow.
func readFrame(conn *websocket.Conn, into []byte) ([]byte, error) {
	_, reader, err := conn.Reader(context.Background())
	if err != nil {
		return into, err
	}
	for {
		if len(into) == cap(into) {
			into = append(into, 0)[:len(into)]
		}
		n, err := reader.Read(into[len(into):cap(into)])
		into = into[:len(into)+n]
		if err == io.EOF {
			return into, nil
		}
		if err != nil {
			return into, err
		}
	}
}

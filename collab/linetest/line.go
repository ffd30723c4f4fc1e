// Package linetest gives tests a line between a client and a server: a TCP proxy in this process that can be cut, cut
// at random, held still, and made to forget.
package linetest

import (
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"
)

// Options say where a line leads.
type Options struct {
	// Dial goes to the far end, for each connection anew.
	Dial func() (net.Conn, error)
	// Down carries what the far end sends until it ends the connection; nil carries it as it comes, and only then the
	// line can be held and cut at random.
	Down func(near io.Writer, far io.Reader) error
}

// A Line carries TCP connections. Its methods may be called by many goroutines.
type Line struct {
	options  Options
	listener net.Listener
	work     sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool // whether what comes over it is carried
	done  bool
	still chan struct{} // closed when the line is not held still
	// chance is how likely it is that what is carried next is cut off, from 0 to 1.
	chance float64
	random *rand.Rand
	cuts   int
}

// Open begins to carry connections to far, a host:port. The test's cleanup ends it.
func Open(t testing.TB, far string) *Line {
	t.Helper()
	return New(t, Options{Dial: func() (net.Conn, error) { return net.DialTimeout("tcp", far, 5*time.Second) }})
}

// New is Open with more to choose.
func New(t testing.TB, options Options) *Line {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &Line{options: options, listener: listener, conns: map[net.Conn]bool{}, still: make(chan struct{}), random: rand.New(rand.NewPCG(1, 2))}
	close(l.still)
	l.work.Go(l.accept)
	t.Cleanup(l.close)
	return l
}

// Addr is the host:port of the near end.
func (l *Line) Addr() string { return l.listener.Addr().String() }

// Cut ends all connections; new ones are carried.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cutLocked()
}

func (l *Line) cutLocked() {
	for c := range l.conns {
		_ = c.Close()
		l.cuts++
	}
	clear(l.conns)
}

// Forget carries nothing more over the connections there are: they stay open, and what is sent is gone, as behind a
// firewall that forgot them. New ones are carried.
func (l *Line) Forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.conns {
		l.conns[c] = false
	}
}

// CutAtRandom cuts connections from now on: each piece of bytes that is carried, either way, is dropped with this
// chance, and its connection with it. An answer may so be lost that the far end has given. 0 ends it.
func (l *Line) CutAtRandom(chance float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.chance = chance
}

// Cuts is how many ends of connections were cut so far.
func (l *Line) Cuts() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cuts
}

// Hold carries nothing until Release: connections stay open, and what is sent waits.
func (l *Line) Hold() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.still:
		l.still = make(chan struct{})
	default:
	}
}

// Release carries on with what waits.
func (l *Line) Release() {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-l.still:
	default:
		close(l.still)
	}
}

func (l *Line) close() {
	_ = l.listener.Close()
	l.Release()
	l.mu.Lock()
	l.done = true
	l.cutLocked()
	l.mu.Unlock()
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

func (l *Line) carry(near net.Conn) {
	defer l.drop(near)
	if !l.keep(near) {
		return
	}
	far, err := l.options.Dial()
	if err != nil {
		return
	}
	defer l.drop(far)
	if !l.keep(far) {
		return
	}
	var up sync.WaitGroup
	up.Go(func() { l.copy(far, near) })
	if l.options.Down == nil {
		l.copy(near, far)
	} else {
		_ = l.options.Down(near, far)
		_ = near.Close()
	}
	up.Wait()
}

// copy carries one way until either end is closed, and closes the other.
func (l *Line) copy(to, from net.Conn) {
	defer func() { _ = to.Close() }()
	b := make([]byte, 64<<10)
	for {
		n, err := from.Read(b)
		if n > 0 {
			if !l.passes() {
				_ = from.Close()
				return
			}
			if l.forgot(from) {
				continue
			}
			if _, err := to.Write(b[:n]); err != nil {
				return
			}
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				_ = from.Close()
			}
			return
		}
	}
}

// passes waits while the line is held, and draws whether it is cut.
func (l *Line) passes() bool {
	l.mu.Lock()
	still := l.still
	l.mu.Unlock()
	<-still
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.chance > 0 && l.random.Float64() < l.chance {
		l.cuts++
		return false
	}
	return true
}

func (l *Line) forgot(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	carried, open := l.conns[c]
	return open && !carried
}

func (l *Line) keep(c net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done {
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

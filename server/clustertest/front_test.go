//go:build linux && services

package clustertest

import (
	"errors"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"waymark/server/trial"
)

// A front is what a proxy without sticky sessions is to its servers: each connection goes to the next one that takes
// it. It carries TCP, and knows nothing of what that carries.
type front struct {
	listener net.Listener
	work     sync.WaitGroup

	mu      sync.Mutex
	servers []*server
	next    int
	conns   map[net.Conn]bool
	done    bool
}

func openFront(t *testing.T) *front {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &front{listener: listener, conns: map[net.Conn]bool{}}
	f.work.Go(f.accept)
	t.Cleanup(f.close)
	return f
}

func (f *front) URL() string    { return "http://" + f.listener.Addr().String() }
func (f *front) Socket() string { return "ws://" + f.listener.Addr().String() + "/socket" }

// lead says which servers there are.
func (f *front) lead(servers []*server) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.servers = servers
}

var errNoServer = errors.New("no server takes connections")

const dialLimit = 5 * time.Second

// dial goes to the next server that takes connections, and says which one that is.
func (f *front) dial() (net.Conn, string, error) {
	f.mu.Lock()
	servers := f.servers
	f.mu.Unlock()
	for range servers {
		f.mu.Lock()
		s := servers[f.next%len(servers)]
		f.next++
		f.mu.Unlock()
		if c, err := net.DialTimeout("tcp", s.At(), dialLimit); err == nil {
			return c, s.name, nil
		}
	}
	return nil, "", errNoServer
}

func (f *front) accept() {
	for {
		near, err := f.listener.Accept()
		if err != nil {
			return
		}
		f.work.Go(func() { f.carry(near) })
	}
}

func (f *front) carry(near net.Conn) {
	defer f.drop(near)
	if !f.keep(near) {
		return
	}
	far, _, err := f.dial()
	if err != nil {
		return
	}
	defer f.drop(far)
	if !f.keep(far) {
		return
	}
	var up sync.WaitGroup
	up.Go(func() { pour(far, near) })
	pour(near, far)
	up.Wait()
}

// pour carries one way, and ends both when that ends.
func pour(to, from net.Conn) {
	_, _ = io.Copy(to, from)
	_ = to.Close()
	_ = from.Close()
}

func (f *front) keep(c net.Conn) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.conns[c] = true
	return !f.done
}

func (f *front) drop(c net.Conn) {
	_ = c.Close()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.conns, c)
}

func (f *front) close() {
	_ = f.listener.Close()
	f.mu.Lock()
	f.done = true
	for c := range f.conns {
		_ = c.Close()
	}
	f.mu.Unlock()
	f.work.Wait()
}

var _ trial.Place = (*front)(nil)

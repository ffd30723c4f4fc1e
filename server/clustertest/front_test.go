//go:build linux && services

package clustertest

import (
	"errors"
	"net"
	"sync"
	"testing"
	"time"

	"waymark/collab/linetest"
	"waymark/server/trial"
)

// A front is what a proxy without sticky sessions is to its servers: each connection goes to the next one that takes
// it. It carries TCP, and knows nothing of what that carries.
type front struct {
	*linetest.Line

	mu      sync.Mutex
	servers []*server
	next    int
}

func openFront(t *testing.T) *front {
	t.Helper()
	f := &front{}
	f.Line = linetest.New(t, linetest.Options{Dial: func() (net.Conn, error) {
		c, _, err := f.dial()
		return c, err
	}})
	return f
}

func (f *front) URL() string    { return "http://" + f.Addr() }
func (f *front) Socket() string { return "ws://" + f.Addr() + "/socket" }

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

var _ trial.Place = (*front)(nil)

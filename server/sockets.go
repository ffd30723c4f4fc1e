package main

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"github.com/coder/websocket"

	"waymark/collab"
)

// Sockets knows every open connection: http.Server forgets those that became WebSockets. It bounds how many wait
// without a hello, ends what takes too long, and lets a stopping server wait for the rest.
type Sockets struct {
	limits Limits

	mu        sync.Mutex
	open      map[*Socket]bool
	waiting   int
	byAddress map[netip.Addr]int // those waiting
	draining  bool
	empty     chan struct{} // closed once draining and the last is gone
}

func newSockets(limits Limits) *Sockets {
	return &Sockets{limits: limits, open: map[*Socket]bool{}, byAddress: map[netip.Addr]int{}, empty: make(chan struct{})}
}

// enter takes a place for a connection that has not said hello, or says why there is none.
func (s *Sockets) enter(socket *Socket) (why string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.draining:
		return "draining"
	case s.waiting >= s.limits.WaitingSockets:
		return "waiting"
	case s.byAddress[socket.addr] >= s.limits.WaitingPerAddress:
		return "address"
	}
	s.open[socket] = true
	socket.waiting = true
	s.waiting++
	s.byAddress[socket.addr]++
	return ""
}

// opened gives the connection to a place that was taken.
func (s *Sockets) opened(socket *Socket, conn *websocket.Conn, session *collab.Session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	socket.conn, socket.session = conn, session
	if s.draining {
		socket.end(websocket.StatusCode(collab.CloseDraining))
	}
}

// said frees the place of a connection that has said hello.
func (s *Sockets) said(socket *Socket) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !socket.waiting {
		return
	}
	socket.waiting = false
	s.waiting--
	if s.byAddress[socket.addr]--; s.byAddress[socket.addr] == 0 {
		delete(s.byAddress, socket.addr)
	}
}

func (s *Sockets) leave(socket *Socket) {
	s.said(socket)
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, socket)
	if s.draining && len(s.open) == 0 {
		close(s.empty)
	}
}

func (s *Sockets) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.open)
}

// watch ends connections that do not say hello and writes that take too long, until ctx ends.
func (s *Sockets) watch(ctx context.Context) {
	t := time.NewTicker(min(time.Second, s.limits.HelloTimeout/4, s.limits.WriteTimeout/4))
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-t.C:
			for _, socket := range s.late(now) {
				socket.cut() // whoever does not read gets no word either
			}
		}
	}
}

// late asks those without a hello to go, and returns those whose write hangs.
func (s *Sockets) late(now time.Time) []*Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	var hanging []*Socket
	for socket := range s.open {
		if socket.conn == nil {
			continue
		}
		if socket.waiting && now.Sub(socket.since) > s.limits.HelloTimeout {
			socket.end(websocket.StatusCode(collab.CloseSlow))
		}
		if at := socket.writing.Load(); at > 0 && now.Sub(time.UnixMilli(at)) > s.limits.WriteTimeout {
			hanging = append(hanging, socket)
		}
	}
	return hanging
}

func (socket *Socket) end(code websocket.StatusCode) {
	select {
	case socket.kick <- code:
	default: // it was asked before
	}
}

// drain lets nobody in any more and waits until all are gone; those without a hello are asked to come back, the
// others hear it from their rooms. What is left when ctx ends is cut.
func (s *Sockets) drain(ctx context.Context) {
	s.mu.Lock()
	s.draining = true
	if len(s.open) == 0 {
		close(s.empty)
	}
	for socket := range s.open {
		if socket.waiting && socket.conn != nil {
			socket.end(websocket.StatusCode(collab.CloseDraining))
		}
	}
	s.mu.Unlock()
	select {
	case <-s.empty:
		return
	case <-ctx.Done():
	}
	for _, socket := range s.left() {
		socket.cut()
	}
	<-s.empty
}

func (s *Sockets) left() []*Socket {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []*Socket
	for socket := range s.open {
		if socket.conn != nil {
			left = append(left, socket)
		}
	}
	return left
}

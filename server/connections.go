package main

import (
	"log/slog"
	"net"
	"net/netip"
	"sync"
)

// Connections is a listener that bounds how many connections are open, in all and from one address, before a byte of
// them is read: whoever opens many and says nothing takes no place from others. Trusted proxies speak for many people
// and count in all only. A connection above a bound is closed without a word.
type Connections struct {
	net.Listener
	most, perAddress int
	proxies          []netip.Prefix
	refused          func(why string)

	mu        sync.Mutex
	open      int
	byAddress map[netip.Addr]int
}

// spareFiles is how many of the files that this process may open are kept for other things than connections.
const spareFiles = 100

// bound puts the bounds before a listener. There are never more connections than files that may be open, and one
// address never has more than half of them.
func bound(l net.Listener, config *Config, log *slog.Logger, refused func(why string)) *Connections {
	c := &Connections{
		Listener: l, most: config.Limits.Connections, perAddress: config.Limits.ConnectionsPerAddress,
		proxies: config.Proxies, refused: refused, byAddress: map[netip.Addr]int{},
	}
	if files := max(openFiles()-spareFiles, spareFiles); files < c.most {
		log.Warn("fewer connections than asked for: this process may not open more files", "connections", files, "asked", c.most)
		c.most = files
	}
	c.perAddress = min(c.perAddress, max(c.most/2, 1))
	return c
}

// Accept returns the next connection that is within the bounds.
func (c *Connections) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		addr := c.counted(conn)
		if why := c.enter(addr); why != "" {
			c.refused(why)
			_ = conn.Close() // whoever it was gets no word
			continue
		}
		return &connection{Conn: conn, leave: sync.OnceFunc(func() { c.leave(addr) })}, nil
	}
}

// counted is the address that a connection counts for; none for a proxy's.
func (c *Connections) counted(conn net.Conn) netip.Addr {
	from, err := netip.ParseAddrPort(conn.RemoteAddr().String())
	if err != nil || isProxy(from.Addr().Unmap(), c.proxies) {
		return netip.Addr{}
	}
	return network(from.Addr().Unmap())
}

func (c *Connections) enter(addr netip.Addr) (why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.open >= c.most:
		return "connections"
	case addr.IsValid() && c.byAddress[addr] >= c.perAddress:
		return "connectionsOfAddress"
	}
	c.open++
	if addr.IsValid() {
		c.byAddress[addr]++
	}
	return ""
}

func (c *Connections) leave(addr netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
	if !addr.IsValid() {
		return
	}
	if c.byAddress[addr]--; c.byAddress[addr] == 0 {
		delete(c.byAddress, addr)
	}
}

// A connection gives its place back when it is closed.
type connection struct {
	net.Conn
	leave func()
}

func (c *connection) Close() error {
	c.leave()
	return c.Conn.Close()
}

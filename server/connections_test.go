package main

import (
	"errors"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"testing"
	"time"
)

// knock opens a connection from an address of this computer and says nothing.
func knock(t *testing.T, from, to string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	conn, err := dialer.DialContext(t.Context(), "tcp", to)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestConnections(t *testing.T) {
	t.Parallel()
	raw, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	config := &Config{
		Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.3/32")},
		Limits:  Limits{Connections: 6, ConnectionsPerAddress: 2},
	}
	refused := make(chan string, 10)
	l := bound(raw, config, slog.New(slog.DiscardHandler), func(why string) { refused <- why })
	defer func() { _ = l.Close() }()
	in := make(chan net.Conn, 10)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			in <- conn
		}
	}()
	to := raw.Addr().String()
	opens := func(from string) net.Conn {
		t.Helper()
		knock(t, from, to)
		select {
		case conn := <-in:
			return conn
		case why := <-refused:
			t.Fatalf("a connection from %s was refused: %s", from, why)
		case <-time.After(patience):
			t.Fatalf("a connection from %s is neither let in nor refused", from)
		}
		return nil
	}
	refuses := func(from, want string) {
		t.Helper()
		conn := knock(t, from, to)
		select {
		case <-in:
			t.Fatalf("a connection from %s got in", from)
		case why := <-refused:
			if why != want {
				t.Fatalf("a connection from %s was refused: %s, want %s", from, why, want)
			}
		case <-time.After(patience):
			t.Fatalf("a connection from %s is neither let in nor refused", from)
		}
		if _, err := conn.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
			t.Fatalf("who is refused reads %v", err)
		}
	}
	first := opens("127.0.0.1")
	opens("127.0.0.1")
	refuses("127.0.0.1", "connectionsOfAddress")
	opens("127.0.0.2")
	for range 3 {
		opens("127.0.0.3") // a proxy
	}
	refuses("127.0.0.2", "connections")
	for range 2 { // a place is given back once
		_ = first.Close()
	}
	opens("127.0.0.2")
	refuses("127.0.0.1", "connections")
}

// A crowd of silent connections from one address takes no place from others.
func TestSilentConnections(t *testing.T) {
	t.Parallel()
	p := start(t, "-connections-per-address", "20")
	to := listenAddress(t, p)
	crowd := make([]net.Conn, 200)
	for i := range crowd {
		crowd[i] = knock(t, "127.0.0.66", to)
	}
	p.browser(t).ok("GET", "/healthz", nil, nil)
	closed := 0
	for _, conn := range crowd {
		if err := conn.SetReadDeadline(time.Now().Add(200 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			closed++
		}
	}
	if closed < 180 {
		t.Fatalf("of 200 connections %d were closed", closed)
	}
}

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"regexp"
	"testing"
	"time"
)

// opens opens a socket by hand; what the server says comes from the reader, for a minute at most.
func (p *running) opens(t *testing.T) (net.Conn, *bufio.Reader) {
	t.Helper()
	conn := p.sends(t, "GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: waymark.v1\r\n\r\n")
	r := bufio.NewReader(conn)
	res, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if res.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("the handshake is answered with %d", res.StatusCode)
	}
	return conn, r
}

// What a frame of a client begins with (RFC 6455, 5.2).
const (
	textFrame = 0x81
	pingFrame = 0x89
	masked    = 0x80
	longFrame = 127
)

// stalled is a socket whose client has sent the first part of a frame that is too long, and sends no more.
func (p *running) stalled(t *testing.T) io.Reader {
	t.Helper()
	conn, r := p.opens(t)
	frame := binary.BigEndian.AppendUint64([]byte{textFrame, masked | longFrame}, 1<<30)
	frame = append(frame, make([]byte, 4+300<<10)...)
	if _, err := conn.Write(frame); err != nil {
		t.Fatal(err)
	}
	return r
}

// Pings are frames like any other: whoever sends far too many is sent away, and who goes on sending then is cut off, so
// that the server does not have to read it all.
func TestSocket_S3_a_flood_ends_its_socket(t *testing.T) {
	t.Parallel()
	p := start(t, "-hello-timeout", "1m")
	conn, r := p.opens(t)
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		_, _ = io.Copy(io.Discard, r)
	}()
	const most = 125 // bytes in a ping
	many := bytes.Repeat(append([]byte{pingFrame, masked | most, 0, 0, 0, 0}, make([]byte, most)...), 1000)
	sent := 0
	for late := time.Now().Add(patience); ; sent += 1000 {
		if time.Now().After(late) {
			t.Fatalf("after %d pings the socket is open", sent)
		}
		if _, err := conn.Write(many); err != nil {
			break
		}
	}
	<-drained
	if sent > 250_000 { // what is allowed, and what the buffers of both ends hold
		t.Errorf("%d pings were taken", sent)
	}
	if _, page := p.browser(t).do("GET", "/metrics", nil); !regexp.MustCompile(`waymark_sessions_ended_total{code="4429".*} 1\n`).Match(page) {
		t.Errorf("no session ended with 4429: %s", regexp.MustCompile(`.*sessions_ended.*`).FindAll(page, -1))
	}
}

// Whoever stops in the middle of a frame that is too long keeps no place for good.
func TestSocket_a_frame_that_stops_half_way_ends_its_socket(t *testing.T) {
	t.Parallel()
	p := start(t)
	if _, err := io.Copy(io.Discard, p.stalled(t)); err != nil {
		t.Fatalf("the socket does not end: %v", err)
	}
}

func TestDrain_a_frame_that_stops_half_way_is_waited_for_only_so_long(t *testing.T) {
	t.Parallel()
	p := start(t, "-drain-timeout", "100ms")
	r := p.stalled(t)
	if _, err := r.Read(make([]byte, 1)); err != nil { // the close frame: the server waits for the client's
		t.Fatal(err)
	}
	p.stop()
	select {
	case code := <-p.code:
		p.code <- code
		if code != 0 {
			t.Errorf("ended with %d", code)
		}
	case <-time.After(patience / 2):
		t.Error("a frame that hangs holds the program")
	}
}

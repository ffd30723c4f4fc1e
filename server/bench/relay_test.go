package bench

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// relayOf runs a relay and gives a function that connects to a room of it.
func relayOf(t *testing.T, mode target) func(room string) *websocket.Conn {
	t.Helper()
	in, stop := io.Pipe()
	told, out := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- serveRelay(string(mode), in, out) }()
	url, err := bufio.NewReader(told).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stop.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return func(room string) *websocket.Conn {
		conn, _, err := websocket.Dial(context.Background(), strings.TrimSpace(url)+"/"+room, nil) //nolint:bodyclose // the library says that nobody needs to
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.CloseNow() })
		return conn
	}
}

// greet makes sure that two connections are members of their room: the one that connected last speaks until the other
// hears it. What was said is behind both of them then.
func greet(t *testing.T, mode target, from, to *websocket.Conn) {
	t.Helper()
	heard := make(chan struct{})
	go func() {
		defer close(heard)
		_, _ = readFrame(to, nil)
	}()
	for again := true; again; {
		send(t, from, `["hello"]`)
		select {
		case <-heard:
			again = false
		case <-time.After(10 * time.Millisecond):
		}
	}
	send(t, from, `["begin"]`)
	hearing := []*websocket.Conn{to}
	if mode == targetMerged {
		hearing = append(hearing, from)
	}
	for _, conn := range hearing {
		for !strings.Contains(next(t, conn), "begin") {
			continue
		}
	}
}

func send(t *testing.T, conn *websocket.Conn, message string) {
	t.Helper()
	if err := conn.Write(context.Background(), websocket.MessageText, []byte(message)); err != nil {
		t.Fatal(err)
	}
}

func next(t *testing.T, conn *websocket.Conn) string {
	t.Helper()
	frame, err := readFrame(conn, nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(frame)
}

func TestRelay_plain_writes_each_message_to_everyone_else(t *testing.T) {
	connect := relayOf(t, targetPlain)
	ana, ben := connect("a"), connect("a")
	greet(t, targetPlain, ben, ana)
	other := connect("b")
	send(t, other, `["elsewhere"]`)
	send(t, ana, `[1]`)
	send(t, ana, `[2]`)
	send(t, ben, `[3]`)
	if first, second := next(t, ben), next(t, ben); first != `[1]` || second != `[2]` {
		t.Errorf("ben got %s and %s", first, second)
	}
	if got := next(t, ana); got != `[3]` {
		t.Errorf("ana got %s: want only what others sent", got)
	}
}

func TestRelay_merged_writes_one_frame_for_a_tick_to_everyone(t *testing.T) {
	connect := relayOf(t, targetMerged)
	ana, ben := connect("a"), connect("a")
	greet(t, targetMerged, ben, ana)
	send(t, ana, `[1]`)
	send(t, ana, `[2,3]`)
	var got [2][]byte
	for i, conn := range []*websocket.Conn{ana, ben} {
		for !bytes.Contains(got[i], []byte("3")) {
			got[i] = append(got[i], next(t, conn)...)
		}
		if string(bytes.ReplaceAll(got[i], []byte("]["), []byte(","))) != `[1,2,3]` {
			t.Errorf("member %d got %s", i, got[i])
		}
	}
}

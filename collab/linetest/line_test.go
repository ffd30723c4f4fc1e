package linetest_test

import (
	"io"
	"net"
	"sync"
	"testing"

	"waymark/collab/linetest"
)

// echo answers what it hears until the test ends.
func echo(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			work.Go(func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			})
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		work.Wait()
	})
	return listener.Addr().String()
}

func dial(t *testing.T, l *linetest.Line) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func ask(c net.Conn) (string, error) {
	if _, err := c.Write([]byte("ask")); err != nil {
		return "", err
	}
	b := make([]byte, 3)
	_, err := io.ReadFull(c, b)
	return string(b), err
}

func TestLine_carries_until_it_is_cut(t *testing.T) {
	l := linetest.Open(t, echo(t))
	c := dial(t, l)
	if got, err := ask(c); got != "ask" || err != nil {
		t.Fatalf("heard %q, %v", got, err)
	}
	l.Cut()
	if got, err := ask(c); err == nil {
		t.Fatalf("heard %q over a line that was cut", got)
	}
	if got, err := ask(dial(t, l)); got != "ask" || err != nil {
		t.Fatalf("afterwards heard %q, %v", got, err)
	}
	if l.Cuts() == 0 {
		t.Error("no cut was counted")
	}
}

func TestLine_that_is_held_delivers_later(t *testing.T) {
	l := linetest.Open(t, echo(t))
	c := dial(t, l)
	l.Hold()
	heard := make(chan string)
	go func() {
		got, _ := ask(c)
		heard <- got
	}()
	select {
	case got := <-heard:
		t.Fatalf("heard %q over a line that is held", got)
	default:
	}
	l.Release()
	if got := <-heard; got != "ask" {
		t.Fatalf("heard %q", got)
	}
}

func TestLine_cuts_at_random(t *testing.T) {
	l := linetest.Open(t, echo(t))
	l.CutAtRandom(0.2)
	lost := 0
	for range 100 {
		if _, err := ask(dial(t, l)); err != nil {
			lost++
		}
	}
	if lost == 0 || lost == 100 {
		t.Errorf("%d of 100 were cut", lost)
	}
}

//go:build unix && services

package redistest_test

import (
	"bufio"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"waymark/collab/redisbus/redistest"
)

// ask sends a line and gives back the line that is answered, "" when there is none within wait.
func ask(t *testing.T, c net.Conn, line string, wait time.Duration) string {
	t.Helper()
	if _, err := c.Write([]byte(line)); err != nil {
		t.Fatal(err)
	}
	if err := c.SetReadDeadline(time.Now().Add(wait)); err != nil {
		t.Fatal(err)
	}
	answer, err := bufio.NewReader(c).ReadString('\n')
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return answer
}

func dial(t *testing.T, s *redistest.Server) net.Conn {
	t.Helper()
	c, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

const long, short = 20 * time.Second, 50 * time.Millisecond

func TestServer_ends_and_comes_back_on_its_port(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	addr := s.Addr()
	for _, end := range []func(){s.Stop, s.Kill} {
		end()
		if c, err := net.Dial("tcp", addr); err == nil {
			_ = c.Close()
			t.Fatal("it takes connections after its end")
		}
		s.Start()
		if got := ask(t, dial(t, s), "PING\r\n", long); s.Addr() != addr || got != "+PONG\r\n" {
			t.Fatalf("on %s, was %s; answered %q", s.Addr(), addr, got)
		}
	}
}

func TestServer_that_is_frozen_answers_once_it_thaws(t *testing.T) {
	s := redistest.Start(t, redistest.Options{})
	c := dial(t, s)
	s.Freeze()
	if got := ask(t, c, "PING\r\n", short); got != "" {
		t.Fatalf("a frozen server answered %q", got)
	}
	s.Thaw()
	if got := ask(t, c, "", long); got != "+PONG\r\n" {
		t.Fatalf("answered %q", got)
	}
	s.Freeze()
	s.Kill()
}

func TestServer_asks_for_the_password_and_keeps_nothing(t *testing.T) {
	s := redistest.Start(t, redistest.Options{Password: "hunter2"})
	c := dial(t, s)
	for _, step := range []struct{ line, want string }{
		{"SET a b\r\n", "-NOAUTH Authentication required.\r\n"},
		{"AUTH hunter2\r\n", "+OK\r\n"},
		{"SET a b\r\n", "+OK\r\n"},
	} {
		if got := ask(t, c, step.line, long); got != step.want {
			t.Fatalf("%q answered %q", step.line, got)
		}
	}
	if want := "redis://:hunter2@" + s.Addr(); s.URL() != want {
		t.Errorf("the URL is %s, want %s", s.URL(), want)
	}
	s.Stop()
	s.Start()
	c = dial(t, s)
	ask(t, c, "AUTH hunter2\r\n", long)
	if got := ask(t, c, "EXISTS a\r\n", long); got != ":0\r\n" {
		t.Errorf("a key outlived the server: %q", got)
	}
}

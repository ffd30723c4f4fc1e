//go:build linux

package bench

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"waymark/collab/pglog"
	"waymark/collab/redisbus"
)

// services runs a shell script beside a Postgres and a Redis by .ci/with-services. The script has said their addresses.
type services struct {
	cmd             *exec.Cmd
	stdin           io.WriteCloser
	said            *bufio.Reader
	database, redis string
	folder          string // where both keep what they have
}

func withServices(t *testing.T, script string) *services {
	t.Helper()
	s := &services{cmd: exec.Command("../../.ci/with-services", "sh", "-c", `echo "$WAYMARK_DATABASE"; echo "$WAYMARK_REDIS"; `+script)}
	var err error
	s.folder, err = os.MkdirTemp("", "services-") //nolint:usetesting // whoever runs Postgres must reach it
	if err == nil {
		t.Cleanup(func() { _ = os.RemoveAll(s.folder) })
		err = os.Chmod(s.folder, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	s.cmd.Env = append(os.Environ(), "TMPDIR="+s.folder)
	s.cmd.Stderr = t.Output()
	if s.stdin, err = s.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Signal(syscall.SIGTERM) }) // it has ended, unless the test failed
	s.said = bufio.NewReader(stdout)
	s.database, s.redis = s.line(t), s.line(t)
	return s
}

func (s *services) line(t *testing.T) string {
	t.Helper()
	line, err := s.said.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(line)
}

// code waits for the end.
func (s *services) code(t *testing.T) int {
	t.Helper()
	_, _ = io.Copy(io.Discard, s.said)
	var exit *exec.ExitError
	if err := s.cmd.Wait(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

func TestServices_are_there_for_the_command_and_end_with_it(t *testing.T) {
	s := withServices(t, "read line; exit 3")
	g, err := pglog.OpenGround(t.Context(), s.database)
	if err != nil {
		t.Fatal(err)
	}
	if settings := g.Settings(); !settings.Fsync || settings.SynchronousCommit != "on" {
		t.Errorf("Postgres syncs as %+v", settings)
	}
	postgres := g.PID()
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	redis, err := redisbus.Ask(t.Context(), s.redis)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if code := s.code(t); code != 3 {
		t.Errorf("it ended with %d, the command with 3", code)
	}
	s.gone(t)
	for _, pid := range []int{postgres, redis.PID} { // what has given up its port and its files is as good as gone
		end := time.Now().Add(time.Minute)
		title, err := titleOf(pid)
		for ; err == nil && title != "" && time.Now().Before(end); title, err = titleOf(pid) {
			runtime.Gosched()
		}
		if err == nil && title != "" {
			t.Errorf("%q still runs", title)
		}
	}
}

func TestServices_pass_an_interrupt_on_and_end(t *testing.T) {
	s := withServices(t, `trap 'exit 7' INT; echo up; while :; do read line; done`)
	s.line(t)
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if code := s.code(t); code != 7 {
		t.Errorf("it ended with %d, the command with 7", code)
	}
	s.gone(t)
}

// gone sees that neither answers and that their folder is empty.
func (s *services) gone(t *testing.T) {
	t.Helper()
	if g, err := pglog.OpenGround(context.Background(), s.database); err == nil {
		t.Error("Postgres still answers", g.Close())
	}
	if _, err := redisbus.Ask(context.Background(), s.redis); !errors.Is(err, redisbus.ErrAway) {
		t.Errorf("Redis: %v, want it to be away", err)
	}
	if left, err := os.ReadDir(s.folder); err != nil || len(left) > 0 {
		t.Errorf("left in the folder: %v, %v", left, err)
	}
}

package pgtest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"waymark/collab/linetest"
)

// Bouncer starts a PgBouncer in transaction mode before the server and gives its host:port. It has fewer connections
// to Postgres than clients have to it, so that transactions of one client run in many sessions. The test's cleanup ends
// it. The program must be installed.
func (s *Server) Bouncer(t testing.TB) string {
	t.Helper()
	return s.BouncerOf(t, "transaction")
}

// BouncerOf is Bouncer in another pool_mode.
func (s *Server) BouncerOf(t testing.TB, mode string) string {
	t.Helper()
	p, err := postgres()
	if err != nil {
		t.Fatal(err)
	}
	program, err := findBouncer()
	if err != nil {
		t.Fatal(err)
	}
	home := makeHome(t, "")
	t.Cleanup(func() {
		if err := os.RemoveAll(home); err != nil {
			t.Error(err)
		}
	})
	running, addr, err := s.startBouncer(p, program, home, mode)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the last that PgBouncer said:\n%s", running.said())
		}
		if err := running.stop("smart"); err != nil { // it ends at once by that
			t.Error(err)
		}
	})
	return addr
}

func findBouncer() (string, error) {
	if path, err := exec.LookPath("pgbouncer"); err == nil {
		return path, nil
	}
	const debian = "/usr/sbin/pgbouncer"
	if _, err := os.Stat(debian); err != nil {
		return "", errors.New("no PgBouncer is installed, and these tests need it (on Debian: apt-get install pgbouncer; " +
			"elsewhere put pgbouncer on the PATH)")
	}
	return debian, nil
}

// startBouncer tries some ports: another process may take one before it does.
func (s *Server) startBouncer(p *programs, program, home, mode string) (_ *process, addr string, err error) {
	s.mu.Lock()
	server := s.port
	s.mu.Unlock()
	config, users := filepath.Join(home, "pgbouncer.ini"), filepath.Join(home, "users.txt")
	if err := os.WriteFile(users, []byte(fmt.Sprintf("%q \"\"\n", Role)), 0o644); err != nil {
		return nil, "", err
	}
	var errs []error
	for range 5 {
		port, err := linetest.FreePort()
		if err != nil {
			return nil, "", err
		}
		text := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = %s
default_pool_size = 4
`, server, port, users, mode)
		if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
			return nil, "", err
		}
		cmd := p.command(program, config)
		dieWithParent(cmd.SysProcAttr, syscall.SIGTERM)
		running, err := start(cmd, "process up")
		if err == nil {
			err = running.awaitReady()
		}
		if err == nil {
			return running, fmt.Sprintf("127.0.0.1:%d", port), nil
		}
		errs = append(errs, err)
	}
	return nil, "", fmt.Errorf("start PgBouncer: %w", errors.Join(errs...))
}

// Through is a database's URL by another way: a pooler, or a line that can be cut.
func Through(t testing.TB, database, addr string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = addr
	return u.String()
}

package pgtest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"testing"
)

// A Copy is a backup of a whole server: its folder, as of one moment.
type Copy struct{ folder string }

// Copy backs the server up while it runs. Each copy can be used once.
func (s *Server) Copy(t testing.TB) Copy {
	t.Helper()
	return s.copyTo(t, s.newFolder("copy"))
}

func (s *Server) newFolder(kind string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.made++
	return filepath.Join(s.home, fmt.Sprintf("%s-%d", kind, s.made))
}

func (s *Server) copyTo(t testing.TB, folder string, args ...string) Copy {
	t.Helper()
	p, err := postgres()
	if err != nil {
		t.Fatal(err)
	}
	host, port, err := net.SplitHostPort(s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	args = append(args, "-D", folder, "-h", host, "-p", port, "-U", Superuser, "-X", "stream", "-c", "fast", "--no-sync")
	if err := p.run("", "pg_basebackup", args...); err != nil {
		t.Fatal(err)
	}
	return Copy{folder}
}

// Swap kills the server and starts it on an older copy of itself: what was committed since is gone, as after a failover
// to a server that was behind.
func (s *Server) Swap(c Copy) {
	s.t.Helper()
	s.Kill()
	s.mu.Lock()
	old := s.data
	s.data = c.folder
	s.mu.Unlock()
	s.Start()
	if err := os.RemoveAll(old); err != nil {
		s.t.Error(err)
	}
}

// Standby starts a server that follows this one by streaming and can be read. The test's cleanup ends it.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	home := makeHome(t, "")
	standby := &Server{t: t, home: home, data: filepath.Join(home, "data"), settings: s.settings}
	t.Cleanup(standby.close)
	s.copyTo(t, standby.data, "-R")
	if err := standby.startSomewhere(); err != nil {
		t.Fatal(err)
	}
	return standby
}

// Follows waits until a standby has what its primary has now.
func (s *Server) Follows(t testing.TB, primary *Server) {
	t.Helper()
	s.Await(t, "postgres", "pg_last_wal_replay_lsn() >= '"+primary.Ask(t, "postgres", "pg_current_wal_lsn()")+"'", "true")
}

// Detach has a standby receive nothing more: it falls behind, and promoted it lacks what is committed from here on.
func (s *Server) Detach(t testing.TB) {
	t.Helper()
	s.Exec(t, "ALTER SYSTEM SET primary_conninfo = ''", "SELECT pg_reload_conf()")
	s.Await(t, "postgres", "SELECT count(*) FROM pg_stat_wal_receiver", "0")
}

// Promote makes a standby a primary.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	if said := s.Ask(t, "postgres", "pg_promote(true, 30)"); said != "true" {
		t.Fatalf("promote: %s", said)
	}
}

// TakeOver kills the primary, promotes this standby and has it listen on the primary's port.
func (s *Server) TakeOver(t testing.TB, primary *Server) {
	t.Helper()
	primary.Kill()
	s.Promote(t)
	s.Stop("fast")
	s.mu.Lock()
	s.port = primary.port
	s.mu.Unlock()
	s.Start()
}

// Package pgtest runs private Postgres servers for tests.
//
// Each server lies in a folder of its own, listens on a free port of the loopback, and ends with the test, also with
// one that fails, and with the process, also when that is killed (on Linux; the folder is then left). The programs of
// Postgres must be installed.
//
// [Database] is for tests that need a database: the package's one server makes an empty one for each. It lies in memory
// where the system has a folder for that, and is never killed.
//
// [Open] is for tests that need a server to kill, stop, freeze or copy. It lies on the disk. fsync is on, here as there,
// so what such a server has answered is on the disk, and a test that kills it means it.
package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"waymark/collab/linetest"
)

// Role is who tests connect as: it owns the databases and may nothing else. Superuser may everything.
const (
	Role      = "waymark"
	Superuser = "postgres"
)

// A Server is one Postgres. Its methods may be called by many goroutines; those that cannot do what they promise fail
// the test.
type Server struct {
	t        testing.TB
	home     string // holds folders of data
	settings []string
	wrap     func(*exec.Cmd) // what runs the program, when it is not run as it is

	mu      sync.Mutex
	data    string // the folder it runs on
	port    int
	running *process
	made    int // databases and folders so far

	strategy string // how databases are made
	asking   sync.Mutex
	admin    *pgx.Conn // the superuser's, in the database of that name
}

// Open starts a server with settings ("wal_level=logical") beside the usual ones. The test's cleanup ends it.
func Open(t testing.TB, settings ...string) *Server {
	t.Helper()
	return openIn(t, "", settings)
}

// OpenInMemory is Open for tests to which it does not matter that a server lies on the disk: a killed one has lost
// nothing that it gave to the system. It is faster.
func OpenInMemory(t testing.TB, settings ...string) *Server {
	t.Helper()
	s := openIn(t, memory(), settings)
	s.strategy = s.inMemory()
	return s
}

func openIn(t testing.TB, parent string, settings []string) *Server {
	t.Helper()
	home := makeHome(t, parent)
	s := &Server{t: t, home: home, data: filepath.Join(home, "data"), settings: settings}
	t.Cleanup(s.close)
	if err := copyTemplate(s.data); err != nil {
		t.Fatal(err)
	}
	if err := s.startSomewhere(); err != nil {
		t.Fatal(err)
	}
	return s
}

// close ends the server and prints the end of what it said when the test failed.
func (s *Server) close() {
	s.hangUp()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		if s.t.Failed() {
			s.t.Logf("the last that Postgres on port %d said:\n%s", s.port, s.running.said())
		}
		s.endLocked("immediate")
	}
	if err := os.RemoveAll(s.home); err != nil {
		s.t.Error(err)
	}
}

// startSomewhere finds a port. Another process may take it in between: then it tries the next.
func (s *Server) startSomewhere() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for range 5 {
		port, err := linetest.FreePort()
		if err != nil {
			return err
		}
		s.port = port
		if err = s.startLocked(); err == nil {
			return nil
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func (s *Server) startLocked() error {
	args := []string{"-D", s.data, "-p", fmt.Sprint(s.port)}
	for _, setting := range s.settings {
		args = append(args, "-c", setting)
	}
	programs, err := postgres()
	if err != nil {
		return err
	}
	cmd := programs.command("postgres", args...)
	dieWithParent(cmd.SysProcAttr, syscall.SIGQUIT) // "immediate"
	if s.wrap != nil {
		s.wrap(cmd)
	}
	p, err := start(cmd, "ready to accept")
	if err != nil {
		return err
	}
	s.running = p
	if err := p.awaitReady(); err != nil {
		s.running = nil
		return fmt.Errorf("start Postgres on port %d: %w", s.port, err)
	}
	return nil
}

// URL is how [Role] reaches a database of this server, by name.
func (s *Server) URL(database string) string { return s.url(Role, database) }

func (s *Server) url(role, database string) string {
	return fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", role, s.Addr(), database)
}

// Addr is the host:port it listens on.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("127.0.0.1:%d", s.port)
}

// Path is where a file of the server lies, named from its data folder on. Nothing but the server may write it while it
// runs.
func (s *Server) Path(file string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return filepath.Join(s.data, file)
}

// Start starts the server again, on the same port and data, after Stop or Kill.
func (s *Server) Start() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		return
	}
	if err := s.startLocked(); err != nil {
		s.t.Error(err)
	}
}

// Stop ends the server as pg_ctl does: "smart" waits for the clients, "fast" sends them away, "immediate" leaves the
// rest to the next start.
func (s *Server) Stop(mode string) {
	s.t.Helper()
	s.hangUp()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running != nil {
		s.endLocked(mode)
	}
}

func (s *Server) endLocked(mode string) {
	if err := s.running.stop(mode); err != nil {
		s.t.Error(err)
	}
	s.running = nil
}

// Kill ends all its processes at once, as kill -9 does. What was not on the disk is gone.
func (s *Server) Kill() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return
	}
	if err := s.running.kill(s.data); err != nil {
		s.t.Error(err)
	}
	s.running = nil
	s.hangUp()
}

// Freeze holds all its processes still until Thaw: connections stay open, and nothing answers.
func (s *Server) Freeze() { s.t.Helper(); s.signal((*process).freeze) }

// Thaw ends a Freeze.
func (s *Server) Thaw() { s.t.Helper(); s.signal((*process).thaw) }

func (s *Server) signal(how func(*process) error) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		s.t.Error("Postgres is not running")
		return
	}
	if err := how(s.running); err != nil {
		s.t.Error(err)
	}
}

// Log is the end of what the server has said since it was started.
func (s *Server) Log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return ""
	}
	return s.running.said()
}

// tail is the end of a text, from the beginning of a line.
func tail(text string, most int) string {
	if len(text) <= most {
		return text
	}
	text = text[len(text)-most:]
	return text[strings.IndexByte(text, '\n')+1:]
}

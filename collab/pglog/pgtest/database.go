package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// shared is the package's one server.
var shared struct {
	sync.Mutex
	ends   bool // Main will end it
	server *Server
}

// Main runs the tests of a package that calls [Database], and ends the server that they share:
//
//	func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }
func Main(m *testing.M) int {
	shared.ends = true
	code := m.Run()
	if err := endShared(); err != nil {
		fmt.Fprintln(os.Stderr, "pgtest:", err)
		code = max(code, 1)
	}
	return code
}

func endShared() error {
	shared.Lock()
	defer shared.Unlock()
	s := shared.server
	if s == nil {
		return removeTemplate()
	}
	shared.server = nil
	s.hangUp()
	return errors.Join(s.running.stop("immediate"), os.RemoveAll(s.home), removeTemplate())
}

// Database makes an empty database, owned by [Role], on the package's shared server, and gives its URL. Such a server
// is never killed: see [Open].
func Database(t testing.TB) string {
	t.Helper()
	s := Shared(t)
	url, name := s.database(t)
	t.Cleanup(func() { s.Exec(t, "DROP DATABASE "+name+" WITH (FORCE)") })
	return url
}

// Shared is the server that [Database] makes its databases on.
func Shared(t testing.TB) *Server {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.ends {
		t.Fatal("a package that shares a Postgres must call pgtest.Main in its TestMain")
	}
	if shared.server == nil {
		home := makeHome(t, memory())
		s := &Server{t: t, home: home, data: home + "/data"}
		s.strategy = s.inMemory()
		err := copyTemplate(s.data)
		if err == nil {
			err = s.startSomewhere()
		}
		if err != nil {
			t.Fatal(errors.Join(err, os.RemoveAll(home)))
		}
		shared.server = s
	}
	return shared.server
}

// Database makes an empty database, owned by [Role], and gives its URL.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	url, _ := s.database(t)
	return url
}

// inMemory is how databases are made fastest where nothing has to reach a disk.
func (s *Server) inMemory() string {
	if p, err := postgres(); err != nil || p.major < 15 || !strings.HasPrefix(s.home, "/dev/shm/") {
		return ""
	}
	return " STRATEGY file_copy"
}

func (s *Server) database(t testing.TB) (url, name string) {
	t.Helper()
	s.mu.Lock()
	s.made++
	name = fmt.Sprintf("test_%d", s.made)
	s.mu.Unlock()
	s.Exec(t, "CREATE DATABASE "+name+" OWNER "+Role+s.strategy)
	return s.URL(name), name
}

// Exec runs statements as the superuser in the database "postgres".
func (s *Server) Exec(t testing.TB, statements ...string) {
	t.Helper()
	s.ExecIn(t, "postgres", statements...)
}

// ExecIn runs statements as the superuser, each for itself.
func (s *Server) ExecIn(t testing.TB, database string, statements ...string) {
	t.Helper()
	s.within(t, database, func(ctx context.Context, c *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := c.Exec(ctx, statement); err != nil {
				return fmt.Errorf("%s: %w", statement, err)
			}
		}
		return nil
	})
}

// Ask reads one value, as text, as the superuser.
func (s *Server) Ask(t testing.TB, database, query string, args ...any) (value string) {
	t.Helper()
	s.within(t, database, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT coalesce(("+query+")::text, '')", args...).Scan(&value)
	})
	return value
}

// Await asks until the answer is want.
func (s *Server) Await(t testing.TB, database, query, want string) {
	t.Helper()
	s.within(t, database, func(ctx context.Context, c *pgx.Conn) error {
		again := time.NewTicker(5 * time.Millisecond)
		defer again.Stop()
		for {
			var value string
			if err := c.QueryRow(ctx, "SELECT coalesce(("+query+")::text, '')").Scan(&value); err != nil {
				return fmt.Errorf("%s: %w", query, err)
			}
			if value == want {
				return nil
			}
			select {
			case <-again.C:
			case <-ctx.Done():
				return fmt.Errorf("%s is %q, not %q: %w", query, value, want, ctx.Err())
			}
		}
	})
}

// within connects for one task. It uses a context of its own, for cleanups call it too.
func (s *Server) within(t testing.TB, database string, do func(context.Context, *pgx.Conn) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := s.connected(ctx, database, do); err != nil {
		t.Fatal(err)
	}
}

// connected keeps the connection to the database of the superuser, for tests ask a lot and a connection costs more than
// what is asked.
func (s *Server) connected(ctx context.Context, database string, do func(context.Context, *pgx.Conn) error) error {
	url := s.url(Superuser, database)
	if database != Superuser {
		c, err := pgx.Connect(ctx, url)
		if err != nil {
			return err
		}
		return errors.Join(do(ctx, c), c.Close(ctx))
	}
	s.asking.Lock()
	defer s.asking.Unlock()
	if s.admin == nil || s.admin.IsClosed() {
		var err error
		if s.admin, err = pgx.Connect(ctx, url); err != nil {
			s.admin = nil
			return err
		}
	}
	return do(ctx, s.admin)
}

// hangUp ends the connection that is kept.
func (s *Server) hangUp() {
	s.asking.Lock()
	defer s.asking.Unlock()
	if s.admin != nil {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second) // a frozen server does not say goodbye
		defer cancel()
		_ = s.admin.Close(ctx) // it is of no use any more
		s.admin = nil
	}
}

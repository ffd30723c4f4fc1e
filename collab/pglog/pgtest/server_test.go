//go:build services

package pgtest_test

import (
	"context"
	"errors"
	"net"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"waymark/collab/pglog/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

func TestDatabasesAreEmptyAndApart(t *testing.T) {
	for range 2 {
		c := connect(t, pgtest.Database(t))
		if _, err := c.Exec(t.Context(), "CREATE TABLE notes (n int)"); err != nil {
			t.Fatal(err)
		}
	}
}

func TestServer_keeps_what_was_committed(t *testing.T) {
	s := pgtest.Open(t)
	url := s.Database(t)
	s.ExecIn(t, "test_1", "CREATE TABLE notes (n int)")
	addr := s.Addr()
	for i, end := range []func(){s.Kill, func() { s.Stop("immediate") }, func() { s.Stop("fast") }, func() { s.Stop("smart") }} {
		s.ExecIn(t, "test_1", "INSERT INTO notes VALUES (1)")
		end()
		if c, err := net.Dial("tcp", addr); err == nil {
			t.Fatal("it still listens", c.Close())
		}
		s.Start()
		if got := s.Ask(t, "test_1", "SELECT count(*) FROM notes"); got != []string{"1", "2", "3", "4"}[i] {
			t.Fatalf("after end %d it has %s notes", i, got)
		}
	}
	if s.Addr() != addr || s.URL("test_1") != url {
		t.Fatalf("it was at %s, %s and is at %s, %s", addr, url, s.Addr(), s.URL("test_1"))
	}
}

func TestServer_frozen_answers_nothing(t *testing.T) {
	s := pgtest.Open(t)
	c := connect(t, s.Database(t))
	s.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Exec(ctx, "SELECT 1"); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("it answers: %v", err)
	}
	s.Thaw()
	if got := s.Ask(t, "postgres", "1"); got != "1" {
		t.Fatal(got)
	}
}

func TestServer_can_be_swapped_for_an_older_copy(t *testing.T) {
	s := pgtest.Open(t)
	s.Exec(t, "CREATE TABLE notes (n int)")
	c := s.Copy(t)
	s.Exec(t, "INSERT INTO notes VALUES (1)")
	s.Swap(c)
	if got := s.Ask(t, "postgres", "SELECT count(*) FROM notes"); got != "0" {
		t.Fatalf("the copy has %s notes that were made after it", got)
	}
}

func TestStandby_lacks_what_it_did_not_receive(t *testing.T) {
	s := pgtest.Open(t)
	addr := s.Addr()
	s.Exec(t, "CREATE TABLE notes (n int)")
	standby := s.Standby(t)
	s.Exec(t, "INSERT INTO notes VALUES (1)")
	standby.Follows(t, s)
	standby.Detach(t)
	s.Exec(t, "INSERT INTO notes VALUES (2)")
	standby.TakeOver(t, s)
	if standby.Addr() != addr {
		t.Fatalf("it listens at %s, not %s", standby.Addr(), addr)
	}
	standby.Exec(t, "INSERT INTO notes VALUES (3)")
	if got := standby.Ask(t, "postgres", "SELECT string_agg(n::text, ' ' ORDER BY n) FROM notes"); got != "1 3" {
		t.Fatalf("it has the notes %s", got)
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return c
}

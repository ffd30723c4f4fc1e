//go:build services

package pglog_test

import (
	"testing"

	"waymark/collab/linetest"
	"waymark/collab/logtest"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

func open(t testing.TB, url string) *pglog.Log {
	t.Helper()
	l, err := pglog.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeLog(t, l) })
	return l
}

func closeLog(t testing.TB, l *pglog.Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestLog(t *testing.T) {
	run(t, pgtest.Database(t))
}

func TestLog_behind_a_pooler(t *testing.T) {
	l := run(t, pgtest.Through(t, pgtest.Database(t), pgtest.Shared(t).Bouncer(t)))
	if s, err := l.Settings(t.Context()); err != nil || !s.Pooled {
		t.Fatalf("settings %+v, %v", s, err)
	}
}

// run runs the suite on one database, which is emptied for each of its tests.
func run(t *testing.T, url string) *pglog.Log {
	l := open(t, url)
	logtest.Run(t, func(t *testing.T) (logtest.Store, func() logtest.Store) {
		if _, err := l.DB().Exec("TRUNCATE board_heads, board_batches, board_snapshots"); err != nil {
			t.Fatal(err)
		}
		return l, func() logtest.Store {
			closeLog(t, l)
			again, err := pglog.Open(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			l = again
			return l
		}
	})
	t.Cleanup(func() { closeLog(t, l) })
	return l
}

// One in 25 pieces that a connection carries, either way, is lost with the connection. Instead of being closed, the
// database is killed.
func TestLog_on_a_line_that_breaks(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	cuts := 0
	logtest.Run(t, func(t *testing.T) (logtest.Store, func() logtest.Store) {
		url := s.Database(t)
		// A killed server looks at every file when it starts: the fewer the better.
		t.Cleanup(func() { s.Exec(t, "DROP DATABASE "+named(t, url)+" WITH (FORCE)") })
		line := linetest.Open(t, s.Addr())
		l := open(t, pgtest.Through(t, url, line.Addr()))
		line.CutAtRandom(0.04)
		t.Cleanup(func() {
			line.CutAtRandom(0)
			cuts += line.Cuts()
		})
		return logtest.Stubborn{Store: l}, func() logtest.Store {
			s.Kill()
			s.Start()
			return logtest.Stubborn{Store: l}
		}
	})
	if t.Logf("%d ends of connections were cut", cuts); cuts < 20 {
		t.Errorf("%d ends of connections were cut", cuts)
	}
}

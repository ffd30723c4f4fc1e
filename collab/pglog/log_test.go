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
	logtest.Run(t, func(t *testing.T) (logtest.Store, func() logtest.Store) {
		url := pgtest.Database(t)
		l := open(t, url)
		return l, func() logtest.Store {
			closeLog(t, l)
			return open(t, url)
		}
	})
}

func TestLog_behind_a_pooler(t *testing.T) {
	pooler := pgtest.Shared(t).Bouncer(t)
	logtest.Run(t, func(t *testing.T) (logtest.Store, func() logtest.Store) {
		url := pgtest.Through(t, pgtest.Database(t), pooler)
		l := open(t, url)
		return l, func() logtest.Store {
			closeLog(t, l)
			return open(t, url)
		}
	})
	t.Run("is_noticed", func(t *testing.T) {
		l := open(t, pgtest.Through(t, pgtest.Database(t), pooler))
		if s, err := l.Settings(t.Context()); err != nil || !s.Pooled {
			t.Fatalf("settings %+v, %v", s, err)
		}
	})
}

// One in 25 pieces that a connection carries, either way, is lost with the connection. Instead of being closed, the
// database is killed.
func TestLog_on_a_line_that_breaks(t *testing.T) {
	s := pgtest.Open(t)
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

package pglog_test

import (
	"testing"

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
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestLog(t *testing.T) {
	logtest.Run(t, func(t *testing.T) (logtest.Store, func() logtest.Store) {
		url := pgtest.Database(t)
		l := open(t, url)
		return l, func() logtest.Store {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, url)
		}
	})
}

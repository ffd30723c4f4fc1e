//go:build services

package pglog_test

import (
	"testing"

	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

func TestIdentity_is_that_of_a_standby_and_of_no_other_database(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	first, second := s.Database(t), s.Database(t)
	a, b := open(t, first), open(t, second)
	standby := s.Standby(t)
	standby.Follows(t, s)
	c, err := pglog.OpenReadOnly(t.Context(), standby.URL(named(t, first)))
	if err != nil {
		t.Fatal(err)
	}
	defer closeLog(t, c)
	identity := func(l *pglog.Log) string {
		t.Helper()
		id, err := l.Identity(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	if identity(a) == "" || identity(a) == identity(b) || identity(a) != identity(c) {
		t.Errorf("%s, another database %s, its standby %s", identity(a), identity(b), identity(c))
	}
	s.ExecIn(t, named(t, first), "REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
	if id := identity(a); id != "" {
		t.Errorf("without the right to ask: %s", id)
	}
}

//go:build services

package pglog_test

import (
	"strings"
	"testing"

	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

// What would be refused can be looked at.
func TestExamine_looks_at_what_servers_refuse(t *testing.T) {
	s := pgtest.Open(t)
	url := s.Database(t)
	e, err := pglog.Examine(t.Context(), url)
	if err != nil || e.Done != 0 || e.Known == 0 || e.Refusal() != nil || e.Taken < 1 || e.RoundTrip <= 0 || e.Commit <= 0 {
		t.Fatalf("an empty one: %+v, %v", e, err)
	}
	open(t, url)
	if tables := s.Ask(t, named(t, url), "SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"); tables == "0" {
		t.Fatal("no tables")
	}
	standby := s.Standby(t)
	standby.Follows(t, s)
	e, err = pglog.Examine(t.Context(), standby.URL(named(t, url)))
	if err != nil || !e.InRecovery || e.Done != e.Known || e.Commit != 0 || e.Refusal() == nil || !strings.Contains(e.Refusal().Error(), "standby") {
		t.Errorf("a standby: %+v, %v, %v", e, err, e.Refusal())
	}
	s.ExecIn(t, named(t, url), "ALTER TABLE people OWNER TO postgres", "ALTER TABLE schema_migrations OWNER TO postgres")
	e, err = pglog.Examine(t.Context(), with(url, "synchronous_commit=off"))
	if err != nil || e.Refusal() == nil || !strings.Contains(e.Refusal().Error(), "synchronous_commit is off") ||
		!strings.Contains(e.Refusal().Error(), `["people" "schema_migrations"]`) {
		t.Errorf("one without rights and safety: %+v, %v, %v", e, err, e.Refusal())
	}
	if _, err := pglog.Examine(t.Context(), s.URL("nothing")); err == nil || !strings.Contains(err.Error(), "CREATE DATABASE") {
		t.Errorf("none: %v", err)
	}
}

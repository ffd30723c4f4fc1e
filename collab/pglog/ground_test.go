//go:build services

package pglog_test

import (
	"net/url"
	"strings"
	"testing"

	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

func ground(t *testing.T, address string) *pglog.Ground {
	t.Helper()
	g, err := pglog.OpenGround(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func TestGround_gives_each_measurement_an_empty_schema(t *testing.T) {
	address := pgtest.Database(t)
	g := ground(t, address)
	for range 2 {
		schema, inside, err := g.Make(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l := open(t, inside)
		s, err := l.Settings(t.Context())
		if err != nil || s.Schema != schema {
			t.Fatalf("a log at its address makes tables in %q, want %q: %v", s.Schema, schema, err)
		}
		before, err := l.Transactions(t.Context())
		if err != nil || before == 0 {
			t.Fatalf("%d transactions so far: %v", before, err)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if err := g.Drop(t.Context(), schema); err != nil {
			t.Fatal(err)
		}
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	ground(t, address) // nothing is left: it would refuse
}

func TestGround_refuses(t *testing.T) {
	s := pgtest.Shared(t)
	full := pgtest.Database(t)
	open(t, full)
	taken := pgtest.Database(t)
	ground(t, taken)
	narrow := pgtest.Database(t)
	u, err := url.Parse(narrow)
	if err != nil {
		t.Fatal(err)
	}
	s.Exec(t, "ALTER DATABASE "+u.Path[1:]+" OWNER TO "+pgtest.Superuser)
	s.ExecIn(t, u.Path[1:], "GRANT USAGE ON SCHEMA public TO "+pgtest.Role)
	torn := pgtest.Open(t, "full_page_writes=off")

	for name, c := range map[string]struct{ address, want string }{
		"what holds tables":             {full, "not empty (it holds \"public\".\"audit\""},
		"what another is measuring":     {taken, "measured already"},
		"a role without rights":         {narrow, "GRANT CREATE ON DATABASE"},
		"commits that may be lost":      {pgtest.Database(t) + "&synchronous_commit=off", "synchronous_commit is off"},
		"commits that wait for less":    {pgtest.Database(t) + "&synchronous_commit=local", "weaker than the default"},
		"pages that may be torn":        {torn.Database(t), "full_page_writes is off"},
		"an address that is none":       {"mysql://ana:geheim@host/db", "want postgres://"},
		"an address that can't be read": {"postgres://ana:ge%heim@host/db", "want postgres://"},
	} {
		t.Run(strings.ReplaceAll(name, " ", "_"), func(t *testing.T) {
			g, err := pglog.OpenGround(t.Context(), c.address)
			if err == nil {
				t.Fatal("it does not refuse", g.Close())
			}
			if !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "heim") {
				t.Errorf("it says %q, want %q and no password", err, c.want)
			}
		})
	}
}

func TestGround_names_what_a_killed_run_has_left(t *testing.T) {
	address := pgtest.Database(t)
	g := ground(t, address)
	schema, inside, err := g.Make(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	open(t, inside)
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = pglog.OpenGround(t.Context(), address)
	if want := `DROP SCHEMA "` + schema + `" CASCADE`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("it says %v, want %s", err, want)
	}
}

//go:build services

package pglog_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

// named is the name of the database in a URL.
func named(t testing.TB, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(u.Path, "/")
}

// with adds parameters to a URL.
func with(database, parameters string) string { return database + "&" + parameters }

// as is the URL for another role.
func as(database, role string) string {
	return strings.Replace(database, "//"+pgtest.Role+"@", "//"+role+"@", 1)
}

// opener is one of the ways to open a log.
type opener func(context.Context, string) (*pglog.Log, error)

// refused opens a database that is to be refused with these words.
func refused(t *testing.T, open opener, url string, words ...string) {
	t.Helper()
	l, err := open(t.Context(), url)
	if err == nil {
		t.Fatal("it was opened", l.Close())
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("it was refused with\n%v\nwhich does not say %q", err, word)
		}
	}
	if strings.Contains(err.Error(), "hunter2") {
		t.Errorf("a password stands in %v", err)
	}
}

func TestOpen_refuses_what_loses_commits(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	url := s.Database(t)
	db := named(t, url)
	const off = " SET synchronous_commit = off"
	for name, c := range map[string]struct{ do, undo, url, advice string }{
		"for_the_database":  {"ALTER DATABASE " + db + off, "ALTER DATABASE " + db + " RESET ALL", url, `ALTER DATABASE "` + db + `" RESET synchronous_commit`},
		"for_the_role":      {"ALTER ROLE waymark" + off, "ALTER ROLE waymark RESET ALL", url, `ALTER ROLE "waymark" RESET synchronous_commit`},
		"for_both":          {"ALTER ROLE waymark IN DATABASE " + db + off, "ALTER ROLE waymark IN DATABASE " + db + " RESET ALL", url, `ALTER ROLE "waymark" IN DATABASE "` + db + `" RESET synchronous_commit`},
		"in_the_address":    {"SELECT 1", "SELECT 1", with(url, "synchronous_commit=off"), "out of the database's address"},
		"in_its_own_config": {"ALTER SYSTEM" + off, "ALTER SYSTEM RESET synchronous_commit", url, "synchronous_commit = on in postgresql.conf"},
	} {
		t.Run(name, func(t *testing.T) {
			s.Exec(t, c.do, "SELECT pg_reload_conf()")
			if strings.HasPrefix(c.do, "ALTER SYSTEM") {
				s.Await(t, "postgres", "current_setting('synchronous_commit')", "off")
			}
			refused(t, pglog.Open, c.url, "synchronous_commit is off", c.advice)
			s.Exec(t, c.undo, "SELECT pg_reload_conf()")
			if strings.HasPrefix(c.do, "ALTER SYSTEM") {
				s.Await(t, "postgres", "current_setting('synchronous_commit')", "on")
			}
		})
	}
	t.Run("fsync", func(t *testing.T) {
		s.Exec(t, "ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()")
		s.Await(t, "postgres", "current_setting('fsync')", "off")
		refused(t, pglog.Open, url, "fsync is off", "set fsync = on")
		s.Exec(t, "ALTER SYSTEM RESET fsync", "SELECT pg_reload_conf()")
		s.Await(t, "postgres", "current_setting('fsync')", "on")
		l := open(t, url)
		found, err := l.Settings(t.Context())
		if list := strings.Join(found.Warnings(), "\n"); err != nil || !strings.Contains(list, "full_page_writes is off") {
			t.Fatalf("warnings %q, %v", list, err)
		}
		if l.Synchronous() != "on" {
			t.Errorf("synchronous_commit is %s", l.Synchronous())
		}
	})
}

func TestOpen_says_what_is_missing(t *testing.T) {
	s := pgtest.Shared(t)
	t.Run("rights_to_make_tables", func(t *testing.T) {
		url := pgtest.Database(t)
		s.ExecIn(t, named(t, url), "ALTER SCHEMA public OWNER TO postgres", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
		refused(t, pglog.Open, url, "waymark may not make or change tables in schema public", `GRANT CREATE, USAGE ON SCHEMA "public" TO "waymark"`)
		s.ExecIn(t, named(t, url), "GRANT CREATE, USAGE ON SCHEMA public TO waymark")
		open(t, url)
	})
	t.Run("rights_to_write_tables", func(t *testing.T) {
		url := pgtest.Database(t)
		closeLog(t, open(t, url))
		s.ExecIn(t, named(t, url), "ALTER TABLE board_batches OWNER TO postgres", "GRANT SELECT ON board_batches TO waymark")
		refused(t, pglog.Open, url, `waymark may not read and write ["board_batches"]`, `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "public" TO "waymark"`)
	})
	t.Run("tables_of_its_own", func(t *testing.T) {
		url := pgtest.Database(t)
		l := open(t, url)
		if _, err := l.DB().Exec("DELETE FROM schema_migrations WHERE number > 4; ALTER TABLE servers DROP COLUMN IF EXISTS keys"); err != nil {
			t.Fatal(err)
		}
		closeLog(t, l)
		s.ExecIn(t, named(t, url), "ALTER TABLE servers OWNER TO postgres", "GRANT SELECT, INSERT, UPDATE, DELETE ON servers TO waymark")
		refused(t, pglog.Open, url, `waymark may read and write the tables ["servers"]`, "they are postgres's", `ALTER TABLE ... OWNER TO "waymark"`, "nothing was changed")
		e, err := pglog.Examine(t.Context(), url)
		if err != nil || !slices.Equal(e.Unowned, []string{"servers"}) || e.Owner != "postgres" || e.Done != 4 ||
			!strings.Contains(strings.Join(e.Warnings(), "\n"), "start a newer release once as postgres") {
			t.Errorf("%+v, %v", e, err)
		}
		s.ExecIn(t, named(t, url), "ALTER TABLE servers OWNER TO waymark")
		open(t, url)
	})
	t.Run("whole_transactions", func(t *testing.T) {
		url := pgtest.Through(t, pgtest.Database(t), s.BouncerOf(t, "statement"))
		refused(t, pglog.Open, url, "the pooler before it lets no transaction through", "pool_mode = transaction")
		if _, err := pglog.Examine(t.Context(), url); err == nil || !strings.Contains(err.Error(), "pool_mode = transaction") {
			t.Errorf("examined: %v", err)
		}
	})
	t.Run("a_schema", func(t *testing.T) {
		url := pgtest.Database(t)
		refused(t, pglog.Open, with(url, "search_path=nowhere"), "no schema to make tables in", `CREATE SCHEMA "waymark"`)
	})
	t.Run("an_encoding", func(t *testing.T) {
		s.Exec(t, "CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0 OWNER waymark")
		t.Cleanup(func() { s.Exec(t, "DROP DATABASE narrow") })
		refused(t, pglog.Open, s.URL("narrow"), "its encoding is LATIN1", "ENCODING 'UTF8'")
	})
	t.Run("writing", func(t *testing.T) {
		url := pgtest.Database(t)
		refused(t, pglog.Open, with(url, "default_transaction_read_only=on"), "it is read-only", "switch it off")
	})
	t.Run("the_database", func(t *testing.T) {
		refused(t, pglog.Open, s.URL("nothing"), `database "nothing" does not exist`)
		refused(t, pglog.Open, as(s.URL("postgres"), "stranger:hunter2"), `role "stranger" does not exist`)
		refused(t, pglog.Open, "postgres://waymark:hunter2@127.0.0.1:1/waymark", "127.0.0.1:1", "connection refused")
		refused(t, pglog.Open, "postgres://waymark:hunter2@127.0.0.1:port/waymark", "want postgres://user:password@host:5432/name")
		_, err := pglog.Open(t.Context(), "postgres://waymark:hunter2@127.0.0.1:1/waymark")
		if got := pglog.Trouble(err); !errors.Is(got, collab.ErrAway) {
			t.Errorf("%v is %v", err, got)
		}
	})
	t.Run("tables", func(t *testing.T) {
		url := pgtest.Database(t)
		for _, open := range []opener{pglog.OpenBeside, pglog.OpenReadOnly} {
			refused(t, open, url, "it is at migration 0", "start the server on it once")
		}
	})
	t.Run("a_release", func(t *testing.T) {
		url := pgtest.Database(t)
		l := open(t, url)
		if _, err := l.DB().Exec("INSERT INTO schema_migrations (number, name) VALUES (9999, 'later')"); err != nil {
			t.Fatal(err)
		}
		for _, open := range []opener{pglog.Open, pglog.OpenBeside, pglog.OpenReadOnly} {
			refused(t, open, url, "it is at migration 9999", "use the newer release")
		}
	})
}

func TestSettings_name_an_old_Postgres(t *testing.T) {
	s, err := open(t, pgtest.Database(t)).Settings(t.Context())
	if err != nil || s.Refusal() != nil || s.VersionNumber < 140000 || s.Pooled || !s.CreateTables || s.Encoding != "UTF8" ||
		s.Role != pgtest.Role || s.Schema != "public" || s.MaxConnections != 97 {
		t.Fatalf("settings %+v, %v, %v", s, err, s.Refusal())
	}
	if s.ClockOffset.Abs().Seconds() > 1 { // it is the clock of this machine
		t.Errorf("the clocks differ by %s", s.ClockOffset)
	}
	s.Version, s.VersionNumber = "13.18", 130018
	if err := s.Refusal(); err == nil || !strings.Contains(err.Error(), "it is PostgreSQL 13.18; want 14 or newer") {
		t.Errorf("an old one is refused with %v", err)
	}
}

func TestOpen_by_many_servers_at_once_makes_the_tables_once(t *testing.T) {
	pooler := pgtest.Shared(t).Bouncer(t)
	for name, way := range map[string]func(string) string{
		"direct":          func(url string) string { return url },
		"behind_a_pooler": func(url string) string { return pgtest.Through(t, url, pooler) },
	} {
		t.Run(name, func(t *testing.T) {
			url := way(pgtest.Database(t))
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					l, err := pglog.Open(context.Background(), url)
					if err == nil {
						err = l.Close()
					}
					if err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			closeLog(t, open(t, url))
		})
	}
}

// Whose address asks for the host that can be written to can have it read too.
func TestOpenReadOnly_of_an_address_that_asks_for_the_primary(t *testing.T) {
	url := pgtest.Database(t)
	head := start(t, open(t, url), "board-apple")
	for _, want := range []string{"read-write", "primary", "any", "prefer-standby"} {
		r, err := pglog.OpenReadOnly(t.Context(), with(url, "target_session_attrs="+want))
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		heads, err := r.Heads(t.Context(), []board.ID{"board-apple"})
		if err != nil || heads["board-apple"] != head {
			t.Errorf("%s: heads %+v, %v", want, heads, err)
		}
		if _, err := r.DB().Exec("INSERT INTO installation (name, value) VALUES ('a', 'b')"); err == nil {
			t.Errorf("%s: a write went through", want)
		}
		closeLog(t, r)
	}
}

func TestOpenReadOnly_reads_beside_servers(t *testing.T) {
	url := pgtest.Database(t)
	l := open(t, url)
	head := start(t, l, "board-apple")
	r, err := pglog.OpenReadOnly(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	head = grow(t, l, head)
	heads, err := r.Heads(t.Context(), []board.ID{"board-apple"})
	if err != nil || heads["board-apple"] != head {
		t.Fatalf("heads %+v, %v; want %+v", heads, err, head)
	}
	never := func(collab.Head, []collab.Batch) (collab.Batch, error) {
		t.Error("decide was called")
		return collab.Batch{}, nil
	}
	_, begin := r.Begin(t.Context())
	_, exec := r.DB().Exec("INSERT INTO installation (name, value) VALUES ('a', 'b')")
	for i, err := range []error{
		r.Append(t.Context(), head, next("board-apple", head)), r.AppendLocked(t.Context(), "board-apple", 0, never),
		r.Create(t.Context(), next("board-pear", collab.Head{}), collab.Format), r.StoreSnapshot(t.Context(), collab.Snapshot{Board: "board-apple"}),
		r.Delete(t.Context(), "board-apple", head), begin, exec,
	} {
		if err == nil {
			t.Errorf("write %d went through a reader", i)
		}
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	grow(t, l, head)
}

func TestOpenBeside_writes_beside_servers(t *testing.T) {
	url := pgtest.Database(t)
	l := open(t, url)
	head := start(t, l, "board-apple")
	b, err := pglog.OpenBeside(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	head = grow(t, b, head)
	closeLog(t, b)
	grow(t, l, head)
}

// Many servers run on one database: what is closed is given back, and nothing goes on.
func TestClose_leaves_no_connection(t *testing.T) {
	s := pgtest.Shared(t)
	url := pgtest.Database(t)
	l := open(t, url)
	head := start(t, l, "board-apple")
	closeLog(t, l)
	closeLog(t, l)
	s.Await(t, "postgres", "SELECT count(*) FROM pg_stat_activity WHERE datname = '"+named(t, url)+"'", "0")
	_, heads := l.Heads(t.Context(), []board.ID{"board-apple"})
	_, begin := l.Begin(t.Context())
	for i, err := range []error{l.Append(t.Context(), head, next("board-apple", head)), heads, begin, l.DB().Ping()} {
		if err == nil {
			t.Errorf("call %d went through a closed log", i)
		}
	}
	if got := pglog.Trouble(heads); !errors.Is(got, collab.ErrAway) {
		t.Errorf("%v is %v", heads, got)
	}
}

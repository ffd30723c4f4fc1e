//go:build services

package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"waymark/collab/pglog/pgtest"
	"waymark/collab/sqlitelog"
)

func TestDoctor_of_a_folder_that_is_no_home(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	foreign := t.TempDir()
	err := errors.Join(os.WriteFile(file, nil, 0o600),
		os.WriteFile(filepath.Join(foreign, sqlitelog.FileName), []byte(strings.Repeat("dear diary ", 100)), 0o600))
	if err != nil {
		t.Fatal(err)
	}
	consult(t, "-data", file).finds("WRONG", "is no folder", "-data")
	consult(t, "-data", foreign).finds("WRONG", "no database of Waymark", "name another folder")
	refusedToServe(t, []string{"file is not a database"}, "-data", foreign)

	source, target := newFolder(t), newDatabase(t)
	source.launch(t).end()
	if code, _, failure := target.command(t, "move", "from", source[1]); code != 0 {
		t.Fatal(failure)
	}
	consult(t, source...).finds("WRONG", "was moved to", "move release")
	refusedToServe(t, []string{"was moved to"}, source...)
}

// lying has a database say something else where it is asked by a function of Postgres'.
func lying(t *testing.T, url, function string) {
	t.Helper()
	name := databaseName(url)
	pgtest.Shared(t).ExecIn(t, name, function, "ALTER ROLE waymark IN DATABASE "+name+" SET search_path = public, pg_catalog")
}

// Each is named by the doctor, and by the server at its start.
func TestDoctor_of_a_Postgres_that_is_refused(t *testing.T) {
	t.Parallel()
	s := pgtest.Shared(t)
	for name, c := range map[string]struct {
		prepare func(t *testing.T, url string)
		want    []string
	}{
		"without_rights_to_make_tables": {func(t *testing.T, url string) {
			s.ExecIn(t, databaseName(url), "ALTER SCHEMA public OWNER TO postgres", "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
		}, []string{"make"}},
		"with_tables_of_another_role_and_one_to_change": {func(t *testing.T, url string) {
			home{"-database", url}.launch(t).end()
			s.ExecIn(t, databaseName(url), "DELETE FROM schema_migrations WHERE number > 4", "ALTER TABLE servers DROP COLUMN keys",
				"ALTER TABLE servers OWNER TO postgres", "GRANT SELECT, INSERT, UPDATE, DELETE ON servers TO waymark")
		}, []string{"are postgres's", "once as postgres"}},
		"without_rights_to_tables": {func(t *testing.T, url string) {
			home{"-database", url}.launch(t).end()
			s.ExecIn(t, databaseName(url), "ALTER TABLE people OWNER TO postgres")
		}, []string{"waymark may not read and write", `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "public" TO "waymark"`}},
		"of_an_old_version": {func(t *testing.T, url string) {
			lying(t, url, `CREATE FUNCTION public.current_setting(name text) RETURNS text LANGUAGE sql AS $$ SELECT CASE name
				WHEN 'server_version' THEN '13.9' WHEN 'server_version_num' THEN '130009' ELSE pg_catalog.current_setting(name) END $$`)
		}, []string{"it is PostgreSQL 13.9; want 14 or newer"}},
		"read_only": {func(t *testing.T, url string) {
			s.Exec(t, "ALTER DATABASE "+databaseName(url)+" SET default_transaction_read_only = on")
		}, []string{"it is read-only", "switch it off"}},
		"of_a_newer_release": {func(t *testing.T, url string) {
			at := home{"-database", url}
			at.launch(t).end()
			at.change(t, `INSERT INTO schema_migrations (number, name) VALUES (999, 'of tomorrow')`)
		}, []string{"it is at migration 999", "newer release"}},
		"without_some_of_its_tables": {func(t *testing.T, url string) {
			home{"-database", url}.launch(t).end()
			s.ExecIn(t, databaseName(url), "ALTER TABLE people RENAME TO x_people", "ALTER TABLE board_snapshots RENAME TO x_board_snapshots",
				"DROP TABLE servers")
		}, []string{"once had: board_snapshots, people, servers;", "Nothing was changed", "waymark restore"}},
		"without_the_list_of_its_migrations": {func(t *testing.T, url string) {
			home{"-database", url}.launch(t).end()
			s.ExecIn(t, databaseName(url), "DROP TABLE schema_migrations")
		}, []string{"but not schema_migrations", "another program's", "waymark restore"}},
		"of_another_program": {func(t *testing.T, url string) {
			s.ExecIn(t, databaseName(url), "CREATE TABLE boards (id int)", "CREATE TABLE people (x int)",
				"ALTER TABLE boards OWNER TO waymark", "ALTER TABLE people OWNER TO waymark")
		}, []string{"it has people, boards, but not schema_migrations", "another program's", "a database of its own", "waymark restore"}},
		"that_does_not_wait_for_its_disk": {func(t *testing.T, url string) {
			s.Exec(t, "ALTER DATABASE "+databaseName(url)+" SET synchronous_commit = off")
		}, []string{"synchronous_commit is off", "ALTER DATABASE"}},
	} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.Database(t)
			c.prepare(t, url)
			consult(t, "-database", url).finds("WRONG", c.want...)
			refusedToServe(t, c.want, "-database", url)
			if !strings.Contains(name, "_of_its_") {
				return
			}
			for command, words := range map[string][]string{"verify": nil, "backup": {filepath.Join(t.TempDir(), "copy.db")}} {
				code, _, says := home{"-database", url}.command(t, command, words...)
				if code == 0 || !strings.Contains(says, c.want[0]) {
					t.Errorf("%s ends with %d and says %s", command, code, says)
				}
			}
		})
	}
	t.Run("that_is_not_there", func(t *testing.T) {
		for url, want := range map[string]string{
			"postgres://waymark:hunter2@127.0.0.1:1/waymark": "nothing listens there",
			s.URL("nothing"): `CREATE DATABASE "nothing"`,
		} {
			o := consult(t, "-database", url, "-redis", "redis://:hunter2@127.0.0.1:1")
			o.finds("WRONG", want)
			o.finds("not seen", "which servers run")
			o.finds("WRONG", "redis cannot be reached")
			refusedToServe(t, []string{want}, "-database", url)
		}
	})
}

// Of tables that cannot be read nobody knows whether some are missing.
func TestDoctor_of_tables_that_cannot_be_read_calls_none_missing(t *testing.T) {
	t.Parallel()
	s, url := pgtest.Shared(t), pgtest.Database(t)
	home{"-database", url}.launch(t).end()
	s.ExecIn(t, databaseName(url), "REASSIGN OWNED BY waymark TO postgres", "ALTER SCHEMA public OWNER TO postgres",
		"REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	o := consult(t, "-database", url)
	o.finds("WRONG", "waymark may not read and write", "GRANT SELECT")
	o.finds("not seen", "of which release its tables are")
	if strings.Contains(o.says, "tables to make") {
		t.Errorf("it says that tables are to be made: %s", o.says)
	}
}

func TestDoctor_of_a_Postgres_that_is_full(t *testing.T) {
	t.Parallel()
	small := pgtest.OpenSmall(t, 80)
	url := small.Database(t)
	home{"-database", url}.launch(t).end()
	small.Fill(t)
	consult(t, "-database", url).finds("WRONG", "nothing can be written", "its disk is full")
	small.Free(t)
	consult(t, "-database", url).finds("good", "its disk has room")
}

func TestDoctor_of_a_Postgres_that_is_served(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	at := home{"-database", url}
	o := consult(t, at...)
	o.finds("good", "the first start makes them")
	p, second := at.launch(t, "-name", "anna"), at.launch(t, "-name", "ben")
	pgtest.Shared(t).Await(t, databaseName(url), `SELECT count(*) FROM servers WHERE url <> ''`, "2")
	o = consult(t, at...)
	for _, name := range []string{"anna", "ben"} {
		o.finds("good", name+" runs")
	}
	o.finds("warning", "there is none, and 2 servers", "-redis")
	o.finds("warning", "different addresses", "-public-url")
	o.finds("good", second.url+" leads to ben")
	o.well("there is none, and 2", "different addresses", "data checksums", "full_page_writes", "max_connections", "a commit takes", "a question takes")
	pooled := pgtest.Through(t, url, pgtest.Shared(t).Bouncer(t))
	o = consult(t, "-database", pooled)
	o.finds("warning", "behind a pooler", "idle_in_transaction_session_timeout")
	o.finds("good", "its disk has room")
	o.finds("good", "anna runs")
	at.change(t, `INSERT INTO servers (node, name, version, url, clock_ahead, started_at, seen_at)
		SELECT 'carl/1', 'carl', 'of yesterday', url, -3600000, started_at, seen_at + 600000 FROM servers WHERE name = 'anna'`)
	o = consult(t, at...)
	o.finds("warning", "of different releases", "of yesterday")
	o.finds("warning", "carl", "its clock is 1h0m0s ahead of", "timedatectl")
	at.change(t, `DELETE FROM servers WHERE name = 'carl'`)
	for _, p := range []*running{p, second} {
		p.end()
	}
	consult(t, at...).finds("not seen", "no server runs")
	at.change(t, `DELETE FROM schema_migrations WHERE number = (SELECT max(number) FROM schema_migrations)`)
	consult(t, at...).finds("warning", "its first start changes them", "backup")
}

// Log lines and figures of servers of one name cannot be told apart: the second one says so, and so does the doctor.
func TestDoctor_of_servers_of_one_name(t *testing.T) {
	t.Parallel()
	at := newDatabase(t)
	const says = "another server on this database has this name"
	first, second, third := at.launch(t, "-name", "orig"), at.launch(t, "-name", "orig"), at.launch(t, "-name", "other")
	for p, want := range map[*running]bool{first: false, second: true, third: false} {
		if log := p.stderr.String(); strings.Contains(log, says) != want || want && !strings.Contains(log, "with -name") {
			t.Errorf("warned %v, want %v: %s", !want, want, log)
		}
	}
	o := consult(t, at...)
	o.finds("warning", "several servers are called orig", "-name")
	if strings.Contains(o.says, "called other") {
		t.Errorf("it warns of a name that only one has: %s", o.says)
	}
}

// A server that takes not what another signs refuses who is signed in there. While keys are changed it takes both.
func TestDoctor_of_servers_with_other_keys(t *testing.T) {
	t.Parallel()
	at := newDatabase(t)
	older, newer := "old:"+strings.Repeat("A", 43), "new:"+strings.Repeat("AQEB", 10)+"AQE"
	await := func(n string) {
		t.Helper()
		pgtest.Shared(t).Await(t, databaseName(at[1]), `SELECT count(*) FROM servers WHERE url <> '' AND keys <> ''`, n)
	}
	keyed := func(name, keys string) *running {
		t.Helper()
		return launchIn(t, []string{"WAYMARK_KEYS=" + keys}, slices.Concat(at, []string{"-name", name})...)
	}
	first, second := keyed("anna", older), keyed("ben", older+","+newer)
	await("2")
	const refuses = "does not take"
	if o := consult(t, at...); strings.Contains(o.says, refuses) {
		t.Errorf("while keys are changed: %s", o.says)
	}
	third := keyed("carl", newer)
	await("3")
	o := consult(t, at...)
	o.finds("WRONG", "anna signs with a key that carl does not take", "WAYMARK_KEYS")
	o.finds("WRONG", "carl signs with a key that anna does not take")
	o.finds("WRONG", "ben signs with a key that carl does not take")
	if strings.Contains(o.says, "that ben") {
		t.Errorf("ben takes both: %s", o.says)
	}
	// The table tells the keys from one another, and none of them to anybody.
	said := at.ask(t, `SELECT string_agg(keys, ' ') FROM servers`)
	for _, part := range []string{"AAAAAA", "AQEBAQ", "old", "new"} {
		if strings.Contains(said, part) {
			t.Errorf("the table holds %s: %s", part, said)
		}
	}
	for _, p := range []*running{first, second, third} {
		p.end()
	}
}

// A clock that is an hour wrong is told by the doctor, and by the server at its start.
func TestDoctor_of_clocks_that_differ(t *testing.T) {
	t.Parallel()
	url := pgtest.Database(t)
	lying(t, url, `CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS $$ SELECT pg_catalog.clock_timestamp() + interval '1 hour' $$`)
	p := home{"-database", url}.launch(t)
	if says := p.stderr.String(); !strings.Contains(says, "clock is not the database's") || !strings.Contains(says, "ahead=1h0m0") {
		t.Errorf("the server says %s", says)
	}
	o := consult(t, "-database", url)
	o.finds("warning", "this computer's clock is 1h0m0s behind the database's", "timedatectl set-ntp true")
	o.finds("warning", "its clock is 1h0m0s behind the database's")
	o.finds("good", "leads to") // its token is good by the database's clock
}

//go:build services

package main

import (
	"database/sql"
	"os"
	"os/exec"
	"strings"
	"testing"

	"waymark/collab/pglog/pgtest"
)

// stall has the Postgres of a home wait for the returned func at a table: when rows are written ("INSERT", "DELETE", with
// a condition) or read ("SELECT").
func (at home) stall(t *testing.T, table, verb, when string) (release func()) {
	t.Helper()
	database := databaseName(at[1])
	statements := []string{
		`CREATE FUNCTION stall() RETURNS trigger LANGUAGE plpgsql AS
			'BEGIN PERFORM pg_advisory_xact_lock_shared(7); IF TG_OP = ''DELETE'' THEN RETURN OLD; END IF; RETURN NEW; END'`,
		`CREATE TRIGGER stall BEFORE ` + verb + ` ON ` + table + ` FOR EACH ROW ` + when + ` EXECUTE FUNCTION stall()`,
	}
	if verb == "SELECT" {
		statements = []string{
			`CREATE FUNCTION stall() RETURNS boolean LANGUAGE plpgsql AS
				'BEGIN PERFORM pg_advisory_xact_lock_shared(7); RETURN true; END'`,
			`CREATE POLICY stall ON ` + table + ` USING (stall())`,
			`ALTER TABLE ` + table + ` ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`,
		}
	}
	pgtest.Shared(t).ExecIn(t, database, statements...)
	db, err := sql.Open("pgx", at[1])
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	holder, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := holder.ExecContext(t.Context(), `SELECT pg_advisory_lock(7)`); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
		if err := holder.Close(); err != nil {
			t.Error(err)
		}
	}
}

// A move that is killed leaves the source as it was, and another one ends it.
func TestMove_killed(t *testing.T) {
	t.Parallel()
	for _, step := range []struct {
		name              string
		from, to          func(*testing.T) home
		table, verb, when string
		moved             bool
	}{
		{"while_it_writes_to_postgres", newFolder, newDatabase, "board_members", "INSERT", "", false},
		{"when_the_folder_is_marked_as_moved", newFolder, newDatabase, "installation", "DELETE", "WHEN (OLD.name = 'half made')", true},
		{"while_it_reads_postgres", newDatabase, newFolder, "board_members", "SELECT", "", false},
	} {
		t.Run(step.name, func(t *testing.T) {
			from, to := step.from(t), step.to(t)
			p := from.launch(t)
			mira := p.setUp()
			mira.newBoard("standard", "Contract")
			mira.list() // brings the table of members up to date
			p.end()
			if to[0] == "-database" { // so that there are tables
				to.launch(t).end()
			}
			stalled := to
			if from[0] == "-database" {
				stalled = from
			}
			release := stalled.stall(t, step.table, step.verb, step.when)

			words := []string{"move", "to", to[1]}
			if from[0] == "-data" {
				words = []string{"move", "from", from[1]}
			}
			program := exec.CommandContext(t.Context(), os.Args[0], append([]string{words[0], "-database", stalled[1]}, words[1:]...)...)
			program.Env = []string{asProgram + "=1"}
			var said strings.Builder
			program.Stdout, program.Stderr = &said, &said
			if err := program.Start(); err != nil {
				t.Fatal(err)
			}
			shared, database := pgtest.Shared(t), databaseName(stalled[1])
			shared.Await(t, database, `SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database
				WHERE datname = current_database() AND locktype = 'advisory' AND NOT granted`, "1")
			if err := program.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			if err := program.Wait(); err == nil {
				t.Fatalf("it ended by itself: %s", said.String())
			}
			release()
			shared.Await(t, database, `SELECT count(*) FROM pg_stat_activity
				WHERE datname = current_database() AND application_name = 'waymark'`, "0")

			if says := to.refusedStart(t); !strings.Contains(says, "is half made") || !strings.Contains(says, from.config().place()) {
				t.Errorf("the target says %s", says)
			}
			if code, _, failure := to.command(t, "account", "Jonas"); code != 1 || !strings.Contains(failure, "is half made") {
				t.Errorf("an account in the target: %d %s", code, failure)
			}
			if step.moved {
				if says := from.refusedStart(t); !strings.Contains(says, "was moved to") {
					t.Errorf("the source says %s", says)
				}
			} else {
				p = from.launch(t)
				mira.at(p).enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
				mira.at(p).newBoard("empty", "made since")
				p.end()
			}
			if code, out, failure := move(t, from, to); code != 0 {
				t.Fatalf("another try: %d %s %s", code, out, failure)
			}
			if says := from.refusedStart(t); !strings.Contains(says, "was moved to") {
				t.Errorf("the source says in the end: %s", says)
			}
			p = to.launch(t)
			b := p.browser(t)
			b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
			if list := b.list(); len(list) != 2 && step.moved || len(list) != 3 && !step.moved {
				t.Errorf("boards %+v", list)
			}
			if code, out, failure := to.command(t, "verify"); code != 0 {
				t.Errorf("verify: %d %s %s", code, out, failure)
			}
		})
	}
}

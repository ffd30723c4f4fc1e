package main

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"waymark/collab/pglog/pgtest"
	"waymark/collab/sqlitelog"
)

// An opinion is what the doctor says of an installation.
type opinion struct {
	t    *testing.T
	code int
	says string
}

// consult has the doctor examine what the flags name.
func consult(t *testing.T, flags ...string) opinion {
	t.Helper()
	args := slices.Concat([]string{"doctor", "-hello-timeout", "400ms"}, flags)
	code, out, failure := command(t, args...)
	if (code != 0) != strings.Contains(out, "\n  WRONG") || code > 1 || code == 1 && !strings.Contains(failure, "something is wrong") {
		t.Errorf("the doctor ends with %d: %s\n%s", code, failure, out)
	}
	if strings.Contains(out+failure, "hunter2") {
		t.Errorf("a password stands in %s%s", out, failure)
	}
	return opinion{t, code, out}
}

// finds wants a finding of this verdict with all the words, in it or in what it says to change.
func (o opinion) finds(verdict string, words ...string) {
	o.t.Helper()
	var found string
	for line := range strings.Lines(o.says) {
		if !strings.HasPrefix(line, "      ") && !strings.HasPrefix(line, "   change:") {
			if hasAll(found, verdict, words) {
				return
			}
			found = ""
		}
		found += line
	}
	if !hasAll(found, verdict, words) {
		o.t.Errorf("no %s that says %q in\n%s", verdict, words, o.says)
	}
}

func hasAll(finding, verdict string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(finding, w) {
			return false
		}
	}
	return strings.HasPrefix(finding, "  "+verdict)
}

// well wants that nothing is wrong, and that nothing is to be warned of but what the words name.
func (o opinion) well(but ...string) {
	o.t.Helper()
	for line := range strings.Lines(o.says) {
		known := slices.ContainsFunc(but, func(w string) bool { return strings.Contains(line, w) })
		if strings.HasPrefix(line, "  WRONG") || strings.HasPrefix(line, "  warning") && !known {
			o.t.Errorf("it finds %s", line)
		}
	}
}

// ofTheMachine is what the doctor may say of the disk that the tests run on.
var ofTheMachine = []string{"lies in memory", "lies in the layers", "disk is nearly full"}

// refusedToServe wants that a server does not start, for the same reason.
func refusedToServe(t *testing.T, words []string, flags ...string) {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), patience)
	defer stop()
	var out, failure bytes.Buffer
	code := run(ctx, slices.Concat([]string{"-listen", "127.0.0.1:0"}, flags), nil, &out, &failure)
	for _, w := range words {
		if code != 1 || !strings.Contains(failure.String(), w) {
			t.Errorf("serve ended with %d and does not say %q: %s", code, w, failure.String())
		}
	}
}

func TestDoctor_of_a_folder(t *testing.T) {
	t.Parallel()
	at := filepath.Join(t.TempDir(), "data")
	o := consult(t, "-data", at)
	o.finds("warning", "is not there yet", "-data")
	if _, err := os.Lstat(at); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("the doctor made the folder: %v", err)
	}
	p := startOn(t, at)
	p.setUp()
	o = consult(t, "-data", at)
	o.finds("good", "a server uses "+at)
	o.finds("good", "quick_check")
	o.finds("good", p.url+" leads to")
	o.finds("good", "carries messages both ways")
	o.well(ofTheMachine...)
	if o := consult(t, "-data", at, "-public-url", p.url, "-listen", "127.0.0.1:1"); !strings.Contains(o.says, "no server answers at 127.0.0.1:1") {
		t.Error(o.says)
	}
	p.end()
	o = consult(t, "-data", at)
	o.finds("good", "no server uses "+at)
	o.finds("not seen", p.url, "no server runs")
	o.well(ofTheMachine...)

	file := filepath.Join(at, sqlitelog.FileName)
	if err := errors.Join(os.Chmod(at, 0o755), os.Chmod(file, 0o644)); err != nil {
		t.Fatal(err)
	}
	o = consult(t, "-data", at)
	o.finds("warning", "may look into", "chmod 700 "+at)
	o.finds("warning", "may open", "chmod 600 "+file)

	where := home{"-data", at}
	where.change(t, `UPDATE schema_migrations SET number = 999 WHERE number = (SELECT max(number) FROM schema_migrations)`)
	consult(t, "-data", at).finds("WRONG", "it is at migration 999", "newer release")
	refusedToServe(t, []string{"at migration 999", "newer release"}, "-data", at)
}

func TestDoctor_of_a_folder_of_an_older_release(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	at.launch(t).end()
	at.change(t, `DELETE FROM schema_migrations WHERE number = (SELECT max(number) FROM schema_migrations)`)
	o := consult(t, at...)
	o.finds("warning", "its first start changes them", "backup")
	o.well(append(ofTheMachine, "may look into", "its first start changes them")...)
}

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

func TestDoctor_of_a_damaged_file(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	for range 5 {
		mira.newBoard("standard", "Contract")
	}
	p.end()
	file := filepath.Join(p.data, sqlitelog.FileName)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(data) / 2; i < len(data); i++ {
		data[i] = 0x5a
	}
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	consult(t, "-data", p.data).finds("WRONG", "the file is damaged", "restore -data NEW-FOLDER BACKUP")
}

// The doctor runs as somebody else than the folder's owner.
func TestDoctor_of_a_folder_that_cannot_be_written(t *testing.T) {
	t.Parallel()
	place, err := os.MkdirTemp("", "waymark-") //nolint:usetesting // others may enter it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(place) })
	folder, binary := filepath.Join(place, "data"), filepath.Join(place, "waymark")
	if err := errors.Join(copyFile(binary, os.Args[0]), os.Mkdir(folder, 0o555), os.Chmod(binary, 0o755), os.Chmod(place, 0o755)); err != nil { //nolint:gosec // others run it
		t.Fatal(err)
	}
	program := exec.CommandContext(limited(t), binary, "doctor", "-data", folder)
	program.Env = []string{asProgram + "=1"}
	if os.Geteuid() == 0 { // permissions do not stop root
		program.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := program.Output()
	var ended *exec.ExitError
	if !errors.As(err, &ended) || ended.ExitCode() != 1 {
		t.Errorf("it ends with %v", err)
	}
	opinion{t, 1, string(out)}.finds("WRONG", folder+" cannot be written", "permission denied", "chown")
}

// databaseName is that in the URL of pgtest.
func databaseName(url string) string {
	_, name, _ := strings.Cut(strings.TrimPrefix(url, "postgres://"), "/")
	name, _, _ = strings.Cut(name, "?")
	return name
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
		"that_does_not_wait_for_its_disk": {func(t *testing.T, url string) {
			s.Exec(t, "ALTER DATABASE "+databaseName(url)+" SET synchronous_commit = off")
		}, []string{"synchronous_commit is off", "ALTER DATABASE"}},
	} {
		t.Run(name, func(t *testing.T) {
			url := pgtest.Database(t)
			c.prepare(t, url)
			consult(t, "-database", url).finds("WRONG", c.want...)
			refusedToServe(t, c.want, "-database", url)
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

func TestReached_is_for_the_doctor_alone(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	mira.fails("GET", "/api/reached", nil, http.StatusUnauthorized, "token")
	p.browser(t).fails("GET", "/api/reached", nil, http.StatusForbidden, "header")
}

package main

import (
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

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
	says := refusedStart(t, slices.Concat([]string{"-listen", "127.0.0.1:0"}, flags)...)
	for _, w := range words {
		if !strings.Contains(says, w) {
			t.Errorf("serve does not say %q: %s", w, says)
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

// What the doctor and the server say to do, where the tables are there, is a statement that can be run as it stands.
func TestDoctor_of_a_migration_that_was_left_out(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, empty func(*testing.T) home) {
		at := empty(t)
		at.launch(t).end()
		at.change(t, `DELETE FROM schema_migrations WHERE number IN (2, 3)`)
		words := []string{"migration 0002_directory and 0003_pictures is not in schema_migrations", "restore a backup"}
		o := consult(t, at...)
		o.finds("WRONG", words...)
		refusedToServe(t, words, at...)
		if code, _, failure := at.command(t, "account", "Jonas"); code != 1 || !strings.Contains(failure, words[0]) {
			t.Errorf("account: %d %s", code, failure)
		}
		if code, out, failure := at.command(t, "backup", filepath.Join(t.TempDir(), "copy.db")); code != 0 {
			t.Errorf("backup, which only reads: %d %s %s", code, out, failure)
		}
		at.repair(t, regexp.MustCompile(`INSERT INTO schema_migrations .*`).FindString(o.says))
		at.launch(t).end()
	})
}

func TestDoctor_of_a_folder_without_some_of_its_tables(t *testing.T) {
	t.Parallel()
	for gone, change := range map[string]string{
		"board_snapshots, people":      `DROP TABLE board_snapshots; ALTER TABLE people RENAME TO x_people`,
		"board_heads, servers":         `DROP TABLE board_heads; DROP TABLE servers`,
		"schema_migrations":            `DROP TABLE schema_migrations`,
		"board_batches, people, audit": `DROP TABLE board_batches; DROP TABLE audit; ALTER TABLE people RENAME TO x_people`,
	} {
		t.Run(gone, func(t *testing.T) {
			t.Parallel()
			at := newFolder(t)
			at.launch(t).end()
			at.change(t, `PRAGMA foreign_keys = OFF; `+change)
			words := []string{"once had: " + gone + ";", "Nothing was changed", "waymark restore"}
			if gone == "schema_migrations" {
				words = []string{"but not schema_migrations", "another program's", "Nothing was changed", "waymark restore"}
			}
			consult(t, at...).finds("WRONG", words...)
			refusedToServe(t, words, at...)
			for command, rest := range map[string][]string{"verify": nil, "backup": {filepath.Join(t.TempDir(), "copy.db")}} {
				if code, _, says := at.command(t, command, rest...); code == 0 || !strings.Contains(says, words[0]) {
					t.Errorf("%s: %d %s", command, code, says)
				}
			}
		})
	}
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

func TestReached_is_for_the_doctor_alone(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	mira.fails("GET", "/api/reached", nil, http.StatusUnauthorized, "token")
	p.browser(t).fails("GET", "/api/reached", nil, http.StatusForbidden, "header")
}

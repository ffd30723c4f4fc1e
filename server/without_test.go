package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/board"
)

// A withDamage is a home with one damaged board of three; one of the others has a link that somebody came by.
type withDamage struct {
	home
	first, good, bad board.ID
	look             string // the secret of a link to the damaged one
}

func newDamage(t *testing.T, at home) withDamage {
	t.Helper()
	return newDamageBy(t, at, `UPDATE board_batches SET digest_all = digest_all + 1`)
}

// newDamageBy damages by a statement that ends before its WHERE.
func newDamageBy(t *testing.T, at home, statement string) withDamage {
	t.Helper()
	p := at.launch(t)
	mira := p.setUp()
	d := withDamage{home: at, first: mira.signed.Board, good: mira.newBoard("standard", "Contract"), bad: mira.newBoard("empty", "Claim")}
	_, d.look = mira.invite(d.bad, map[string]any{"role": "viewer"})
	p.join(t, d.look, "Vera").sit(d.bad)
	mira.sit(d.good)
	await(t, "the list knows all boards", func() bool { return len(mira.list()) == 3 })
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	if at.change(t, statement+` WHERE board_id = '`+string(d.bad)+`'`) == 0 {
		t.Fatal("nothing was damaged")
	}
	return d
}

// isWithoutIt sees that a place has everything but the damaged board.
func (d *withDamage) isWithoutIt(t *testing.T, to home) {
	t.Helper()
	if code, out, failure := to.command(t, "verify"); code != 0 || !strings.Contains(out, "2 boards are good") {
		t.Errorf("verify: %d %s %s", code, out, failure)
	}
	for _, table := range []string{
		"board_heads WHERE board_id", "board_batches WHERE board_id", "board_snapshots WHERE board_id",
		"boards WHERE id", "board_members WHERE board", "viewers WHERE board", "invites WHERE board",
	} {
		if n := to.ask(t, `SELECT COUNT(*) FROM `+table+` = $1`, string(d.bad)); n != "0" {
			t.Errorf("%s: %s rows of what was left behind", table, n)
		}
	}
	if n := to.ask(t, `SELECT COUNT(*) FROM invite_uses`); n != "0" {
		t.Errorf("%s uses of the link to what was left behind", n)
	}
	p := to.launch(t)
	b := p.browser(t)
	b.enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
	listed := map[board.ID]bool{}
	for _, l := range b.list() {
		listed[l.ID] = true
	}
	if len(listed) != 2 || !listed[d.first] || !listed[d.good] {
		t.Errorf("the list shows %v", listed)
	}
	b.sit(d.good)
	p.browser(t).fails("POST", "/api/invites/join", map[string]string{"secret": d.look, "name": "Eve", "lang": "en"}, 404, "link")
	p.end()
}

// suggested are the words behind the program's name of the command that a message ends with.
func suggested(t *testing.T, failure, command string) []string {
	t.Helper()
	_, words, ok := strings.Cut(failure, programName()+" "+command+" ")
	if !ok {
		t.Fatalf("no command is named: %s", failure)
	}
	return strings.Fields(words)
}

// One damaged board keeps no other from its place.
func TestRestore_without_the_damaged_board(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, from func(*testing.T) home) {
		d := newDamage(t, from(t))
		file := filepath.Join(t.TempDir(), "copy.db")
		code, _, failure := d.command(t, "backup", file)
		if code != 1 || !strings.Contains(failure, "restore -data FOLDER -without "+string(d.bad)+" "+file) {
			t.Fatalf("backup: %d %s", code, failure)
		}
		before, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for name, empty := range emptyHomes {
			t.Run("to_"+name, func(t *testing.T) {
				to := empty(t)
				code, _, failure := to.command(t, "restore", file)
				if code != 1 || !strings.Contains(failure, "1 of 3 boards are wrong: "+string(d.bad)) || !strings.Contains(failure, "is kept") {
					t.Errorf("refused: %d %s", code, failure)
				}
				for i, word := range suggested(t, failure, "restore") {
					if want := []string{to[0], to[1], "-without", string(d.bad), file}[i]; word != want && word != "URL" {
						t.Errorf("the command that is named has %q for %q: %s", word, want, failure)
					}
				}
				code, out, failure := to.command(t, "restore", "-without", "board-nowhere,"+string(d.bad), file)
				if code != 1 || out != "" || !strings.Contains(failure, `-without "board-nowhere,`+string(d.bad)+`": there is no board board-nowhere in `+file) || !strings.Contains(failure, "want ids") {
					t.Errorf("a board that is not there: %d %s%s", code, out, failure)
				}
				code, out, failure = to.command(t, "restore", "-without", string(d.bad), file)
				if code != 0 || !strings.Contains(out, string(d.bad)+" is left behind, and is kept in "+file) {
					t.Fatalf("restore: %d %s %s", code, out, failure)
				}
				d.isWithoutIt(t, to)
			})
		}
		if after, err := os.ReadFile(file); err != nil || string(after) != string(before) {
			t.Errorf("the copy has changed, %v", err)
		}
	})
}

func TestRestore_without_takes_boards_that_have_no_head(t *testing.T) {
	t.Parallel()
	d := newDamage(t, newFolder(t))
	d.change(t, `DELETE FROM board_heads WHERE board_id = '`+string(d.bad)+`'`)
	file := filepath.Join(t.TempDir(), "copy.db")
	d.command(t, "backup", file)
	to := newFolder(t)
	if code, _, failure := to.command(t, "restore", file); code != 1 || !strings.Contains(failure, "-without "+string(d.bad)) {
		t.Errorf("refused: %d %s", code, failure)
	}
	if code, out, failure := to.command(t, "restore", "-without", string(d.bad), file); code != 0 {
		t.Fatalf("restore: %d %s %s", code, out, failure)
	}
	d.isWithoutIt(t, to)
}

func TestWithout_a_bad_value_is_named(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"restore", "-without", "board-1,x", "copy.db"}, []string{`-without "board-1,x"`, `"x" is no id of a board`, "want ids of boards"}},
		{[]string{"restore", "-without", "", "copy.db"}, []string{"-without", "want ids of boards"}},
		{[]string{"restore", "-without", "board-1", "-board", "board-2", "copy.db"}, []string{`-without "board-1"`, `-board "board-2"`, "want only one"}},
		{[]string{"backup", "-without", "board-1", "copy.db"}, []string{"-without"}},
	} {
		code, out, failure := command(t, c.args...)
		for _, want := range c.want {
			if code != 2 || out != "" || !strings.Contains(failure, want) {
				t.Errorf("%q: %d, without %q: %s%s", c.args, code, want, out, failure)
			}
		}
	}
	code, _, failure := command(t, "move", "-database", "postgres://127.0.0.1:1/x", "-without", "board-1", "release")
	if code != 1 || !strings.Contains(failure, `-without "board-1"`) || !strings.Contains(failure, "want it with `from FOLDER`") {
		t.Errorf("release: %d %s", code, failure)
	}
}

func TestRestore_of_one_board_into_a_new_folder_says_to_start_a_server_first(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	folder := filepath.Join(t.TempDir(), "new")
	code, _, failure := command(t, "restore", "-data", folder, "-board", string(mira.signed.Board), backupOf(t, p))
	if code != 1 || !strings.Contains(failure, "start a server on it once ("+programName()+" -data "+folder+")") {
		t.Errorf("%d %s", code, failure)
	}
	if _, err := os.Lstat(folder); err == nil {
		t.Error("a folder was made")
	}
}

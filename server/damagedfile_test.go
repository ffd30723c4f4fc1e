package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/collab/sqlitelog"
)

// A page that is damaged keeps nobody from hearing which boards are whole, and from taking those out.
func TestVerify_of_a_damaged_file_says_which_boards_are_whole(t *testing.T) {
	t.Parallel()
	at := newFolder(t)
	d := newDamage(t, at)
	overwritePage(t, filepath.Join(at[1], sqlitelog.FileName), "audit")
	code, out, failure := at.command(t, "verify")
	for _, want := range []string{"sqlite  WRONG  ", string(d.first) + "  good ", string(d.good) + "  good ", string(d.bad) + "  WRONG "} {
		if !strings.Contains(out, want) {
			t.Errorf("verify does not say %q: %s", want, out)
		}
	}
	for _, want := range []string{"the database is damaged: 1 of 3 boards are wrong: " + string(d.bad), "backup -data " + at[1] + " -board ID FILE", "doctor -data " + at[1]} {
		if code != 1 || !strings.Contains(failure, want) {
			t.Errorf("verify: %d, without %q: %s", code, want, failure)
		}
	}
	consult(t, at...).finds("WRONG", "the file is damaged", "verify", "backup -board ID FILE")
	file := filepath.Join(t.TempDir(), "one.db")
	if code, out, failure := at.command(t, "backup", "-board", string(d.good), file); code != 0 {
		t.Fatalf("backup of a whole board: %d %s %s", code, out, failure)
	}
	to := newFolder(t)
	p := to.launch(t)
	p.setUp()
	if code, out, failure := to.command(t, "restore", "-board", string(d.good), file); code != 0 {
		t.Errorf("restore of it: %d %s %s", code, out, failure)
	}
	// Of the whole file nothing is to be left behind for it to be good.
	if code, _, failure := newFolder(t).command(t, "restore", filepath.Join(at[1], sqlitelog.FileName)); code != 1 ||
		!strings.Contains(failure, "is damaged and was not put in place") || strings.Contains(failure, "-without") {
		t.Errorf("restore of the file: %d %s", code, failure)
	}
}

// Whoever reads SQLite's word for a broken file reads too who knows what to do.
func TestCommands_on_a_broken_file_name_the_doctor(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.setUp()
	if code := p.end(); code != 0 {
		t.Fatalf("ended with %d", code)
	}
	whole, err := os.ReadFile(filepath.Join(p.data, sqlitelog.FileName))
	if err != nil {
		t.Fatal(err)
	}
	for name, from := range map[string]int{"at its very start": 0, "behind its first bytes": 100} {
		t.Run(name, func(t *testing.T) {
			at := newFolder(t)
			broken := bytes.Clone(whole)
			for i := from; i < from+4000; i++ {
				broken[i] = 0x5a
			}
			if err := os.WriteFile(filepath.Join(at[1], sqlitelog.FileName), broken, 0o600); err != nil {
				t.Fatal(err)
			}
			says := map[string]string{"serve": refusedStart(t, "-listen", "127.0.0.1:0", at[0], at[1])}
			for _, words := range [][]string{{"verify"}, {"verify", "-board", "board-1"}, {"backup", filepath.Join(t.TempDir(), "copy.db")}, {"audit"}} {
				_, _, says[strings.Join(words[:min(2, len(words))], " ")] = at.command(t, words[0], words[1:]...)
			}
			for what, failure := range says {
				if !strings.Contains(failure, "`"+programName()+" doctor -data "+at[1]+"` says what to do") {
					t.Errorf("%s: %s", what, failure)
				}
			}
			consult(t, at...).finds("WRONG", "damaged", "restore -data NEW-FOLDER BACKUP")
			if after, err := os.ReadFile(filepath.Join(at[1], sqlitelog.FileName)); err != nil || !bytes.Equal(after, broken) {
				t.Errorf("the file was changed, %v", err)
			}
		})
	}
}

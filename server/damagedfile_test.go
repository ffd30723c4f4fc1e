package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/collab/sqlitelog"
)

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

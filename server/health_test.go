package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"waymark/collab/sqlitelog"
)

func (b *browser) notReady(t *testing.T, when, why string) {
	t.Helper()
	status, body := b.do("GET", "/readyz", nil)
	if status != 503 || !strings.Contains(string(body), why) {
		t.Errorf("%s: %d %s", when, status, body)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	t.Run("not_on_a_database_that_was_removed", func(t *testing.T) {
		p := start(t)
		b := p.setUp()
		file := filepath.Join(p.data, sqlitelog.FileName)
		aside := file + "-aside"
		b.ok("GET", "/readyz", nil, nil)
		if err := os.Rename(file, aside); err != nil {
			t.Fatal(err)
		}
		b.notReady(t, "removed", "is gone")
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		b.notReady(t, "another in its place", "another")
		if err := os.Rename(aside, file); err != nil {
			t.Fatal(err)
		}
		b.ok("GET", "/readyz", nil, nil)
	})
	t.Run("not_without_a_table_of_the_directory", func(t *testing.T) {
		for _, table := range []string{"people", "audit", "viewers"} {
			p := start(t)
			b := p.browser(t)
			data, err := sqlitelog.OpenBeside(p.data)
			if err != nil {
				t.Fatal(err)
			}
			_, err = data.DB().Exec(`ALTER TABLE ` + table + ` RENAME TO aside`)
			if err = errors.Join(err, data.Close()); err != nil {
				t.Fatal(err)
			}
			b.notReady(t, table, "directory")
		}
	})
}

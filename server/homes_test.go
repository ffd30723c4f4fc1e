package main

import (
	"database/sql"
	"errors"
	"path/filepath"
	"slices"
	"testing"

	"waymark/collab/sqlitelog"
)

// A home is what names a database to every command: -data and a folder, or -database and a URL.
type home []string

// emptyHomes make an empty home of each kind that the tests were built for.
var emptyHomes = map[string]func(*testing.T) home{"sqlite": newFolder}

// onEach runs a test with empty homes of each kind.
func onEach(t *testing.T, run func(t *testing.T, empty func(*testing.T) home)) {
	for name, empty := range emptyHomes {
		t.Run(name, func(t *testing.T) { run(t, empty) })
	}
}

func newFolder(t *testing.T) home { return home{"-data", t.TempDir()} }

// launch runs the program there.
func (at home) launch(t *testing.T, flags ...string) *running {
	t.Helper()
	p := launch(t, slices.Concat(at, flags)...)
	p.at = at
	if at[0] == "-data" {
		p.data = at[1]
	}
	return p
}

// command runs a command there; its words and flags of its own follow.
func (at home) command(t *testing.T, name string, words ...string) (code int, stdout, stderr string) {
	t.Helper()
	return command(t, slices.Concat([]string{name}, at, words)...)
}

// config is what every command makes of the home.
func (at home) config() *Config {
	if at[0] == "-data" {
		return &Config{Data: at[1]}
	}
	return &Config{Database: at[1]}
}

// change carries out a statement and counts the rows that it changed.
func (at home) change(t *testing.T, statement string) int64 {
	t.Helper()
	data, err := besideStore(t.Context(), at.config())
	if err != nil {
		t.Fatal(err)
	}
	n := change(t, data.DB(), statement)
	if err := data.Close(); err != nil {
		t.Fatal(err)
	}
	return n
}

// repair carries out a statement on a database that the program does not open.
func (at home) repair(t *testing.T, statement string) {
	t.Helper()
	driver, source := "pgx", at[1]
	if at[0] == "-data" {
		driver, source = "sqlite", filepath.Join(at[1], sqlitelog.FileName)
	}
	db, err := sql.Open(driver, source)
	if err == nil {
		_, err = db.ExecContext(t.Context(), statement)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// ask reads one value as text.
func (at home) ask(t *testing.T, query string, args ...any) string {
	t.Helper()
	data, err := readStore(t.Context(), at.config())
	if err != nil {
		t.Fatal(err)
	}
	var value sql.NullString
	if err := errors.Join(data.DB().QueryRowContext(t.Context(), query, args...).Scan(&value), data.Close()); err != nil {
		t.Fatal(err)
	}
	return value.String
}

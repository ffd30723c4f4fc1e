package sqlitelog_test

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"waymark/collab/sqlitelog"
)

// listing is what lies in a folder, with sizes and times of change.
func listing(t *testing.T, dir string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprint(e.Name(), info.Size(), info.ModTime()))
	}
	return list
}

func examine(t *testing.T, dir string) (sqlitelog.Examination, error) {
	t.Helper()
	before := listing(t, dir)
	e, err := sqlitelog.Examine(t.Context(), dir)
	if after := listing(t, dir); !slices.Equal(before, after) {
		t.Errorf("before it was examined there were %q, now %q", before, after)
	}
	return e, err
}

func exec(t *testing.T, dir, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, sqlitelog.FileName))
	if err == nil {
		_, err = db.Exec(statement)
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestExamine_beside_a_server_and_without(t *testing.T) {
	dir := t.TempDir()
	if _, err := examine(t, dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder: %v", err)
	}
	l := open(t, dir)
	head := start(t, l, "board-apple")
	grow(t, l, head)
	if e, err := examine(t, dir); err != nil || !e.InUse || e.Done != e.Known || e.Known == 0 {
		t.Errorf("beside a server: %+v, %v", e, err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if e, err := examine(t, dir); err != nil || e.InUse || e.Done != e.Known {
		t.Errorf("without a server: %+v, %v", e, err)
	}
	exec(t, dir, "INSERT INTO schema_migrations (number, name) VALUES (999, 'of tomorrow')")
	if e, err := examine(t, dir); err != nil || e.Done != 999 {
		t.Errorf("of a later release: %+v, %v", e, err)
	}
}

func TestExamine_tells_what_is_not_ours(t *testing.T) {
	other, none := t.TempDir(), t.TempDir()
	exec(t, other, "CREATE TABLE recipes (name TEXT)")
	if err := os.WriteFile(filepath.Join(none, sqlitelog.FileName), []byte("Dear diary, today I have learnt what a database is, at last."), 0o600); err != nil {
		t.Fatal(err)
	}
	for what, dir := range map[string]string{"another program's": other, "no database at all": none} {
		if _, err := examine(t, dir); !errors.Is(err, sqlitelog.ErrForeign) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := sqlitelog.Open(other); !errors.Is(err, sqlitelog.ErrForeign) {
		t.Errorf("another program's was opened: %v", err)
	}
	db, err := sqlitelog.Look(other)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var tables int
	if err := db.QueryRow("SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil || tables != 1 {
		t.Errorf("%d tables in it, %v", tables, err)
	}
}

func TestQuickCheck_finds_damage(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	head := start(t, l, "board-apple")
	for range 40 {
		head = grow(t, l, head)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if found, err := sqlitelog.QuickCheck(t.Context(), dir); err != nil || len(found) > 0 {
		t.Fatalf("a good file: %q, %v", found, err)
	}
	name := filepath.Join(dir, sqlitelog.FileName)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(data) / 2; i < len(data); i++ {
		data[i] = 0x5a
	}
	if err := os.WriteFile(name, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := sqlitelog.QuickCheck(t.Context(), dir); len(found) == 0 && !sqlitelog.Damaged(err) {
		t.Fatalf("a broken file: %q, %v", found, err)
	}
}

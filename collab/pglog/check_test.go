//go:build services

package pglog_test

import (
	"os"
	"strings"
	"testing"

	"waymark/board"
	"waymark/collab/pglog/pgtest"
)

func TestCheck_finds_what_is_damaged(t *testing.T) {
	t.Parallel()
	s := pgtest.Open(t)
	url := s.Database(t)
	db := named(t, url)
	l := open(t, url)
	grow(t, l, start(t, l, "board-apple"))
	if found, err := l.Check(t.Context()); err != nil || len(found) != 0 {
		t.Fatalf("a sound database: %q, %v", found, err)
	}
	want := func(words string) {
		t.Helper()
		found, err := l.Check(t.Context())
		if text := strings.Join(found, "\n"); err != nil || !strings.Contains(text, words) {
			t.Errorf("found %q, %v; want %q", text, err, words)
		}
	}
	const index = " WHERE indexrelid = 'board_batches_pkey'::regclass"
	s.ExecIn(t, db, "UPDATE pg_index SET indisvalid = false"+index)
	want("board_batches_pkey: the index is not valid")

	// A row that is written while the index is taken for one that is not ready does not come into it.
	s.ExecIn(t, db, "UPDATE pg_index SET indisvalid = true, indisready = false"+index,
		"INSERT INTO board_batches SELECT board_id, 99, 99, epoch, 'batch-x', batch_id, 0, 0, node, at, body FROM board_batches LIMIT 1",
		"UPDATE pg_index SET indisready = true"+index)
	want("board_batches: it has 3 rows, and its primary key finds 2; REINDEX it")
	s.ExecIn(t, db, "REINDEX TABLE board_batches")
	if found, err := l.Check(t.Context()); err != nil || len(found) != 0 {
		t.Fatalf("once repaired: %q, %v", found, err)
	}

	path := s.Path(s.Ask(t, db, "pg_relation_filepath('board_batches')"))
	s.Stop("fast")
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte("damaged"), 8000); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	s.Start()
	l = open(t, url)
	want("board_batches: invalid page in block 0")
}

func TestStrays_have_no_head(t *testing.T) {
	l := open(t, pgtest.Database(t))
	start(t, l, "board-apple")
	start(t, l, "board-pear")
	if ids, err := l.Strays(t.Context()); err != nil || len(ids) != 0 {
		t.Fatalf("strays %v, %v", ids, err)
	}
	if _, err := l.DB().Exec("DELETE FROM board_heads WHERE board_id = 'board-pear'"); err != nil {
		t.Fatal(err)
	}
	if ids, err := l.Strays(t.Context()); err != nil || len(ids) != 1 || ids[0] != board.ID("board-pear") {
		t.Fatalf("strays %v, %v", ids, err)
	}
}

package sqlitelog_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/logtest"
	"waymark/collab/sqlitelog"
)

func open(t testing.TB, dir string) *sqlitelog.Log {
	t.Helper()
	l, err := sqlitelog.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func TestLog(t *testing.T) {
	logtest.Run(t, func(t *testing.T) (logtest.Store, func() logtest.Store) {
		dir := t.TempDir()
		l := open(t, dir)
		return l, func() logtest.Store {
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			return open(t, dir)
		}
	})
}

func TestSecondServerOnTheFolderIsRefused(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	if _, err := sqlitelog.Open(dir); !errors.Is(err, sqlitelog.ErrInUse) {
		t.Fatalf("second open: %v", err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	open(t, dir)
}

func TestReadOnlyReadsBesideARunningServer(t *testing.T) {
	dir := t.TempDir()
	if _, err := sqlitelog.OpenReadOnly(dir); err == nil {
		t.Fatal("an empty folder was opened")
	}
	l := open(t, dir)
	head := start(t, l, "board-apple")
	r, err := sqlitelog.OpenReadOnly(dir)
	if err != nil {
		t.Fatal(err)
	}
	head = grow(t, l, head)
	heads, err := r.Heads(t.Context(), []board.ID{"board-apple"})
	if err != nil || heads["board-apple"] != head {
		t.Fatalf("heads %+v, %v; want %+v", heads, err, head)
	}
	if err := r.Append(t.Context(), head, next("board-apple", head)); err == nil {
		t.Fatal("appended through a reader")
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	grow(t, l, head)
}

func TestBackupIsAWholeDatabase(t *testing.T) {
	l := open(t, t.TempDir())
	head := grow(t, l, start(t, l, "board-apple"))
	dir := t.TempDir()
	path := filepath.Join(dir, sqlitelog.FileName)
	strip := func(ctx context.Context, db *sql.DB) error {
		_, err := db.ExecContext(ctx, "DELETE FROM schema_migrations WHERE number > 9000")
		return err
	}
	if err := l.Backup(t.Context(), path, strip); err != nil {
		t.Fatal(err)
	}
	if err := l.Backup(t.Context(), path, strip); !errors.Is(err, fs.ErrExist) {
		t.Fatalf("over a file that is there: %v", err)
	}
	failing := errors.New("not stripped")
	other := filepath.Join(dir, "other")
	if err := l.Backup(t.Context(), other, func(context.Context, *sql.DB) error { return failing }); !errors.Is(err, failing) {
		t.Fatal(err)
	}
	if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("a copy that was not stripped is left: %v", err)
	}
	c := open(t, dir)
	heads, err := c.Heads(t.Context(), []board.ID{"board-apple"})
	if err != nil || heads["board-apple"] != head {
		t.Fatalf("heads %+v, %v; want %+v", heads, err, head)
	}
	grow(t, c, head)
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	dir := t.TempDir()
	l := open(t, dir)
	if _, err := l.DB().Exec("INSERT INTO schema_migrations (number, name) VALUES (9999, 'later')"); err != nil {
		t.Fatal(err)
	}
	if _, err := l.DB().Exec("INSERT INTO schema_migrations (number, name) SELECT 10000 + value, 'later' FROM json_each('[1,2,3]')"); err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlitelog.Open(dir); err == nil {
		t.Fatal("a newer database was opened")
	}
}

func TestCommitsAreSafeAgainstPowerLoss(t *testing.T) {
	l := open(t, t.TempDir())
	var journal string
	var sync int
	if err := l.DB().QueryRow("PRAGMA journal_mode").Scan(&journal); err != nil {
		t.Fatal(err)
	}
	if err := l.DB().QueryRow("PRAGMA synchronous").Scan(&sync); err != nil {
		t.Fatal(err)
	}
	if journal != "wal" || sync != 2 {
		t.Fatalf("journal_mode %s, synchronous %d", journal, sync)
	}
}

func TestFilesAreForTheirOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	l := open(t, dir)
	start(t, l, "board-apple")
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range list {
		if info, err := f.Info(); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v, %v", f.Name(), info.Mode(), err)
		}
	}
}

func TestClosedLogRefusesAppends(t *testing.T) {
	l := open(t, t.TempDir())
	head := start(t, l, "board-apple")
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(t.Context(), head, next("board-apple", head)); err == nil {
		t.Fatal("appended to a closed log")
	}
}

// A database error in a shared transaction is one board's own: the others in
// the group are written.
func TestOneBoardsErrorIsItsOwn(t *testing.T) {
	l := open(t, t.TempDir())
	const boards = 20
	heads := make([]collab.Head, boards)
	for i := range heads {
		heads[i] = start(t, l, board.ID(fmt.Sprint("board-", i)))
	}
	// A row where the next batch of board 7 goes.
	_, err := l.DB().Exec(`INSERT INTO board_batches SELECT board_id, 2, 2, epoch, 'batch-x', prev_batch_id,
		digest_all, digest_public, node, at, body FROM board_batches WHERE board_id = 'board-7'`)
	if err != nil {
		t.Fatal(err)
	}
	errs := make([]error, boards)
	var all sync.WaitGroup
	for i := range heads {
		all.Go(func() {
			id := board.ID(fmt.Sprint("board-", i))
			errs[i] = l.Append(context.Background(), heads[i], next(id, heads[i]))
		})
	}
	all.Wait()
	for i, err := range errs {
		if (err != nil) != (i == 7) {
			t.Errorf("append to board-%d: %v", i, err)
		}
	}
}

func TestFullDiskIsAnErrorAndPasses(t *testing.T) {
	l := open(t, t.TempDir())
	head := start(t, l, "board-apple")
	// A page limit on the writer's connection acts as a full disk.
	if err := l.LimitPages(1); err != nil {
		t.Fatal(err)
	}
	big := next("board-apple", head)
	big.Body = bytes.Repeat([]byte("x"), 1<<20)
	err := l.Append(t.Context(), head, big)
	if !errors.Is(err, collab.ErrUnwritten) || !errors.Is(sqlitelog.Trouble(err), collab.ErrFull) {
		t.Fatalf("append on a full disk: %v", err)
	}
	if list, err := l.Batches(t.Context(), "board-apple", 0, 10); err != nil || len(list) != 1 {
		t.Fatalf("batches %d, %v", len(list), err)
	}
	if err := l.LimitPages(1 << 30); err != nil {
		t.Fatal(err)
	}
	if err := l.Append(t.Context(), head, big); err != nil {
		t.Fatal(err)
	}
}

func TestReadOnlyDiskIsAnError(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqlitelog.FileName), []byte("this is no database, but it is long enough to be looked at"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sqlitelog.Open(dir); err == nil {
		t.Fatal("a file that is no database was opened")
	}
	if _, err := sqlitelog.Open(filepath.Join("/proc", "waymark-data")); err == nil {
		t.Fatal("a folder that cannot be made was opened")
	}
}

func next(id board.ID, head collab.Head) collab.Batch {
	return collab.Batch{
		Board: id, First: head.Seq + 1, Last: head.Seq + 1, Epoch: 1,
		ID: board.ID(fmt.Sprintf("batch-%d", head.Seq+1)), Prev: head.Batch, Node: "node-1", Body: []byte("[]"),
	}
}

func start(t testing.TB, l *sqlitelog.Log, id board.ID) collab.Head {
	t.Helper()
	b := next(id, collab.Head{})
	if err := l.Create(t.Context(), b, collab.Format); err != nil {
		t.Fatal(err)
	}
	return b.Head(collab.Head{Format: collab.Format})
}

func grow(t testing.TB, l *sqlitelog.Log, head collab.Head) collab.Head {
	t.Helper()
	b := next("board-apple", head)
	if err := l.Append(t.Context(), head, b); err != nil {
		t.Fatal(err)
	}
	return b.Head(head)
}

// A folder is copied, moved and restored as one file.
func TestLog_close_leaves_the_database_and_its_lock(t *testing.T) {
	dir := t.TempDir()
	l, err := sqlitelog.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range left {
		if f.Name() != sqlitelog.FileName && f.Name() != sqlitelog.LockName {
			t.Errorf("%s is left", f.Name())
		}
	}
}

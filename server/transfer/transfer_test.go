//go:build services

package transfer_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
	"waymark/collab/sqlitelog"
	"waymark/migrations"
	"waymark/server/transfer"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

type database interface {
	collab.Log
	collab.Archive
	DB() *sql.DB
	BeginSnapshot(ctx context.Context) (*sql.Tx, error)
	BeginAlone(ctx context.Context) (*sql.Tx, error)
	BeginHeld(ctx context.Context, id board.ID) (*sql.Tx, error)
	Close() error
}

func folder(t *testing.T) database {
	t.Helper()
	return opened(t)(sqlitelog.Open(t.TempDir()))
}

func postgres(t *testing.T, url string) *pglog.Log {
	t.Helper()
	data, err := pglog.Open(t.Context(), url)
	opened(t)(data, err)
	return data
}

// opened has the test's cleanup close a database.
func opened(t *testing.T) func(data database, err error) database {
	return func(data database, err error) database {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := data.Close(); err != nil {
				t.Error(err)
			}
		})
		return data
	}
}

func exec(t *testing.T, db transfer.Writer, text string, args ...any) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), text, args...); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
}

func count(t *testing.T, db transfer.Reader, table string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// grow appends a batch of one entry, behind the head or as the first of a log.
func grow(t *testing.T, l collab.Log, id board.ID, head collab.Head, body string) collab.Head {
	t.Helper()
	b := batch(id, head, body)
	var err error
	if head == (collab.Head{}) {
		head.Format = collab.Format
		err = l.Create(t.Context(), b, collab.Format)
	} else {
		err = l.Append(t.Context(), head, b)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Head(head)
}

func batch(id board.ID, head collab.Head, body string) collab.Batch {
	return collab.Batch{
		Board: id, First: head.Seq + 1, Last: head.Seq + 1, Epoch: max(head.Epoch, 1), Prev: head.Batch,
		ID:  board.ID(fmt.Sprintf("batch-%s-%d-%d", id, head.Epoch, head.Seq)),
		All: 1<<64 - 1, Public: 1 << 63, Node: "node", At: 1795312345678, Body: []byte(body),
	}
}

// Both databases have the same tables, and each of them is copied or left out on purpose.
func TestWhole_has_every_table(t *testing.T) {
	sqlite, err := migrations.Tables("sqlite")
	if err != nil {
		t.Fatal(err)
	}
	other, err := migrations.Tables("postgres")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(sqlite, other) {
		t.Fatalf("the tables are %q and %q", sqlite, other)
	}
}

// fillFull writes at least one row into each table, with what is hard to copy.
func fillFull(t *testing.T, data database) {
	t.Helper()
	db := data.DB()
	person := `INSERT INTO people (id, kind, name, department, color, lang, login, password, admin, created_at, disabled_at, adopted_by, changed_at)
		VALUES ($1, $2, $3, $4, '#fff', 'de', $5, $6, $7, $8, $9, $10, $11)`
	exec(t, db, person, "person-zz", "account", "Zoë „Ω“ 👩‍👧 'x' \\ %", "", "zoe", "argon2id$…", 1, int64(1)<<62, nil, nil, nil)
	for i := range 250 { // more than one statement takes, and guests before those who have adopted them
		exec(t, db, person, fmt.Sprintf("person-%03d", i), "guest", "", "Sales", nil, nil, 0, -1, 5, "person-zz", 7)
	}
	exec(t, db, `INSERT INTO sign_ins (id, person, created_at, seen_at) VALUES ('s1', 'person-zz', 1, 2)`)
	exec(t, db, `INSERT INTO refresh_tokens (hash, sign_in, issued_at, expires_at) VALUES ('h1', 's1', 1, 2)`)
	exec(t, db, `INSERT INTO installation (name, value) VALUES ('set up by', 'person-zz'), ('bus key', 'of this one')`)
	exec(t, db, `INSERT INTO token_keys (id, seed, created_at) VALUES ('k1', 'seed', 1)`)
	exec(t, db, `INSERT INTO login_links (hash, person, created_at, expires_at) VALUES ('l1', 'person-zz', 1, 2)`)
	exec(t, db, `INSERT INTO invites (id, board, revision, role, secret_hash, max_uses, expires_at, created_by, created_at)
		VALUES ('invite-1', 'board-apple', 'r', 'viewer', 'sh', 0, 0, 'person-zz', 1)`)
	exec(t, db, `INSERT INTO invite_uses (invite, person, at) VALUES ('invite-1', 'person-007', 1)`)
	exec(t, db, `INSERT INTO viewers (board, person, invite, revision, at) VALUES ('board-apple', 'person-007', 'invite-1', 'r', 1)`)
	exec(t, db, `INSERT INTO boards (id, seq, title, changed_at, changed_by, phases, steps, cards, moments, curve)
		VALUES ('board-apple', 1, 'Äpfel', 1, 'person-zz', 1, 1, 1, 1, '[]')`)
	exec(t, db, `INSERT INTO board_members (board, person, role) VALUES ('board-apple', 'person-zz', 'facilitator')`)
	for _, act := range []string{"first", "second", "third"} {
		exec(t, db, `INSERT INTO audit (at, person, board, act, detail) VALUES (1, '', '', $1, '')`, act)
	}
	exec(t, db, `DELETE FROM audit WHERE act = 'first'`)
	exec(t, db, `INSERT INTO servers (node, name, version, url, clock_ahead, started_at, seen_at) VALUES ('n', 'n', 'v', 'u', 0, 1, 1)`)
	head := collab.Head{}
	for i := range 230 {
		head = grow(t, data, "board-apple", head, fmt.Sprintf(`["person-%03d"]`, i))
	}
	grow(t, data, "board-pear", collab.Head{}, strings.Repeat("long ", 600_000))
	if err := data.StoreSnapshot(t.Context(), collab.Snapshot{
		Board: "board-apple", Epoch: head.Epoch, Seq: head.Seq, Batch: head.Batch, Open: []byte{0, 1, 255}, Rest: []byte{0},
	}); err != nil {
		t.Fatal(err)
	}
}

// copyWhole copies everything in one transaction, and compares.
func copyWhole(t *testing.T, from, to database) *transfer.Copy {
	t.Helper()
	reading, err := from.BeginSnapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reading.Rollback() }()
	writing, err := to.BeginAlone(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writing.Rollback() }()
	boards := 0
	c, err := transfer.Whole(t.Context(), reading, writing, nil, func() { boards++ })
	if err != nil {
		t.Fatal(err)
	}
	if boards != 2 {
		t.Errorf("%d boards were reported", boards)
	}
	if err := writing.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := c.Check(t.Context(), to.DB()); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWhole_comes_back_as_it_was(t *testing.T) {
	first, third := folder(t), folder(t)
	second := postgres(t, pgtest.Database(t))
	fillFull(t, first)
	exec(t, second.DB(), `INSERT INTO installation (name, value) VALUES ('bus key', 'of that one')`)
	c := copyWhole(t, first, second)
	copyWhole(t, second, third)
	if err := c.Check(t.Context(), third.DB()); err != nil {
		t.Fatal(err)
	}
	for _, data := range []database{second, third} {
		if n := count(t, data.DB(), "servers"); n != 0 {
			t.Error("servers came along")
		}
		// What is written later has numbers of its own.
		exec(t, data.DB(), `INSERT INTO audit (at, person, board, act, detail) VALUES (1, '', '', 'fourth', '')`)
		var acts []string
		rows, err := data.DB().Query(`SELECT act FROM audit ORDER BY id`)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var act string
			if err := rows.Scan(&act); err != nil {
				t.Fatal(err)
			}
			acts = append(acts, act)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil || !slices.Equal(acts, []string{"second", "third", "fourth"}) {
			t.Errorf("acts %q, %v", acts, err)
		}
	}
	var key string
	if err := second.DB().QueryRow(`SELECT value FROM installation WHERE name = 'bus key'`).Scan(&key); err != nil || key != "of that one" {
		t.Errorf("the key of the bus is %q, %v", key, err)
	}
	exec(t, second.DB(), `DELETE FROM audit WHERE act = 'fourth'`)

	// Whatever differs is noticed.
	for _, change := range []string{
		`UPDATE people SET name = 'Zoe' WHERE id = 'person-zz'`,
		`UPDATE people SET disabled_at = NULL WHERE id = 'person-007'`,
		`UPDATE board_batches SET digest_all = 0 WHERE first_seq = 100`,
		`UPDATE board_snapshots SET rest_part = '\x01'`,
		`DELETE FROM refresh_tokens`,
		`INSERT INTO board_members (board, person, role) VALUES ('board-apple', 'person-007', 'viewer')`,
	} {
		tx, err := second.DB().Begin()
		if err != nil {
			t.Fatal(err)
		}
		exec(t, tx, change)
		if err := c.Check(t.Context(), tx); err == nil || !strings.Contains(err.Error(), "differ") {
			t.Errorf("%s: %v", change, err)
		}
		if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
	}

	if err := transfer.Clear(t.Context(), second.DB()); err != nil {
		t.Fatal(err)
	}
	if empty, err := transfer.Empty(t.Context(), second.DB()); err != nil || !empty {
		t.Errorf("empty %v, %v", empty, err)
	}
	if count(t, second.DB(), "installation") != 1 || count(t, second.DB(), "audit") != 0 {
		t.Error("something else is left, or gone")
	}
}

// While a board is replaced others wait for its head: they find the other log, and spoil nothing of it.
func TestReplace_whoever_waits_for_the_board_finds_the_other_log(t *testing.T) {
	url := pgtest.Database(t)
	data, backup := postgres(t, url), folder(t)
	const id = board.ID("board-apple")
	old := grow(t, data, id, collab.Head{}, `["a"]`)
	old = grow(t, data, id, old, `["b"]`)
	restored := grow(t, backup, id, collab.Head{}, `["a"]`)
	restored.Epoch = 9
	restored = grow(t, backup, id, collab.Head{Epoch: 1, Seq: 1, Batch: restored.Batch, Format: 1}, `["epoch 9"]`)
	exec(t, backup.DB(), `UPDATE board_heads SET epoch = 9`)
	exec(t, backup.DB(), `UPDATE board_batches SET epoch = 9, batch_id = 'batch-nine' WHERE first_seq = 2`)
	exec(t, backup.DB(), `UPDATE board_heads SET batch_id = 'batch-nine'`)
	restored.Epoch, restored.Batch = 9, "batch-nine"

	tx, err := data.BeginHeld(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	appended, stored, locked := make(chan error, 1), make(chan error, 1), make(chan collab.Head, 1)
	go func() { appended <- data.Append(t.Context(), old, batch(id, old, `["c"]`)) }()
	go func() {
		stored <- data.StoreSnapshot(t.Context(), collab.Snapshot{Board: id, Epoch: 1, Seq: old.Seq, Batch: old.Batch, Open: []byte{1}, Rest: []byte{1}})
	}()
	go func() {
		err := data.AppendLocked(t.Context(), id, 0, func(h collab.Head, missing []collab.Batch) (collab.Batch, error) {
			if last := missing[len(missing)-1]; last.ID != h.Batch {
				t.Errorf("the head is %+v and the log ends with %s", h, last.ID)
			}
			locked <- h
			return collab.Batch{}, nil
		})
		if err != nil {
			t.Error(err)
			close(locked)
		}
	}()
	pgtest.Shared(t).Await(t, "postgres", `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'`, "2")
	if err := transfer.Replace(t.Context(), backup.DB(), tx, id, restored); !errors.Is(err, transfer.ErrMoved) {
		t.Fatalf("behind another head it was replaced: %v", err)
	}
	if err := transfer.Replace(t.Context(), backup.DB(), tx, id, old); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if err := <-appended; !errors.Is(err, collab.ErrLost) {
		t.Errorf("an append meanwhile: %v", err)
	}
	if err := <-stored; err != nil {
		t.Errorf("a snapshot that waited: %v", err)
	}
	if _, err := data.Snapshot(t.Context(), id); !errors.Is(err, collab.ErrNoSnapshot) {
		t.Errorf("a snapshot of the log before was stored: %v", err)
	}
	if h := <-locked; h != restored {
		t.Errorf("a locked append found %+v, want %+v", h, restored)
	}
	heads, err := data.Heads(t.Context(), []board.ID{id})
	if err != nil || heads[id] != restored {
		t.Errorf("the head is %+v, %v", heads[id], err)
	}
	if err := transfer.Replace(t.Context(), backup.DB(), data.DB(), id, collab.Head{}); !errors.Is(err, transfer.ErrMoved) {
		t.Errorf("in the place of none, where there is one, it was put: %v", err)
	}
}

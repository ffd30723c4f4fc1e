//go:build services

package pglog_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/linetest"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

// What keeps one board of a statement from being written keeps no other.
func TestGroup_gives_each_board_its_own_verdict(t *testing.T) {
	for _, level := range []string{"read%20committed", "serializable"} {
		url := pgtest.Database(t)
		l := open(t, with(url, "default_transaction_isolation="+level))
		stale := func(head collab.Head) collab.Head { head.Batch = "batch-stale"; return head }
		newer := func(head collab.Head) collab.Head { head.Format--; return head }
		same := func(head collab.Head) collab.Head { return head }
		boards := []struct {
			id   board.ID
			made bool
			from func(collab.Head) collab.Head
			want error
		}{
			{"board-apple", true, same, nil},
			{"board-gone", false, same, collab.ErrGone},
			{"board-held", true, same, collab.ErrLost},
			{"board-newer", true, newer, collab.ErrFormat},
			{"board-pear", true, same, nil},
			{"board-stale", true, stale, collab.ErrLost},
		}
		heads, after, batches := make([]collab.Head, len(boards)), make([]collab.Head, len(boards)), make([]collab.Batch, len(boards))
		for i, b := range boards {
			if b.made {
				heads[i] = start(t, l, b.id)
				after[i] = heads[i]
			}
			batches[i] = next(b.id, heads[i])
			if b.want == nil {
				after[i] = batches[i].Head(heads[i])
			}
			heads[i] = b.from(heads[i])
		}
		held := holdHead(t, url, "board-held")
		errs := l.AppendGroup(t.Context(), heads, batches)
		held()
		for i, err := range errs {
			if !errors.Is(err, boards[i].want) {
				t.Errorf("%s: %s: answered %v, want %v", level, boards[i].id, err, boards[i].want)
			}
			found, err := l.Heads(t.Context(), []board.ID{boards[i].id})
			if err != nil || found[boards[i].id] != after[i] {
				t.Errorf("%s: head %+v, %v; want %+v", level, found[boards[i].id], err, after[i])
			}
			if !boards[i].made {
				continue
			}
			list, err := l.Batches(t.Context(), boards[i].id, 1, 10)
			if wrote := boards[i].want == nil; err != nil || wrote != (len(list) == 1) {
				t.Errorf("%s: %s: batches %+v, %v", level, boards[i].id, list, err)
			}
		}
		closeLog(t, l)
	}
}

// What Postgres refuses of one board it does for the others.
func TestGroup_writes_one_by_one_what_cannot_go_together(t *testing.T) {
	url := pgtest.Database(t)
	l := open(t, url)
	for _, statement := range []string{
		`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not this one'; END $$`,
		`CREATE TRIGGER refuse BEFORE INSERT ON board_batches FOR EACH ROW
			WHEN (new.board_id = 'board-pear' AND new.first_seq > 1) EXECUTE FUNCTION refuse()`,
	} {
		if _, err := l.DB().Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	heads, batches := several(t, l, "board-apple", "board-pear", "board-plum")
	errs := l.AppendGroup(t.Context(), heads, batches)
	for i, err := range errs {
		if refused := batches[i].Board == "board-pear"; refused != (err != nil) || refused && !strings.Contains(err.Error(), "not this one") {
			t.Errorf("%s: answered %v", batches[i].Board, err)
		}
	}
	found, err := l.Heads(t.Context(), []board.ID{"board-apple", "board-pear", "board-plum"})
	if err != nil || found["board-apple"].Seq != 2 || found["board-pear"].Seq != 1 || found["board-plum"].Seq != 2 {
		t.Errorf("heads %+v, %v", found, err)
	}
}

// A connection that can write no more is closed after it has said so: all boards are told that.
func TestGroup_on_a_database_that_cannot_be_written_to(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	l := open(t, s.Database(t))
	heads, batches := several(t, l, "board-apple", "board-pear")
	s.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
	s.Await(t, "postgres", "current_setting('default_transaction_read_only')", "on")
	for i, err := range l.AppendGroup(t.Context(), heads, batches) {
		if !errors.Is(pglog.Trouble(err), collab.ErrReadOnly) {
			t.Errorf("%s: answered %v", batches[i].Board, err)
		}
	}
}

// several starts boards, and gives their heads and what comes next.
func several(t *testing.T, l *pglog.Log, ids ...board.ID) (heads []collab.Head, batches []collab.Batch) {
	t.Helper()
	for _, id := range ids {
		head := start(t, l, id)
		heads, batches = append(heads, head), append(batches, next(id, head))
	}
	return heads, batches
}

// A caller who decides to write nothing leaves, also when the database says nothing any more.
func TestAppendLocked_is_left_when_the_database_falls_silent(t *testing.T) {
	url := pgtest.Database(t)
	line := linetest.Open(t, pgtest.Shared(t).Addr())
	l := open(t, pgtest.Through(t, url, line.Addr()))
	start(t, l, "board-apple")
	changed := errors.New("changed my mind")
	err := l.AppendLocked(t.Context(), "board-apple", 0, func(collab.Head, []collab.Batch) (collab.Batch, error) {
		line.Hold()
		return collab.Batch{}, changed
	})
	line.Release()
	if !errors.Is(err, changed) {
		t.Errorf("answered %v", err)
	}
}

// holdHead holds a head until release.
func holdHead(t *testing.T, url string, id board.ID) (release func()) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := c.Begin(t.Context())
	if err == nil {
		_, err = tx.Exec(t.Context(), "SELECT FROM board_heads WHERE board_id = $1 FOR UPDATE", string(id))
	}
	if err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := errors.Join(tx.Rollback(context.Background()), c.Close(context.Background())); err != nil {
			t.Error(err)
		}
	}
}

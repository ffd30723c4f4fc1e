//go:build services

package pglog_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"waymark/board"
	"waymark/collab"
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

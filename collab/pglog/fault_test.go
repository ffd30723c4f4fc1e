//go:build services

package pglog_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/logtest"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

// verdict reports whether an error says that nothing was written.
func verdict(err error) bool {
	return errors.Is(err, collab.ErrLost) || errors.Is(err, collab.ErrGone) || errors.Is(err, collab.ErrFormat)
}

// What a frozen database does with an append is known when it has thawed.
func TestFrozenDatabase_leaves_the_outcome_open(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	l := open(t, s.Database(t))
	head := start(t, l, "board-apple")
	head = grow(t, l, head)
	s.Freeze()
	brief := func() context.Context {
		ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
		t.Cleanup(cancel)
		return ctx
	}
	b := next("board-apple", head)
	if err := l.Append(brief(), head, b); err == nil || verdict(err) {
		t.Errorf("append: %v", err)
	}
	if _, err := l.Heads(brief(), []board.ID{"board-apple"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("heads: %v", err)
	}
	s.Thaw()
	// It may have landed, or land any time until another takes its place.
	store := logtest.Stubborn{Store: l}
	other := next("board-apple", head)
	other.ID = "batch-other"
	switch err := store.Append(t.Context(), head, other); {
	case err == nil:
		head = other.Head(head)
	case errors.Is(err, collab.ErrLost):
		head = b.Head(head)
	default:
		t.Fatal(err)
	}
	if heads, err := store.Heads(t.Context(), []board.ID{"board-apple"}); err != nil || heads["board-apple"] != head {
		t.Fatalf("heads %+v, %v; want %+v", heads, err, head)
	}
	if err := store.Append(t.Context(), head, next("board-apple", head)); err != nil {
		t.Fatal(err)
	}
}

// Two servers whose sessions default to a stricter isolation get the same verdicts.
func TestAppend_keeps_its_verdicts_in_stricter_isolation(t *testing.T) {
	for _, level := range []string{"repeatable%20read", "serializable"} {
		l := open(t, with(pgtest.Database(t), "default_transaction_isolation="+level))
		head := start(t, l, "board-apple")
		for round := range 10 {
			var all sync.WaitGroup
			errs := make([]error, 4)
			for i := range errs {
				all.Go(func() {
					b := next("board-apple", head)
					b.ID = board.ID(fmt.Sprintf("batch-%d-%d", round, i))
					errs[i] = l.Append(context.Background(), head, b)
				})
			}
			all.Wait()
			won := -1
			for i, err := range errs {
				switch {
				case err == nil && won >= 0:
					t.Fatalf("%s: both %d and %d won", level, won, i)
				case err == nil:
					won = i
				case !errors.Is(err, collab.ErrLost):
					t.Fatalf("%s: %v", level, err)
				}
			}
			if won < 0 {
				t.Fatalf("%s: nobody won", level)
			}
			b := next("board-apple", head)
			b.ID = board.ID(fmt.Sprintf("batch-%d-%d", round, won))
			head = b.Head(head)
		}
	}
}

func TestReadOnlyDatabase_can_be_read(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	l := open(t, s.Database(t))
	head := start(t, l, "board-apple")
	s.Exec(t, "ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()")
	s.Await(t, "postgres", "current_setting('default_transaction_read_only')", "on")
	b := next("board-apple", head)
	for i, err := range []error{
		l.Append(t.Context(), head, b),
		l.AppendLocked(t.Context(), "board-apple", 0, func(collab.Head, []collab.Batch) (collab.Batch, error) { return b, nil }),
		l.Create(t.Context(), next("board-pear", collab.Head{}), collab.Format),
		l.Delete(t.Context(), "board-apple", head),
		func() error { _, err := l.DB().Exec("DELETE FROM installation"); return err }(),
	} {
		if verdict(err) || !errors.Is(pglog.Trouble(err), collab.ErrReadOnly) {
			t.Errorf("write %d: %v is %v", i, err, pglog.Trouble(err))
		}
	}
	if heads, err := l.Heads(t.Context(), []board.ID{"board-apple"}); err != nil || heads["board-apple"] != head {
		t.Errorf("heads %+v, %v", heads, err)
	}
	s.Exec(t, "ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()")
	s.Await(t, "postgres", "current_setting('default_transaction_read_only')", "off")
	grow(t, l, head)
}

// A standby that was behind takes over on the same address: the log goes on where that one ends.
func TestFailover_shows_the_lost_tail(t *testing.T) {
	t.Parallel()
	s := pgtest.Open(t)
	url := s.Database(t)
	l := open(t, url)
	head := start(t, l, "board-apple")
	standby := s.Standby(t)
	kept := grow(t, l, head)
	standby.Follows(t, s)
	refused(t, pglog.Open, standby.URL(named(t, url)), "it is a standby", "name the primary")
	r, err := pglog.OpenReadOnly(t.Context(), standby.URL(named(t, url)))
	if err != nil {
		t.Fatal(err)
	}
	if heads, err := r.Heads(t.Context(), []board.ID{"board-apple"}); err != nil || heads["board-apple"] != kept {
		t.Errorf("heads %+v, %v of the standby", heads, err)
	}
	closeLog(t, r)
	standby.Detach(t)
	lost := grow(t, l, kept)
	standby.TakeOver(t, s)
	store := logtest.Stubborn{Store: l}
	b := next("board-apple", lost)
	if err := store.Append(t.Context(), lost, b); !errors.Is(err, collab.ErrLost) {
		t.Errorf("append behind what was lost: %v", err)
	}
	if heads, err := store.Heads(t.Context(), []board.ID{"board-apple"}); err != nil || heads["board-apple"] != kept {
		t.Errorf("heads %+v, %v after the failover; want %+v", heads, err, kept)
	}
	grow(t, store, kept)
}

// Of the transactions on the directory's tables only one runs at a time, on all servers.
func TestBegin_is_alone(t *testing.T) {
	url := pgtest.Database(t)
	one, two := open(t, url), open(t, url)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			l := []*pglog.Log{one, two}[i%2]
			tx, err := l.Begin(context.Background())
			if err != nil {
				t.Error(err)
				return
			}
			var had int
			err = tx.QueryRow("SELECT coalesce(max(value::int), 0) FROM installation").Scan(&had)
			if err == nil {
				_, err = tx.Exec("INSERT INTO installation (name, value) VALUES ('count', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value", strconv.Itoa(had+1))
			}
			if err = errors.Join(err, tx.Commit()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	var count int
	if err := one.DB().QueryRow("SELECT value::int FROM installation WHERE name = 'count'").Scan(&count); err != nil || count != 20 {
		t.Fatalf("20 transactions counted to %d, %v", count, err)
	}
}

// A server that is frozen while it holds a board or the directory loses them. Behind a pooler too, where no session
// could be told so.
func TestFrozenServer_holds_nothing_for_long(t *testing.T) {
	t.Parallel()
	direct := pgtest.Database(t)
	url := pgtest.Through(t, direct, pgtest.Shared(t).Bouncer(t))
	frozen, other := open(t, url), open(t, url)
	head := start(t, frozen, "board-apple")
	// A row that is held counts as moved. It is held by somebody who keeps it whatever time this takes.
	holder, err := pgx.Connect(t.Context(), direct)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = holder.Close(context.Background()) })
	if _, err := holder.Exec(t.Context(), "BEGIN; SELECT FROM board_heads WHERE board_id = 'board-apple' FOR UPDATE"); err != nil {
		t.Fatal(err)
	}
	if err := other.Append(t.Context(), head, next("board-apple", head)); !errors.Is(err, collab.ErrLost) {
		t.Errorf("an append to a board that is held: %v", err)
	}
	if _, err := holder.Exec(t.Context(), "ROLLBACK"); err != nil {
		t.Fatal(err)
	}
	holding, thawed := make(chan error, 2), make(chan struct{})
	var all sync.WaitGroup
	all.Go(func() {
		err := frozen.AppendLocked(context.Background(), "board-apple", 1, func(head collab.Head, _ []collab.Batch) (collab.Batch, error) {
			holding <- nil
			<-thawed
			b := next("board-apple", head)
			b.ID = "batch-late"
			return b, nil
		})
		if err == nil || verdict(err) || !errors.Is(pglog.Trouble(err), collab.ErrAway) {
			t.Errorf("the append of the frozen server: %v", err)
		}
	})
	all.Go(func() {
		tx, err := frozen.Begin(context.Background())
		holding <- err
		if err != nil {
			return
		}
		<-thawed
		if _, err = tx.Exec("INSERT INTO installation (name, value) VALUES ('late', '')"); !errors.Is(pglog.Trouble(err), collab.ErrAway) {
			t.Errorf("the transaction of the frozen server: %v", err)
		}
		_ = tx.Rollback()
	})
	for range 2 {
		if err := <-holding; err != nil {
			t.Fatal(err)
		}
	}
	thaw := sync.OnceFunc(func() { close(thawed) })
	t.Cleanup(thaw)
	// Whoever needs what is held waits in short turns, for the directory in one.
	err = logtest.Stubborn{Store: other}.AppendLocked(t.Context(), "board-apple", 1, func(at collab.Head, missing []collab.Batch) (collab.Batch, error) {
		if at != head || len(missing) > 0 {
			t.Errorf("the one who has it next finds head %+v and %+v", at, missing)
		}
		return next("board-apple", at), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b := next("board-apple", head)
	head = b.Head(head)
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	thaw()
	all.Wait()
	grow(t, other, head)
}

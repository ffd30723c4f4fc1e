package pglog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/linetest"
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
	s := pgtest.Open(t)
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

// committing are the sessions that wait for the standby.
const committing = "FROM pg_stat_activity WHERE wait_event = 'SyncRep'"

// hold has every commit wait for a synchronous standby that is not there, until release. Postgres tells its processes
// one after the other: a commit that does wait shows that all know.
func hold(t *testing.T, s *pgtest.Server, url string) {
	t.Helper()
	s.Exec(t, "ALTER SYSTEM SET synchronous_standby_names = 'nobody'", "SELECT pg_reload_conf()")
	c, err := pgx.Connect(t.Context(), with(url, "synchronous_commit=on"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close(context.Background()) }()
	done := make(chan error)
	for {
		go func() {
			_, err := c.Exec(context.Background(), "CREATE TABLE held (); DROP TABLE held")
			done <- err
		}()
		waits := false
		for ended := false; !ended && !waits; {
			select {
			case err := <-done:
				if ended = true; err != nil {
					t.Fatal(err)
				}
			default:
				waits = s.Ask(t, "postgres", "SELECT count(*) "+committing) == "1"
			}
		}
		if waits {
			s.Exec(t, "SELECT pg_cancel_backend(pid) "+committing)
			if err := <-done; err != nil {
				t.Fatal(err)
			}
			return
		}
	}
}

// release lets them end, those that wait already too.
func release(t *testing.T, s *pgtest.Server) {
	t.Helper()
	s.Exec(t, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")
}

// The connections of appends that hang are not those by which other boards find out what became of theirs.
func TestHangingAppends_leave_doubtful_boards_their_way(t *testing.T) {
	s := pgtest.Open(t)
	url := s.Database(t)
	l := open(t, url)
	doubtful := start(t, l, "board-doubtful")
	var all sync.WaitGroup
	var ended atomic.Int64
	var ids []board.ID
	var heads []collab.Head
	for i := range pglog.AppendConns {
		ids = append(ids, board.ID(fmt.Sprintf("board-%d", i)))
		heads = append(heads, start(t, l, ids[i]))
	}
	hold(t, s, url)
	for i, id := range ids {
		all.Go(func() {
			err := l.Append(context.Background(), heads[i], next(id, heads[i]))
			ended.Add(1)
			if err != nil {
				t.Error(err)
			}
		})
	}
	s.Await(t, "postgres", "SELECT count(*) "+committing, strconv.Itoa(len(ids)))
	pids := strings.Fields(s.Ask(t, "postgres", "SELECT string_agg(pid::text, ' ') "+committing))
	signal := func(sig syscall.Signal) {
		for _, text := range pids {
			pid, err := strconv.Atoi(text)
			if err == nil {
				err = syscall.Kill(pid, sig)
			}
			if err != nil {
				t.Error(err)
			}
		}
	}
	signal(syscall.SIGSTOP)
	release(t, s)

	found, err := l.Heads(t.Context(), []board.ID{"board-doubtful"})
	if err != nil || found["board-doubtful"] != doubtful {
		t.Errorf("heads %+v, %v", found, err)
	}
	if list, err := l.Batches(t.Context(), "board-doubtful", 0, 10); err != nil || len(list) != 1 {
		t.Errorf("batches %+v, %v", list, err)
	}
	err = l.AppendLocked(t.Context(), "board-doubtful", 1, func(head collab.Head, _ []collab.Batch) (collab.Batch, error) {
		return next("board-doubtful", head), nil
	})
	if err != nil {
		t.Errorf("locked append: %v", err)
	}
	if n := ended.Load(); n > 0 {
		t.Errorf("%d of the appends that hang had come back before", n)
	}
	signal(syscall.SIGCONT)
	all.Wait()
}

// An append that waits for a standby goes on when its caller leaves, also when its connection breaks; until it has ended
// nobody sees it. A database that is told not to sync while servers run is not believed.
func TestAppend_is_not_cancelled(t *testing.T) {
	s := pgtest.Open(t)
	line := linetest.Open(t, s.Addr())
	url := s.Database(t)
	l, other := open(t, pgtest.Through(t, url, line.Addr())), open(t, url)
	s.Exec(t, "ALTER DATABASE "+named(t, url)+" SET synchronous_commit = off")
	line.Cut() // what connects from here on is told so
	store := logtest.Stubborn{Store: l}
	left, cut := start(t, store, "board-left"), start(t, store, "board-cut")
	hold(t, s, url)

	ctx, leave := context.WithCancel(t.Context())
	results := make(chan error)
	go func() { results <- l.Append(ctx, left, next("board-left", left)) }()
	s.Await(t, "postgres", "SELECT count(*) "+committing, "1")
	leave()
	if err := <-results; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller who left is told %v", err)
	}
	go func() { results <- l.Append(t.Context(), cut, next("board-cut", cut)) }()
	s.Await(t, "postgres", "SELECT count(*) "+committing, "2")
	line.Cut()
	if err := <-results; err == nil || verdict(err) || !errors.Is(pglog.Trouble(err), collab.ErrAway) {
		t.Errorf("the append whose connection broke ends in %v", err)
	}
	closeLog(t, l) // whatever it has to say has been said
	s.Await(t, "postgres", "SELECT count(*) "+committing, "2")
	heads, err := other.Heads(t.Context(), []board.ID{"board-left", "board-cut"})
	if err != nil || heads["board-left"] != left || heads["board-cut"] != cut {
		t.Errorf("heads %+v, %v before the standby has it", heads, err)
	}
	release(t, s)
	s.Await(t, named(t, url), "SELECT string_agg(seq::text, ' ') FROM board_heads", "2 2")
	heads, err = other.Heads(t.Context(), []board.ID{"board-left", "board-cut"})
	if err != nil || heads["board-left"].Seq != 2 || heads["board-cut"].Seq != 2 {
		t.Errorf("heads %+v, %v when the standby has it", heads, err)
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
	s := pgtest.Open(t)
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

func TestFullDisk_is_an_error_and_passes(t *testing.T) {
	s := pgtest.OpenSmall(t, 80)
	l := open(t, s.Database(t))
	head := start(t, l, "board-apple")
	big := next("board-apple", head)
	big.Body = make([]byte, 1<<20)
	for i := range big.Body {
		big.Body[i] = byte(i * i >> 3) // Postgres shall not make it small
	}
	s.Fill(t)
	err := l.Append(t.Context(), head, big)
	if err == nil || verdict(err) || !errors.Is(pglog.Trouble(err), collab.ErrFull) {
		t.Errorf("append on a full disk: %v is %v", err, pglog.Trouble(err))
	}
	if list, err := l.Batches(t.Context(), "board-apple", 0, 10); err != nil || len(list) != 1 {
		t.Errorf("batches %d, %v", len(list), err)
	}
	s.Free(t)
	if err := l.Append(t.Context(), head, big); err != nil {
		t.Fatal(err)
	}
	if list, err := l.Batches(t.Context(), "board-apple", 1, 10); err != nil || len(list) != 1 || !bytes.Equal(list[0].Body, big.Body) {
		t.Errorf("batches %d, %v", len(list), err)
	}
}

// A standby that was behind takes over on the same address: the log goes on where that one ends.
func TestFailover_shows_the_lost_tail(t *testing.T) {
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
	url := pgtest.Through(t, pgtest.Database(t), pgtest.Shared(t).Bouncer(t))
	frozen, other := open(t, url), open(t, url)
	head := start(t, frozen, "board-apple")
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
	// The row is waited for in short turns, the directory in one.
	switch err := other.Append(t.Context(), head, next("board-apple", head)); {
	case err == nil: // the frozen one has lost it already
		b := next("board-apple", head)
		head = b.Head(head)
	case verdict(err) || !errors.Is(pglog.Trouble(err), collab.ErrAway):
		t.Errorf("an append to a board that is held: %v", err)
	}
	tx, err := other.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(); err != nil {
		t.Error(err)
	}
	head = grow(t, logtest.Stubborn{Store: other}, head)
	close(thawed)
	all.Wait()
	grow(t, other, head)
}

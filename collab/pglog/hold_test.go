//go:build services

package pglog_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/linetest"
	"waymark/collab/logtest"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

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
	s := pgtest.OpenInMemory(t)
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
	for i, id := range ids { // one after the other: they would share a statement
		all.Go(func() {
			err := l.Append(context.Background(), heads[i], next(id, heads[i]))
			ended.Add(1)
			if err != nil {
				t.Error(err)
			}
		})
		s.Await(t, "postgres", "SELECT count(*) "+committing, strconv.Itoa(i+1))
	}
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

// An append that waits for a standby goes on when its caller leaves, and its connection with it.
func TestAppend_goes_on_when_its_caller_leaves(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	url := s.Database(t)
	l := open(t, url)
	head := start(t, l, "board-apple")
	hold(t, s, url)
	ctx, leave := context.WithCancel(t.Context())
	result := make(chan error)
	go func() { result <- l.Append(ctx, head, next("board-apple", head)) }()
	s.Await(t, "postgres", "SELECT count(*) "+committing, "1")
	pid := s.Ask(t, "postgres", "SELECT pid "+committing)
	leave()
	if err := <-result; !errors.Is(err, context.Canceled) {
		t.Errorf("the caller who left is told %v", err)
	}
	heads, err := l.Heads(t.Context(), []board.ID{"board-apple"})
	if err != nil || heads["board-apple"] != head {
		t.Errorf("heads %+v, %v before the standby has it", heads, err)
	}
	release(t, s)
	s.Await(t, "postgres", "SELECT state FROM pg_stat_activity WHERE pid = "+pid, "idle")
	heads, err = l.Heads(t.Context(), []board.ID{"board-apple"})
	if err != nil || heads["board-apple"].Seq != 2 {
		t.Errorf("heads %+v, %v when the standby has it", heads, err)
	}
}

// An append whose connection breaks is not cancelled: while it waits for a standby nobody sees it. So it waits although
// its session was told not to sync, after the log was opened.
func TestAppend_is_not_cancelled_when_its_connection_breaks(t *testing.T) {
	s := pgtest.OpenInMemory(t)
	line := linetest.Open(t, s.Addr())
	url := s.Database(t)
	l, other := open(t, pgtest.Through(t, url, line.Addr())), open(t, url)
	s.Exec(t, "ALTER DATABASE "+named(t, url)+" SET synchronous_commit = off")
	line.Cut() // what connects from here on is told so
	head := start(t, logtest.Stubborn{Store: l}, "board-apple")
	hold(t, s, url)
	result := make(chan error)
	go func() { result <- l.Append(t.Context(), head, next("board-apple", head)) }()
	s.Await(t, "postgres", "SELECT count(*) "+committing, "1")
	line.Cut()
	if err := <-result; err == nil || verdict(err) || !errors.Is(pglog.Trouble(err), collab.ErrAway) {
		t.Errorf("the append whose connection broke ends in %v", err)
	}
	closeLog(t, l) // whatever it has to say has been said
	s.Await(t, "postgres", "SELECT count(*) "+committing, "1")
	heads, err := other.Heads(t.Context(), []board.ID{"board-apple"})
	if err != nil || heads["board-apple"] != head {
		t.Errorf("heads %+v, %v before the standby has it", heads, err)
	}
	release(t, s)
	s.Await(t, named(t, url), "SELECT seq FROM board_heads", "2")
}

// Package logtest is the suite that every log passes, simulated ones included.
package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"testing"

	"waymark/board"
	"waymark/collab"
)

// Store is a log with its archive.
type Store interface {
	collab.Log
	collab.Archive
}

// Open gives an empty store, and a func that closes it and opens it again on
// the same data. The store is closed by the test's cleanup.
type Open func(t *testing.T) (store Store, reopen func() Store)

// Run runs the suite. The names of its tests cite SPEC.md.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, *fixture)
	}{
		{"L1_create_starts_a_log_once", testCreate},
		{"L2_append_moves_the_head", testAppend},
		{"L2_append_behind_a_moved_head_is_lost", testLost},
		{"L2_append_compares_the_batch_id", testBatchID},
		{"L2_append_compares_the_epoch", testEpoch},
		{"L2_append_to_no_board_is_gone", testGone},
		{"L2_append_to_a_newer_format_is_refused", testFormat},
		{"L2_one_of_many_appends_wins_each_head", testRace},
		{"L2_boards_do_not_disturb_each_other", testNeighbours},
		{"L3_locked_append_sees_what_is_missing", testLocked},
		{"L3_locked_append_writes_nothing_when_refused", testLockedRefused},
		{"L3_locked_append_without_a_batch_writes_nothing", testLockedNothing},
		{"L3_locked_appends_queue", testLockedRace},
		{"L4_batches_come_in_pages", testPages},
		{"L4_heads_come_in_one_answer", testHeads},
		{"L5_newest_snapshot_is_kept", testSnapshot},
		{"L5_snapshot_of_a_lost_batch_is_not_kept", testForeignSnapshot},
		{"L6_delete_compares_the_head", testDelete},
		{"L6_nothing_is_left_of_a_deleted_board", testDeleted},
		{"L7_everything_outlives_a_restart", testReopen},
		{"L8_ended_context_leaves_a_readable_log", testContext},
	} {
		t.Run(c.name, func(t *testing.T) {
			store, reopen := open(t)
			c.run(t, &fixture{T: t, Store: store, reopen: reopen})
		})
	}
}

type fixture struct {
	*testing.T
	Store
	reopen func() Store
}

const (
	apple  board.ID = "board-apple"
	banana board.ID = "board-banana"
)

// batch makes the batch of n entries behind head.
func batch(id board.ID, head collab.Head, name string, n int) collab.Batch {
	return collab.Batch{
		Board: id, First: head.Seq + 1, Last: head.Seq + board.Seq(n), Epoch: max(head.Epoch, 1),
		ID: board.ID("batch-" + name), Prev: head.Batch, All: 1<<63 + 7, Public: 42, Node: "node-1",
		At: 1795312345678, Body: []byte(fmt.Sprintf(`["%s"]`, name)),
	}
}

// create starts a board's log with one batch of one entry.
func (f *fixture) create(id board.ID) collab.Head {
	f.Helper()
	b := batch(id, collab.Head{}, "first", 1)
	if err := f.Create(f.Context(), b, collab.Format); err != nil {
		f.Fatal(err)
	}
	return b.Head(collab.Head{Format: collab.Format})
}

// grow appends n batches of one entry each.
func (f *fixture) grow(id board.ID, head collab.Head, n int) collab.Head {
	f.Helper()
	for i := range n {
		b := batch(id, head, fmt.Sprintf("grow-%d-%d", head.Seq, i), 1)
		if err := f.Append(f.Context(), head, b); err != nil {
			f.Fatal(err)
		}
		head = b.Head(head)
	}
	return head
}

func (f *fixture) head(id board.ID) (collab.Head, bool) {
	f.Helper()
	heads, err := f.Heads(f.Context(), []board.ID{id})
	if err != nil {
		f.Fatal(err)
	}
	h, ok := heads[id]
	return h, ok
}

// wantHead checks the head and that the log ends with it.
func (f *fixture) wantHead(id board.ID, want collab.Head) {
	f.Helper()
	got, ok := f.head(id)
	if !ok || got != want {
		f.Fatalf("head of %s is %+v, %v; want %+v", id, got, ok, want)
	}
	list := f.batches(id, 0)
	seq, prev := board.Seq(0), board.ID("")
	for _, b := range list {
		if b.First != seq+1 || b.Prev != prev {
			f.Fatalf("batch %s begins at %d behind %q; want %d behind %q", b.ID, b.First, b.Prev, seq+1, prev)
		}
		seq, prev = b.Last, b.ID
	}
	if seq != want.Seq || prev != want.Batch {
		f.Fatalf("log of %s ends at %d with %q; want %d with %q", id, seq, prev, want.Seq, want.Batch)
	}
}

func (f *fixture) batches(id board.ID, after board.Seq) []collab.Batch {
	f.Helper()
	list, err := f.Batches(f.Context(), id, after, 10_000)
	if err != nil {
		f.Fatal(err)
	}
	return list
}

func (f *fixture) want(got, want error) {
	f.Helper()
	if !errors.Is(got, want) {
		f.Fatalf("got error %v, want %v", got, want)
	}
}

func same(a, b collab.Batch) bool {
	body := bytes.Equal(a.Body, b.Body)
	a.Body, b.Body = nil, nil
	return body && fmt.Sprintf("%+v", a) == fmt.Sprintf("%+v", b)
}

func testCreate(t *testing.T, f *fixture) {
	first := batch(apple, collab.Head{}, "first", 3)
	if err := f.Create(t.Context(), first, collab.Format); err != nil {
		t.Fatal(err)
	}
	f.wantHead(apple, first.Head(collab.Head{Format: collab.Format}))
	if got := f.batches(apple, 0); len(got) != 1 || !same(got[0], first) {
		t.Fatalf("read back %+v, want %+v", got, first)
	}
	f.want(f.Create(t.Context(), batch(apple, collab.Head{}, "other", 1), collab.Format), collab.ErrExists)
	f.wantHead(apple, first.Head(collab.Head{Format: collab.Format}))
}

func testReopen(t *testing.T, f *fixture) {
	head := f.grow(apple, f.create(apple), 3)
	before := f.batches(apple, 0)
	if err := f.StoreSnapshot(t.Context(), snapshot(head, "open")); err != nil {
		t.Fatal(err)
	}
	head.SnapshotSeq = head.Seq
	f.Store = f.reopen()
	f.wantHead(apple, head)
	for i, b := range f.batches(apple, 0) {
		if !same(b, before[i]) {
			t.Fatalf("batch %d is %+v, was %+v", i, b, before[i])
		}
	}
	if s, err := f.Snapshot(t.Context(), apple); err != nil || string(s.Open) != "open" {
		t.Fatalf("snapshot %+v, %v", s, err)
	}
	f.wantHead(apple, f.grow(apple, head, 1))
}

func testContext(t *testing.T, f *fixture) {
	head := f.create(apple)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	b := batch(apple, head, "unknown", 1)
	if err := f.Append(ctx, head, b); err == nil {
		head = b.Head(head)
	} else if errors.Is(err, collab.ErrLost) || errors.Is(err, collab.ErrGone) || errors.Is(err, collab.ErrFormat) {
		t.Fatalf("append with an ended context: %v", err)
	}
	// Its outcome is unknown until the log is read; a later append settles it.
	next := batch(apple, head, "next", 1)
	switch err := f.Append(t.Context(), head, next); {
	case err == nil:
		f.wantHead(apple, next.Head(head))
	case errors.Is(err, collab.ErrLost):
		f.wantHead(apple, b.Head(head))
	default:
		t.Fatal(err)
	}
}

package logtest

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

func testAppend(t *testing.T, f *fixture) {
	head := f.create(apple)
	b := batch(apple, head, "second", 5)
	if err := f.Append(t.Context(), head, b); err != nil {
		t.Fatal(err)
	}
	f.wantHead(apple, b.Head(head))
	if got := f.batches(apple, head.Seq); len(got) != 1 || !same(got[0], b) {
		t.Fatalf("read back %+v, want %+v", got, b)
	}
}

func testLost(t *testing.T, f *fixture) {
	old := f.create(apple)
	head := f.grow(apple, old, 1)
	f.want(f.Append(t.Context(), old, batch(apple, old, "late", 1)), collab.ErrLost)
	ahead := head
	ahead.Seq += 5
	f.want(f.Append(t.Context(), ahead, batch(apple, ahead, "early", 1)), collab.ErrLost)
	f.wantHead(apple, head)
}

func testBatchID(t *testing.T, f *fixture) {
	head := f.create(apple)
	other := head
	other.Batch = "batch-other"
	f.want(f.Append(t.Context(), other, batch(apple, other, "second", 1)), collab.ErrLost)
	f.wantHead(apple, head)
}

func testEpoch(t *testing.T, f *fixture) {
	head := f.create(apple)
	other := head
	other.Epoch++
	f.want(f.Append(t.Context(), other, batch(apple, other, "second", 1)), collab.ErrLost)
	f.wantHead(apple, head)

	b := batch(apple, head, "epoch", 1)
	b.Epoch = head.Epoch + 1
	if err := f.Append(t.Context(), head, b); err != nil {
		t.Fatal(err)
	}
	f.wantHead(apple, b.Head(head))
}

func testGone(t *testing.T, f *fixture) {
	head := collab.Head{Epoch: 1, Seq: 1, Batch: "batch-first", Format: collab.Format}
	f.want(f.Append(t.Context(), head, batch(apple, head, "second", 1)), collab.ErrGone)
	f.want(f.AppendLocked(t.Context(), apple, 0, func(collab.Head, []collab.Batch) (collab.Batch, error) {
		t.Error("decide was called")
		return collab.Batch{}, nil
	}), collab.ErrGone)
	if _, ok := f.head(apple); ok {
		t.Fatal("a board was made")
	}
	if list := f.batches(apple, 0); len(list) != 0 {
		t.Fatalf("batches %+v of no board", list)
	}
}

func testFormat(t *testing.T, f *fixture) {
	first := batch(apple, collab.Head{}, "first", 1)
	if err := f.Create(t.Context(), first, collab.Format+1); err != nil {
		t.Fatal(err)
	}
	head := first.Head(collab.Head{Format: collab.Format})
	f.want(f.Append(t.Context(), head, batch(apple, head, "second", 1)), collab.ErrFormat)
	f.want(f.AppendLocked(t.Context(), apple, 0, func(collab.Head, []collab.Batch) (collab.Batch, error) {
		t.Error("decide was called")
		return collab.Batch{}, nil
	}), collab.ErrFormat)
	head.Format++
	f.wantHead(apple, head)
}

func testRace(t *testing.T, f *fixture) {
	const writers, rounds = 8, 20
	head := f.create(apple)
	for round := range rounds {
		errs := make([]error, writers)
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				errs[i] = f.Append(t.Context(), head, batch(apple, head, fmt.Sprintf("%d-by-%d", round, i), 1))
			})
		}
		all.Wait()
		winner := -1
		for i, err := range errs {
			switch {
			case err == nil && winner >= 0:
				t.Fatalf("round %d: writers %d and %d both won", round, winner, i)
			case err == nil:
				winner = i
			default:
				f.want(err, collab.ErrLost)
			}
		}
		if winner < 0 {
			t.Fatalf("round %d: nobody won", round)
		}
		b := batch(apple, head, fmt.Sprintf("%d-by-%d", round, winner), 1)
		head = b.Head(head)
		f.wantHead(apple, head)
	}
}

func testNeighbours(t *testing.T, f *fixture) {
	const boards, rounds = 12, 10
	heads := make([]collab.Head, boards)
	var all sync.WaitGroup
	for i := range boards {
		all.Go(func() {
			id := board.ID(fmt.Sprintf("board-%d", i))
			b := batch(id, collab.Head{}, "first", 1)
			if err := f.Create(t.Context(), b, collab.Format); err != nil {
				t.Error(err)
				return
			}
			heads[i] = b.Head(collab.Head{Format: collab.Format})
			for round := range rounds {
				if i%3 == 0 {
					stale := heads[i]
					stale.Batch = "batch-stale"
					if err := f.Append(t.Context(), stale, batch(id, stale, "stale", 1)); !errors.Is(err, collab.ErrLost) {
						t.Errorf("stale append: %v", err)
					}
				}
				b := batch(id, heads[i], fmt.Sprint(round), 1+round%3)
				if err := f.Append(t.Context(), heads[i], b); err != nil {
					t.Error(err)
					return
				}
				heads[i] = b.Head(heads[i])
			}
		})
	}
	all.Wait()
	for i, head := range heads {
		f.wantHead(board.ID(fmt.Sprintf("board-%d", i)), head)
	}
}

func testLocked(t *testing.T, f *fixture) {
	head := f.grow(apple, f.create(apple), 4)
	var wrote collab.Batch
	err := f.AppendLocked(t.Context(), apple, 2, func(at collab.Head, missing []collab.Batch) (collab.Batch, error) {
		if at != head {
			t.Errorf("decide was given head %+v, want %+v", at, head)
		}
		if len(missing) != 3 || missing[0].First != 3 || missing[2].Last != head.Seq {
			t.Errorf("decide was given %+v behind 2", missing)
		}
		wrote = batch(apple, at, "locked", 2)
		return wrote, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.wantHead(apple, wrote.Head(head))
}

func testLockedRefused(t *testing.T, f *fixture) {
	head := f.create(apple)
	mine := errors.New("mine")
	f.want(f.AppendLocked(t.Context(), apple, 0, func(at collab.Head, _ []collab.Batch) (collab.Batch, error) {
		return batch(apple, at, "refused", 1), mine
	}), mine)
	f.wantHead(apple, head)
}

func testLockedNothing(t *testing.T, f *fixture) {
	head := f.create(apple)
	err := f.AppendLocked(t.Context(), apple, 0, func(collab.Head, []collab.Batch) (collab.Batch, error) {
		return collab.Batch{}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	f.wantHead(apple, head)
}

func testLockedRace(t *testing.T, f *fixture) {
	const writers, rounds = 4, 10
	f.create(apple)
	var all sync.WaitGroup
	var holding atomic.Int32
	for i := range writers {
		all.Go(func() {
			for round := range rounds {
				err := f.AppendLocked(t.Context(), apple, 0, func(at collab.Head, _ []collab.Batch) (collab.Batch, error) {
					defer holding.Add(-1)
					if holding.Add(1) > 1 {
						t.Error("two hold the head at once")
					}
					<-time.After(10 * time.Millisecond) // so that another who need not wait comes meanwhile
					return batch(apple, at, fmt.Sprintf("%d-by-%d", round, i), 1), nil
				})
				if err != nil {
					t.Errorf("locked append %d of writer %d: %v", round, i, err)
				}
			}
		})
	}
	all.Wait()
	list := f.batches(apple, 0)
	last := list[len(list)-1]
	if last.Last != 1+writers*rounds {
		t.Fatalf("log ends at %d, want %d", last.Last, 1+writers*rounds)
	}
	f.wantHead(apple, last.Head(collab.Head{Format: collab.Format}))
}

package logtest

import (
	"fmt"
	"testing"

	"waymark/board"
	"waymark/collab"
)

func testPages(t *testing.T, f *fixture) {
	head := f.create(apple)
	b := batch(apple, head, "wide", 5) // 2 to 6
	if err := f.Append(t.Context(), head, b); err != nil {
		t.Fatal(err)
	}
	f.grow(apple, b.Head(head), 4) // 7 to 10
	for _, c := range []struct {
		after board.Seq
		limit int
		want  string
	}{
		{0, 100, "[1 6 7 8 9 10]"},
		{0, 2, "[1 6]"},
		{1, 2, "[6 7]"},
		{4, 2, "[6 7]"}, // within a batch: the whole of it
		{6, 100, "[7 8 9 10]"},
		{10, 100, "[]"},
		{99, 100, "[]"},
	} {
		list, err := f.Batches(t.Context(), apple, c.after, c.limit)
		if err != nil {
			t.Fatal(err)
		}
		lasts := []board.Seq{}
		for _, b := range list {
			lasts = append(lasts, b.Last)
		}
		if got := fmt.Sprint(lasts); got != c.want {
			t.Errorf("batches after %d, at most %d, end at %s; want %s", c.after, c.limit, got, c.want)
		}
	}
}

func testHeads(t *testing.T, f *fixture) {
	a := f.grow(apple, f.create(apple), 2)
	b := f.create(banana)
	heads, err := f.Heads(t.Context(), []board.ID{banana, "board-none", apple})
	if err != nil {
		t.Fatal(err)
	}
	if len(heads) != 2 || heads[apple] != a || heads[banana] != b {
		t.Fatalf("heads %+v, want %+v and %+v", heads, a, b)
	}
	if heads, err := f.Heads(t.Context(), nil); err != nil || len(heads) != 0 {
		t.Fatalf("heads of no boards: %+v, %v", heads, err)
	}
	if list, err := f.Boards(t.Context()); err != nil || fmt.Sprint(list) != "[board-apple board-banana]" {
		t.Fatalf("boards %v, %v", list, err)
	}
}

func snapshot(head collab.Head, open string) collab.Snapshot {
	return collab.Snapshot{
		Board: apple, Epoch: head.Epoch, Seq: head.Seq, Batch: head.Batch, At: 1795312345678,
		All: 1<<64 - 1, Public: 9, Open: []byte(open), Rest: []byte("rest"),
	}
}

func testSnapshot(t *testing.T, f *fixture) {
	_, err := f.Snapshot(t.Context(), apple)
	f.want(err, collab.ErrNoSnapshot)
	f.want(f.StoreSnapshot(t.Context(), snapshot(collab.Head{Seq: 1, Batch: "batch-first"}, "no board")), collab.ErrGone)

	early := f.create(apple)
	head := f.grow(apple, early, 3)
	want := snapshot(head, "newest")
	for _, s := range []collab.Snapshot{snapshot(early, "first"), want, snapshot(early, "stale")} {
		if err := f.StoreSnapshot(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	got, err := f.Snapshot(t.Context(), apple)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
		t.Fatalf("snapshot %+v, want %+v", got, want)
	}
	head.SnapshotSeq = head.Seq
	f.wantHead(apple, head)
}

func testForeignSnapshot(t *testing.T, f *fixture) {
	head := f.grow(apple, f.create(apple), 3)
	other, ahead := head, head
	other.Batch = "batch-lost"
	ahead.Seq += 7
	for _, h := range []collab.Head{other, ahead} {
		if err := f.StoreSnapshot(t.Context(), snapshot(h, "foreign")); err != nil {
			t.Fatal(err)
		}
	}
	_, err := f.Snapshot(t.Context(), apple)
	f.want(err, collab.ErrNoSnapshot)
	f.wantHead(apple, head)
}

func testDelete(t *testing.T, f *fixture) {
	f.want(f.Delete(t.Context(), apple, collab.Head{}), collab.ErrGone)
	old := f.create(apple)
	head := f.grow(apple, old, 1)
	f.want(f.Delete(t.Context(), apple, old), collab.ErrLost)
	f.wantHead(apple, head)
	if err := f.Delete(t.Context(), apple, head); err != nil {
		t.Fatal(err)
	}
	if h, ok := f.head(apple); ok {
		t.Fatalf("head %+v of a deleted board", h)
	}
	f.want(f.Append(t.Context(), head, batch(apple, head, "late", 1)), collab.ErrGone)
}

func testDeleted(t *testing.T, f *fixture) {
	neighbour := f.grow(banana, f.create(banana), 2)
	head := f.grow(apple, f.create(apple), 2)
	if err := f.StoreSnapshot(t.Context(), snapshot(head, "open")); err != nil {
		t.Fatal(err)
	}
	head.SnapshotSeq = head.Seq
	if err := f.Delete(t.Context(), apple, head); err != nil {
		t.Fatal(err)
	}
	if list := f.batches(apple, 0); len(list) != 0 {
		t.Fatalf("batches %+v of a deleted board", list)
	}
	_, err := f.Snapshot(t.Context(), apple)
	f.want(err, collab.ErrNoSnapshot)
	f.wantHead(banana, neighbour)

	f.wantHead(apple, f.create(apple))
}

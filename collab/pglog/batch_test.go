//go:build services

package pglog_test

import (
	"context"
	"fmt"
	"testing"

	"waymark/board"
	"waymark/collab"
)

// next is a batch of one entry behind head.
func next(id board.ID, head collab.Head) collab.Batch {
	return collab.Batch{
		Board: id, First: head.Seq + 1, Last: head.Seq + 1, Epoch: 1,
		ID: board.ID(fmt.Sprintf("batch-%d", head.Seq+1)), Prev: head.Batch, Node: "node-1", Body: []byte("[]"),
	}
}

// writer is what these need of a log.
type writer interface {
	Create(ctx context.Context, first collab.Batch, format int) error
	Append(ctx context.Context, expect collab.Head, b collab.Batch) error
}

func start(t testing.TB, l writer, id board.ID) collab.Head {
	t.Helper()
	b := next(id, collab.Head{})
	if err := l.Create(context.Background(), b, collab.Format); err != nil {
		t.Fatal(err)
	}
	return b.Head(collab.Head{Format: collab.Format})
}

// grow appends to board-apple.
func grow(t testing.TB, l writer, head collab.Head) collab.Head {
	t.Helper()
	b := next("board-apple", head)
	if err := l.Append(context.Background(), head, b); err != nil {
		t.Fatal(err)
	}
	return b.Head(head)
}

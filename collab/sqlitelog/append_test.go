package sqlitelog_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"waymark/collab"
)

// Whoever has stopped waiting for an append is not asked what to write: what they would decide by is theirs again.
func TestAppendLocked_asks_nobody_who_has_gone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := open(t, t.TempDir())
		start(t, l, "board-apple")
		var none collab.Batch
		var good error
		busy, asked := make(chan struct{}), 0
		wait := func(collab.Head, []collab.Batch) (collab.Batch, error) {
			<-busy
			return none, good
		}
		count := func(collab.Head, []collab.Batch) (collab.Batch, error) {
			asked++
			return none, good
		}
		first, second := make(chan error, 1), make(chan error, 1)
		go func() { first <- l.AppendLocked(t.Context(), "board-apple", 0, wait) }()
		synctest.Wait()
		ctx, leave := context.WithCancel(t.Context())
		go func() { second <- l.AppendLocked(ctx, "board-apple", 0, count) }()
		synctest.Wait() // it is in the queue
		leave()
		if err := <-second; !errors.Is(err, context.Canceled) {
			t.Errorf("gone: %v", err)
		}
		close(busy)
		if err := errors.Join(<-first, l.AppendLocked(t.Context(), "board-apple", 0, wait)); err != nil {
			t.Error(err)
		}
		if asked != 0 {
			t.Errorf("asked %d times", asked)
		}
	})
}

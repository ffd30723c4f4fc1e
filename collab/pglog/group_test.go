package pglog

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"waymark/board"
	"waymark/collab"
)

// gathered is a gatherer whose statements end when they are told to.
func gathered(t *testing.T) (g *gatherer, begun chan []*waiting, end chan error) {
	var work sync.WaitGroup
	begun, end = make(chan []*waiting), make(chan error)
	g = &gatherer{work: &work, write: func(group []*waiting) {
		begun <- group
		answer(group, <-end)
	}}
	t.Cleanup(work.Wait)
	return g, begun, end
}

func asked(ctx context.Context, id board.ID, size int) *waiting {
	return &waiting{ctx, collab.Head{}, &collab.Batch{Board: id, Body: make([]byte, size)}, make(chan error, 1)}
}

func boards(group []*waiting) (ids []board.ID) {
	for _, w := range group {
		ids = append(ids, w.batch.Board)
	}
	return ids
}

func want(t *testing.T, group []*waiting, ids ...board.ID) {
	t.Helper()
	if got := boards(group); !slices.Equal(got, ids) {
		t.Errorf("the statement is for %q, want %q", got, ids)
	}
}

func TestGatherer_gathers_what_comes_meanwhile(t *testing.T) {
	g, begun, end := gathered(t)
	left, leave := context.WithCancel(t.Context())
	leave()
	g.brisk = groupsAtOnce // as if so many statements were under way
	first := asked(t.Context(), "apple", 10)
	for _, w := range []*waiting{
		first, asked(t.Context(), "pear", 10), asked(left, "plum", 10),
		asked(t.Context(), "pear", 10), asked(t.Context(), "quince", groupBytes), asked(t.Context(), "fig", 10),
	} {
		g.add(w)
	}
	g.passed()
	want(t, <-begun, "apple", "pear", "fig")
	failed := errors.New("failed")
	end <- failed
	if err := <-first.done; !errors.Is(err, failed) {
		t.Errorf("answered %v", err)
	}
	want(t, <-begun, "pear")
	end <- nil
	want(t, <-begun, "quince")
	end <- nil
}

// One statement that hangs keeps the others only for so long.
func TestGatherer_goes_on_beside_one_that_hangs(t *testing.T) {
	g, begun, end := gathered(t)
	g.add(asked(t.Context(), "apple", 10))
	want(t, <-begun, "apple")
	for _, id := range []board.ID{"pear", "plum"} {
		g.add(asked(t.Context(), id, 10))
		want(t, <-begun, id)
	}
	for range 3 {
		end <- nil
	}
}

func TestGatherer_refuses_when_it_has_ended(t *testing.T) {
	g, begun, end := gathered(t)
	g.add(asked(t.Context(), "apple", 10))
	<-begun
	g.end()
	late := asked(t.Context(), "pear", 10)
	g.add(late)
	if err := <-late.done; !errors.Is(err, errClosed) {
		t.Errorf("answered %v", err)
	}
	end <- nil
}

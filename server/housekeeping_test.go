package main

import (
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/server/directory"
)

func TestEmptyTrash(t *testing.T) {
	config, _, err := ReadConfig("serve", []string{"-data", t.TempDir()}, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openServer(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := errors.Join(s.hub.Drain(t.Context()), s.Close()); err != nil {
			t.Error(err)
		}
	}()
	p, err := s.directory.AddAccount(t.Context(), directory.Profile{Name: "Mira", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	var ids []board.ID
	for range 2 {
		id, err := s.sampleBoard(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
		if err := s.propose(t.Context(), id, &board.TrashBoard{}, board.Actor{Person: p.ID}); err != nil {
			t.Fatal(err)
		}
	}
	s.project(t.Context())
	left := func(after time.Duration) (n int) {
		s.now = func() time.Time { return time.Now().Add(after) }
		s.emptyTrash(t.Context())
		heads, err := s.data.Heads(t.Context(), ids)
		if err != nil {
			t.Fatal(err)
		}
		return len(heads)
	}
	if n := left(29 * 24 * time.Hour); n != 2 {
		t.Fatalf("%d boards are left after 29 days", n)
	}
	// The list still says trashed; the board knows better.
	if err := s.propose(t.Context(), ids[0], &board.UntrashBoard{}, board.Actor{Person: p.ID}); err != nil {
		t.Fatal(err)
	}
	if n := left(31 * 24 * time.Hour); n != 1 {
		t.Fatalf("%d boards are left after 31 days", n)
	}
	if _, err := s.data.Batches(t.Context(), ids[1], 0, 1); err != nil {
		t.Fatal(err)
	}
	s.hub.Poll(t.Context())
	if err := s.look(t.Context(), ids[1], func(*board.Board) error { return nil }); !errors.Is(err, collab.ErrGone) {
		t.Fatalf("a removed board is looked at: %v", err)
	}
}

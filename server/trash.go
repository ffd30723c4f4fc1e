package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"waymark/board"
	"waymark/collab"
)

// trashLife is how long a board lies in the trash.
const trashLife = 30 * 24 * time.Hour

// emptyTrash removes the boards that have lain in the trash for 30 days. The list only says where to look: the board
// itself, at a verified head, decides, and it goes only if nothing was written behind that head. All that is known of it
// goes in one transaction.
func (s *Server) emptyTrash(ctx context.Context) {
	oldest := s.now().Add(-trashLife)
	ids, err := s.directory.TrashedBefore(ctx, oldest)
	if err != nil {
		if !errors.Is(ctx.Err(), context.Canceled) {
			s.log.Error("trash was not looked at", "error", err)
		}
		return
	}
	for _, id := range ids {
		if ctx.Err() != nil {
			return // the rest the next time
		}
		if err := s.purge(ctx, id, oldest); err != nil && !errors.Is(ctx.Err(), context.Canceled) {
			s.log.Error("board was not removed from the trash", "board", id, "error", err)
		}
	}
}

// purge removes a board for good if it has been in the trash since before oldest.
func (s *Server) purge(ctx context.Context, id board.ID, oldest time.Time) error {
	var head collab.Head
	var trashed *board.Record
	err := s.hub.View(ctx, id, func(b *board.Board, h collab.Head) {
		if m, ok := b.Map(); ok && b.Trashed() {
			head, trashed = h, m
		}
	})
	if err != nil || trashed == nil {
		return err
	}
	since, err := s.trashedAt(ctx, id, trashed.ID, head.Seq)
	if err != nil || int64(since) >= oldest.UnixMilli() {
		return err
	}
	return s.data.Purge(ctx, id, head, func(exec func(string, ...any) error) error { return s.directory.Forget(id, exec) })
}

// trashedAt is when a board that is in the trash at seq was put there. It looks at the log from its end: entries that
// follow, an op that was refused for one, do not count.
func (s *Server) trashedAt(ctx context.Context, id, m board.ID, seq board.Seq) (board.Time, error) {
	for step := board.Seq(64); seq > 0; step *= 2 {
		after := max(seq-step, 0)
		batches, err := s.data.Batches(ctx, id, after, int(step)) // each has an entry at least
		if err != nil {
			return 0, err
		}
		var at board.Time
		for _, b := range batches {
			if b.First > seq || !bytes.Contains(b.Body, []byte(`"trashed":true`)) {
				continue
			}
			entries, err := board.ParseEntries(b.Body)
			if err != nil {
				return 0, err
			}
			for _, e := range entries {
				if e.Seq <= seq && putsIntoTrash(e, m) {
					at = e.At
				}
			}
		}
		if at > 0 {
			return at, nil
		}
		seq = after
	}
	return 0, fmt.Errorf("log of %s does not say when it was put into the trash", id)
}

func putsIntoTrash(e board.Entry, m board.ID) bool {
	for _, c := range e.Changes {
		set, ok := c.(board.Set)
		if !ok || set.ID != m {
			continue
		}
		for _, f := range set.Fields {
			if f.Name == "trashed" && f.Value == board.True {
				return true
			}
		}
	}
	return false
}

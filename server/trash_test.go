package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/server/directory"
)

// A shelf is a server that is not served, with boards in its trash.
type shelf struct {
	*Server
	t      *testing.T
	person directory.Person
	boards []board.ID
}

func newShelf(t *testing.T, boards int) *shelf {
	t.Helper()
	config, _, err := ReadConfig("serve", []string{"-data", t.TempDir()}, nil, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	s, err := openServer(t.Context(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, stop := context.WithTimeout(context.Background(), patience) // the test's own is over
		defer stop()
		if err := errors.Join(s.hub.Drain(ctx), s.Close()); err != nil {
			t.Error(err)
		}
	})
	p, err := s.directory.AddAccount(t.Context(), directory.Profile{Name: "Mira", Lang: "en"})
	if err != nil {
		t.Fatal(err)
	}
	h := &shelf{Server: s, t: t, person: p}
	for range boards {
		id, err := s.sampleBoard(limited(t), p)
		if err != nil {
			t.Fatal(err)
		}
		h.boards = append(h.boards, id)
		h.must(id, &board.TrashBoard{})
	}
	s.project(t.Context())
	return h
}

func (h *shelf) must(id board.ID, op board.Op) {
	h.t.Helper()
	if err := h.propose(limited(h.t), id, op, board.Actor{Person: h.person.ID}); err != nil {
		h.t.Fatal(err)
	}
}

// left empties the trash at a time and counts the boards that stay.
func (h *shelf) left(at time.Time) int {
	h.t.Helper()
	h.now = func() time.Time { return at }
	h.emptyTrash(h.t.Context())
	heads, err := h.data.Heads(h.t.Context(), h.boards)
	if err != nil {
		h.t.Fatal(err)
	}
	return len(heads)
}

func (h *shelf) at(id board.ID) (seq board.Seq, at board.Time) {
	h.t.Helper()
	err := h.look(limited(h.t), id, func(b *board.Board) error {
		seq, at = b.Seq(), b.At()
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return seq, at
}

func (h *shelf) acts(name string) int {
	h.t.Helper()
	acts, err := h.directory.Acts(h.t.Context(), 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	n := 0
	for _, a := range acts {
		if a.Name == name {
			n++
		}
	}
	return n
}

func TestEmptyTrash(t *testing.T) {
	t.Parallel()
	h := newShelf(t, 2)
	days := func(n int) time.Time { return time.Now().Add(time.Duration(n) * 24 * time.Hour) }
	if n := h.left(days(29)); n != 2 {
		t.Fatalf("%d boards are left after 29 days", n)
	}
	// The list still says trashed; the board knows better.
	h.must(h.boards[0], &board.UntrashBoard{})
	if n := h.left(days(31)); n != 1 {
		t.Fatalf("%d boards are left after 31 days", n)
	}
	if n := h.acts("purge"); n != 1 {
		t.Fatalf("the audit trail has %d boards that were removed", n)
	}
	h.hub.Poll(t.Context())
	if err := h.look(limited(t), h.boards[1], func(*board.Board) error { return nil }); !errors.Is(err, collab.ErrGone) {
		t.Fatalf("a removed board is looked at: %v", err)
	}
}

func TestEmptyTrash_entries_after_the_trashing_postpone_nothing(t *testing.T) {
	t.Parallel()
	h := newShelf(t, 1)
	id := h.boards[0]
	first, trashed := h.at(id)
	for seq, at := first, trashed; at <= trashed || seq < first+200; seq, at = h.at(id) {
		h.must(id, &board.TrashBoard{}) // it is there: an entry without changes
	}
	h.project(t.Context())
	due := time.UnixMilli(int64(trashed)).Add(trashLife)
	if n := h.left(due); n != 1 {
		t.Fatal("was removed a moment too early")
	}
	if n := h.left(due.Add(time.Millisecond)); n != 0 {
		t.Fatal("later entries keep it in the trash")
	}
}

func TestEmptyTrash_what_cannot_be_removed_stays_whole(t *testing.T) {
	t.Parallel()
	for _, refusing := range []string{"board_heads", "board_snapshots", "boards", "invites", "invite_uses", "viewers", "audit"} {
		t.Run(refusing, func(t *testing.T) {
			h := newShelf(t, 1)
			id := h.boards[0]
			h.must(id, &board.UntrashBoard{})
			invite, _, err := h.directory.AddInvite(t.Context(), directory.Invite{ID: "invite-1", Board: id, Role: board.Viewer, CreatedBy: h.person.ID}, "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := h.directory.LetIn(t.Context(), invite, h.person, directory.Profile{}); err != nil {
				t.Fatal(err)
			}
			h.must(id, &board.TrashBoard{})
			h.project(t.Context())
			doing := "DELETE"
			switch refusing {
			case "audit":
				doing = "INSERT"
			case "board_snapshots":
				change(t, h.data.DB(), `INSERT OR IGNORE INTO board_snapshots VALUES ('`+string(id)+`', 1, 1, 'batch-1', 0, 0, 0, X'00', X'00')`)
			}
			change(t, h.data.DB(), `CREATE TRIGGER refuse BEFORE `+doing+` ON `+refusing+` BEGIN SELECT RAISE(ABORT, 'no'); END`)
			after := time.Now().Add(31 * 24 * time.Hour)
			if n := h.left(after); n != 1 {
				t.Fatal("the head is gone")
			}
			viewers, err := h.directory.Viewers(t.Context(), id)
			if err != nil || len(viewers) != 1 {
				t.Errorf("viewers %v, %v", viewers, err)
			}
			if uses, err := h.directory.InviteUses(t.Context(), id); err != nil || uses["invite-1"] != 1 {
				t.Errorf("invites %v, %v", uses, err)
			}
			if batches, err := h.data.Batches(t.Context(), id, 0, 10); err != nil || len(batches) == 0 {
				t.Errorf("%d batches, %v", len(batches), err)
			}
			if n := h.acts("purge"); n != 0 {
				t.Errorf("the audit trail says %d times that it was removed", n)
			}
			change(t, h.data.DB(), `DROP TRIGGER refuse`)
			if n := h.left(after); n != 0 {
				t.Fatal("is not removed the next time")
			}
		})
	}
}

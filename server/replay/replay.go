// Package replay makes boards again from their logs, entry by entry, and holds what comes out against all that is stored
// of them: the chain of the batches, their canonical form, digests, snapshots and heads. A server passes over what it can
// mend; nothing is passed over here.
package replay

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"

	"waymark/board"
	"waymark/collab"
)

// A Source is where boards are read from.
type Source interface {
	Heads(ctx context.Context, ids []board.ID) (map[board.ID]collab.Head, error)
	Batches(ctx context.Context, id board.ID, after board.Seq, limit int) ([]collab.Batch, error)
	Snapshot(ctx context.Context, id board.ID) (collab.Snapshot, error)
}

// A Result is what a log makes of a board.
type Result struct {
	// Head is the end of the log; zero when the board was removed meanwhile.
	Head    collab.Head
	Digests board.Digests
	// Snapshot is where the stored one ends, 0 without one or with a bad one.
	Snapshot board.Seq
}

// Board replays one board up to the head that it has now; what is appended meanwhile is not looked at. The error says
// what is wrong with it, or that it could not be read. With a [*BadSnapshot] the result is the board without its snapshot.
func Board(ctx context.Context, from Source, id board.ID) (Result, error) {
	for try := 1; ; try++ {
		r := replay{from: from, board: board.New(id)}
		err := r.run(ctx)
		if err == nil && r.bad == nil {
			return Result{Head: r.head, Digests: r.board.Digests(), Snapshot: r.snapshotSeq}, nil
		}
		if try < tries && r.changed(ctx) {
			continue
		}
		if err != nil {
			return Result{}, err
		}
		r.head.SnapshotSeq = 0
		return Result{Head: r.head, Digests: r.board.Digests()}, r.bad
	}
}

// tries is how often a board is read that is removed or restored while it is.
const tries = 3

// changed reports whether the log is another one than that whose head was read.
func (r *replay) changed(ctx context.Context) bool {
	heads, err := r.from.Heads(ctx, []board.ID{r.board.ID()})
	head, ok := heads[r.board.ID()]
	return err == nil && r.want.Batch != "" && (!ok || head.Epoch != r.want.Epoch)
}

// A replay is one board made again from its log.
type replay struct {
	from        Source
	board       *board.Board
	want, head  collab.Head // as stored, and of what was replayed
	at          board.Time
	snapshotSeq board.Seq
	bad         *BadSnapshot
}

// page is how many batches are read at once.
const page = 256

func (r *replay) run(ctx context.Context) error {
	id := r.board.ID()
	// The snapshot is read first: it is never ahead of the head that is read after it.
	stored, err := r.from.Snapshot(ctx, id)
	noSnapshot := errors.Is(err, collab.ErrNoSnapshot)
	if err != nil && !noSnapshot {
		return err
	}
	heads, err := r.from.Heads(ctx, []board.ID{id})
	if err != nil {
		return err
	}
	head, ok := heads[id]
	if !ok {
		return nil
	}
	r.want = head
	for r.head.Seq < head.Seq {
		batches, err := r.from.Batches(ctx, id, r.head.Seq, page)
		if err != nil {
			return err
		}
		if len(batches) == 0 {
			return fmt.Errorf("log ends at %d, head says %d", r.head.Seq, head.Seq)
		}
		for i := range batches {
			b := &batches[i]
			if err := r.batch(b); err != nil {
				return fmt.Errorf("batch %s at %d: %w", b.ID, b.First, err)
			}
			if !noSnapshot && b.Last == stored.Seq {
				r.snapshotSeq = stored.Seq
				if err := r.snapshot(&stored); err != nil {
					r.bad = &BadSnapshot{stored.Seq, err}
				}
			}
			if b.Last < head.Seq {
				continue
			}
			if b.Last > head.Seq || b.ID != head.Batch || r.board.Epoch() != head.Epoch {
				return fmt.Errorf("head says batch %s of epoch %d at %d, log has %s of %d at %d",
					head.Batch, head.Epoch, head.Seq, b.ID, r.board.Epoch(), b.Last)
			}
			break // the rest was appended meanwhile
		}
	}
	switch {
	case noSnapshot || r.snapshotSeq > 0:
	case stored.Seq > head.Seq:
		return fmt.Errorf("log ends at %d, and there is a snapshot at %d", head.Seq, stored.Seq)
	default:
		r.bad = &BadSnapshot{stored.Seq, errors.New("it ends on no batch")}
	}
	r.head.Format, r.head.SnapshotSeq = head.Format, head.SnapshotSeq
	return nil
}

func (r *replay) batch(b *collab.Batch) error {
	if !b.Follows(r.head) {
		return fmt.Errorf("follows %s, but %s at %d is before it", b.Prev, r.head.Batch, r.head.Seq)
	}
	if b.Epoch < r.head.Epoch {
		return fmt.Errorf("is of epoch %d, behind one of %d", b.Epoch, r.head.Epoch)
	}
	entries, err := board.ParseEntries(b.Body)
	if err != nil {
		return err
	}
	if len(entries) == 0 || entries[len(entries)-1].Seq != b.Last {
		return fmt.Errorf("has %d entries, wants %d to %d", len(entries), b.First, b.Last)
	}
	if !bytes.Equal(board.AppendEntries(nil, entries), b.Body) {
		return errors.New("is not canonical")
	}
	for i, e := range entries {
		if e.Seq != b.First+board.Seq(i) || e.At < r.at {
			return fmt.Errorf("entry %d at %d stands behind one at %d", e.Seq, e.At, r.at)
		}
		if err := r.numbered(&e); err != nil {
			return err
		}
		board.Apply(r.board, e)
		r.at = e.At
	}
	if r.board.Stopped() {
		return errors.New("needs a newer release")
	}
	if d := r.board.Digests(); d.All != b.All || d.Public != b.Public {
		return fmt.Errorf("digests are %s and %s, replayed %s and %s",
			board.Hex(b.All), board.Hex(b.Public), board.Hex(d.All), board.Hex(d.Public))
	}
	r.head = b.Head(r.head)
	return nil
}

// numbered refuses an entry that is not its client's next, or not of whoever the client belongs to. No digest says so.
func (r *replay) numbered(e *board.Entry) error {
	if e.Client == "" {
		return nil
	}
	mark, known := r.board.Client(e.Client)
	switch {
	case e.N != mark.N+1:
		return fmt.Errorf("entry %d is number %d of %s, behind number %d", e.Seq, e.N, e.Client, mark.N)
	case known && !r.board.Is(mark.By, e.By):
		return fmt.Errorf("entry %d is by %s, and %s is a client of %s", e.Seq, e.By, e.Client, mark.By)
	}
	return nil
}

func (r *replay) snapshot(s *collab.Snapshot) error {
	open, rest := r.board.StoredParts(s.Batch)
	for _, part := range []struct {
		name         string
		stored, want []byte
	}{{"open", s.Open, open}, {"sealed", s.Rest, rest}} {
		z, err := gzip.NewReader(bytes.NewReader(part.stored))
		if err != nil {
			return fmt.Errorf("%s part: %w", part.name, err)
		}
		got, err := io.ReadAll(z)
		if err != nil {
			return fmt.Errorf("%s part: %w", part.name, err)
		}
		if !bytes.Equal(got, part.want) {
			return fmt.Errorf("%s part has %d bytes, replayed %d, and differs", part.name, len(got), len(part.want))
		}
	}
	return nil
}

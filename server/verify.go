package main

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

// verify has the database check itself, replays the log of every board from its first entry, and compares what comes out
// with the digests beside the batches and with the stored snapshot. It reads only, so a server may run meanwhile.
func (p program) verify(ctx context.Context, config *Config, words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("verify: %q is one word too many", words[0])
	}
	data, err := readStore(ctx, config)
	if err != nil {
		return err
	}
	err = p.verifyAll(ctx, data)
	return errors.Join(err, data.Close())
}

func (p program) verifyAll(ctx context.Context, data store) error {
	damage, err := data.Check(ctx)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	for _, d := range damage {
		_, _ = fmt.Fprintf(p.stdout, "%s  WRONG  %s\n", data.kind(), d)
	}
	if len(damage) > 0 {
		return errors.New("verify: the database is damaged")
	}
	ids, err := data.Boards(ctx)
	if err != nil {
		return err
	}
	strays, err := data.Strays(ctx)
	if err != nil {
		return err
	}
	for _, id := range strays {
		_, _ = fmt.Fprintf(p.stdout, "%s  WRONG  has a log or a snapshot, but no head\n", id)
	}
	wrong := len(strays)
	for _, id := range ids {
		r := replay{data: data, board: board.New(id)}
		if err := r.run(ctx); err != nil {
			wrong++
			_, _ = fmt.Fprintf(p.stdout, "%s  WRONG  %v\n", id, err)
			continue
		}
		_, _ = fmt.Fprintf(p.stdout, "%s  good   %d entries, digest %s%s\n", id, r.board.Seq(), board.Hex(r.board.Digests().All), r.note)
	}
	if wrong > 0 {
		return fmt.Errorf("verify: %d of %d boards are wrong", wrong, len(ids)+len(strays))
	}
	_, _ = fmt.Fprintf(p.stdout, "%d boards are good.\n", len(ids))
	return nil
}

// A replay is one board made again from its log.
type replay struct {
	data  Database
	board *board.Board
	head  collab.Head // of what was replayed
	at    board.Time
	note  string
}

const replayBatches = 256

func (r *replay) run(ctx context.Context) error {
	id := r.board.ID()
	// The snapshot is read first: it is never ahead of the head that is read after it.
	stored, err := r.data.Snapshot(ctx, id)
	noSnapshot := errors.Is(err, collab.ErrNoSnapshot)
	if err != nil && !noSnapshot {
		return err
	}
	heads, err := r.data.Heads(ctx, []board.ID{id})
	if err != nil {
		return err
	}
	head, ok := heads[id]
	if !ok {
		r.note = ", removed meanwhile"
		return nil
	}
	for r.head.Seq < head.Seq {
		batches, err := r.data.Batches(ctx, id, r.head.Seq, replayBatches)
		if err != nil {
			return err
		}
		if len(batches) == 0 {
			return fmt.Errorf("log ends at %d, head says %d", r.head.Seq, head.Seq)
		}
		for i := range batches {
			if err := r.batch(&batches[i]); err != nil {
				return fmt.Errorf("batch %s at %d: %w", batches[i].ID, batches[i].First, err)
			}
			if !noSnapshot && batches[i].Last == stored.Seq {
				if err := r.snapshot(&stored); err != nil {
					return fmt.Errorf("snapshot at %d: %w", stored.Seq, err)
				}
				r.note = fmt.Sprintf(", snapshot at %d", stored.Seq)
			}
			if batches[i].Last == head.Seq && (batches[i].ID != head.Batch || r.board.Epoch() != head.Epoch) {
				return fmt.Errorf("head says batch %s of epoch %d, log has %s of %d", head.Batch, head.Epoch, batches[i].ID, r.board.Epoch())
			}
		}
	}
	if !noSnapshot && r.note == "" {
		return fmt.Errorf("snapshot at %d ends on no batch", stored.Seq)
	}
	return nil
}

func (r *replay) batch(b *collab.Batch) error {
	if !b.Follows(r.head) {
		return fmt.Errorf("follows %s, but %s at %d is before it", b.Prev, r.head.Batch, r.head.Seq)
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

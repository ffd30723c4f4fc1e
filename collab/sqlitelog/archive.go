package sqlitelog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"waymark/board"
	"waymark/collab"
)

// Snapshot reads the newest stored snapshot of a board.
func (l *Log) Snapshot(ctx context.Context, id board.ID) (collab.Snapshot, error) {
	var s collab.Snapshot
	var all, public int64
	err := l.read.snapshot.QueryRowContext(ctx, string(id)).Scan(
		&s.Board, &s.Seq, &s.Epoch, &s.Batch, &s.At, &all, &public, &s.Open, &s.Rest)
	if errors.Is(err, sql.ErrNoRows) {
		err = collab.ErrNoSnapshot
	}
	if err != nil {
		return collab.Snapshot{}, fmt.Errorf("read snapshot of %s: %w", id, err)
	}
	s.All, s.Public = uint64(all), uint64(public)
	return s, nil
}

// StoreSnapshot keeps s if its batch is in the log and no later one is stored.
func (l *Log) StoreSnapshot(ctx context.Context, s collab.Snapshot) error {
	err := l.write(ctx, &request{run: func(w *writer) error { return w.storeSnapshot(&s) }})
	if err != nil {
		return fmt.Errorf("store snapshot %d of %s: %w", s.Seq, s.Board, err)
	}
	return nil
}

func (w *writer) storeSnapshot(s *collab.Snapshot) error {
	head, ok, err := w.head(s.Board)
	if err != nil {
		return err
	}
	if !ok {
		return collab.ErrGone
	}
	inLog := false
	err = w.log.hasBatch.rows(func(row []driver.Value) error {
		inLog = row[0].(int64) == int64(s.Seq) && row[1].(string) == string(s.Batch)
		return nil
	}, string(s.Board), int64(s.Seq))
	if err != nil {
		return err
	}
	if !inLog || head.SnapshotSeq >= s.Seq {
		return nil
	}
	err = w.log.putSnapshot.exec(string(s.Board), int64(s.Seq), s.Epoch, string(s.Batch), int64(s.At),
		int64(s.All), int64(s.Public), s.Open, s.Rest)
	if err != nil {
		return err
	}
	return w.log.setSnapped.exec(int64(s.Seq), string(s.Board))
}

// Delete removes the board, its log and its snapshot if the head is still
// expect.
func (l *Log) Delete(ctx context.Context, id board.ID, expect collab.Head) error {
	return l.Purge(ctx, id, expect, func(func(string, ...any) error) error { return nil })
}

// Purge is Delete with what also does in the same transaction: it runs
// statements by exec, and any error undoes it all.
func (l *Log) Purge(ctx context.Context, id board.ID, expect collab.Head, also func(exec func(query string, args ...any) error) error) error {
	err := l.write(ctx, &request{alone: true, run: func(w *writer) error {
		n, err := w.log.dropHead.changes(string(id), expect.Epoch, int64(expect.Seq), string(expect.Batch))
		if err != nil {
			return err
		}
		if n == 0 {
			return w.verdict(expect, id)
		}
		if err := w.log.dropBatches.exec(string(id)); err != nil {
			return err
		}
		if err := w.log.dropSnapshot.exec(string(id)); err != nil {
			return err
		}
		if err := also(w.once); err != nil {
			return dbError{err}
		}
		return nil
	}})
	if err != nil {
		return fmt.Errorf("delete %s: %w", id, err)
	}
	return nil
}

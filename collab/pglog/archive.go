package pglog

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"waymark/board"
	"waymark/board/planted"
	"waymark/collab"
)

const (
	snapshotColumns = `board_id, seq, epoch, batch_id, at, digest_all, digest_public, open_part, rest_part`
	selectSnapshot  = `SELECT ` + snapshotColumns + ` FROM board_snapshots WHERE board_id = $1`
)

// putSnapshot takes the head's row first, as every statement does that takes rows of several tables. What it looks at
// besides is as it was before it waited for that: a log that was replaced meanwhile has another epoch.
var putSnapshot = `WITH noted AS (
		UPDATE board_heads SET snapshot_seq = $2
		WHERE board_id = $1 AND snapshot_seq < $2 AND epoch = (SELECT epoch FROM board_heads WHERE board_id = $1)` +
	planted.Unless("snapshot-of-a-lost-batch", ` AND ($2::bigint, $4::text) = (
			SELECT last_seq, batch_id FROM board_batches WHERE board_id = $1 AND first_seq <= $2
			ORDER BY first_seq DESC LIMIT 1)`) + `
		RETURNING board_id),
	stored AS (
		INSERT INTO board_snapshots (` + snapshotColumns + `)
		SELECT board_id, $2, $3::bigint, $4, $5::bigint, $6::bigint, $7::bigint, $8::bytea, $9::bytea FROM noted
		ON CONFLICT (board_id) DO UPDATE SET seq = excluded.seq, epoch = excluded.epoch, batch_id = excluded.batch_id,
			at = excluded.at, digest_all = excluded.digest_all, digest_public = excluded.digest_public,
			open_part = excluded.open_part, rest_part = excluded.rest_part)
	SELECT EXISTS (SELECT 1 FROM board_heads WHERE board_id = $1)`

// Snapshot reads the newest stored snapshot of a board.
func (l *Log) Snapshot(ctx context.Context, id board.ID) (collab.Snapshot, error) {
	s, err := l.snapshot(ctx, id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = collab.ErrNoSnapshot
	}
	if err != nil {
		return collab.Snapshot{}, fmt.Errorf("read snapshot of %s: %w", id, err)
	}
	return s, nil
}

func (l *Log) snapshot(ctx context.Context, id board.ID) (s collab.Snapshot, err error) {
	c, err := l.acquire(ctx, l.reads)
	if err != nil {
		return s, err
	}
	defer c.Release()
	var found, batch string
	var seq, at, all, public int64
	err = c.QueryRow(ctx, selectSnapshot, string(id)).Scan(&found, &seq, &s.Epoch, &batch, &at, &all, &public, &s.Open, &s.Rest)
	s.Board, s.Seq, s.Batch, s.At = board.ID(found), board.Seq(seq), board.ID(batch), board.Time(at)
	s.All, s.Public = uint64(all), uint64(public)
	return s, err
}

// StoreSnapshot keeps s if its batch is in the log and no later one is stored.
func (l *Log) StoreSnapshot(ctx context.Context, s collab.Snapshot) error {
	if err := l.storeSnapshot(ctx, &s); err != nil {
		return fmt.Errorf("store snapshot %d of %s: %w", s.Seq, s.Board, err)
	}
	return nil
}

func (l *Log) storeSnapshot(ctx context.Context, s *collab.Snapshot) error {
	if l.readOnly {
		return errReadOnly
	}
	c, err := l.acquire(ctx, l.side)
	if err != nil {
		return err
	}
	defer c.Release()
	var exists bool
	err = c.QueryRow(ctx, putSnapshot, string(s.Board), int64(s.Seq), s.Epoch, string(s.Batch), int64(s.At),
		int64(s.All), int64(s.Public), s.Open, s.Rest).Scan(&exists)
	if err == nil && !exists {
		return collab.ErrGone
	}
	return err
}

// Delete removes the board, its log and its snapshot if the head is still expect.
func (l *Log) Delete(ctx context.Context, id board.ID, expect collab.Head) error {
	return l.Purge(ctx, id, expect, func(func(string, ...any) error) error { return nil })
}

// Purge is Delete with what also does in the same transaction: it runs statements by exec, and any error undoes it all.
func (l *Log) Purge(ctx context.Context, id board.ID, expect collab.Head, also func(exec func(query string, args ...any) error) error) error {
	if err := l.purge(ctx, id, expect, also); err != nil {
		return fmt.Errorf("delete %s: %w", id, err)
	}
	return nil
}

func (l *Log) purge(ctx context.Context, id board.ID, expect collab.Head, also func(exec func(query string, args ...any) error) error) error {
	if l.readOnly {
		return errReadOnly
	}
	c, err := l.acquire(ctx, l.alone)
	if err != nil {
		return err
	}
	defer c.Release()
	return pgx.BeginTxFunc(ctx, c, beginAlone, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SET LOCAL statement_timeout = '1min'`); err != nil { // a long log takes its time
			return err
		}
		head, err := scanHead(tx.QueryRow(ctx, selectHead+` FOR UPDATE`, string(id)))
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return collab.ErrGone
		case err != nil:
			return err
		case planted.On("deleted-by-id-alone"):
		case head.Epoch != expect.Epoch || head.Seq != expect.Seq || head.Batch != expect.Batch:
			return verdict(expect, head.Format)
		}
		for _, statement := range []string{
			`DELETE FROM board_heads WHERE board_id = $1`,
			`DELETE FROM board_batches WHERE board_id = $1`,
			`DELETE FROM board_snapshots WHERE board_id = $1`,
		} {
			if _, err := tx.Exec(ctx, statement, string(id)); err != nil {
				return err
			}
		}
		return also(func(query string, args ...any) error {
			_, err := tx.Exec(ctx, query, args...)
			return err
		})
	})
}

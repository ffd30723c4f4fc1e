package sqlitelog

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"waymark/board"
	"waymark/collab"
)

var errReadOnly = errors.New("log is open for reading only")

const (
	batchColumns = `board_id, first_seq, last_seq, epoch, batch_id, prev_batch_id,
		digest_all, digest_public, node, at, body`
	snapshotColumns = `board_id, seq, epoch, batch_id, at, digest_all, digest_public, open_part, rest_part`

	// A batch ends above after when it begins above it, or is the last one that
	// does not: the primary key finds both.
	selectBatches = `SELECT ` + batchColumns + ` FROM board_batches
		WHERE board_id = ?1 AND last_seq > ?2 AND first_seq >= (
			SELECT coalesce(max(first_seq), 0) FROM board_batches WHERE board_id = ?1 AND first_seq <= ?2)
		ORDER BY first_seq`
)

// reads are the statements of the read pool.
type reads struct {
	batches, heads, snapshot, boards *sql.Stmt
}

func (r *reads) prepare(db *sql.DB) (err error) {
	prepare := func(text string) *sql.Stmt {
		if err != nil {
			return nil
		}
		var s *sql.Stmt
		s, err = db.Prepare(text)
		return s
	}
	r.batches = prepare(selectBatches + ` LIMIT ?3`)
	r.heads = prepare(`SELECT board_id, epoch, seq, batch_id, format, snapshot_seq FROM board_heads
		WHERE board_id IN (SELECT value FROM json_each(?))`)
	r.snapshot = prepare(`SELECT ` + snapshotColumns + ` FROM board_snapshots WHERE board_id = ?`)
	r.boards = prepare(`SELECT board_id FROM board_heads ORDER BY board_id`)
	return err
}

func (r *reads) close() error {
	var errs []error
	for _, s := range []*sql.Stmt{r.batches, r.heads, r.snapshot, r.boards} {
		if s != nil {
			errs = append(errs, s.Close())
		}
	}
	return errors.Join(errs...)
}

// Batches reads at most limit batches whose Last is above after, in order.
func (l *Log) Batches(ctx context.Context, id board.ID, after board.Seq, limit int) ([]collab.Batch, error) {
	var list []collab.Batch
	err := each(ctx, l.read.batches, func(rows *sql.Rows) error {
		var b collab.Batch
		var all, public int64
		err := rows.Scan(&b.Board, &b.First, &b.Last, &b.Epoch, &b.ID, &b.Prev, &all, &public, &b.Node, &b.At, &b.Body)
		b.All, b.Public = uint64(all), uint64(public)
		list = append(list, b)
		return err
	}, string(id), int64(after), limit)
	if err != nil {
		return nil, fmt.Errorf("read batches of %s after %d: %w", id, after, err)
	}
	return list, nil
}

// Heads reads the heads of these boards.
func (l *Log) Heads(ctx context.Context, ids []board.ID) (map[board.ID]collab.Head, error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, fmt.Errorf("read %d heads: %w", len(ids), err)
	}
	heads := make(map[board.ID]collab.Head, len(ids))
	err = each(ctx, l.read.heads, func(rows *sql.Rows) error {
		var id board.ID
		var h collab.Head
		err := rows.Scan(&id, &h.Epoch, &h.Seq, &h.Batch, &h.Format, &h.SnapshotSeq)
		heads[id] = h
		return err
	}, string(list))
	if err != nil {
		return nil, fmt.Errorf("read %d heads: %w", len(ids), err)
	}
	return heads, nil
}

// Boards lists all boards by id.
func (l *Log) Boards(ctx context.Context) ([]board.ID, error) {
	var list []board.ID
	err := each(ctx, l.read.boards, func(rows *sql.Rows) error {
		var id board.ID
		err := rows.Scan(&id)
		list = append(list, id)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list boards: %w", err)
	}
	return list, nil
}

func each(ctx context.Context, s *sql.Stmt, scan func(*sql.Rows) error, args ...any) (err error) {
	rows, err := s.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

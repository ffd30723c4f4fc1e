package pglog

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"waymark/board"
	"waymark/collab"
)

const (
	headColumns = `epoch, seq, batch_id, format, snapshot_seq`
	selectHead  = `SELECT ` + headColumns + ` FROM board_heads WHERE board_id = $1`
	selectHeads = `SELECT board_id, ` + headColumns + ` FROM board_heads WHERE board_id = ANY($1)`

	// A batch ends above after when it begins above it, or is the last one that does not: the primary key finds both.
	selectBatches = `SELECT ` + batchColumns + ` FROM board_batches
		WHERE board_id = $1 AND last_seq > $2 AND first_seq >= (
			SELECT coalesce(max(first_seq), 0) FROM board_batches WHERE board_id = $1 AND first_seq <= $2)
		ORDER BY first_seq LIMIT $3::bigint`
)

func scanHead(r pgx.Row) (h collab.Head, err error) {
	var seq, snapshot int64
	var batch string
	err = r.Scan(&h.Epoch, &seq, &batch, &h.Format, &snapshot)
	h.Seq, h.Batch, h.SnapshotSeq = board.Seq(seq), board.ID(batch), board.Seq(snapshot)
	return h, err
}

func scanBatch(r pgx.CollectableRow) (b collab.Batch, err error) {
	var id, batch, prev string
	var first, last, all, public, at int64
	err = r.Scan(&id, &first, &last, &b.Epoch, &batch, &prev, &all, &public, &b.Node, &at, &b.Body)
	b.Board, b.ID, b.Prev = board.ID(id), board.ID(batch), board.ID(prev)
	b.First, b.Last, b.At = board.Seq(first), board.Seq(last), board.Time(at)
	b.All, b.Public = uint64(all), uint64(public)
	return b, err
}

// Batches reads at most limit batches whose Last is above after, in order.
func (l *Log) Batches(ctx context.Context, id board.ID, after board.Seq, limit int) ([]collab.Batch, error) {
	var list []collab.Batch
	c, err := l.acquire(ctx, l.reads)
	if err == nil {
		defer c.Release()
		rows, _ := c.Query(ctx, selectBatches, string(id), int64(after), limit) // CollectRows gives its error
		list, err = pgx.CollectRows(rows, scanBatch)
	}
	if err != nil {
		return nil, fmt.Errorf("read batches of %s after %d: %w", id, after, err)
	}
	return list, nil
}

// Heads reads the heads of these boards.
func (l *Log) Heads(ctx context.Context, ids []board.ID) (map[board.ID]collab.Head, error) {
	heads, err := l.heads(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read %d heads: %w", len(ids), err)
	}
	return heads, nil
}

func (l *Log) heads(ctx context.Context, ids []board.ID) (map[board.ID]collab.Head, error) {
	heads := make(map[board.ID]collab.Head, len(ids))
	if len(ids) == 0 {
		return heads, nil
	}
	asked := make([]string, len(ids))
	for i, id := range ids {
		asked[i] = string(id)
	}
	c, err := l.acquire(ctx, l.reads)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	rows, _ := c.Query(ctx, selectHeads, asked) // ForEachRow gives its error
	var id, batch string
	var format int
	var epoch, seq, snapshot int64
	_, err = pgx.ForEachRow(rows, []any{&id, &epoch, &seq, &batch, &format, &snapshot}, func() error {
		heads[board.ID(id)] = collab.Head{
			Epoch: epoch, Seq: board.Seq(seq), Batch: board.ID(batch), Format: format, SnapshotSeq: board.Seq(snapshot),
		}
		return nil
	})
	return heads, err
}

// Boards lists all boards by id.
func (l *Log) Boards(ctx context.Context) ([]board.ID, error) {
	list, err := l.ids(ctx, `SELECT board_id FROM board_heads ORDER BY board_id`)
	if err != nil {
		return nil, fmt.Errorf("list boards: %w", err)
	}
	return list, nil
}

// ids reads a column of board ids.
func (l *Log) ids(ctx context.Context, query string) ([]board.ID, error) {
	c, err := l.acquire(ctx, l.side)
	if err != nil {
		return nil, err
	}
	defer c.Release()
	rows, _ := c.Query(ctx, query) // CollectRows gives its error
	return pgx.CollectRows(rows, func(r pgx.CollectableRow) (board.ID, error) {
		var id string
		err := r.Scan(&id)
		return board.ID(id), err
	})
}

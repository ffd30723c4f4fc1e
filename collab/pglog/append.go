package pglog

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"waymark/board"
	"waymark/board/planted"
	"waymark/collab"
)

// bounds sets what one transaction is to keep to, within the statement itself: it takes part in finding the row, so it
// comes before the waiting for it. A database that was told not to sync commits while this program runs is not
// believed.
var bounds = fmt.Sprintf(`bounds AS MATERIALIZED (
		SELECT set_config('lock_timeout', '%s', true) AS lock,
			CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END AS sync)`,
	millis(lockTimeout))

const batchColumns = `board_id, first_seq, last_seq, epoch, batch_id, prev_batch_id,
		digest_all, digest_public, node, at, body`

var insertHead = `WITH ` + bounds + `,
	made AS (
		INSERT INTO board_heads (board_id, epoch, seq, batch_id, format)
		SELECT $1, $4::bigint, $3::bigint, $5, $12::integer FROM bounds WHERE lock IS NOT NULL
		ON CONFLICT DO NOTHING RETURNING board_id),
	written AS (
		INSERT INTO board_batches (` + batchColumns + `)
		SELECT board_id, $2::bigint, $3, $4, $5, $6, $7::bigint, $8::bigint, $9, $10::bigint, $11::bytea FROM made RETURNING 1)
	SELECT count(*) FROM written`

// moveHeads moves the heads that are as expected and writes their batches. One that somebody else holds counts as moved:
// as nobody waits for a row, no board keeps another waiting, and no two statements wait for each other. The heads it
// answers are those of before the statement. The first array is hidden from the planner, which would else make a plan
// for each length.
var moveHeads = `WITH ` + bounds + `,
	asked AS (
		SELECT * FROM unnest((SELECT $1::text[]), $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[],
			$7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::bytea[],
			$12::bigint[], $13::bigint[], $14::text[], $15::integer[])
		AS asked (` + batchColumns + `, head_epoch, head_seq, head_batch, head_format)),
	free AS (
		SELECT h.board_id FROM bounds, asked JOIN board_heads h USING (board_id)
		WHERE h.seq = head_seq AND bounds.lock IS NOT NULL` +
	planted.Unless("epoch-left-out", ` AND h.epoch = head_epoch`) +
	planted.Unless("batch-id-left-out", ` AND h.batch_id = head_batch`) +
	planted.Unless("format-left-out", ` AND h.format = head_format`) + `
		FOR NO KEY UPDATE OF h SKIP LOCKED),
	moved AS (
		UPDATE board_heads h SET epoch = asked.epoch, seq = asked.last_seq, batch_id = asked.batch_id
		FROM free JOIN asked USING (board_id) WHERE h.board_id = free.board_id
		RETURNING h.board_id),
	written AS (
		INSERT INTO board_batches (` + batchColumns + `)
		SELECT ` + batchColumns + ` FROM moved JOIN asked USING (board_id) RETURNING board_id)
	SELECT board_id, written.board_id IS NOT NULL, h.format
		FROM asked LEFT JOIN written USING (board_id) LEFT JOIN board_heads h USING (board_id)`

// values are the batch's, in the order of its columns.
func values(b *collab.Batch) []any {
	return []any{
		string(b.Board), int64(b.First), int64(b.Last), b.Epoch, string(b.ID), string(b.Prev),
		int64(b.All), int64(b.Public), b.Node, int64(b.At), b.Body,
	}
}

// Create starts a board's log with its first batch.
func (l *Log) Create(ctx context.Context, first collab.Batch, format int) error {
	if err := l.create(ctx, &first, format); err != nil {
		return fmt.Errorf("create %s: %w", first.Board, err)
	}
	return nil
}

func (l *Log) create(ctx context.Context, first *collab.Batch, format int) error {
	if l.readOnly {
		return errReadOnly
	}
	c, err := l.acquire(ctx, l.appends)
	if err != nil {
		return err
	}
	return l.outlive(ctx, func(ctx context.Context) error {
		defer c.Release()
		var written int
		if err := c.QueryRow(ctx, insertHead, append(values(first), format)...).Scan(&written); err != nil {
			return refusal(err)
		}
		if written == 0 {
			return collab.ErrExists
		}
		return nil
	})
}

// Append writes b if the head of its board is still expect.
func (l *Log) Append(ctx context.Context, expect collab.Head, b collab.Batch) error {
	if err := l.append(ctx, expect, &b); err != nil {
		return fmt.Errorf("append batch %d to %s: %w", b.First, b.Board, err)
	}
	return nil
}

func (l *Log) append(ctx context.Context, expect collab.Head, b *collab.Batch) error {
	if l.readOnly {
		return errReadOnly
	}
	w := &waiting{ctx, expect, b, make(chan error, 1)}
	l.gather.add(w)
	select {
	case err := <-w.done:
		return err
	case <-ctx.Done():
		if planted.On("left-taken-for-lost") {
			return collab.ErrLost
		}
		return ctx.Err()
	}
}

// move appends to several boards, and gives the verdict on each.
func move(ctx context.Context, c *pgxpool.Conn, group []*waiting) (map[board.ID]error, error) {
	rows, _ := c.Query(ctx, moveHeads, columns(group)...) // ForEachRow gives its error
	return verdicts(rows, group)
}

// verdicts reads what moveHeads answers: of each board nil, [collab.ErrLost], [collab.ErrGone] or [collab.ErrFormat].
func verdicts(rows pgx.Rows, group []*waiting) (map[board.ID]error, error) {
	expected := make(map[board.ID]collab.Head, len(group))
	of := make(map[board.ID]error, len(group))
	for _, w := range group {
		expected[w.batch.Board], of[w.batch.Board] = w.expect, collab.ErrLost // what is not answered is not written
	}
	var id string
	var written bool
	var format *int
	_, err := pgx.ForEachRow(rows, []any{&id, &written, &format}, func() error {
		id := board.ID(id)
		switch {
		case written:
			of[id] = nil
		case format == nil:
			of[id] = collab.ErrGone
		default:
			of[id] = verdict(expected[id], *format)
		}
		return nil
	})
	var said *pgconn.PgError
	if len(group) == 1 && errors.As(err, &said) && said.Code == serializationFailure {
		return map[board.ID]error{group[0].batch.Board: collab.ErrLost}, nil // so Postgres puts it to roles that default to stricter isolation
	}
	return of, refusal(err)
}

// verdict says why a head that is there was not moved.
func verdict(expect collab.Head, format int) error {
	if format > expect.Format {
		return collab.ErrFormat
	}
	return collab.ErrLost
}

// columns are the values of the batches and what their heads are expected to be, an array for each.
func columns(group []*waiting) []any {
	text := func(of func(w *waiting) string) []string { return column(group, of) }
	number := func(of func(w *waiting) int64) []int64 { return column(group, of) }
	return []any{
		text(func(w *waiting) string { return string(w.batch.Board) }),
		number(func(w *waiting) int64 { return int64(w.batch.First) }),
		number(func(w *waiting) int64 { return int64(w.batch.Last) }),
		number(func(w *waiting) int64 { return w.batch.Epoch }),
		text(func(w *waiting) string { return string(w.batch.ID) }),
		text(func(w *waiting) string { return string(w.batch.Prev) }),
		number(func(w *waiting) int64 { return int64(w.batch.All) }),
		number(func(w *waiting) int64 { return int64(w.batch.Public) }),
		text(func(w *waiting) string { return w.batch.Node }),
		number(func(w *waiting) int64 { return int64(w.batch.At) }),
		column(group, func(w *waiting) []byte { return w.batch.Body }),
		number(func(w *waiting) int64 { return w.expect.Epoch }),
		number(func(w *waiting) int64 { return int64(w.expect.Seq) }),
		text(func(w *waiting) string { return string(w.expect.Batch) }),
		number(func(w *waiting) int64 { return int64(w.expect.Format) }),
	}
}

func column[T any](group []*waiting, of func(*waiting) T) []T {
	list := make([]T, len(group))
	for i, w := range group {
		list[i] = of(w)
	}
	return list
}

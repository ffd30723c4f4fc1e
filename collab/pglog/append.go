package pglog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"waymark/board"
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

var (
	insertHead = `WITH ` + bounds + `,
	made AS (
		INSERT INTO board_heads (board_id, epoch, seq, batch_id, format)
		SELECT $1, $4::bigint, $3::bigint, $5, $12::integer FROM bounds WHERE lock IS NOT NULL
		ON CONFLICT DO NOTHING RETURNING board_id),
	written AS (
		INSERT INTO board_batches (` + batchColumns + `)
		SELECT board_id, $2::bigint, $3, $4, $5, $6, $7::bigint, $8::bigint, $9, $10::bigint, $11::bytea FROM made RETURNING 1)
	SELECT count(*) FROM written`

	// The head it finds is that of before the statement: one that another append has moved meanwhile looks as expected.
	moveHead = `WITH ` + bounds + `,
	moved AS (
		UPDATE board_heads h SET epoch = $4, seq = $3, batch_id = $5 FROM bounds
		WHERE h.board_id = $1 AND h.epoch = $12 AND h.seq = $13 AND h.batch_id = $14 AND h.format = $15 AND bounds.lock IS NOT NULL
		RETURNING h.board_id),
	written AS (
		INSERT INTO board_batches (` + batchColumns + `)
		SELECT board_id, $2::bigint, $3, $4, $5, $6, $7::bigint, $8::bigint, $9, $10::bigint, $11::bytea FROM moved RETURNING 1)
	SELECT (SELECT count(*) FROM written), h.epoch, h.seq, h.batch_id, h.format
		FROM (VALUES (1)) AS one LEFT JOIN board_heads h ON h.board_id = $1`
)

// values are the batch's, in the order of its columns.
func values(b *collab.Batch) []any {
	return []any{
		string(b.Board), int64(b.First), int64(b.Last), b.Epoch, string(b.ID), string(b.Prev),
		int64(b.All), int64(b.Public), b.Node, int64(b.At), b.Body,
	}
}

// querier is a connection or a transaction.
type querier interface {
	QueryRow(ctx context.Context, query string, args ...any) pgx.Row
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
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
			return err
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
	c, err := l.acquire(ctx, l.appends)
	if err != nil {
		return err
	}
	return l.outlive(ctx, func(ctx context.Context) error {
		defer c.Release()
		return appendBatch(ctx, c, expect, b)
	})
}

func appendBatch(ctx context.Context, q querier, expect collab.Head, b *collab.Batch) error {
	var written int
	var epoch, seq *int64
	var batch *string
	var format *int
	args := append(values(b), expect.Epoch, int64(expect.Seq), string(expect.Batch), expect.Format)
	err := q.QueryRow(ctx, moveHead, args...).Scan(&written, &epoch, &seq, &batch, &format)
	var said *pgconn.PgError
	if errors.As(err, &said) && said.Code == serializationFailure {
		return collab.ErrLost // so Postgres puts it to roles that default to stricter isolation
	}
	if err != nil || written == 1 {
		return err
	}
	if format == nil {
		return collab.ErrGone
	}
	if found := (collab.Head{
		Epoch: *epoch, Seq: board.Seq(*seq), Batch: board.ID(*batch), Format: *format,
	}); !sameEnd(found, expect) {
		return verdict(expect, found.Format)
	}
	// It moved while this one waited for the row.
	head, ok, err := readHead(ctx, q, b.Board, "")
	switch {
	case err != nil:
		return collab.ErrLost
	case !ok:
		return collab.ErrGone
	}
	return verdict(expect, head.Format)
}

// sameEnd compares what an append does.
func sameEnd(a, b collab.Head) bool {
	a.SnapshotSeq, b.SnapshotSeq = 0, 0
	return a == b
}

// verdict says why a head that is there was not moved.
func verdict(expect collab.Head, format int) error {
	if format > expect.Format {
		return collab.ErrFormat
	}
	return collab.ErrLost
}

// boundsOf is what a transaction of several statements is to keep to.
func boundsOf(lock time.Duration) string {
	return fmt.Sprintf(`SET LOCAL lock_timeout = %s; SET LOCAL statement_timeout = %s;
	SET LOCAL idle_in_transaction_session_timeout = %s;
	SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`,
		millis(lock), millis(writeTimeout), millis(idleTimeout))
}

// beginLocked begins a transaction that holds a head.
var beginLocked = pgx.TxOptions{BeginQuery: `BEGIN ISOLATION LEVEL READ COMMITTED; ` + boundsOf(lockTimeout)}

// AppendLocked decides and writes within one transaction that holds the head's row. Until decide has answered nothing is
// written, so a caller may leave.
func (l *Log) AppendLocked(ctx context.Context, id board.ID, after board.Seq, decide func(collab.Head, []collab.Batch) (collab.Batch, error)) error {
	if l.readOnly {
		return fmt.Errorf("append to %s: %w", id, errReadOnly)
	}
	c, err := l.acquire(ctx, l.locked)
	if err != nil {
		return fmt.Errorf("append to %s: %w", id, err)
	}
	bounded, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	tx, err := c.BeginTx(bounded, beginLocked)
	if err != nil {
		c.Release()
		return fmt.Errorf("append to %s: %w", id, err)
	}
	// The connection goes back when the transaction has ended; one whose transaction cannot be ended is closed.
	end := func() {
		_ = tx.Rollback(context.WithoutCancel(bounded)) // after a Commit it does nothing
		c.Release()
	}
	written := false
	defer func() {
		if !written {
			end()
		}
	}()
	head, missing, err := lockHead(bounded, tx, id, after)
	if err != nil {
		return fmt.Errorf("append to %s: %w", id, err)
	}
	b, err := decide(head, missing)
	if err != nil || b.ID == "" {
		return err
	}
	written = true
	err = l.outlive(ctx, func(ctx context.Context) error {
		defer end()
		if err := appendBatch(ctx, tx, head, &b); err != nil {
			return err
		}
		return tx.Commit(ctx)
	})
	if err != nil {
		return fmt.Errorf("append batch %d to %s: %w", b.First, id, err)
	}
	return nil
}

// lockHead holds the head's row and reads what is behind after, in one round trip.
func lockHead(ctx context.Context, tx pgx.Tx, id board.ID, after board.Seq) (head collab.Head, missing []collab.Batch, err error) {
	asked := &pgx.Batch{}
	asked.Queue(selectHead+` FOR UPDATE`, string(id))
	asked.Queue(selectBatches, string(id), int64(after), nil)
	answers := tx.SendBatch(ctx, asked)
	defer func() { err = errors.Join(err, answers.Close()) }()
	head, err = scanHead(answers.QueryRow())
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return head, nil, collab.ErrGone
	case err != nil:
		return head, nil, err
	case head.Format > collab.Format:
		return head, nil, collab.ErrFormat
	}
	rows, err := answers.Query()
	if err != nil {
		return head, nil, err
	}
	missing, err = pgx.CollectRows(rows, scanBatch)
	return head, missing, err
}

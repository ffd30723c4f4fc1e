package pglog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"waymark/board"
	"waymark/board/planted"
	"waymark/collab"
)

// boundsOf is what a transaction of several statements is to keep to.
func boundsOf(lock time.Duration) string {
	return fmt.Sprintf(`SELECT set_config('lock_timeout', '%s', true), set_config('statement_timeout', '%s', true),
		set_config('idle_in_transaction_session_timeout', '%s', true),
		CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', true) END`,
		millis(lock), millis(writeTimeout), millis(idleTimeout))
}

var boundsLocked = boundsOf(lockTimeout)

// AppendLocked decides and writes within one transaction that holds the head's row, in two round trips. Until decide has
// answered nothing is written, so a caller may leave.
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
	written := false
	defer func() {
		if !written {
			giveBack(bounded, c)
		}
	}()
	head, missing, err := lockHead(bounded, c, id, after)
	if err != nil {
		return fmt.Errorf("append to %s: %w", id, refusal(err))
	}
	b, err := decide(head, missing)
	if err != nil || b.ID == "" {
		return err
	}
	written = true
	err = l.outlive(ctx, func(ctx context.Context) error {
		defer giveBack(ctx, c)
		return moveLocked(ctx, c, &waiting{expect: head, batch: &b})
	})
	if err != nil {
		return fmt.Errorf("append batch %d to %s: %w", b.First, id, err)
	}
	return nil
}

// giveBack ends what transaction there is on a connection. One whose transaction cannot be ended is closed by the pool.
func giveBack(ctx context.Context, c *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pingTimeout)
	defer cancel()
	if status := c.Conn().PgConn().TxStatus(); status != 'I' && !c.Conn().IsClosed() {
		_, _ = c.Exec(ctx, `ROLLBACK`)
	}
	c.Release()
}

// lockHead begins a transaction, holds the head's row and reads what is behind after.
func lockHead(ctx context.Context, c *pgxpool.Conn, id board.ID, after board.Seq) (head collab.Head, missing []collab.Batch, err error) {
	asked := &pgx.Batch{}
	asked.Queue(`BEGIN ISOLATION LEVEL READ COMMITTED`)
	asked.Queue(boundsLocked)
	asked.Queue(selectHead+planted.Unless("row-not-held", ` FOR UPDATE`), string(id))
	asked.Queue(selectBatches, string(id), int64(after), nil)
	answers := c.SendBatch(ctx, asked)
	defer func() { err = cmp.Or(err, answers.Close()) }()
	for range 2 {
		if _, err := answers.Exec(); err != nil {
			return head, nil, err
		}
	}
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

// moveLocked writes the batch and ends the transaction.
func moveLocked(ctx context.Context, c *pgxpool.Conn, w *waiting) (err error) {
	group := []*waiting{w}
	asked := &pgx.Batch{}
	asked.Queue(moveHeads, columns(group)...)
	asked.Queue(`COMMIT`)
	answers := c.SendBatch(ctx, asked)
	defer func() { err = cmp.Or(err, answers.Close()) }()
	rows, _ := answers.Query() // verdicts gives its error
	of, err := verdicts(rows, group)
	if err != nil {
		return err
	}
	if _, err := answers.Exec(); err != nil {
		return err
	}
	return of[w.batch.Board]
}

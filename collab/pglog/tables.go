package pglog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// aloneLock is the key of the advisory lock of transactions of which only one runs at a time.
	aloneLock = migrationLock + 1
	// aloneTimeout is how long one waits for the one before: longer than a frozen server can keep it.
	aloneTimeout = idleTimeout + 2*time.Second
)

var (
	beAlone    = boundsOf(aloneTimeout) + fmt.Sprintf("; SELECT pg_advisory_xact_lock(%d)", aloneLock)
	beginAlone = pgx.TxOptions{BeginQuery: `BEGIN ISOLATION LEVEL READ COMMITTED; ` + beAlone}
)

// Begin begins a transaction that writes the tables beside the log. No two of them run at the same time, on whatever
// server, so each sees all that those before it did; it must be short. One that stands still for idleTimeout is ended,
// one that waits for aloneTimeout gives up.
func (l *Log) Begin(ctx context.Context) (*sql.Tx, error) {
	if l.readOnly {
		return nil, errReadOnly
	}
	tx, err := l.aloneDB.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if err != nil {
		return nil, err
	}
	if _, err = tx.ExecContext(ctx, beAlone); err != nil { // without arguments all goes in one round trip
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

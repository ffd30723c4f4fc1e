package pglog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// tablesLock is the key of the advisory lock under which the tables beside the log are written.
const tablesLock = migrationLock + 1

// Begin begins a transaction that writes the tables beside the log. No two of them run at the same time, on whatever
// server, so each sees all that those before it did; it must be short. One that stands still for idleTimeout is ended,
// one that waits for lockTimeout gives up: its server is frozen, or the database is.
func (l *Log) Begin(ctx context.Context) (*sql.Tx, error) {
	if l.readOnly {
		return nil, errReadOnly
	}
	tx, err := l.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	// All in one round trip, which only the simple protocol can.
	_, err = tx.ExecContext(ctx, fmt.Sprintf(`SET LOCAL lock_timeout = %s; SET LOCAL statement_timeout = %s;
		SET LOCAL idle_in_transaction_session_timeout = %s; SELECT pg_advisory_xact_lock(%d)`,
		millis(lockTimeout), millis(writeTimeout), millis(idleTimeout), tablesLock), pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

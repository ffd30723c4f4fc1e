package pglog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"waymark/board"
	"waymark/migrations"
)

// What commands need that copy whole databases or boards. Their transactions may take long, so the time-outs of the
// others are not for them.

// OpenNew opens a database for a command that fills it. It makes the tables where there are none, and changes none that
// are there. It pairs with Close.
func OpenNew(ctx context.Context, url string) (*Log, error) { return open(ctx, url, forFilling) }

// BeginSnapshot begins a transaction that reads all tables as of one moment, for as long as it takes.
func (l *Log) BeginSnapshot(ctx context.Context) (*sql.Tx, error) {
	return l.beginLong(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, "")
}

// BeginAlone begins a transaction that may take long, and that nobody else writes any table beside. It waits for the
// transactions under way, for lockWait at most.
func (l *Log) BeginAlone(ctx context.Context) (*sql.Tx, error) {
	if l.readOnly {
		return nil, errReadOnly
	}
	names, err := migrations.Tables("postgres")
	if err != nil {
		return nil, err
	}
	return l.beginLong(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted},
		"LOCK TABLE "+strings.Join(names, ", ")+" IN SHARE ROW EXCLUSIVE MODE")
}

// BeginHeld begins a transaction that holds a board: until it ends nothing is appended to that one, and others are not
// held up.
func (l *Log) BeginHeld(ctx context.Context, id board.ID) (*sql.Tx, error) {
	if l.readOnly {
		return nil, errReadOnly
	}
	tx, err := l.beginLong(ctx, &sql.TxOptions{Isolation: sql.LevelReadCommitted}, "")
	if err != nil {
		return nil, err
	}
	if _, err := tx.ExecContext(ctx, `SELECT 1 FROM board_heads WHERE board_id = $1 FOR UPDATE`, string(id)); err != nil {
		return nil, errors.Join(fmt.Errorf("hold %s: %w", id, err), tx.Rollback())
	}
	return tx, nil
}

// LockTables waits, in a transaction of [Log.BeginHeld], for those of [Log.Begin], and has others wait until it ends.
func (l *Log) LockTables(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d)`, aloneLock)); err != nil {
		return fmt.Errorf("wait for the tables beside the log: %w", err)
	}
	return nil
}

// lockWait is how long a command waits for others.
const lockWait = 5 * lockTimeout

func (l *Log) beginLong(ctx context.Context, options *sql.TxOptions, first string) (*sql.Tx, error) {
	tx, err := l.db.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	// All in one round trip, which only the simple protocol can.
	set := fmt.Sprintf(`SET LOCAL lock_timeout = %s; SET LOCAL statement_timeout = 0;
		SET LOCAL idle_in_transaction_session_timeout = 0`, millis(lockWait))
	if !options.ReadOnly {
		set += `; SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`
	}
	if first != "" {
		set += "; " + first
	}
	if _, err = tx.ExecContext(ctx, set, pgx.QueryExecModeSimpleProtocol); err != nil {
		return nil, errors.Join(err, tx.Rollback())
	}
	return tx, nil
}

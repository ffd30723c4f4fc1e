// Package transfer copies boards and people between databases, row by row: a whole database, or one board with those
// whom it names. The tables are the same in each, and so are the statements.
//
// What was copied is read again and compared with what it was copied from; see [Copy.Check]. Memory is bounded, however
// much there is.
package transfer

import (
	"context"
	"database/sql"
)

// A Reader is a database or a transaction on it.
type Reader interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// A Writer is a [Reader] that can be written to.
type Writer interface {
	Reader
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

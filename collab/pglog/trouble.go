package pglog

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/jackc/pgx/v5/pgconn"

	"waymark/collab"
)

// SQLSTATEs of https://www.postgresql.org/docs/current/errcodes-appendix.html.
const (
	readOnlyTransaction   = "25006"
	insufficientPrivilege = "42501"
	serializationFailure  = "40001"
	diskFull              = "53100"
	lockNotAvailable      = "55P03"
)

// Trouble says whether an error of the database stands for [collab.ErrAway], [collab.ErrFull] or [collab.ErrReadOnly];
// nil for any other.
func Trouble(err error) error {
	// What keeps a connection from being made keeps the database away, whatever Postgres calls it.
	if errors.As(err, new(*pgconn.ConnectError)) {
		return collab.ErrAway
	}
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return troubleOf(said.Code)
	}
	for _, away := range []error{
		errClosed, context.DeadlineExceeded, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, pgconn.ErrConnClosed, driver.ErrBadConn,
		sql.ErrConnDone,
	} {
		if errors.Is(err, away) {
			return collab.ErrAway
		}
	}
	if errors.As(err, new(net.Error)) {
		return collab.ErrAway
	}
	return nil
}

// refusal marks the error of a statement that writes, and is not a COMMIT, by which the database refuses it for a reason
// that may last: its transaction comes to nothing.
func refusal(err error) error {
	var said *pgconn.PgError
	if errors.As(err, &said) && said.SeverityUnlocalized == "ERROR" {
		switch said.Code {
		case readOnlyTransaction, insufficientPrivilege, diskFull:
			return fmt.Errorf("%w: %w", collab.ErrUnwritten, err)
		}
	}
	return err
}

func troubleOf(code string) error {
	switch code {
	case diskFull:
		return collab.ErrFull
	case readOnlyTransaction, insufficientPrivilege:
		return collab.ErrReadOnly
	case lockNotAvailable, "25P03", "25P04": // the latter: it stood still too long
		return collab.ErrAway
	}
	switch code[:min(2, len(code))] {
	case "08", "28", "40", "53", "57", "58": // connection, password, roll back, resources, operator, system
		return collab.ErrAway
	}
	return nil
}

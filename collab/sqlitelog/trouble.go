package sqlitelog

import (
	"errors"

	"modernc.org/sqlite"
)

// What may keep the database from answering although nothing is wrong with what was asked.
var (
	ErrAway     = errors.New("database cannot be reached")
	ErrFull     = errors.New("disk is full")
	ErrReadOnly = errors.New("database cannot be written to")
)

// Trouble says which of these an error of the database stands for; nil for any other.
func Trouble(err error) error {
	if errors.Is(err, errClosed) {
		return ErrAway
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Code() & 0xff { // the rest says more of the same
	case 8: // SQLITE_READONLY
		return ErrReadOnly
	case 13: // SQLITE_FULL
		return ErrFull
	case 5, 6, 7, 9, 10, 14, 15: // _BUSY, _LOCKED, _NOMEM, _INTERRUPT, _IOERR, _CANTOPEN, _PROTOCOL
		return ErrAway
	}
	return nil
}

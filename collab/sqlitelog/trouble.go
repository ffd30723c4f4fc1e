package sqlitelog

import (
	"errors"

	"modernc.org/sqlite"

	"waymark/collab"
)

// Trouble says whether an error of the database stands for [collab.ErrAway], [collab.ErrFull] or [collab.ErrReadOnly];
// nil for any other.
func Trouble(err error) error {
	if errors.Is(err, errClosed) {
		return collab.ErrAway
	}
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return nil
	}
	switch e.Code() & 0xff { // the rest says more of the same
	case 8: // SQLITE_READONLY
		return collab.ErrReadOnly
	case 13: // SQLITE_FULL
		return collab.ErrFull
	case 5, 6, 7, 9, 10, 14, 15: // _BUSY, _LOCKED, _NOMEM, _INTERRUPT, _IOERR, _CANTOPEN, _PROTOCOL
		return collab.ErrAway
	}
	return nil
}

package directory

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"waymark/board"
)

// A Mark says why a database is not to be served.
type Mark struct {
	// ID is that of the move, or the restoring, the same in both databases.
	ID string `json:"id"`
	// Other is the place that the database was moved to, or is filled from, as a person reads it.
	Other string `json:"other"`
	At    int64  `json:"at"` // ms
}

// Time is when it was made.
func (m Mark) Time() time.Time { return time.UnixMilli(m.At).UTC() }

// Marks of a database, as they stand in installation.
const (
	MarkMoved = "moved"     // its boards live elsewhere now
	MarkHalf  = "half made" // it is being filled, or that was broken off
)

// Mark is the mark of a kind, ErrNotFound without one.
func (d *Directory) Mark(ctx context.Context, kind string) (Mark, error) {
	return ReadMark(ctx, d.db, kind)
}

// ReadMark is Mark within a transaction.
func ReadMark(ctx context.Context, there querier, kind string) (Mark, error) {
	var m Mark
	text, err := installed(ctx, there, kind)
	switch {
	case err == nil && text == "":
		err = ErrNotFound
	case err == nil:
		err = json.Unmarshal([]byte(text), &m)
	}
	if err != nil {
		return Mark{}, fmt.Errorf("read the mark %q: %w", kind, err)
	}
	return m, nil
}

// apart is by how much the format of each log is raised in a database that was moved: a server that was frozen meanwhile
// and does not know yet can append nothing.
const apart = 1_000_000

// SetMark marks a database, within a transaction.
func SetMark(ctx context.Context, tx *sql.Tx, kind string, m Mark) error {
	text, err := json.Marshal(m)
	if err == nil {
		err = install(ctx, tx, kind, string(text))
	}
	if err == nil && kind == MarkMoved {
		_, err = tx.ExecContext(ctx, `UPDATE board_heads SET format = format + $1 WHERE format < $1`, apart)
	}
	if err != nil {
		return fmt.Errorf("mark as %s: %w", kind, err)
	}
	return nil
}

// DropMark takes a mark away, within a transaction.
func DropMark(ctx context.Context, tx execer, kind string) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM installation WHERE name = $1`, kind)
	if err == nil && kind == MarkMoved {
		_, err = tx.ExecContext(ctx, `UPDATE board_heads SET format = format - $1 WHERE format >= $1`, apart)
	}
	if err != nil {
		return fmt.Errorf("take away the mark %q: %w", kind, err)
	}
	return nil
}

// Marked is the error that says that a database is not to be served.
type Marked struct {
	Kind string
	Mark Mark
}

func (e *Marked) Error() string { return "the database is marked as " + e.Kind }

// Servable is a *Marked for a database that is not to be served, nor changed.
func (d *Directory) Servable(ctx context.Context) error {
	for _, kind := range []string{MarkHalf, MarkMoved} {
		m, err := d.Mark(ctx, kind)
		if err == nil {
			return &Marked{kind, m}
		}
		if !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// oneBoard names the board of a copy that holds nothing else.
const oneBoard = "one board"

// SetOneBoard notes in a copy that it holds one board alone.
func SetOneBoard(ctx context.Context, tx *sql.Tx, id board.ID) error {
	if err := install(ctx, tx, oneBoard, string(id)); err != nil {
		return fmt.Errorf("note that the copy holds one board: %w", err)
	}
	return nil
}

// OneBoard is the board of a copy that holds it alone, ErrNotFound for any other.
func (d *Directory) OneBoard(ctx context.Context) (board.ID, error) {
	id, err := installed(ctx, d.db, oneBoard)
	if err == nil && id == "" {
		err = ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("look whether the copy holds one board: %w", err)
	}
	return board.ID(id), nil
}

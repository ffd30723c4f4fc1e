package transfer

import (
	"context"
	"fmt"
	"slices"

	"waymark/board"
)

// Whole copies all boards and people, their sign-ins and keys, into tables that are empty. It leaves out what belongs to
// one database: its servers, the key of its bus, its marks; and what only these boards have. next is called when the log of another board begins; it may
// be nil.
func Whole(ctx context.Context, from Reader, to Writer, but []board.ID, next func()) (*Copy, error) {
	tables, err := whole()
	if err != nil {
		return nil, err
	}
	c := &Copy{from: from, to: to}
	for _, t := range tables {
		var each func([]string, []any)
		if t.name == "board_batches" {
			each = boards(next)
		}
		if err := c.copy(ctx, t.but(but), each); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// boards calls next for every board of which there is a batch.
func boards(next func()) func(columns []string, row []any) {
	last := ""
	return func(columns []string, row []any) {
		id, _ := row[slices.Index(columns, "board_id")].(string)
		if id != last && next != nil {
			next()
		}
		last = id
	}
}

// Empty reports whether a database has neither people nor boards.
func Empty(ctx context.Context, there Reader) (bool, error) {
	var full bool
	err := there.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM people) OR EXISTS (SELECT 1 FROM board_heads)
		OR EXISTS (SELECT 1 FROM board_batches) OR EXISTS (SELECT 1 FROM board_snapshots) OR EXISTS (SELECT 1 FROM invites)`).Scan(&full)
	if err != nil {
		return false, fmt.Errorf("look whether the database is empty: %w", err)
	}
	return !full, nil
}

// Clear removes all rows but those that belong to the database itself.
func Clear(ctx context.Context, there Writer) error {
	tables, err := whole()
	if err != nil {
		return err
	}
	for _, t := range slices.Backward(tables) {
		text := `DELETE FROM ` + t.name
		if t.name == "people" { // those who refer to others go first
			if _, err := there.ExecContext(ctx, text+` WHERE adopted_by IS NOT NULL`); err != nil {
				return fmt.Errorf("clear %s: %w", t.name, err)
			}
		}
		if t.where != "" {
			text += ` WHERE ` + t.where
		}
		if _, err := there.ExecContext(ctx, text); err != nil {
			return fmt.Errorf("clear %s: %w", t.name, err)
		}
	}
	return nil
}

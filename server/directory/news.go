package directory

import (
	"context"
	"fmt"
	"time"

	"waymark/board"
)

// Kinds of news.
const (
	Ended   = "ended"   // a sign-in is over
	Changed = "changed" // a person has another name, department or colour
	Removed = "removed" // a viewer may look at a board no more
	Barred  = "barred"  // the database is not to be served any more
)

// A News is what a server wants to know that another one did, or a command.
type News struct {
	Kind  string
	ID    string // of the sign-in, or the person
	Board board.ID
	At    int64
}

// NewsSince lists what happened at or after a time, in no order.
func (d *Directory) NewsSince(ctx context.Context, since time.Time) ([]News, error) {
	rows, err := d.db.QueryContext(ctx, `SELECT 'ended', id, '', ended_at FROM sign_ins WHERE ended_at >= $1
		UNION ALL SELECT 'changed', id, '', changed_at FROM people WHERE changed_at >= $1
		UNION ALL SELECT 'removed', person, board, removed_at FROM viewers WHERE removed_at >= $1
		UNION ALL SELECT 'barred', name, '', 0 FROM installation WHERE name IN ('moved', 'half made')`, since.UnixMilli())
	if err != nil {
		return nil, fmt.Errorf("read the news: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	var list []News
	for rows.Next() {
		var n News
		if err := rows.Scan(&n.Kind, &n.ID, &n.Board, &n.At); err != nil {
			return nil, fmt.Errorf("read the news: %w", err)
		}
		list = append(list, n)
	}
	return list, rows.Err()
}

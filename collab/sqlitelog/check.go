package sqlitelog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"waymark/board"
)

// InPlace says what is wrong when the file that this log writes is not the one
// that lies in the folder: somebody removed it or put another there, and what is
// written now is gone with the process.
func (l *Log) InPlace() error {
	info, err := os.Stat(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("the file of the database is gone")
	case err != nil:
		return errors.New("the file of the database cannot be looked at") // the error names its folder
	case !os.SameFile(info, l.opened):
		return errors.New("another file lies in the place of the database")
	}
	return nil
}

// Check reads the whole file and lists what SQLite finds wrong with its pages,
// rows and indexes, also in tables beside the log's.
func (l *Log) Check(ctx context.Context) ([]string, error) {
	found, err := column[string](ctx, l.db, `PRAGMA integrity_check(20)`)
	if err != nil {
		return nil, fmt.Errorf("check the database: %w", err)
	}
	if len(found) == 1 && found[0] == "ok" {
		return nil, nil
	}
	return found, nil
}

// Strays lists the boards of which there are batches or snapshots, but no head.
// Every transaction that takes the one takes the others too.
func (l *Log) Strays(ctx context.Context) ([]board.ID, error) {
	ids, err := column[board.ID](ctx, l.db, `SELECT board_id FROM board_batches UNION SELECT board_id FROM board_snapshots
		EXCEPT SELECT board_id FROM board_heads ORDER BY board_id`)
	if err != nil {
		return nil, fmt.Errorf("look for boards without a head: %w", err)
	}
	return ids, nil
}

func column[T any](ctx context.Context, db *sql.DB, query string) (list []T, err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what went wrong
	for rows.Next() {
		var s T
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

package sqlitelog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"

	"modernc.org/sqlite"
)

// Backup writes a copy of the whole database, as of now, to a new file that only
// its owner may read. strip takes out of the copy what is not to leave the
// folder; of what it deletes no byte stays. A file that is not whole is removed.
func (l *Log) Backup(ctx context.Context, path string, strip func(context.Context, *sql.DB) error) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("back up: %w", err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(fmt.Errorf("back up to %s: %w", path, err), os.Remove(path))
		}
	}()
	// SQLite takes a file that is there if it is empty, and leaves its mode alone.
	if _, err := l.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return err
	}
	if err := within(ctx, path, strip); err != nil {
		return err
	}
	return f.Sync()
}

// within runs strip on the database in a file that nobody else uses.
func within(ctx context.Context, path string, strip func(context.Context, *sql.DB) error) error {
	q := url.Values{}
	q.Set("mode", "rw")
	q.Add("_pragma", "journal_mode(MEMORY)") // a journal on disk would keep what is deleted
	q.Add("_pragma", "secure_delete(1)")
	q.Add("_pragma", "foreign_keys(1)")
	c, err := sqlite.NewConnector(fileURL(path, q))
	if err != nil {
		return err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	return errors.Join(strip(ctx, db), db.Close())
}

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
func (l *Log) Backup(ctx context.Context, path string, strip func(context.Context, *sql.DB) error) error {
	return newFile(path, func() error {
		// SQLite takes a file that is there if it is empty, and leaves its mode alone.
		if _, err := l.db.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
			return err
		}
		return within(ctx, path, strip)
	})
}

// Make writes a new database to a new file that only its owner may read: the
// tables of this release, and in them what fill puts there. Of what fill deletes
// again no byte stays. A file that is not whole is removed.
func Make(ctx context.Context, path string, fill func(context.Context, *sql.DB) error) error {
	return newFile(path, func() error {
		return within(ctx, path, func(ctx context.Context, db *sql.DB) error {
			if err := migrate(ctx, db); err != nil {
				return err
			}
			return fill(ctx, db)
		})
	})
}

// newFile makes an empty file, has it written, and waits until the disk has it.
func newFile(path string, write func() error) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(path))
		}
	}()
	if err := write(); err != nil {
		return err
	}
	return f.Sync()
}

// within runs do on the database in a file that nobody else uses, and whose
// being on the disk somebody else sees to.
func within(ctx context.Context, path string, do func(context.Context, *sql.DB) error) error {
	q := url.Values{}
	q.Set("mode", "rw")
	q.Add("_pragma", "journal_mode(MEMORY)") // a journal on disk would keep what is deleted
	q.Add("_pragma", "synchronous(OFF)")
	q.Add("_pragma", "secure_delete(1)")
	q.Add("_pragma", "foreign_keys(1)")
	c, err := sqlite.NewConnector(fileURL(path, q))
	if err != nil {
		return err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	return errors.Join(do(ctx, db), db.Close())
}

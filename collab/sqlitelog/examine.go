package sqlitelog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// An Examination is what can be seen of a data folder that may be one that a server would refuse.
type Examination struct {
	// InUse says that a server runs on it.
	InUse bool
	// Done is the number of the last migration that was applied, Known of the last one that this release knows.
	Done, Known int
	// Hole says which migration before the last one was left out, and what to do; nil when none was.
	Hole error
	// Missing says which tables are not there although their migrations were applied, and what to do; nil when all are.
	Missing error
}

// ErrForeign says that a file is none of ours.
var ErrForeign = errors.New("it is no database of Waymark")

// Examine looks at the database of dir, beside a running server or without one, and changes nothing in the folder. A
// missing one is [io/fs.ErrNotExist], another program's [ErrForeign].
func Examine(ctx context.Context, dir string) (e Examination, err error) {
	err = looked(dir, func(db *sql.DB, inUse bool) error {
		e.InUse = inUse
		s, err := stateOf(ctx, db)
		if err != nil {
			return err
		}
		e.Done, e.Known, e.Hole, e.Missing = s.applied.Last(), len(s.steps), s.applied.Hole(s.steps), s.missing()
		return nil
	})
	return e, err
}

// QuickCheck reads the whole file, beside a running server or without one, and lists what is wrong with its pages and
// rows. It takes less time than [Log.Check], for it does not compare indexes with their tables.
func QuickCheck(ctx context.Context, dir string) (found []string, err error) {
	err = looked(dir, func(db *sql.DB, _ bool) error {
		found, err = column[string](ctx, db, `PRAGMA quick_check(20)`)
		return err
	})
	if len(found) == 1 && found[0] == "ok" {
		found = nil
	}
	return found, err
}

// notDatabase and corrupt are SQLite's codes for a file that is none, and for one whose pages are not as they should be.
const (
	notDatabase = 26
	corrupt     = 11
)

// Damaged reports whether an error says that the file itself is broken.
func Damaged(err error) bool {
	return isCode(err, corrupt)
}

// NoDatabase reports whether an error says that the file is none of SQLite's: it is broken at its very start, or was
// something else from the first.
func NoDatabase(err error) bool { return isCode(err, notDatabase) }

func isCode(err error, code int) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code()&0xff == code
}

// Look opens the database of dir for reading, beside a running server or without one, and makes no file in the folder.
// Whoever calls it closes it.
func Look(dir string) (*sql.DB, error) {
	db, _, err := look(dir)
	return db, err
}

func look(dir string) (db *sql.DB, used bool, err error) {
	path := filepath.Join(dir, FileName)
	if err := there(path); err != nil {
		return nil, false, err
	}
	if used, err = InUse(dir); err != nil {
		return nil, false, fmt.Errorf("look whether a server uses %s: %w", dir, err)
	}
	q := url.Values{}
	q.Set("mode", "ro")
	q.Add("_pragma", "busy_timeout(10000)")
	if _, err := os.Stat(path + "-wal"); !used && err != nil {
		q.Set("immutable", "1") // without it SQLite would make files beside this one
	}
	c, err := sqlite.NewConnector(fileURL(path, q))
	if err != nil {
		return nil, false, err
	}
	db = sql.OpenDB(c)
	db.SetMaxOpenConns(1)
	return db, used, nil
}

// looked reads by one connection.
func looked(dir string, do func(db *sql.DB, inUse bool) error) (err error) {
	db, used, err := look(dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	err = do(db, used)
	if NoDatabase(err) {
		return fmt.Errorf("%w: %w", ErrForeign, err)
	}
	return err
}

// InUse reports whether a server runs on the folder. It makes no lock file.
func InUse(dir string) (bool, error) {
	return isHeld(filepath.Join(dir, LockName))
}

// isHeld reports whether somebody has the lock of a file. It makes none.
func isHeld(path string) (bool, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	held, err := held(f)
	return held, errors.Join(err, f.Close())
}

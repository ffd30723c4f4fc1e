// Package sqlitelog keeps the log of all boards in one SQLite file.
//
// One connection writes: it merges the appends that wait, of all boards, into
// one transaction, so that they share one fsync. A transaction that meets an
// error of the database is rolled back and its appends are tried one by one, so
// one board cannot spoil another's. Readers have connections of their own.
package sqlitelog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"modernc.org/sqlite"

	"waymark/board"
	"waymark/collab"
)

// FileName is the database's name in the data folder.
const FileName = "waymark.db"

// LockName is the name of the file whose lock says that a server runs on the
// data folder.
const LockName = "waymark.lock"

// ErrInUse says that another server runs on the data folder.
var ErrInUse = errors.New("another server is using this data folder")

// Log is a [collab.Log] and a [collab.Archive] in one file.
type Log struct {
	db     *sql.DB
	read   reads
	lock   *os.File
	path   string
	opened os.FileInfo // the file that was opened under path
	writer *writer
	closed sync.Once
	err    error
}

var (
	_ collab.Log     = (*Log)(nil)
	_ collab.Archive = (*Log)(nil)
)

// Open makes or opens the database in dir, takes the folder's lock ([ErrInUse])
// and brings the tables up to date. It pairs with Close.
func Open(dir string) (*Log, error) { return openLocked(dir, false) }

// OpenNew is Open for a command that fills the database: it makes the tables
// where there are none, or where they hold nothing, and changes none that hold
// something.
func OpenNew(dir string) (*Log, error) { return openLocked(dir, true) }

func openLocked(dir string, isNew bool) (*Log, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	lock, err := lockFile(filepath.Join(dir, LockName))
	if err != nil {
		return nil, fmt.Errorf("lock data folder %s: %w", dir, err)
	}
	l := &Log{lock: lock}
	if err := l.open(filepath.Join(dir, FileName), isNew); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", filepath.Join(dir, FileName), err), l.Close())
	}
	return l, nil
}

func (l *Log) open(path string, isNew bool) error {
	// The file is made here for its mode; SQLite gives it to the files beside it.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	l.path = path
	l.opened, err = f.Stat()
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if l.db, err = openDB(dsn(path, "rw")); err != nil {
		return err
	}
	if isNew {
		if used, err := holds(context.Background(), l.db); err != nil {
			return err
		} else if used {
			err = upToDate(context.Background(), l.db, false)
			if err != nil {
				return err
			}
		}
	}
	if err := migrate(context.Background(), l.db); err != nil {
		return err
	}
	if err := l.read.prepare(l.db); err != nil {
		return err
	}
	l.writer, err = startWriter(dsn(path, "rw"))
	return err
}

// OpenReadOnly opens the database of dir for reading, beside a running server
// or without one. Appends to it end in an error. It pairs with Close.
func OpenReadOnly(dir string) (*Log, error) { return openBeside(dir, "ro", nil) }

// OpenBeside opens the database of dir for the tables beside the log's, also
// while a server runs on it. It changes no tables. Appends to it end in an error.
// It pairs with Close.
func OpenBeside(dir string) (*Log, error) { return openBeside(dir, "rw", nil) }

// OpenAlone is OpenBeside with the folder's lock: no server runs on it
// ([ErrInUse]), and none can begin to until Close.
func OpenAlone(dir string) (*Log, error) {
	if err := there(filepath.Join(dir, FileName)); err != nil {
		return nil, err // a lock in a folder that holds nothing is of no use
	}
	lock, err := lockFile(filepath.Join(dir, LockName))
	if err != nil {
		return nil, fmt.Errorf("lock data folder %s: %w", dir, err)
	}
	return openBeside(dir, "rw", lock)
}

func openBeside(dir, mode string, lock *os.File) (*Log, error) {
	path := filepath.Join(dir, FileName)
	l := &Log{lock: lock}
	err := there(path)
	if err != nil {
		return nil, errors.Join(err, l.Close())
	}
	if l.db, err = openDB(dsn(path, mode)); err == nil {
		err = upToDate(context.Background(), l.db, mode == "ro")
	}
	if err == nil {
		err = l.read.prepare(l.db)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), l.Close())
	}
	return l, nil
}

func there(path string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("open data folder: %w", err)
	}
	return nil
}

// dsn names the file and what every connection to it is set to. FULL, not
// NORMAL: in WAL mode NORMAL may forget committed transactions on power loss.
func dsn(path, mode string) string {
	q := url.Values{}
	q.Set("mode", mode)
	q.Set("_txlock", "immediate")
	q.Add("_pragma", "busy_timeout(10000)")
	if mode == "rw" {
		q.Add("_pragma", "journal_mode(WAL)")
		q.Add("_pragma", "synchronous(FULL)")
	}
	q.Add("_pragma", "foreign_keys(1)")
	return fileURL(path, q)
}

func fileURL(path string, q url.Values) string {
	slashed := filepath.ToSlash(path)
	if runtime.GOOS == "windows" && !strings.HasPrefix(slashed, "/") {
		slashed = "/" + slashed
	}
	return "file:" + (&url.URL{Path: slashed}).EscapedPath() + "?" + q.Encode()
}

func openDB(dsn string) (*sql.DB, error) {
	c, err := sqlite.NewConnector(dsn)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(c)
	db.SetMaxOpenConns(readers)
	db.SetMaxIdleConns(readers)
	if err := openAll(db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// readers is how many connections there are beside the one that writes the log.
const readers = 4

// openAll opens all connections, and the files behind each, so that a busy hour
// holds no more of them than a quiet one.
func openAll(db *sql.DB) (err error) {
	ctx := context.Background()
	var conns [readers]*sql.Conn
	for i := range conns {
		if conns[i], err = db.Conn(ctx); err != nil {
			break
		}
		var tables int
		if err = conns[i].QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
			break
		}
	}
	for _, c := range conns {
		if c != nil {
			err = errors.Join(err, c.Close())
		}
	}
	return err
}

// DB is the database, for tables beside the log's. Its transactions take the
// write lock at once; they must be short, for appends wait for them.
func (l *Log) DB() *sql.DB { return l.db }

// Begin begins a transaction on the tables beside the log. It takes the write
// lock at once, so no two of them run at the same time.
func (l *Log) Begin(ctx context.Context) (*sql.Tx, error) { return l.db.BeginTx(ctx, nil) }

// BeginAlone begins a transaction that may take long, and that nobody else
// writes beside.
func (l *Log) BeginAlone(ctx context.Context) (*sql.Tx, error) { return l.db.BeginTx(ctx, nil) }

// BeginHeld begins a transaction that holds a board: until it ends nothing is
// appended to that one, here nor to any.
func (l *Log) BeginHeld(ctx context.Context, _ board.ID) (*sql.Tx, error) {
	return l.db.BeginTx(ctx, nil)
}

// LockTables does nothing: whoever writes has all tables.
func (l *Log) LockTables(context.Context, *sql.Tx) error { return nil }

// BeginSnapshot begins a transaction that reads all tables as of one moment, for
// as long as it takes.
func (l *Log) BeginSnapshot(ctx context.Context) (*sql.Tx, error) {
	return l.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
}

// Synchronous is SQLite's own word for how commits reach the disk, asked of the
// connection that writes: off, normal, full or extra. Below full a power cut may
// take acknowledged edits with it. It is off for a log that is only read.
func (l *Log) Synchronous() string {
	if l.writer == nil {
		return synchronous[0]
	}
	return synchronous[min(max(l.writer.sync, 0), 3)]
}

// synchronous names what SQLite numbers.
var synchronous = [4]string{"off", "normal", "full", "extra"}

// Close waits for the append under way, refuses the waiting ones and gives the
// folder free. Every call gives the first one's error.
func (l *Log) Close() error {
	l.closed.Do(func() {
		var errs []error
		if l.writer != nil {
			errs = append(errs, l.writer.close())
		}
		errs = append(errs, l.read.close())
		if l.db != nil {
			errs = append(errs, l.db.Close())
		}
		if l.lock != nil {
			errs = append(errs, l.lock.Close())
		}
		l.err = errors.Join(errs...)
	})
	return l.err
}

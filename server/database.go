package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/collab/sqlitelog"
)

// A Database is where the boards and the people are: a SQLite file that one server has for itself, or a Postgres that
// many servers share.
type Database interface {
	collab.Log
	collab.Archive
	keeper
	examined
	transferred
	// Close gives it free; the second time it does nothing.
	Close() error
}

// A keeper is what the server asks of a database beside the log.
type keeper interface {
	// DB and Begin are for the directory's tables.
	DB() *sql.DB
	Begin(ctx context.Context) (*sql.Tx, error)
	// Purge removes a board whose head is still expect, and runs also in the same transaction.
	Purge(ctx context.Context, id board.ID, expect collab.Head, also func(exec func(query string, args ...any) error) error) error
	// InPlace says what is wrong when what is written now would be lost.
	InPlace() error
	// Synchronous is the database's own word for how commits reach the disk, as it was when it was opened.
	Synchronous() string
}

// examined is what verify asks of a database.
type examined interface {
	// Check lists what is wrong with the files or tables.
	Check(ctx context.Context) ([]string, error)
	// Strays lists the boards that have a log or a snapshot, but no head.
	Strays(ctx context.Context) ([]board.ID, error)
}

// transferred is what the commands need that copy boards. The transactions may take long.
type transferred interface {
	// BeginSnapshot reads all tables as of one moment. BeginAlone writes, and nobody else does meanwhile. BeginHeld writes,
	// and nothing is appended to that board meanwhile; with LockTables it waits for those of Begin as well.
	BeginSnapshot(ctx context.Context) (*sql.Tx, error)
	BeginAlone(ctx context.Context) (*sql.Tx, error)
	BeginHeld(ctx context.Context, id board.ID) (*sql.Tx, error)
	LockTables(ctx context.Context, tx *sql.Tx) error
}

// A store is the database as a server uses it.
type store struct {
	Database
	// shared says that other servers may use it too.
	shared bool
	// offset asks how far its clock is ahead of this computer's.
	offset func(ctx context.Context) (time.Duration, error)
	// identity tells it from a copy that was made with its own means; "" when that is not known.
	identity func(ctx context.Context) (string, error)
	// writable asks how commits reach the disk now; the error is [collab.ErrReadOnly] of a database that takes no writes.
	writable func(ctx context.Context) (synchronous string, err error)
}

// clock goes by the database's clock as of now.
func (s store) clock(ctx context.Context) (*Clock, error) {
	c := &Clock{}
	ahead, err := s.offset(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask the database for its time: %w", err)
	}
	c.ahead.Store(int64(ahead))
	return c, nil
}

// openStore opens what the configuration names, for a server, and makes or changes the tables where it has to.
func openStore(ctx context.Context, config *Config) (store, error) {
	if config.Database == "" {
		data, err := sqlitelog.Open(config.Data)
		return sqliteStore(data, inFolder(config.Data, err))
	}
	return postgresStore(pglog.Open(ctx, config.Database))
}

// besideStore opens a database that is there, for a command that runs beside servers.
func besideStore(ctx context.Context, config *Config) (store, error) {
	if config.Database == "" {
		return sqliteStore(existing(config.Data, sqlitelog.OpenBeside))
	}
	return postgresStore(pglog.OpenBeside(ctx, config.Database))
}

// readStore opens a database that is there, for reading.
func readStore(ctx context.Context, config *Config) (store, error) {
	if config.Database == "" {
		data, err := existing(config.Data, sqlitelog.OpenReadOnly)
		if b := (*barred)(nil); errors.As(err, &b) && errors.Is(trouble(err), collab.ErrReadOnly) {
			err = fmt.Errorf("%w; SQLite writes beside its file also to read it", err)
		}
		return sqliteStore(data, err)
	}
	return postgresStore(pglog.OpenReadOnly(ctx, config.Database))
}

// aloneStore opens a database that is there, for a command that needs it for itself. Of a folder no server can begin to
// run on it.
func aloneStore(ctx context.Context, config *Config) (store, error) {
	if config.Database == "" {
		return sqliteStore(existing(config.Data, sqlitelog.OpenAlone))
	}
	return besideStore(ctx, config)
}

// newStore opens a database for a command that fills it. It makes the tables where there are none, and changes none that
// are there.
func newStore(ctx context.Context, config *Config) (store, error) {
	if config.Database == "" {
		data, err := sqlitelog.OpenNew(config.Data)
		return sqliteStore(data, damagedFile(inFolder(config.Data, err), config))
	}
	return postgresStore(pglog.OpenNew(ctx, config.Database))
}

// isMade reports whether newStore would find tables, or a file for them. A database that newStore would refuse before it
// makes any is refused here too.
func isMade(ctx context.Context, config *Config) (bool, error) {
	if config.Database != "" {
		return pglog.IsMade(ctx, config.Database)
	}
	_, err := os.Stat(filepath.Join(config.Data, sqlitelog.FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, inFolder(config.Data, err)
}

// existing opens the data folder of a server that has run, and says so where none has.
func existing(folder string, open func(folder string) (*sqlitelog.Log, error)) (*sqlitelog.Log, error) {
	data, err := open(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("no server has run on the folder %s; name the folder of one that has", folder)
	}
	return data, damagedFile(explainedFolder(err, folder), &Config{Data: folder})
}

// damagedFile adds to an error of a file that is broken who says what to do.
func damagedFile(err error, config *Config) error {
	if !sqlitelog.Damaged(err) && !sqlitelog.NoDatabase(err) {
		return err
	}
	return fmt.Errorf("%w: the file is damaged, or no database, and is kept as it is; `%s doctor %s` says what to do", err, programName(), config.flag())
}

// inFolder adds to why a folder cannot be used what to do.
func inFolder(folder string, err error) error {
	info, statErr := os.Stat(folder)
	switch {
	case errors.Is(err, sqlitelog.ErrInUse):
		return fmt.Errorf("%w: go to that one, stop it, or name another folder with -data", err)
	case err != nil && statErr == nil && !info.IsDir():
		return fmt.Errorf("%s is a file: name a folder with -data", folder)
	}
	if b := (*barred)(nil); errors.As(explainedFolder(err, folder), &b) {
		return fmt.Errorf("%w, or name another folder with -data", b)
	}
	return err
}

func sqliteStore(data *sqlitelog.Log, err error) (store, error) {
	if err != nil {
		return store{}, err
	}
	here := func(context.Context) (time.Duration, error) { return 0, nil }
	unknown := func(context.Context) (string, error) { return "", nil }
	writable := func(context.Context) (string, error) { return data.Synchronous(), nil }
	return store{Database: data, offset: here, identity: unknown, writable: writable}, nil
}

func postgresStore(data *pglog.Log, err error) (store, error) {
	if err != nil {
		return store{}, err
	}
	return store{Database: data, shared: true, offset: data.ClockOffset, identity: data.Identity, writable: data.Writable}, nil
}

// kind names the database for figures and reports.
func (s store) kind() string {
	if s.shared {
		return "postgres"
	}
	return "sqlite"
}

// trouble says what keeps a database from answering, nil for any other error.
func trouble(err error) error {
	if t := sqlitelog.Trouble(err); t != nil {
		return t
	}
	return pglog.Trouble(err)
}

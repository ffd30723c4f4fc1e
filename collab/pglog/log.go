// Package pglog keeps the log of all boards in a Postgres database, for any number of servers.
//
// An append is one statement that moves the board's head row if it is the expected one and writes the batch beside it:
// one round trip, one commit. Appends of different boards that come while one is under way go together in the next
// statement: the busier the database is, the more boards share a commit.
//
// No append is cancelled because its caller left, and none is ever cancelled in the database: a statement that waits
// for a synchronous standby would then be visible without being there. A caller that gives up reads the log to find out.
//
// Nothing is kept in a session of the database, so that a pooler may stand between (PgBouncer in transaction mode):
// time-outs are set in each transaction, statements are prepared only on connections that lead to Postgres itself.
package pglog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"

	"waymark/collab"
)

// Log is a [collab.Log] and a [collab.Archive] in one database.
type Log struct {
	// Each kind of work has connections of its own; see [Conns].
	appends, locked, reads, side, alone *pgxpool.Pool

	gather   gatherer
	db       *sql.DB // on side
	aloneDB  *sql.DB // on alone
	readOnly bool
	sync     string

	work   sync.WaitGroup // appends whose callers may have left
	ending atomic.Bool
	closed sync.Once
	err    error
}

var (
	_ collab.Log     = (*Log)(nil)
	_ collab.Archive = (*Log)(nil)
)

var (
	errClosed   = errors.New("log is closed")
	errReadOnly = errors.New("log is open for reading only")
)

// Open connects to the database that url names (postgres://user:password@host:5432/name), makes or changes its tables
// where it has to, and refuses one on which a commit would not be safe. Any number of servers may do so at once. ctx
// is for the opening alone. It pairs with Close.
func Open(ctx context.Context, url string) (*Log, error) { return open(ctx, url, forServer) }

// OpenBeside opens a database whose tables are there, for a command that runs beside servers. It changes no tables. It
// pairs with Close.
func OpenBeside(ctx context.Context, url string) (*Log, error) { return open(ctx, url, forCommand) }

// OpenReadOnly opens a database whose tables are there, for reading; it may be a standby. Appends end in an error, and
// so do the writes of [Log.DB], unless a pooler stands between. It pairs with Close.
func OpenReadOnly(ctx context.Context, url string) (*Log, error) { return open(ctx, url, forReading) }

// purpose is what a log is opened for.
type purpose int

const (
	forServer purpose = iota
	forCommand
	forReading
	forFilling
)

// openTimeout is how long a database may take to be opened. It does not count against migrations.
const openTimeout = 20 * time.Second

func open(ctx context.Context, url string, purpose purpose) (*Log, error) {
	config, err := configure(url, purpose)
	if err != nil {
		return nil, err
	}
	l := &Log{readOnly: purpose == forReading}
	l.gather.write, l.gather.work = l.write, &l.work
	if err := l.open(ctx, config, purpose); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", place(config.ConnConfig), explain(err, config.ConnConfig)), l.Close())
	}
	return l, nil
}

func (l *Log) open(ctx context.Context, config *pgxpool.Config, purpose purpose) error {
	found, err := prepare(ctx, config, purpose)
	if err != nil {
		return err
	}
	l.sync = found.SynchronousCommit
	bounded, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	for _, p := range []struct {
		into        **pgxpool.Pool
		most, least int32
	}{
		{&l.appends, appendConns, 1},
		{&l.locked, lockedConns, 1},
		{&l.reads, readConns, 1},
		{&l.side, sideConns, 1},
		{&l.alone, aloneConns, 0},
	} {
		if purpose != forServer {
			p.least = 0
		}
		if *p.into, err = openPool(bounded, config, p.most, p.least); err != nil {
			return err
		}
	}
	l.db, l.aloneDB = stdlib.OpenDBFromPool(l.side), stdlib.OpenDBFromPool(l.alone)
	return nil
}

// DB is the database, for tables beside the log's. It has connections of its own.
func (l *Log) DB() *sql.DB { return l.db }

// InPlace has nothing to say: Postgres keeps its own files.
func (l *Log) InPlace() error { return nil }

// Synchronous is what Postgres calls how commits reach the disk (synchronous_commit) as it was when the log was opened:
// "on", "remote_apply", "remote_write", "local"; never "off".
func (l *Log) Synchronous() string { return l.sync }

// Writable asks whether the database takes writes now, and for its synchronous_commit as of now. While that is "off",
// which is refused when a log is opened, transactions of the log and of [Log.Begin] are on the disk all the same.
func (l *Log) Writable(ctx context.Context) (synchronous string, err error) {
	c, err := l.acquire(ctx, l.side)
	if err != nil {
		return "", fmt.Errorf("ask whether it takes writes: %w", err)
	}
	defer c.Release()
	var readOnly bool
	err = c.QueryRow(ctx, `SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::bool, current_setting('synchronous_commit')`).
		Scan(&readOnly, &synchronous)
	if err != nil {
		return "", fmt.Errorf("ask whether it takes writes: %w", err)
	}
	if readOnly {
		return synchronous, collab.ErrReadOnly
	}
	return synchronous, nil
}

// Close waits for the appends under way, refuses others and gives all connections back. Every call gives the first
// one's error.
func (l *Log) Close() error {
	l.closed.Do(func() {
		l.ending.Store(true)
		l.gather.end()
		for _, db := range []*sql.DB{l.db, l.aloneDB} {
			if db != nil {
				l.err = errors.Join(l.err, db.Close())
			}
		}
		for _, p := range []*pgxpool.Pool{l.appends, l.locked, l.reads, l.side, l.alone} {
			if p != nil {
				p.Close() // waits for what is under way
			}
		}
		l.work.Wait()
	})
	return l.err
}

// acquire takes a connection of a pool, if one becomes free while the caller waits.
func (l *Log) acquire(ctx context.Context, pool *pgxpool.Pool) (*pgxpool.Conn, error) {
	if l.ending.Load() {
		return nil, errClosed
	}
	c, err := pool.Acquire(ctx)
	if err != nil && l.ending.Load() {
		return nil, errClosed
	}
	return c, err
}

// outlive runs what must not end with its caller: do goes on, for at most writeTimeout, when ctx ends, and how it went
// is then unknown. do gives back the connection it uses.
func (l *Log) outlive(ctx context.Context, do func(context.Context) error) error {
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	if ctx.Done() == nil {
		defer cancel()
		return do(own)
	}
	done := make(chan error, 1)
	l.work.Go(func() {
		defer cancel()
		done <- do(own)
	})
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

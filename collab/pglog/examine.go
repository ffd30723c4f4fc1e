package pglog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"waymark/collab"
	"waymark/migrations"
)

// An Examination is what can be seen of a database that may be one that a server would refuse.
type Examination struct {
	Settings
	// Place is where it is, without a password.
	Place string
	// Done is the number of the last migration that was applied, Known of the last one that this release knows.
	Done, Known int
	// Hole says which migration before the last one was left out, and what to do; nil when none was.
	Hole error
	// Missing says which tables are not there although their migrations were applied, and what to do; nil when all are.
	Missing error
	// Taken is how many connections are open, on whatever database of that Postgres.
	Taken int
	// RoundTrip is what a question takes, Commit what a commit takes beside that; 0 when nothing can be written.
	RoundTrip, Commit time.Duration
	// Unwritable says why nothing can be written although nothing is set against it, above all that the disk is full;
	// nil when something could.
	Unwritable error
}

// IsMade reports whether a database has tables of ours. One that [OpenNew] would refuse for its settings is refused.
func IsMade(ctx context.Context, url string) (bool, error) {
	config, err := configure(url, forFilling)
	if err != nil {
		return false, err
	}
	made, err := isMade(ctx, config.ConnConfig)
	if err != nil {
		return false, fmt.Errorf("open database %s: %w", place(config.ConnConfig), explain(err, config.ConnConfig))
	}
	return made, nil
}

func isMade(ctx context.Context, to *pgx.ConnConfig) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	c, err := pgx.ConnectConfig(ctx, to)
	if err != nil {
		return false, err
	}
	defer func() { _ = c.Close(ctx) }() // all it was for is done
	s, err := readSettings(ctx, c)
	if err == nil {
		err = s.Refusal()
	}
	if err != nil {
		return false, err
	}
	applied, err := migrated(ctx, c)
	return len(applied) > 0, err
}

// Examine looks at a database by one connection, and changes nothing in it.
func Examine(ctx context.Context, url string) (Examination, error) {
	var e Examination
	config, err := configure(url, forReading)
	if err != nil {
		return e, err
	}
	to := config.ConnConfig
	e.Place = place(to)
	ctx, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	c, err := pgx.ConnectConfig(ctx, to)
	if err != nil {
		return e, explain(err, to)
	}
	defer func() { _ = c.Close(ctx) }() // all it was for is done
	if e.Settings, err = readSettings(ctx, c); err != nil {
		return e, explain(err, to)
	}
	if e.Pooled {
		if err := wholeTransactions(ctx, c); err != nil {
			return e, err
		}
	}
	return e, e.look(ctx, c)
}

func (e *Examination) look(ctx context.Context, c *pgx.Conn) error {
	steps, err := migrations.Steps("postgres")
	if err != nil {
		return err
	}
	e.Known = len(steps)
	applied, err := migrated(ctx, c)
	if err != nil && len(e.Denied) == 0 {
		return err
	}
	e.Done, e.Hole = applied.Last(), applied.Hole(steps)
	if err == nil {
		there, err := present(ctx, c)
		if err != nil {
			return err
		}
		e.Missing = applied.Missing(steps, there)
	}
	if err := c.QueryRow(ctx, `SELECT coalesce(sum(numbackends), 0) FROM pg_stat_database`).Scan(&e.Taken); err != nil {
		return fmt.Errorf("count connections: %w", err)
	}
	if e.RoundTrip, err = timed(ctx, c, `SELECT 1`); err != nil {
		return err
	}
	if e.ClockOffset, err = clockAhead(ctx, c); err != nil {
		return fmt.Errorf("read the database's clock: %w", err)
	}
	if e.InRecovery || e.ReadOnly {
		return nil
	}
	if e.Unwritable, err = tryRoom(ctx, c); err != nil || e.Unwritable != nil {
		return err
	}
	// It writes a line of the write-ahead log that nobody reads, and no table.
	commit, err := timed(ctx, c, `SELECT pg_logical_emit_message(true, 'waymark', 'how long does a commit take')`)
	if err == nil {
		e.Commit = max(commit-e.RoundTrip, 1)
	}
	return nil // a role that may not do that is none the worse
}

// makeRoom takes a mebibyte of the disk that the tables lie on, until the transaction is taken back.
const makeRoom = `CREATE TEMP TABLE waymark_room ON COMMIT DROP AS
	SELECT string_agg(md5(n::text || m::text), '') FROM generate_series(1, 64) n, generate_series(1, 512) m GROUP BY n`

// tryRoom finds out whether the disk has room for a table, which it does not leave there. A role that may make no such
// table finds out nothing.
func tryRoom(ctx context.Context, c *pgx.Conn) (why, err error) {
	tx, err := c.Begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("look for room: %w", err)
	}
	if _, why = tx.Exec(ctx, `SET LOCAL temp_tablespaces = ''`); why == nil { // where the other tables are
		_, why = tx.Exec(ctx, makeRoom)
	}
	if err := tx.Rollback(ctx); err != nil && why == nil {
		return nil, fmt.Errorf("look for room: %w", err)
	}
	if trouble := Trouble(why); trouble == nil || errors.Is(trouble, collab.ErrReadOnly) {
		return nil, nil
	}
	return explainAnswer(why), nil
}

// timed asks several times and takes the middle.
func timed(ctx context.Context, c *pgx.Conn, question string) (time.Duration, error) {
	const times = 9
	var took [times]time.Duration
	for i := range took {
		began := time.Now()
		if _, err := c.Exec(ctx, question); err != nil {
			return 0, fmt.Errorf("%s: %w", question, err)
		}
		took[i] = time.Since(began)
	}
	slices.Sort(took[:])
	return took[times/2], nil
}

package sqlitelog

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"waymark/migrations"
)

// migrate applies the steps that the database lacks, each in a transaction that
// also writes its number.
func migrate(ctx context.Context, db *sql.DB) error {
	steps, done, err := fit(ctx, db, false)
	if err != nil {
		return err
	}
	const table = `CREATE TABLE IF NOT EXISTS schema_migrations (
		number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("make table of migrations: %w", err)
	}
	for _, step := range steps[done:] {
		if err := apply(ctx, db, step); err != nil {
			return fmt.Errorf("migration %s: %w", step.Name, err)
		}
	}
	return nil
}

// ErrNewer says that a later release has changed the tables.
var ErrNewer = errors.New("use the newer release")

func newer(done, known int) error {
	return fmt.Errorf("the database is at migration %d, this release knows %d: %w", done, known, ErrNewer)
}

// refuseForeign keeps away from tables that another program has made. Without our own there may be the list of
// migrations, if the first start has ended there.
func refuseForeign(ctx context.Context, db *sql.DB) error {
	names, err := column[string](ctx, db, `SELECT name FROM sqlite_schema
		WHERE (SELECT count(*) FROM sqlite_schema
				WHERE name IN ('schema_migrations', 'board_heads', 'board_batches', 'board_snapshots')) < 2
			AND type = 'table' AND name NOT LIKE 'sqlite%' AND name <> 'schema_migrations'
		LIMIT 1`)
	if err != nil {
		return fmt.Errorf("look for tables: %w", err)
	}
	if len(names) > 0 {
		return fmt.Errorf("%w: it has a table %q and not ours; nothing was changed, name another one", ErrForeign, names[0])
	}
	return nil
}

// state is what a database says of its tables.
type state struct {
	steps   []migrations.Step
	applied migrations.Applied
	there   []string // tables
}

// stateOf refuses another program's database.
func stateOf(ctx context.Context, db *sql.DB) (s state, err error) {
	if err := refuseForeign(ctx, db); err != nil {
		return s, err
	}
	if s.steps, err = migrations.Steps("sqlite"); err != nil {
		return s, err
	}
	if s.there, err = column[string](ctx, db, "SELECT name FROM sqlite_schema WHERE type = 'table'"); err != nil {
		return s, fmt.Errorf("look for tables: %w", err)
	}
	if slices.Contains(s.there, "schema_migrations") {
		if s.applied, err = column[int](ctx, db, "SELECT number FROM schema_migrations ORDER BY number"); err != nil {
			return s, fmt.Errorf("read numbers of migrations: %w", err)
		}
	}
	return s, nil
}

func (s *state) missing() error { return s.applied.Missing(s.steps, s.there) }

// fit refuses a database of a later release, and one whose tables cannot be trusted; what is only read may have a hole.
// It gives the steps that there are and the number of the last one that was applied.
func fit(ctx context.Context, db *sql.DB, reading bool) ([]migrations.Step, int, error) {
	s, err := stateOf(ctx, db)
	if err != nil {
		return nil, 0, err
	}
	done, hole := s.applied.Last(), s.applied.Hole(s.steps)
	if done > len(s.steps) {
		return nil, 0, newer(done, len(s.steps))
	}
	if reading {
		hole = nil
	}
	return s.steps, done, cmp.Or(hole, s.missing())
}

// upToDate refuses what fit refuses, and unless it is only read a database of an earlier release.
func upToDate(ctx context.Context, db *sql.DB, reading bool) error {
	steps, done, err := fit(ctx, db, reading)
	if err == nil && !reading && done < len(steps) {
		err = fmt.Errorf("the database is at migration %d, this release needs %d: start the server on it once", done, len(steps))
	}
	return err
}

// holds reports whether there is a row in any table but the migrations' own.
func holds(ctx context.Context, db *sql.DB) (bool, error) {
	names, err := column[string](ctx, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migrations'
		AND name NOT LIKE 'sqlite%'`)
	if err != nil {
		return false, fmt.Errorf("look for rows: %w", err)
	}
	for _, name := range names {
		var some bool
		if err := db.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM "`+name+`")`).Scan(&some); err != nil || some {
			return some, err
		}
	}
	return false, nil
}

func apply(ctx context.Context, db *sql.DB, step migrations.Step) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, step.SQL)
	if err == nil {
		_, err = tx.ExecContext(ctx, "INSERT INTO schema_migrations (number, name) VALUES ($1, $2)", step.Number, step.Name)
	}
	if err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}

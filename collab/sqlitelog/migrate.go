package sqlitelog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"waymark/migrations"
)

// migrate applies the steps that the database lacks, each in a transaction that
// also writes its number. A database of a later release is refused.
func migrate(ctx context.Context, db *sql.DB) error {
	if err := refuseForeign(ctx, db); err != nil {
		return err
	}
	const table = `CREATE TABLE IF NOT EXISTS schema_migrations (
		number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("make table of migrations: %w", err)
	}
	steps, applied, err := applied(ctx, db)
	if err != nil {
		return err
	}
	done := applied.Last()
	if done > len(steps) {
		return newer(done, len(steps))
	}
	if err := applied.Hole(steps); err != nil {
		return err
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
		WHERE (SELECT count(*) FROM sqlite_schema WHERE name IN ('schema_migrations', 'board_heads')) < 2
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

// applied are the steps that there are, and which of them the database has had: none when there are no tables.
func applied(ctx context.Context, db *sql.DB) ([]migrations.Step, migrations.Applied, error) {
	steps, err := migrations.Steps("sqlite")
	if err != nil {
		return nil, nil, err
	}
	tables, err := column[string](ctx, db, "SELECT name FROM sqlite_schema WHERE name = 'schema_migrations'")
	var numbers []int
	if err == nil && len(tables) > 0 {
		numbers, err = column[int](ctx, db, "SELECT number FROM schema_migrations ORDER BY number")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read numbers of migrations: %w", err)
	}
	return steps, numbers, nil
}

// upToDate refuses a database of a later release, and unless it is only read one
// of an earlier release or with a step left out.
func upToDate(ctx context.Context, db *sql.DB, reading bool) error {
	if err := refuseForeign(ctx, db); err != nil {
		return err
	}
	steps, applied, err := applied(ctx, db)
	if err != nil {
		return err
	}
	done, known := applied.Last(), len(steps)
	switch {
	case done > known:
		return newer(done, known)
	case reading:
		return nil
	case done < known:
		return fmt.Errorf("the database is at migration %d, this release needs %d: start the server on it once", done, known)
	}
	return applied.Hole(steps)
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

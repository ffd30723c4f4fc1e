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
	steps, err := migrations.Steps("sqlite")
	if err != nil {
		return err
	}
	if err := refuseForeign(ctx, db); err != nil {
		return err
	}
	const table = `CREATE TABLE IF NOT EXISTS schema_migrations (
		number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("make table of migrations: %w", err)
	}
	done, err := migrated(ctx, db)
	if err != nil {
		return err
	}
	if done > len(steps) {
		return newer(done, len(steps))
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
	names, err := words[string](ctx, db, `SELECT name FROM sqlite_schema
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

// migrated is the number of the last step that was applied, 0 when there are no
// tables.
func migrated(ctx context.Context, db *sql.DB) (done int, err error) {
	var tables int
	err = db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema WHERE name = 'schema_migrations'").Scan(&tables)
	if err == nil && tables > 0 {
		err = db.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM schema_migrations").Scan(&done)
	}
	if err != nil {
		return 0, fmt.Errorf("read number of migrations: %w", err)
	}
	return done, nil
}

// upToDate refuses a database of a later release, and one of an earlier release
// unless that will do.
func upToDate(ctx context.Context, db *sql.DB, earlier bool) error {
	if err := refuseForeign(ctx, db); err != nil {
		return err
	}
	done, known, err := numbers(ctx, db)
	switch {
	case err != nil:
		return err
	case done > known:
		return newer(done, known)
	case done < known && !earlier:
		return fmt.Errorf("the database is at migration %d, this release needs %d: start the server on it once", done, known)
	}
	return nil
}

// holds reports whether there is a row in any table but the migrations' own.
func holds(ctx context.Context, db *sql.DB) (bool, error) {
	names, err := words[string](ctx, db, `SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'schema_migrations'
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

func numbers(ctx context.Context, db *sql.DB) (done, known int, err error) {
	steps, err := migrations.Steps("sqlite")
	if err != nil {
		return 0, 0, err
	}
	done, err = migrated(ctx, db)
	return done, len(steps), err
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

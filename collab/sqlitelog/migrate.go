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
	const table = `CREATE TABLE IF NOT EXISTS schema_migrations (
		number INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP) STRICT`
	if _, err := db.ExecContext(ctx, table); err != nil {
		return fmt.Errorf("make table of migrations: %w", err)
	}
	var done int
	if err := db.QueryRowContext(ctx, "SELECT coalesce(max(number), 0) FROM schema_migrations").Scan(&done); err != nil {
		return fmt.Errorf("read number of migrations: %w", err)
	}
	if done > len(steps) {
		return fmt.Errorf("the database is at migration %d, this release knows %d: use the newer release", done, len(steps))
	}
	for _, step := range steps[done:] {
		if err := apply(ctx, db, step); err != nil {
			return fmt.Errorf("migration %s: %w", step.Name, err)
		}
	}
	return nil
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

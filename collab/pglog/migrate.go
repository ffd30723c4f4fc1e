package pglog

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"waymark/migrations"
)

// prepare looks at the database through one connection, refuses it or brings its tables up to date, and completes
// config with what is found out.
func prepare(ctx context.Context, config *pgxpool.Config, purpose purpose) (Settings, error) {
	bounded, cancel := context.WithTimeout(ctx, openTimeout)
	defer cancel()
	c, err := pgx.ConnectConfig(bounded, config.ConnConfig)
	if err != nil {
		return Settings{}, err
	}
	defer func() { _ = c.Close(bounded) }() // all it was for is done
	s, err := readSettings(bounded, c)
	if err != nil {
		return s, err
	}
	if purpose != forReading {
		if err := s.Refusal(); err != nil {
			return s, err
		}
	}
	if !s.Pooled {
		direct(config, purpose)
	} else if err := wholeTransactions(bounded, c); err != nil {
		return s, err
	}
	steps, err := migrations.Steps("postgres")
	if err != nil {
		return s, err
	}
	applied, err := migrated(bounded, c)
	if err != nil {
		return s, err
	}
	done := applied.Last()
	if done > len(steps) {
		return s, newer(done, len(steps))
	}
	there, err := present(bounded, c)
	if err != nil {
		return s, err
	}
	hole := applied.Hole(steps)
	if purpose == forReading {
		hole = nil // what is there can be read
	}
	if wrong := cmp.Or(hole, applied.Missing(steps, there)); wrong != nil {
		return s, wrong
	}
	switch {
	case done == len(steps):
		return s, nil
	case purpose != forServer && (purpose != forFilling || done > 0):
		return s, fmt.Errorf("it is at migration %d, this release needs %d: start the server on it once", done, len(steps))
	}
	return s, migrate(ctx, c, &s, steps)
}

// wholeTransactions refuses a pooler that gives each statement another session.
func wholeTransactions(ctx context.Context, c *pgx.Conn) error {
	tx, err := c.Begin(ctx)
	if err == nil {
		err = tx.Rollback(ctx)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if err != nil {
		return fmt.Errorf("the pooler before it lets no transaction through: set pool_mode = transaction there, or session (%w)", err)
	}
	return nil
}

// migrated are the migrations that were applied, none when there are no tables.
func migrated(ctx context.Context, c *pgx.Conn) (migrations.Applied, error) {
	var table *string
	err := c.QueryRow(ctx, `SELECT to_regclass(quote_ident(current_schema()) || '.schema_migrations')::text`).Scan(&table)
	if err != nil || table == nil {
		return nil, err
	}
	return readApplied(ctx, c)
}

// present names the tables of ours that are there. Asked after migrated, it has all that those migrations made.
func present(ctx context.Context, q querier) ([]string, error) {
	ours, err := tables()
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `SELECT relname::text FROM pg_class
		WHERE relnamespace = to_regnamespace(quote_ident(current_schema())) AND relname = ANY($1)`, ours)
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	there, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("list tables: %w", err)
	}
	return there, nil
}

func newer(done, known int) error {
	return fmt.Errorf("it is at migration %d, this release knows %d: use the newer release", done, known)
}

// querier is a connection or a transaction.
type querier interface {
	Query(ctx context.Context, query string, args ...any) (pgx.Rows, error)
}

func readApplied(ctx context.Context, q querier) (migrations.Applied, error) {
	rows, err := q.Query(ctx, `SELECT number FROM schema_migrations ORDER BY number`)
	if err != nil {
		return nil, fmt.Errorf("read numbers of migrations: %w", err)
	}
	applied, err := pgx.CollectRows(rows, pgx.RowTo[int])
	if err != nil {
		return nil, fmt.Errorf("read numbers of migrations: %w", err)
	}
	return applied, nil
}

const (
	// migrationLock is the key of the advisory lock under which servers change tables.
	migrationLock = 0x7761796d61726b // "waymark"
	// migrateTimeout is how long that may take, the waiting for other servers included.
	migrateTimeout = 15 * time.Minute

	makeMigrations = `CREATE TABLE IF NOT EXISTS schema_migrations (
		number integer PRIMARY KEY, name text NOT NULL, at timestamptz NOT NULL DEFAULT now())`
)

// migrate applies the steps that the database lacks, all or none, in one transaction. The lock ends with it, so it holds
// through a pooler too.
func migrate(ctx context.Context, c *pgx.Conn, s *Settings, steps []migrations.Step) error {
	ctx, cancel := context.WithTimeout(ctx, migrateTimeout)
	defer cancel()
	err := pgx.BeginTxFunc(ctx, c, pgx.TxOptions{
		BeginQuery: `BEGIN ISOLATION LEVEL READ COMMITTED; SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0;
			SET LOCAL idle_in_transaction_session_timeout = 0`,
	}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(migrationLock)); err != nil {
			return fmt.Errorf("wait for the lock of migrations: %w", err)
		}
		// Another server may have done it while this one waited. The table is read, not looked for: within a transaction
		// Postgres remembers that it was not there.
		if _, err := tx.Exec(ctx, makeMigrations); err != nil {
			return fmt.Errorf("make table of migrations: %w", err)
		}
		applied, err := readApplied(ctx, tx)
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
			_, err := tx.Exec(ctx, step.SQL)
			if err == nil {
				_, err = tx.Exec(ctx, `INSERT INTO schema_migrations (number, name) VALUES ($1, $2)`, step.Number, step.Name)
			}
			if err != nil {
				return fmt.Errorf("migration %s: %w", step.Name, err)
			}
		}
		return nil
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == insufficientPrivilege {
		if len(s.Unowned) > 0 {
			return fmt.Errorf("%s (%w); nothing was changed", s.unowned(), err)
		}
		return fmt.Errorf("%s may not make or change tables in schema %s: %w; as the owner of the database: GRANT CREATE, USAGE ON SCHEMA %s TO %s",
			s.Role, s.Schema, err, ident(s.Schema), ident(s.Role))
	}
	return err
}

// tables names those that the migrations make, and theirs.
func tables() ([]string, error) {
	made, err := migrations.Tables("postgres")
	if err != nil {
		return nil, err
	}
	return append([]string{"schema_migrations"}, made...), nil
}

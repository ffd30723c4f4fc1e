package pglog

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
)

// Identity tells this database from a copy of it that somebody has made with pg_dump. A standby has that of its primary.
// It is "" where the role may not ask for it.
func (l *Log) Identity(ctx context.Context) (id string, err error) {
	err = l.db.QueryRowContext(ctx, `SELECT system_identifier::text || '/' || (SELECT oid::text FROM pg_database WHERE datname = current_database())
		FROM pg_control_system()`).Scan(&id)
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == insufficientPrivilege {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("ask which database it is: %w", err)
	}
	return id, nil
}

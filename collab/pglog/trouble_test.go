//go:build services

package pglog_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"waymark/collab"
	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

// Beside what the tests of faults meet.
func TestTrouble(t *testing.T) {
	s := pgtest.Shared(t)
	url := pgtest.Database(t)
	l := open(t, url)
	for name, c := range map[string]struct {
		statements string
		want       error
	}{
		"no_right":           {"SELECT * FROM pg_authid", collab.ErrReadOnly},
		"a_read-only_one":    {"SET LOCAL transaction_read_only = on; DELETE FROM installation", collab.ErrReadOnly},
		"too_long":           {"SET LOCAL statement_timeout = 1; SELECT pg_sleep(10)", collab.ErrAway},
		"no_such_table":      {"SELECT * FROM nothing", nil},
		"what_is_there":      {"INSERT INTO installation (name, value) VALUES ('a', ''), ('a', '')", nil},
		"what_is_impossible": {"SELECT 1 / 0", nil},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := l.DB().ExecContext(t.Context(), c.statements)
			if err == nil {
				t.Fatal("no error")
			}
			err = fmt.Errorf("try: %w", err)
			if got := pglog.Trouble(err); !errors.Is(got, c.want) || (got == nil) != (c.want == nil) {
				t.Errorf("%v is %v, want %v", err, got, c.want)
			}
		})
	}
	t.Run("sent_away", func(t *testing.T) {
		c, err := l.DB().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }() // it is closed already
		var pid string
		if err := c.QueryRowContext(t.Context(), "SELECT pg_backend_pid()::text").Scan(&pid); err != nil {
			t.Fatal(err)
		}
		s.Exec(t, "SELECT pg_terminate_backend("+pid+", 10000)")
		if _, err := c.ExecContext(t.Context(), "SELECT 1"); !errors.Is(pglog.Trouble(err), collab.ErrAway) {
			t.Errorf("%v is %v", err, pglog.Trouble(err))
		}
	})
	for _, err := range []error{nil, collab.ErrLost, collab.ErrGone, context.Canceled, errors.New("another")} {
		if got := pglog.Trouble(err); got != nil {
			t.Errorf("%v is %v", err, got)
		}
	}
}

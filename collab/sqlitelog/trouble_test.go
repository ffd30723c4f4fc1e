package sqlitelog_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"

	"waymark/collab"
	"waymark/collab/sqlitelog"
)

func TestTrouble(t *testing.T) {
	l := open(t, t.TempDir())
	conn := func(t *testing.T) *sql.Conn {
		c, err := l.DB().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = c.Close() })
		return c
	}
	try := func(c *sql.Conn, statements ...string) (err error) {
		for _, s := range statements {
			if _, err = c.ExecContext(context.Background(), s); err != nil {
				return fmt.Errorf("try: %w", err)
			}
		}
		return nil
	}
	const fill = `INSERT INTO installation (name, value) VALUES ('big', hex(zeroblob(1000000)))`
	for name, c := range map[string]struct {
		statements, after []string
		want              error
	}{
		"a_full_disk":      {[]string{"PRAGMA max_page_count = 1", fill}, []string{"PRAGMA max_page_count = 1000000"}, collab.ErrFull},
		"a_read-only_one":  {[]string{"PRAGMA query_only = 1", fill}, []string{"PRAGMA query_only = 0"}, collab.ErrReadOnly},
		"nothing_of_these": {[]string{"SELECT * FROM nothing"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			own := conn(t)
			err := try(own, c.statements...)
			if err == nil {
				t.Fatal("no error")
			}
			if got := sqlitelog.Trouble(err); !errors.Is(got, c.want) || (got == nil) != (c.want == nil) {
				t.Errorf("%v is %v, want %v", err, got, c.want)
			}
			if err := try(own, c.after...); err != nil {
				t.Fatal(err)
			}
		})
	}
	t.Run("another_writer", func(t *testing.T) {
		holder, waiter := conn(t), conn(t)
		if err := try(holder, "BEGIN IMMEDIATE"); err != nil {
			t.Fatal(err)
		}
		err := try(waiter, "PRAGMA busy_timeout = 1", "BEGIN IMMEDIATE")
		if got := sqlitelog.Trouble(err); !errors.Is(got, collab.ErrAway) {
			t.Errorf("%v is %v", err, got)
		}
		if err := errors.Join(try(holder, "ROLLBACK"), try(waiter, "PRAGMA busy_timeout = 10000")); err != nil {
			t.Fatal(err)
		}
	})
}

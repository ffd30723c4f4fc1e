//go:build services

package pgtest_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"waymark/collab/pglog/pgtest"
)

func TestSmall_can_be_full(t *testing.T) {
	s := pgtest.OpenSmall(t, 64)
	c := connect(t, s.Database(t))
	add := func() error {
		_, err := c.Exec(t.Context(), "INSERT INTO notes SELECT repeat('x', 3000) FROM generate_series(1, 100)")
		return err
	}
	if _, err := c.Exec(t.Context(), "CREATE TABLE notes (n text)"); err != nil {
		t.Fatal(err)
	}
	if err := add(); err != nil {
		t.Fatal(err)
	}
	s.Fill(t)
	var said *pgconn.PgError
	if err := add(); !errors.As(err, &said) || said.Code != "53100" {
		t.Fatalf("on a full disk: %v", err)
	}
	s.Free(t)
	if err := add(); err != nil {
		t.Fatal(err)
	}
}

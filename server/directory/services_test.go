//go:build services

package directory_test

import (
	"os"
	"testing"

	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
)

func init() {
	databases["postgres"] = func(t *testing.T) (database, error) { return pglog.Open(t.Context(), pgtest.Database(t)) }
}

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

//go:build services

package main

import (
	"testing"

	"waymark/collab/pglog/pgtest"
)

func init() {
	emptyHomes["postgres"] = newDatabase
	runTests = pgtest.Main
}

func newDatabase(t *testing.T) home {
	t.Helper()
	return home{"-database", pgtest.Database(t)}
}

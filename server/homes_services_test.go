//go:build services

package main

import (
	"strings"
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

// databaseName is that in the URL of pgtest.
func databaseName(url string) string {
	_, name, _ := strings.Cut(strings.TrimPrefix(url, "postgres://"), "/")
	name, _, _ = strings.Cut(name, "?")
	return name
}

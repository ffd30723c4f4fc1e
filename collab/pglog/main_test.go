//go:build services

package pglog_test

import (
	"os"
	"testing"

	"waymark/collab/pglog/pgtest"
)

func TestMain(m *testing.M) { os.Exit(pgtest.Main(m)) }

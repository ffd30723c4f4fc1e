//go:build services && planted

package pglog_test

import (
	"testing"

	"waymark/board/planted/plantedtest"
)

func TestPlanted(t *testing.T) { plantedtest.Suite(t, "TestLog", plantedtest.OfPostgres) }

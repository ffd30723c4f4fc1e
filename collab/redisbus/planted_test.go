//go:build unix && services && planted

package redisbus_test

import (
	"testing"

	"waymark/board/planted/plantedtest"
)

func TestPlanted(t *testing.T) { plantedtest.Suite(t, "TestBus", plantedtest.OfRedis) }

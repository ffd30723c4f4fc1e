package simulation

import (
	"runtime/debug"
	"testing"
)

// TestMain has the garbage collector come less often: a world is small, and most of what its people and servers say
// to each other is gone in a moment.
func TestMain(m *testing.M) {
	debug.SetGCPercent(400)
	m.Run()
}

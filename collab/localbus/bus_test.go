package localbus_test

import (
	"testing"

	"waymark/collab"
	"waymark/collab/bustest"
	"waymark/collab/localbus"
)

func TestBus(t *testing.T) {
	bustest.Run(t, func(*testing.T, bustest.Cluster) (a, b collab.Bus) {
		bus := &localbus.Bus{}
		return bus, bus
	})
}

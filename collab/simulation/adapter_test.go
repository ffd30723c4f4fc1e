package simulation

import (
	"testing"

	"waymark/collab"
	"waymark/collab/bustest"
	"waymark/collab/logtest"
)

func TestLog(t *testing.T) {
	logtest.Run(t, func(*testing.T) (logtest.Store, func() logtest.Store) {
		s := NewScheduler(1)
		l := NewLog(s, NewFaults(s))
		return l.NewPort(), func() logtest.Store { return l.NewPort() }
	})
}

func TestBus(t *testing.T) {
	bustest.Run(t, func(*testing.T, bustest.Cluster) (a, b collab.Bus) {
		s := NewScheduler(1)
		bus := NewBus(s, NewFaults(s))
		bus.Prompt = true
		return bus.NewPort(s.NewHost("a")), bus.NewPort(s.NewHost("b"))
	})
}

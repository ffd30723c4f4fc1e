//go:build unix && services

package redisbus_test

import (
	"testing"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/bustest"
	"waymark/collab/linetest"
	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

func TestBus(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	bustest.Run(t, func(t *testing.T, c bustest.Cluster) (a, b collab.Bus) {
		h, o := &house{here: map[board.ID]map[*redisbus.Bus]bool{}}, operator(t, r)
		ends := [2]*ready{}
		for i := range ends {
			ends[i] = &ready{Bus: open(t, of(c, quick(r.URL()))), t: t, operator: o, house: h}
		}
		return ends[0], ends[1]
	})
}

// of is a config for another cluster.
func of(c bustest.Cluster, config redisbus.Config) redisbus.Config {
	config.Cluster, config.Key = c.Name, []byte(c.Key)
	return config
}

func TestBus_with_connections_cut_at_random(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	l := linetest.Open(t, r.Addr())
	l.CutAtRandom(0.05)
	// A test of the suite may end before anything is cut.
	const rounds, enough = 20, 40
	for round := 0; round < rounds && l.Cuts() < enough; round++ {
		bustest.Run(t, func(t *testing.T, c bustest.Cluster) (a, b collab.Bus) {
			config := of(c, wary("redis://"+l.Addr()))
			return open(t, config), open(t, config)
		}, bustest.Loses())
	}
	if l.Cuts() < enough {
		t.Errorf("%d ends of connections were cut, want %d", l.Cuts(), enough)
	}
}

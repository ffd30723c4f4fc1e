package main

import (
	"context"
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"waymark/collab/localbus"
	"waymark/collab/redisbus"
)

// clusterName is part of the names of our channels on a Redis; the key of the database is the other part.
const clusterName = "waymark"

// openBus joins the other servers of the database. Without a Redis they hear of each other by the log alone.
func (s *Server) openBus(ctx context.Context) error {
	if s.config.Redis == "" {
		s.bus = &localbus.Bus{}
		return nil
	}
	identity, err := s.data.identity(ctx)
	if err != nil {
		return err
	}
	key, err := s.directory.BusKey(ctx, identity)
	if err != nil {
		return err
	}
	s.redis, err = redisbus.Open(ctx, redisbus.Config{
		URL: s.config.Redis, Cluster: clusterName, Key: key, Node: s.node, Logger: s.log,
	})
	if err != nil {
		return fmt.Errorf("%s: %w", s.config.given.Source("redis"), err)
	}
	s.bus = s.redis
	s.metrics.observeBus(s.redis)
	return nil
}

// observeBus reads the counts of the bus when Prometheus asks.
func (m *Metrics) observeBus(bus *redisbus.Bus) {
	up := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "waymark_bus_up", Help: "1 while Redis carries hints between servers; at 0 edits cross by the database.",
	}, func() float64 {
		if bus.Up() {
			return 1
		}
		return 0
	})
	m.register(up)
	for _, c := range []struct {
		name, help string
		read       func(redisbus.Counts) uint64
	}{
		{"published", "Hints that Redis took.", func(c redisbus.Counts) uint64 { return c.Published }},
		{"merged", "Hints that gave way to a newer one before they were sent.", func(c redisbus.Counts) uint64 { return c.Merged }},
		{"dropped", "Hints that were not sent: Redis was down, or too many waited.", func(c redisbus.Counts) uint64 { return c.Dropped }},
		{"received", "Hints from other servers.", func(c redisbus.Counts) uint64 { return c.Received }},
		{"foreign", "Messages on our channels that are not of this cluster, or cannot be read.", func(c redisbus.Counts) uint64 { return c.Foreign }},
		{"connects", "How often Redis came up.", func(c redisbus.Counts) uint64 { return c.Connects }},
		{"probes_lost", "Probes through Redis that did not come back in time.", func(c redisbus.Counts) uint64 { return c.Lost }},
	} {
		m.register(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "waymark_bus_" + c.name + "_total", Help: c.help},
			func() float64 { return float64(c.read(bus.Counts())) }))
	}
}

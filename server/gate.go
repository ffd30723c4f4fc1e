package main

import (
	"net/netip"
	"sync"
	"time"
)

// A Gate counts wrong secrets and passwords, by network and by what they were tried on, and makes whoever has too many
// wait. Right ones cost nothing, so a whole office behind one address can join at once. One login or invite takes ten
// times as many wrong tries as one network, so that a single stranger cannot lock the others out.
type Gate struct {
	perMinute int
	now       func() time.Time

	mu    sync.Mutex
	wrong map[string]*tries
}

type tries struct {
	perMinute int
	count     float64 // falls by perMinute a minute
	at        time.Time
}

// maxTries bounds the memory of a gate; beyond it the oldest counts are forgotten.
const maxTries = 10_000

func newGate(perMinute int, now func() time.Time) *Gate {
	return &Gate{perMinute: perMinute, now: now, wrong: map[string]*tries{}}
}

// Wait says how long the address has to wait before its next try; 0 = it may try.
func (g *Gate) Wait(addr netip.Addr, name string) time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return max(g.wait(byAddress(addr), g.perMinute), g.wait(byName(name), perName*g.perMinute))
}

const perName = 10

func (g *Gate) wait(key string, perMinute int) time.Duration {
	t := g.wrong[key]
	if t == nil {
		return 0
	}
	over := t.level(g.now()) - float64(perMinute-1)
	if over <= 0 {
		return 0
	}
	return time.Duration(over*float64(time.Minute)/float64(perMinute)).Round(time.Second) + time.Second
}

// Wrong notes a wrong try by an address, and on a login when name is not empty: many addresses trying one login slow
// each other down.
func (g *Gate) Wrong(addr netip.Addr, name string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.add(byAddress(addr), g.perMinute)
	if name != "" {
		g.add(byName(name), perName*g.perMinute)
	}
}

func (g *Gate) add(key string, perMinute int) {
	t := g.wrong[key]
	if t == nil {
		if len(g.wrong) >= maxTries {
			g.forget()
		}
		t = &tries{perMinute: perMinute, at: g.now()}
		g.wrong[key] = t
	}
	t.count, t.at = t.level(g.now())+1, g.now()
}

func (t *tries) level(now time.Time) float64 {
	return max(0, t.count-float64(t.perMinute)*now.Sub(t.at).Minutes())
}

// forget drops the counts that have run out, and the older half of the rest when that frees nothing.
func (g *Gate) forget() {
	before := len(g.wrong)
	for key, t := range g.wrong {
		if t.level(g.now()) == 0 {
			delete(g.wrong, key)
		}
	}
	if len(g.wrong) < before {
		return
	}
	limit := g.now().Add(-30 * time.Second)
	for key, t := range g.wrong {
		if t.at.Before(limit) || len(g.wrong) > maxTries*9/10 {
			delete(g.wrong, key)
		}
	}
}

func byAddress(addr netip.Addr) string { return "address " + network(addr).String() }

func byName(name string) string {
	if name == "" {
		return ""
	}
	return "login " + name
}

package main

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

// A Gate counts wrong passcodes and passwords, by network and by what they were tried on, and makes whoever has too many
// wait. A try takes a place before anything is checked and gives it back when it was right, so that many at once count
// like many one after the other. Right ones cost nothing, so a whole office behind one address can join at once: those
// for whom there is no place yet wait until the ones before them are checked. One login or invite takes ten times as
// many wrong tries as one network, so that a single stranger cannot lock the others out.
type Gate struct {
	perMinute int
	now       func() time.Time

	mu    sync.Mutex
	tries map[string]*tries
}

type tries struct {
	perMinute int
	wrong     float64 // falls by perMinute a minute, and is never above it: nobody waits longer than for one place
	at        time.Time
	underWay  int
	left      chan struct{} // closed when a try that was under way has ended
}

// maxTries bounds the memory of a gate; beyond it the oldest counts are forgotten.
const maxTries = 10_000

// perName is how many times more wrong tries one login or invite takes than one network.
const perName = 10

func newGate(perMinute int, now func() time.Time) *Gate {
	return &Gate{perMinute: perMinute, now: now, tries: map[string]*tries{}}
}

// Enter takes a place for one try of an address on a login or invite; name "" counts for the address alone. With a wait
// above 0 there is none before that time; an error is that of ctx, which ended while others were being checked. Whoever
// got in calls leave, once.
func (g *Gate) Enter(ctx context.Context, addr netip.Addr, name string) (leave func(wrong bool), wait time.Duration, err error) {
	for {
		places, wait, ahead := g.take(addr, name)
		switch {
		case wait > 0:
			return nil, wait, nil
		case ahead == nil:
			return func(wrong bool) { g.leave(places, wrong) }, 0, nil
		}
		select {
		case <-ahead:
		case <-ctx.Done():
			return nil, 0, ctx.Err()
		}
	}
}

// take takes the places of a try, or says how long there is none, or what to wait for.
func (g *Gate) take(addr netip.Addr, name string) (places []*tries, wait time.Duration, ahead <-chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	places = append(places, g.of("address "+network(addr).String(), g.perMinute, now))
	if name != "" {
		places = append(places, g.of("login "+name, perName*g.perMinute, now))
	}
	for _, t := range places {
		wait = max(wait, t.wait(now))
		if t.level(now)+float64(t.underWay) > float64(t.perMinute-1) {
			ahead = t.left
		}
	}
	if wait > 0 || ahead != nil {
		return nil, wait, ahead
	}
	for _, t := range places {
		t.underWay++
	}
	return places, 0, nil
}

func (g *Gate) of(key string, perMinute int, now time.Time) *tries {
	t := g.tries[key]
	if t == nil {
		if len(g.tries) >= maxTries {
			g.forget(now)
		}
		t = &tries{perMinute: perMinute, at: now, left: make(chan struct{})}
		g.tries[key] = t
	}
	return t
}

func (g *Gate) leave(places []*tries, wrong bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	for _, t := range places {
		t.underWay--
		if wrong {
			t.wrong, t.at = min(t.level(now)+1, float64(t.perMinute)), now
		}
		close(t.left)
		t.left = make(chan struct{})
	}
}

func (t *tries) level(now time.Time) float64 {
	return max(0, t.wrong-float64(t.perMinute)*now.Sub(t.at).Minutes())
}

func (t *tries) wait(now time.Time) time.Duration {
	over := t.level(now) - float64(t.perMinute-1)
	if over <= 0 {
		return 0
	}
	return time.Duration(over*float64(time.Minute)/float64(t.perMinute)).Round(time.Second) + time.Second
}

// forget drops the counts that have run out, and the older half of the rest when that frees nothing. Those with a try
// under way stay: there are no more of them than requests.
func (g *Gate) forget(now time.Time) {
	before := len(g.tries)
	for key, t := range g.tries {
		if t.underWay == 0 && t.level(now) == 0 {
			delete(g.tries, key)
		}
	}
	if len(g.tries) < before {
		return
	}
	limit := now.Add(-30 * time.Second)
	for key, t := range g.tries {
		if t.underWay == 0 && (t.at.Before(limit) || len(g.tries) > maxTries*9/10) {
			delete(g.tries, key)
		}
	}
}

//go:build linux && services

package clustertest

import (
	"sync/atomic"
	"time"

	"waymark/server/trial"
)

// cuts are connections of people that are cut. Of those that swallow, the proxy takes the frame that acknowledges an
// edit, and nobody but its author's browser misses it.
type cuts struct {
	storm          *storm
	plain, swallow int
	next           time.Duration
	trap           *trap
}

type trap struct {
	typist *trial.Typist
	sprung atomic.Bool
	until  time.Duration
}

const trapFor = 3 * time.Second // its edit may have been acknowledged otherwise

func (c *cuts) step(now time.Duration) bool {
	if t := c.trap; t != nil {
		switch {
		case t.sprung.Load():
			c.storm.strike("acknowledgement swallowed")
			c.swallow--
			c.trap, c.next = nil, now+c.storm.between(0, 400*time.Millisecond)
		case now > t.until:
			t.typist.Line.Set(nil)
			c.trap = nil
		}
		return true
	}
	if c.plain+c.swallow == 0 {
		return false
	}
	if now < c.next {
		return true
	}
	typists := c.storm.load.Typists
	y := typists[c.storm.random.IntN(len(typists))]
	if c.storm.random.IntN(c.plain+c.swallow) >= c.plain {
		t := &trap{typist: y, until: now + trapFor}
		c.trap = t
		y.Line.Set(&trial.Trap{Client: y.Client, N: y.Upcoming(c.storm.random.Int64N(4)), Sprung: func() { t.sprung.Store(true) }})
		return true
	}
	y.Line.Cut()
	c.storm.strike("connection cut")
	c.plain--
	c.next = now + c.storm.between(0, 400*time.Millisecond)
	return true
}

// kills end servers without a word: mostly one, sometimes two or all. Between two kills people get on.
type kills struct {
	storm *storm
	left  int
	from  int64 // edits acknowledged at the last kill
	next  time.Duration
}

// editsBetween two kills are acknowledged at least, unless the database is away.
const editsBetween = 60

func (k *kills) step(now time.Duration) bool {
	if k.left == 0 {
		return false
	}
	s := k.storm
	acked := s.load.Acked()
	if now < k.next || acked < k.from+editsBetween && !s.away() || s.sheltered {
		return true
	}
	k.from = acked
	most := 1
	switch p := s.random.IntN(20); {
	case p == 0:
		most = 3
	case p < 4:
		most = 2
	}
	killed, what := 0, "server killed"
	if s.within("failover", now) {
		what += " during a failover"
	}
	for _, i := range s.random.Perm(len(s.cluster.servers)) {
		srv := s.cluster.servers[i]
		if killed == most || k.left == 0 {
			break
		}
		if !srv.serves() {
			continue
		}
		s.look(srv)
		s.begin("kill", srv.name)()
		s.down(srv, s.between(0, 600*time.Millisecond))
		s.strike(what)
		k.left--
		killed++
	}
	k.next = now + s.between(300*time.Millisecond, 1200*time.Millisecond)
	return true
}

// dead is a Redis that is stopped, frozen or killed, and comes back.
type dead struct {
	storm *storm
	left  int
	next  time.Duration
	kind  int
	end   func() // while it is out of order
}

func (d *dead) step(now time.Duration) bool {
	if d.left == 0 && d.end == nil {
		return false
	}
	if now < d.next {
		return true
	}
	s, redis := d.storm, d.storm.cluster.redis
	if d.end != nil {
		if d.kind == frozen {
			redis.Thaw()
		} else {
			redis.Start()
		}
		d.end()
		d.end = nil
		d.next = now + s.between(1500*time.Millisecond, 3*time.Second)
		return true
	}
	d.kind = d.left % 3
	d.left--
	d.end = s.begin("redis", "")
	switch d.kind {
	case frozen:
		s.strike("redis frozen")
		redis.Freeze()
	case killed:
		s.strike("redis killed")
		redis.Kill()
	default:
		s.strike("redis stopped")
		redis.Stop()
	}
	d.next = now + s.between(time.Second, 3500*time.Millisecond)
	return true
}

const (
	stopped = iota
	frozen
	killed
)

// outages are of Postgres: it is killed and started again, frozen, or away for long.
type outages struct {
	storm *storm
	list  []outage
	next  time.Duration
	end   func()
}

type outage struct {
	what   string
	begin  func(c *cluster)
	end    func(c *cluster)
	lasts  time.Duration
	before time.Duration // after the one before
}

func postgresKilled(lasts time.Duration) outage {
	return outage{
		"postgres killed", func(c *cluster) { c.postgres.Kill() }, func(c *cluster) { c.postgres.Start() }, lasts, 7 * time.Second,
	}
}

func postgresFrozen(lasts time.Duration) outage {
	return outage{
		"postgres frozen", func(c *cluster) { c.postgres.Freeze() }, func(c *cluster) { c.postgres.Thaw() }, lasts, 7 * time.Second,
	}
}

func (o *outages) step(now time.Duration) bool {
	if len(o.list) == 0 {
		return false
	}
	if o.next == 0 {
		o.next = now + o.list[0].before
	}
	s := o.storm
	if now < o.next || s.within("failover", now) {
		return true
	}
	if o.end == nil {
		s.strike(o.list[0].what)
		o.end = s.begin("postgres", "")
		o.list[0].begin(s.cluster)
		o.next = trial.Now() + o.list[0].lasts
		return true
	}
	o.list[0].end(s.cluster)
	o.end()
	o.end, o.next, o.list = nil, 0, o.list[1:]
	return true
}

// away says whether the database is.
func (s *storm) away() bool { return s.within("postgres", trial.Now()) }

// within says whether something is out of order at a time.
func (s *storm) within(what string, at time.Duration) bool { return s.spans.over(what, at, at) }

// rolls are restarts of all servers, one after the other, as for an upgrade: each is asked to end, and comes back
// before the next is asked.
type rolls struct {
	storm *storm
	left  int
	order []*server
	wait  time.Duration // before each round
	next  time.Duration
	end   func()
	done  chan error // of the server under way
}

func (r *rolls) step(now time.Duration) bool {
	s := r.storm
	switch {
	case r.done != nil:
		select {
		case err := <-r.done:
			if err != nil {
				s.t.Fatal(err)
			}
			r.done = nil
		default:
		}
		return true
	case r.end != nil && len(r.order) == 0:
		r.end()
		r.end = nil
	case r.left == 0 && r.end == nil:
		return false
	case r.end == nil && r.next == 0:
		r.next = now + r.wait
	case r.end == nil && now >= r.next && !s.within("failover", now):
		r.order, r.next = s.cluster.servers, 0
		r.left--
		r.end = s.begin("roll", "")
		s.strike("rolling restart")
	case r.end != nil && r.order[0].serves():
		srv := r.order[0]
		r.order = r.order[1:]
		s.look(srv)
		r.done = make(chan error, 1)
		gone := srv.Ask()
		go func() {
			<-gone
			r.done <- srv.revive(s.ctx)
		}()
	}
	return true
}

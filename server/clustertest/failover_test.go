//go:build linux && services

package clustertest

import "time"

// failovers have Postgres lose its newest commits. In turn: a standby that is behind takes over while the servers live; an
// older backup takes the place of the database while all of them are killed, so that nobody but the people has what was
// lost; a standby takes over while servers are killed.
type failovers struct {
	storm *storm
	left  int
	done  int
	next  time.Duration
	// While one is under way: then waits for so, and goes on.
	so   func() bool
	then func()
}

const (
	// editsLost each person makes at least, and has acknowledged, before they are lost.
	editsLost = 10
	// editsHeld are fewer than a server keeps of a board to put them back (E4), also when some more come.
	editsHeld = 600
)

func (f *failovers) step(now time.Duration) bool {
	s := f.storm
	switch {
	case f.so != nil:
		if f.so() {
			f.so = nil
			f.then()
		}
	case f.left == 0:
		return false
	case f.next == 0:
		f.next = now + 4*time.Second
	case now >= f.next && !s.away() && !s.within("roll", now) && s.pending == 0:
		f.left--
		switch f.done++; f.done % 3 {
		case 1:
			s.sheltered = true
			had := batches{}
			f.promote("standby that is behind promoted", func() { had = s.batches() }, func() { s.hasAgain(had) })
		case 2:
			f.swap()
		default:
			f.promote("standby that is behind promoted while servers are killed", f.kill, func() {})
		}
	}
	return true
}

// promote has a standby that is behind take over. Every server that lives has what it lacks, and puts that back: nobody
// notices more than an outage.
func (f *failovers) promote(what string, before, after func()) {
	s, c := f.storm, f.storm.cluster
	s.strike(what)
	end := s.begin("failover", "")
	standby := c.postgres.Standby(s.t)
	standby.Follows(s.t, c.postgres)
	standby.Detach(s.t)
	enough, most := s.load.more(editsLost), s.load.upTo(editsHeld)
	f.so, f.then = func() bool { return enough() || most() }, func() {
		before()
		standby.TakeOver(s.t, c.postgres)
		c.postgres = standby
		f.recover(func() {
			end()
			after()
		})
	}
}

// kill kills a server, which comes back to a log that lacks its tail and knows nothing of that. What it writes there may
// come before what the others put back: then there is a new epoch, and the people send again what they had made. So they
// may be told that something was lost; that nothing is missing in the end, and nothing is there twice, is judged as ever.
func (f *failovers) kill() {
	s := f.storm
	s.load.lossy.Store(true)
	for _, srv := range s.cluster.servers {
		if srv.serves() {
			s.look(srv)
			s.down(srv, s.between(0, 600*time.Millisecond))
			s.strike("server killed when a standby takes over")
			return
		}
	}
}

// swap has an older backup take the place of the database, and kills all servers: the people send it all again.
func (f *failovers) swap() {
	s, c := f.storm, f.storm.cluster
	s.strike("older backup swapped in")
	end := s.begin("failover", "")
	backup := c.postgres.Copy(s.t)
	enough := s.load.more(editsLost)
	f.so = func() bool {
		s.sheltered = s.sheltered || enough()
		return s.sheltered && s.pending == 0
	}
	f.then = func() {
		s.load.lossy.Store(true)
		for _, srv := range c.servers {
			s.look(srv)
			srv.Kill()
		}
		c.postgres.Swap(backup)
		c.startAll()
		s.sheltered = false
		f.recover(end)
	}
}

// recover waits until everyone edits again.
func (f *failovers) recover(end func()) {
	f.so, f.then = f.storm.load.more(3), func() {
		end()
		f.next, f.storm.sheltered = 0, false
	}
}

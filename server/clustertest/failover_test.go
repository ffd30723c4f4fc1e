//go:build linux

package clustertest

// failover has Postgres lose its newest commits: in turn, a standby that is behind takes over while the servers live,
// and an older backup takes the place of the database while all of them are killed, so that nobody but the people has
// what was lost.
func (s *storm) failover(i int) {
	s.t.Helper()
	c := s.cluster
	s.load.lossy.Store(true)
	end := s.begin("failover", "")
	defer func() {
		s.load.wait(s.ctx, 3)
		end()
	}()
	if i%2 == 0 {
		s.strike("standby that is behind promoted")
		standby := c.postgres.Standby(s.t)
		standby.Follows(s.t, c.postgres)
		standby.Detach(s.t)
		s.load.wait(s.ctx, editsLost)
		standby.TakeOver(s.t, c.postgres)
		c.postgres = standby
		return
	}
	s.strike("older backup swapped in")
	backup := c.postgres.Copy(s.t)
	s.load.wait(s.ctx, editsLost)
	for _, srv := range c.servers {
		s.look(srv)
		srv.Kill()
	}
	c.postgres.Swap(backup)
	c.startAll()
}

// editsLost each person makes at least, and has acknowledged, before they are lost.
const editsLost = 10

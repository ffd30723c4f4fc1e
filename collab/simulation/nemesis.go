package simulation

import (
	"slices"
	"time"
)

// unleash lets the faults of the plan strike that strike by themselves.
func (w *World) unleash() {
	for _, f := range recurring {
		if every := w.Plan.Every[f.fault]; every > 0 {
			w.recur(f.fault, every)
		}
	}
}

func (w *World) recur(fault Fault, every time.Duration) {
	w.S.After(w.S.Between(every/4, 3*every), nil, func() {
		if !w.calm {
			w.strike(fault)
			w.recur(fault, every)
		}
	})
}

// strike makes a fault happen, and has it end after a while.
func (w *World) strike(fault Fault) {
	strikes, end := false, func() {}
	last := w.S.Between(100*time.Millisecond, 6*time.Second)
	if (fault == ServerPause || fault == ClientSleep || fault == ClientGone) && w.S.Chance(0.1) {
		last += 65 * time.Second // longer than anybody waits for it
	}
	switch fault {
	case BusDead:
		strikes, end = true, func() { w.Bus.SetDead(false) }
		w.Bus.SetDead(true)
	case BusFrozen:
		strikes, end = true, func() { w.Bus.SetFrozen(false) }
		w.Bus.SetFrozen(true)
	case LogAway:
		strikes, end = true, func() { w.Log.SetAway(false) }
		w.Log.SetAway(true)
		if w.S.Chance(0.1) {
			last += time.Minute
		}
	case LogFull:
		strikes, end = true, func() { w.Log.SetFull(false) }
		w.Log.SetFull(true)
	case LogTail:
		w.loseTail()
	case NetCut, NetSlow:
		strikes, end = w.strikePipe(fault)
	case LogCutOff, ServerKill, ServerPause, ServerDrain:
		strikes, end = w.strikeServer(fault)
	default:
		strikes, end = w.strikeBrowser(fault)
	}
	if strikes {
		w.Faults.Strike(fault)
		w.trace("fault %s for %v", fault, last)
		w.S.After(last, nil, end)
	}
}

// loseTail is a failover, at any time or while somebody has just been told that
// an append is written. What takes a database away often takes the bus along,
// and may come again as soon as it is back.
func (w *World) loseTail() {
	n := 1
	if w.S.Chance(0.4) {
		n += w.S.Pick(4)
	}
	if w.S.Chance(0.1) {
		n += w.S.Pick(40) // more than some servers keep
	}
	var fail func()
	fail = func() {
		if w.calm {
			return
		}
		back := w.ledger.back
		lost := w.Log.LoseTail(w.Board, n)
		if lost == 0 {
			return
		}
		w.Faults.Strike(LogTail)
		if back {
			w.Faults.Strike(LogAgain)
		}
		if w.S.Chance(0.3) {
			w.Log.AfterCommit(fail)
		}
		w.trace("the log lost %d batches", lost)
		if w.S.Chance(0.6) {
			w.Faults.Strike(BusDead)
			w.Bus.SetDead(true)
			w.S.After(w.S.Between(20*time.Millisecond, 2*time.Second), nil, func() { w.Bus.SetDead(false) })
		}
	}
	if w.S.Chance(0.3) {
		fail()
		return
	}
	w.Log.AfterCommit(fail)
}

func (w *World) strikePipe(fault Fault) (bool, func()) {
	var open []*Pipe
	for _, p := range w.pipes {
		if !p.cut && !p.told[0] && !p.told[1] {
			open = append(open, p)
		}
	}
	w.pipes = open
	if len(open) == 0 {
		return false, nil
	}
	p := open[w.S.Pick(len(open))]
	if fault == NetCut {
		p.Cut()
		return true, func() {}
	}
	p.Slow(w.S.Between(50*time.Millisecond, 2*time.Second))
	return true, func() { p.Slow(0) }
}

func (w *World) strikeServer(fault Fault) (bool, func()) {
	srv := w.servers[w.S.Pick(len(w.servers))]
	if !srv.up || srv.host.Frozen() {
		return false, nil
	}
	w.trace("%s", srv.Name)
	switch fault {
	case LogCutOff:
		port := srv.port
		port.SetAway(true)
		return true, func() { port.SetAway(false) }
	case ServerKill:
		srv.Kill()
		return true, srv.Restart
	case ServerDrain:
		srv.Drain()
		return true, func() {}
	}
	born := srv.born
	srv.host.Freeze()
	return true, func() {
		if srv.born == born && srv.up {
			srv.host.Thaw()
		}
	}
}

func (w *World) strikeBrowser(fault Fault) (bool, func()) {
	b := w.browsers[w.S.Pick(len(w.browsers))]
	if b.page == nil || b.host.Frozen() || w.offline[b] {
		return false, nil
	}
	w.trace("%s", b.Name)
	switch fault {
	case ClientTwin, ClientSteal:
		return w.strikeDisk(fault, b)
	case ClientSleep:
		page := b.page
		b.host.Freeze()
		return true, func() {
			if b.page == page {
				b.host.Thaw()
			}
		}
	case ClientGone:
		w.offline[b] = true
		if b.page.pipe != nil {
			b.page.pipe.Cut()
		}
		return true, func() { delete(w.offline, b) }
	}
	b.close(w.Faults.Draw(DiskLast))
	return true, func() {
		if b.page == nil && !b.retired {
			b.open()
		}
	}
}

// strikeDisk opens a second tab on the disk of b; to steal, it takes the outbox
// that b writes to.
func (w *World) strikeDisk(fault Fault, b *Browser) (bool, func()) {
	shared := func(other *Browser) bool { return other != b && other.disk == b.disk }
	if b.page.ended != "" || slices.ContainsFunc(w.browsers, shared) || fault == ClientSteal && b.page.own.next == 1 {
		return false, nil
	}
	second := b.another()
	if fault == ClientSteal {
		second.page.steal(b.page)
	}
	return true, second.retire
}

// soothe ends all faults and brings everything back.
func (w *World) soothe() {
	w.calm = true
	w.Faults.Calm()
	w.Log.SetAway(false)
	w.Log.SetFull(false)
	w.Bus.SetDead(false)
	w.Bus.SetFrozen(false)
	for _, srv := range w.servers {
		srv.port.SetAway(false)
		if srv.host.Frozen() {
			srv.host.Thaw()
		}
		srv.Restart()
	}
	for _, p := range w.pipes {
		p.Slow(0)
	}
	for _, o := range w.others {
		o.soothe()
	}
	for _, b := range slices.Clone(w.browsers) {
		delete(w.offline, b)
		if b.second {
			b.retire()
			continue
		}
		if b.host.Frozen() {
			b.host.Thaw()
		}
		if b.page == nil {
			b.open()
		}
	}
}

package collab_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

// A server whose log lost what it has must not give that to somebody who comes
// with what the log has instead.
func TestRoom_E2_board_that_the_log_has_lost_is_shown_to_nobody(t *testing.T) {
	limits := collab.DefaultLimits()
	limits.RingEntries = 1
	w := newLimitedWorld(t, 2, limits)
	w.create()
	dan, ben := w.person("dan"), w.person("ben")
	dan.join()
	w.run()
	w.bus.off = true
	for range 4 {
		dan.ops(`{"type":"moveLane","id":"lane-1","after":""}`)
		w.run()
	}
	w.log.loseTail(4)
	ben.server = 1
	ben.join()
	w.run()
	for range 2 {
		ben.ops(`{"type":"moveLane","id":"lane-1","after":""}`)
		w.run()
	}
	ben.leave()
	ben.server, ben.heard = 0, nil
	ben.join()
	w.wait(2 * time.Second)
	said := func(what string) int {
		return slices.IndexFunc(ben.heard, func(line string) bool { return strings.HasPrefix(line, what) })
	}
	if reset, board := said("reset"), said("snapshot"); reset < 0 || board < reset {
		t.Errorf("ben heard %q", ben.heard)
	}
}

// A new epoch that a server has heard of may be lost before it has read the
// board anew. What it has shown is not in the log all the same.
func TestRoom_E2_lost_epoch_does_not_hide_a_lost_tail(t *testing.T) {
	w := newWorld(t, 2)
	w.create()
	dan, ben := w.person("dan"), w.person("ben")
	ben.server = 1
	dan.join()
	ben.join()
	w.run()
	dan.ops(`{"type":"setMember","person":"person-cleo","role":"editor"}`)
	w.run()
	w.bus.off = true
	w.log.loseTail(1)
	w.servers[1].Poll(t.Context()) // begins a new epoch
	w.run()
	w.log.rotten = 5
	w.servers[0].Poll(t.Context()) // hears of it, and cannot read it
	w.run()
	w.kill(1)
	w.log.loseTail(1)
	w.log.rotten = 0
	w.start(1)
	ben.seq, ben.heard = -1, nil
	ben.join()
	w.run()
	for _, client := range []string{"one", "two"} {
		ben.n, ben.client = 0, board.NewID(board.PrefixClient, client)
		ben.send(`{"type":"claim","client":"` + string(ben.client) + `"}`)
		ben.ops(`{"type":"moveLane","id":"lane-1","after":""}`)
		w.run()
	}
	dan.heard = nil
	w.wait(2 * time.Second)
	if !slices.ContainsFunc(dan.heard, func(line string) bool { return strings.HasPrefix(line, "reset") }) {
		t.Errorf("dan heard %q", dan.heard)
	}
}

// Whoever comes back to a server that has never seen what was lost is told so, and counted.
func TestRoom_R2_reset_at_a_hello_is_counted(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	dan := w.person("dan")
	dan.join()
	w.run()
	for range 3 {
		dan.ops(`{"type":"moveLane","id":"lane-1","after":""}`)
		w.run()
	}
	w.kill(0)
	w.log.loseTail(2)
	w.start(0)
	dan.heard = nil
	dan.join()
	w.wait(4 * time.Second)
	if !slices.ContainsFunc(dan.heard, func(line string) bool { return strings.HasPrefix(line, "reset") }) {
		t.Fatalf("dan heard %q", dan.heard)
	}
	if n := w.count(func(m *collab.Metrics) int64 { return m.Strays.Load() }); n != 1 {
		t.Errorf("%d were counted", n)
	}
}

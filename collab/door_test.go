package collab_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/collab"
)

// A server whose log lost what it has must not give that to somebody who comes
// with what the log has instead.
func TestRoom_R4_board_that_the_log_has_lost_is_shown_to_nobody(t *testing.T) {
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
	w.log.loseTail(theBoard, 4)
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

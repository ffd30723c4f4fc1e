package collab_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

// The second server has not heard of all: it appends what it has, and the first
// one the rest.
func TestRoom_E6_server_that_has_a_part_leaves_room_for_the_rest(t *testing.T) {
	w, _ := twoServers(t, 100, 100)
	w.bus.off = true
	w.write("ana", 3)
	before := w.batches()
	w.log.loseTail(6)
	w.servers[1].Poll(t.Context())
	w.run()
	if n := len(w.batches()); n != 10 {
		t.Fatalf("%d batches, want the 10 that the second server has", n)
	}
	w.write("ben", 1)
	w.wait(time.Second)
	if w.untouched(before); len(w.batches()) != len(before) {
		t.Errorf("%d batches", len(w.batches()))
	}
	w.wait(3 * time.Second)
	if w.untouched(before); w.person("ana").seq != 14 {
		t.Errorf("ana is at %d", w.person("ana").seq)
	}
}

// It leaves room also when its own part took it long.
func TestRoom_E6_time_begins_anew_with_every_batch(t *testing.T) {
	w, _ := twoServers(t, 100, 100)
	w.bus.off = true
	w.write("ana", 3)
	before := w.batches()
	w.log.loseTail(6)
	w.log.before = func(collab.Batch) { w.st.now = w.st.now.Add(time.Second) }
	w.servers[1].Poll(t.Context())
	w.run()
	w.log.before = nil
	w.write("ben", 1)
	w.wait(time.Second)
	if w.untouched(before); len(w.batches()) != len(before) {
		t.Errorf("%d batches", len(w.batches()))
	}
}

// The first server's ring is short, so it waits for the second one.
func TestRoom_E6_server_that_cannot_tell_waits_for_one_that_can(t *testing.T) {
	w, before := twoServers(t, 2, 100)
	w.log.loseTail(5)
	for range 4 {
		w.servers[0].Poll(t.Context())
		w.run()
		w.st.now = w.st.now.Add(300 * time.Millisecond)
		w.st.ring()
		w.run()
	}
	if n := len(w.batches()); n != len(before)-5 {
		t.Fatalf("%d batches, %d were left", n, len(before)-5)
	}
	// A third one goes on before the first looks again.
	w.servers[1].Poll(t.Context())
	w.run()
	w.start(1)
	w.writePast()
	w.wait(time.Second)
	w.write("ana", 1)
	w.wait(2 * time.Second)
	if w.untouched(before); w.person("ana").seq != 12 {
		t.Errorf("ana is at %d", w.person("ana").seq)
	}
}

func TestRoom_E6_epoch_rises_when_nobody_has_the_tail(t *testing.T) {
	w, before := twoServers(t, 2, 2)
	w.log.loseTail(5)
	w.wait(1500 * time.Millisecond)
	if n := len(w.batches()); n != len(before)-5 {
		t.Fatalf("%d batches, %d were left", n, len(before)-5)
	}
	w.wait(time.Second)
	w.raised(2)
}

// The tail comes back while the first server, which has waited, reads the log to
// begin an epoch.
func TestRoom_E6_tail_that_comes_back_at_the_last_moment(t *testing.T) {
	w, before := twoServers(t, 2, 100)
	w.log.loseTail(5)
	w.servers[0].Poll(t.Context())
	w.run()
	w.st.now = w.st.now.Add(3 * time.Second)
	reads := 0
	w.log.read = func() {
		// The first is to look, the second for the snapshot, the third to load.
		if reads++; reads == 3 {
			w.log.boards[theBoard] = slices.Clone(before)
		}
	}
	w.st.ring()
	w.run()
	if w.log.read = nil; reads < 3 || w.held().Head.Seq != 10 {
		t.Fatalf("after %d readings the room is at %d", reads, w.held().Head.Seq)
	}
	w.wait(3 * time.Second)
	w.untouched(before)
	w.write("ana", 1)
	if w.wait(time.Second); w.person("ana").seq != 11 {
		t.Errorf("ana is at %d", w.person("ana").seq)
	}
}

// While the log is away nobody can look, so that time does not count.
func TestRoom_E6_log_that_is_away_gives_everybody_time(t *testing.T) {
	w, before := twoServers(t, 2, 100)
	w.log.loseTail(5)
	w.servers[0].Poll(t.Context())
	w.run()
	w.log.away = true
	for range 30 {
		w.st.now = w.st.now.Add(300 * time.Millisecond)
		w.st.ring()
		w.run()
	}
	w.log.away = false
	for range 4 {
		w.st.now = w.st.now.Add(300 * time.Millisecond)
		w.st.ring()
		w.run()
	}
	w.wait(time.Second)
	w.untouched(before)
}

func TestRoom_E6_server_alone_waits_for_nobody(t *testing.T) {
	limits := collab.DefaultLimits()
	limits.RingEntries = 2
	w := newLimitedWorld(t, 1, limits)
	w.alone = true
	w.start(0)
	w.create()
	w.person("ana").join()
	w.run()
	w.write("ana", 6)
	before := w.batches()
	w.log.loseTail(1)
	w.servers[0].Poll(t.Context())
	w.run()
	w.write("ana", 1)
	if w.untouched(before); len(w.batches()) != len(before)+1 {
		t.Errorf("%d batches", len(w.batches()))
	}
	w.log.loseTail(5)
	w.servers[0].Poll(t.Context())
	w.run()
	w.raised(2)
}

func TestRoom_E5_nothing_is_shown_or_written_until_the_log_has_all_again(t *testing.T) {
	limits := collab.DefaultLimits()
	limits.SnapshotBatches, limits.SnapshotEvery = 5, time.Millisecond
	w := newLimitedWorld(t, 1, limits)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ana.join()
	w.run()
	w.log.before = func(collab.Batch) { delete(w.log.snapshots, theBoard) }
	w.write("ana", 6)
	before := w.batches()
	w.log.loseTail(2)
	flow := w.stall()
	w.servers[0].Poll(t.Context())
	w.run()
	ben.join()
	w.write("ana", 5)
	viewed := board.Seq(0)
	w.servers[0].LookAt(theBoard, func(_ *board.Board, h collab.Head) { viewed = h.Seq })
	w.wait(5 * time.Second)
	if len(w.batches()) != len(before)-2 || len(w.log.snapshots) > 0 || len(ben.heard) > 0 || ana.seq != 10 || viewed != 0 {
		t.Errorf("%d batches, %d snapshots, ana is at %d, ben heard %q, a look from inside was at %d",
			len(w.batches()), len(w.log.snapshots), ana.seq, ben.heard, viewed)
	}
	flow()
	w.wait(5 * time.Second)
	w.untouched(before)
	if len(w.log.snapshots) == 0 || ana.seq != 15 || ben.seq != 15 || viewed != 10 {
		t.Errorf("%d snapshots, ana is at %d, ben at %d, a look from inside was at %d", len(w.log.snapshots), ana.seq, ben.seq, viewed)
	}
}

// What somebody comes with is not told to be lost while it may come back.
func TestRoom_E5_page_whose_position_the_log_has_lost_waits(t *testing.T) {
	w, before := twoServers(t, 2, 100)
	ana := w.person("ana")
	ana.leave()
	ana.seq, ana.batch, ana.epoch = 6, before[5].ID, 1
	w.log.loseTail(5)
	w.person("dan").join() // keeps the first server's room open
	ana.heard = nil
	ana.join()
	w.run()
	w.wait(time.Second)
	if w.untouched(before); ana.seq != 10 {
		t.Errorf("ana is at %d and heard %q", ana.seq, ana.heard)
	}
}

// Somebody points at a sealed card, and the log loses the card and its activity.
func TestRoom_P4_what_was_sealed_in_a_lost_epoch_is_not_told(t *testing.T) {
	w, _ := twoServers(t, 100, 100)
	dan := w.person("dan")
	dan.join()
	w.run()
	w.bus.off = true
	ana := w.person("ana")
	ana.ops(`{"type":"openActivity","id":"activity-1","activityType":"collect","lane":"lane-1","sealed":true,"showCount":false}`)
	w.run()
	ana.ops(`{"type":"addCard","id":"card-secret","lane":"lane-1","step":"step-1","fields":{"activity":"activity-1"}}`)
	w.run()
	ana.send(`{"type":"presence","at":{"x":1,"y":2},"selection":["card-secret"],"typing":{"id":"card-secret","field":"text"}}`)
	w.wait(100 * time.Millisecond)
	w.log.loseTail(2)
	w.writePast()
	w.wait(3 * time.Second)
	w.raised(2)
	if heard := strings.Join(dan.heard, "\n"); strings.Contains(heard, "secret") || !strings.Contains(heard, `"person-ana","at":{"x":1,"y":2}`) {
		t.Errorf("dan heard %s", heard)
	}
}

// The log loses the end of an activity, so it seals again, also what was shown
// after that end.
func TestRoom_P4_activity_whose_end_was_lost_seals_again(t *testing.T) {
	w, _ := twoServers(t, 100, 100)
	ana, cleo, dan := w.person("ana"), w.person("cleo"), w.person("dan")
	cleo.join()
	dan.join()
	ana.ops(`{"type":"openActivity","id":"activity-1","activityType":"collect","lane":"lane-1","sealed":true,"showCount":false}`)
	w.wait(time.Second)
	w.bus.off = true
	ana.ops(`{"type":"closeActivity","id":"activity-1"}`)
	w.run()
	cleo.send(`{"type":"presence","at":{"x":1,"y":2}}`)
	w.wait(100 * time.Millisecond)
	w.log.loseTail(1)
	w.writePast()
	w.wait(3 * time.Second)
	w.raised(2)
	reset := slices.Index(dan.heard, "reset to epoch 2")
	if reset < 0 {
		t.Fatalf("dan heard %q", dan.heard)
	}
	const shown = `"person-cleo","at":{"x":1,"y":2}`
	before, after := strings.Join(dan.heard[:reset], "\n"), strings.Join(dan.heard[reset:], "\n")
	if !strings.Contains(before, shown) || strings.Contains(after, shown) || !strings.Contains(after, `"person-cleo"}`) {
		t.Errorf("dan heard %s\nand then %s", before, after)
	}
}

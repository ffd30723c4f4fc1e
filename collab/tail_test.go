package collab_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

func TestRoom_E4_lost_tail_is_appended_again_as_it_was(t *testing.T) {
	for servers := 1; servers <= 3; servers++ {
		for lost := 1; lost <= 6; lost++ {
			t.Run(fmt.Sprint(servers, " servers ", lost, " batches"), func(t *testing.T) {
				w := newWorld(t, servers)
				w.create()
				w.person("ben").server = servers - 1
				w.person("ana").join()
				w.person("ben").join()
				w.run()
				w.write("ana", 3)
				w.write("ben", 3)
				w.wait(time.Second)
				before := w.batches()
				w.log.loseTail(lost)
				w.wait(time.Second)
				w.untouched(before)
				found := w.count(func(m *collab.Metrics) int64 { return m.LostTails.Load() })
				repaired := w.count(func(m *collab.Metrics) int64 { return m.TailsRepaired.Load() })
				if found < 1 || repaired < 1 || repaired > found {
					t.Errorf("%d losses were found, %d repaired", found, repaired)
				}
				line := fmt.Sprintf(`level=ERROR msg="log has lost its tail" board=board-1 seq=10 batch=%s batches=%d`, before[9].ID, lost)
				if logged := w.logged.String(); !strings.Contains(logged, line) || strings.Contains(logged, "sticky") {
					t.Errorf("logged was %s", logged)
				}
				w.wait(2 * time.Second)
				w.write("ben", 1)
				w.wait(time.Second)
				w.untouched(before)
				if ana := w.person("ana"); ana.seq != 11 {
					t.Errorf("ana is at %d", ana.seq)
				}
			})
		}
	}
}

func TestRoom_E4_batches_that_were_read_from_the_log_are_appended_again_as_they_were(t *testing.T) {
	w, before := twoServers(t, 100, 100)
	w.kill(0)
	w.kill(1)
	w.start(0)
	w.person("ana").join()
	w.run()
	w.log.loseTail(6)
	w.person("ben").server = 0
	w.person("ben").join()
	w.wait(time.Second)
	w.untouched(before)
}

func TestRoom_E4_append_of_unknown_outcome_is_looked_up(t *testing.T) {
	for name, fail := range map[string]func(*memLog){
		"written":     func(l *memLog) { l.unsure = true },
		"not written": func(l *memLog) { l.dropped = true },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.create()
			w.person("ana").join()
			w.run()
			w.write("ana", 4)
			before := w.batches()
			w.log.loseTail(3)
			fail(w.log)
			was := w.log.appends
			w.servers[0].Poll(t.Context())
			w.run()
			if n := w.log.appends - was; n != 1 {
				t.Errorf("%d appends before the log was looked at", n)
			}
			w.wait(time.Second)
			w.untouched(before)
		})
	}
}

func TestRoom_E4_log_that_is_cut_again_meanwhile(t *testing.T) {
	w, before := twoServers(t, 100, 100)
	w.log.loseTail(3)
	cuts := 0
	w.log.before = func(collab.Batch) {
		if n := len(w.log.boards[theBoard]); n == len(before)-1 && cuts < 3 {
			cuts++
			w.log.loseTail(4)
		}
	}
	w.wait(time.Second)
	if w.untouched(before); cuts != 3 {
		t.Errorf("it was cut %d times", cuts)
	}
}

// Whoever finds the log shorter without knowing of more may go on: then the tail
// fits no longer.
func TestRoom_E4_nothing_is_appended_behind_another_chain(t *testing.T) {
	for name, past := range map[string]func(w *world){
		"before": func(w *world) { w.writePast() },
		"meanwhile": func(w *world) {
			w.servers[0].Poll(w.t.Context())
			w.writePast()
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, before := twoServers(t, 100, 100)
			w.person("ben").leave()
			w.kill(1)
			w.start(1)
			w.log.loseTail(6)
			past(w)
			w.wait(time.Second)
			w.raised(2)
			after := w.batches()
			other := slices.IndexFunc(after, func(b collab.Batch) bool { return strings.HasPrefix(b.Node, "node-2") })
			if other < 4 || !reflect.DeepEqual(after[:other], before[:other]) {
				t.Errorf("the other server's batch is number %d", other)
			}
			if heard := strings.Join(w.person("ana").heard, "\n"); !strings.Contains(heard, "reset to epoch 2") {
				t.Errorf("ana heard %s", heard)
			}
		})
	}
}

// The log had gone on by another chain, and that is gone too before the epoch
// rises.
func TestRoom_E4_other_chain_that_was_lost_itself(t *testing.T) {
	for _, ring := range []int{2, 100} {
		w, before := twoServers(t, ring, 100)
		w.bus.off = true
		w.log.loseTail(5)
		second := w.servers[1]
		w.start(1) // a third one that has nothing
		for range 5 {
			w.writePast()
		}
		w.running[1].kill()
		w.servers[1] = second
		w.servers[0].Poll(t.Context())
		for w.servers[0].Metrics().LostTails.Load() == 0 && w.st.step() {
			continue
		}
		w.log.loseTail(5)
		w.wait(time.Second)
		w.untouched(before)
	}
}

// A backup that was put back has begun a new epoch, so what it lacks stays away.
func TestRoom_E3_nothing_is_appended_behind_a_backup(t *testing.T) {
	restore := func(w *world) {
		if err := w.servers[1].BeginEpoch(w.t.Context(), theBoard, 100); err != nil {
			w.t.Error(err)
		}
	}
	for name, at := range map[string]func(w *world){
		"before": restore,
		"meanwhile": func(w *world) {
			appends := 0
			w.log.before = func(b collab.Batch) {
				if appends++; appends == 2 {
					restore(w)
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, before := twoServers(t, 100, 100)
			w.log.loseTail(5)
			at(w)
			w.wait(3 * time.Second)
			w.raised(100)
			last := w.batches()[len(w.batches())-1]
			if i := len(w.batches()) - 2; last.Epoch != 100 || !reflect.DeepEqual(w.batches()[:i+1], before[:i+1]) || i >= 7 {
				t.Errorf("behind %d batches there is %+v", i+1, last)
			}
			if w.person("ana").epoch != 100 || w.person("ben").epoch != 100 {
				t.Error("somebody was not told")
			}
		})
	}
}

// The entry that began an epoch is a batch like any other.
func TestRoom_E4_epoch_that_was_lost_comes_back(t *testing.T) {
	w, _ := twoServers(t, 100, 100)
	w.bus.off = true
	w.write("ana", 1)
	w.log.loseTail(1)
	w.writePast()
	w.wait(3 * time.Second)
	w.raised(2)
	resets := func(m *collab.Metrics) int64 { return m.Resets.Load() }
	before, was := w.batches(), w.count(resets)
	w.log.loseTail(4)
	w.wait(time.Second)
	if after := w.batches(); !reflect.DeepEqual(after, before) || w.count(resets) != was {
		t.Errorf("%d batches of %d, %d resets, before %d", len(after), len(before), w.count(resets), was)
	}
}

// A room that has what the log has lost does not end before the log has it.
func TestRoom_E4_room_without_sessions_stays_until_the_log_has_all_again(t *testing.T) {
	limits := collab.DefaultLimits()
	limits.Idle = 3 * time.Second
	w := newLimitedWorld(t, 1, limits)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	w.write("ana", 3)
	before := w.batches()
	ana.leave()
	w.wait(time.Second)
	w.log.loseTail(3)
	flow := w.stall()
	w.wait(10 * time.Second)
	rooms := w.servers[0].Metrics().Rooms.Load
	if rooms() != 1 {
		t.Error("the room has ended")
	}
	flow()
	w.wait(5 * time.Second)
	if !reflect.DeepEqual(w.batches(), before) || rooms() != 0 {
		t.Errorf("%d batches of %d, %d rooms", len(w.batches()), len(before), rooms())
	}
}

func TestRoom_E4_server_that_drains_appends_the_rest(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	w.person("ana").join()
	w.run()
	w.write("ana", 6)
	before := w.batches()
	w.log.loseTail(5)
	w.servers[0].Poll(t.Context())
	for len(w.batches()) != len(before)-4 && w.st.step() {
		continue
	}
	w.servers[0].BeginDrain()
	w.wait(5 * time.Second)
	if !reflect.DeepEqual(w.batches(), before) || w.servers[0].Metrics().Rooms.Load() != 0 {
		t.Errorf("%d batches of %d, %d rooms", len(w.batches()), len(before), w.servers[0].Metrics().Rooms.Load())
	}
}

// It does not wait for a log that takes nothing; the others begin a new epoch.
func TestRoom_E4_server_that_drains_ends_when_nothing_can_be_appended(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	w.person("ana").join()
	w.run()
	w.write("ana", 6)
	w.log.loseTail(5)
	w.stall()
	w.servers[0].Poll(t.Context())
	w.run()
	w.servers[0].BeginDrain()
	w.run()
	if n := w.servers[0].Metrics().Rooms.Load(); n != 0 {
		t.Errorf("%d rooms", n)
	}
}

// What somebody sent before a reset was heard is about a board that is no more, on a text that is no more.
func TestRoom_R3_ops_from_before_the_reset_was_heard_are_dropped(t *testing.T) {
	w, _ := twoServers(t, 100, 100)
	cleo := w.person("cleo") // of whom the log has lost nothing
	cleo.join()
	w.run()
	cleo.slow = true // the reset will be on its way
	w.person("ben").leave()
	w.kill(1)
	w.start(1)
	w.log.loseTail(6)
	w.writePast()
	w.wait(time.Second)
	w.raised(2)
	before := w.batches()
	cleo.ops(`{"type":"delete","id":"lane-1"}`)
	w.wait(time.Second)
	if got := w.batches(); len(got) != len(before) {
		t.Errorf("it became entry %d", got[len(got)-1].Last)
	}
	cleo.slow = false
	w.wait(time.Second)
	cleo.n--
	cleo.ops(`{"type":"delete","id":"lane-1"}`)
	w.wait(time.Second)
	if got := w.batches(); len(got) != len(before)+1 {
		t.Errorf("sent again behind a claim, %d batches became %d; heard: %s", len(before), len(got), cleo.last())
	}
}

// Of two servers one has all of what the log lost. Whoever had heard it from that one and comes to the other is not told
// that it is gone while it is being put back.
func TestRoom_R2_waits_for_what_another_server_appends_again(t *testing.T) {
	for name, start := range map[string]func(w *world){
		"that_found_the_loss_too": func(*world) {},
		"that_has_just_started":   func(w *world) { w.kill(1); w.start(1) },
	} {
		t.Run(name, func(t *testing.T) {
			w, _ := twoServers(t, 100, 100)
			ana := w.person("ana")
			w.person("ben").leave()
			w.bus.off = true
			for range 3 { // which the other server does not hear of
				ana.ops(`{"type":"add","id":"` + string(board.NewID("sticky", fmt.Sprint("late-", ana.n))) + `","fields":{"x":1,"y":1,"w":1000,"h":1000}}`)
				w.run()
			}
			before := w.batches()
			start(w)
			w.log.loseTail(5)
			w.servers[1].Poll(t.Context())
			w.run()
			ana.leave()
			ana.server = 1
			ana.join()
			w.run()
			w.wait(4 * time.Second)
			if after := w.batches(); !reflect.DeepEqual(after, before) {
				t.Errorf("the log has %d batches, and had %d", len(after), len(before))
			}
			if heard := strings.Join(ana.heard, "\n"); strings.Contains(heard, "reset") || ana.seq != before[len(before)-1].Last {
				t.Errorf("ana is at %d of %d and heard\n%s", ana.seq, before[len(before)-1].Last, heard)
			}
		})
	}
}

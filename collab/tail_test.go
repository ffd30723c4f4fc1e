package collab_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

// write has a person put stickies on the board, each in a batch of its own.
func (w *world) write(name string, n int) {
	w.t.Helper()
	p := w.person(name)
	for range n {
		w.ids["sticky"]++
		p.ops(fmt.Sprintf(`{"type":"add","id":"sticky-%d","fields":{"x":1,"y":1,"w":1000,"h":1000}}`, w.ids["sticky"]))
		w.run()
	}
}

// writePast has the second server, where nobody is, write behind what the log
// has now.
func (w *world) writePast() {
	w.t.Helper()
	op := &board.SetMember{Person: "person-eve", Role: board.Viewer}
	err := errors.New("no answer")
	w.servers[1].Ask(theBoard, board.Actor{Person: "person-ana", System: true}, op, func(_ collab.Receipt, e error) { err = e })
	w.run()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) batches() []collab.Batch { return slices.Clone(w.log.boards[theBoard]) }

// count adds up a metric of all servers.
func (w *world) count(of func(*collab.Metrics) int64) (sum int64) {
	for _, h := range w.servers {
		sum += of(h.Metrics())
	}
	return sum
}

// untouched checks that the log begins with what it had before, byte for byte,
// and that nobody was reset.
func (w *world) untouched(before []collab.Batch) {
	w.t.Helper()
	after := w.batches()
	for i := range before {
		if len(after) <= i || !reflect.DeepEqual(after[i], before[i]) {
			w.t.Errorf("%d batches of %d are as they were", i, len(before))
			break
		}
	}
	if n := w.count(func(m *collab.Metrics) int64 { return m.Resets.Load() }); n > 0 {
		w.t.Errorf("%d sessions were reset", n)
	}
	if epoch := after[len(after)-1].Epoch; epoch != before[len(before)-1].Epoch {
		w.t.Errorf("the epoch is %d", epoch)
	}
	for _, p := range w.people {
		if heard := strings.Join(p.heard, "\n"); strings.Contains(heard, "reset") || p.session == nil {
			w.t.Errorf("%s heard %s", p.name, heard)
		}
	}
}

// raised checks that the log has begun this epoch, as one chain of batches.
func (w *world) raised(epoch int64) {
	w.t.Helper()
	replay(w.t, w.log, theBoard)
	after := w.batches()
	if got := after[len(after)-1].Epoch; got != epoch {
		w.t.Errorf("the epoch is %d, want %d", got, epoch)
	}
}

// twoServers has ana on the first server, ben on the second, ten entries, and
// as many entries in the servers' rings.
func twoServers(t *testing.T, first, second int) (w *world, before []collab.Batch) {
	limits := collab.DefaultLimits()
	limits.RingEntries = first
	w = newLimitedWorld(t, 2, limits)
	w.create()
	w.limits.RingEntries = second
	w.start(1)
	w.person("ben").server = 1
	w.person("ana").join()
	w.person("ben").join()
	w.run()
	w.write("ana", 6)
	w.wait(time.Second)
	return w, w.batches()
}

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

// stall has every append fail from now on, without being written.
func (w *world) stall() (flow func()) {
	w.log.before = func(collab.Batch) { w.log.dropped = true }
	return func() { w.log.before, w.log.dropped = nil, false }
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

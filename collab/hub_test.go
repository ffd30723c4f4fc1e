package collab_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

const beat = `{"type":"beat"}`

func TestHub_idle_room_stores_a_snapshot_and_ends(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	ana.ops(`{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}`)
	w.run()
	ana.leave()
	w.wait(time.Second)
	if s := w.log.snapshots[theBoard]; s.Seq != 5 {
		t.Errorf("snapshot at %d, want 5", s.Seq)
	}
	w.wait(2 * time.Minute)
	if n := w.servers[0].Metrics().Rooms.Load(); n != 0 {
		t.Errorf("%d rooms are open", n)
	}
	// A cold join is sent the stored bytes.
	ana.seq, ana.epoch = -1, 0
	ana.heard = nil
	ana.join()
	w.run()
	if len(ana.heard) < 2 || ana.heard[1] != "snapshot at 5 of 9 records" {
		t.Errorf("ana heard %q", ana.heard)
	}
}

func TestHub_L5_snapshot_that_does_not_match_is_passed_over(t *testing.T) {
	for name, spoil := range map[string]func(*collab.Snapshot){
		"bytes":  func(s *collab.Snapshot) { s.Open = s.Open[:len(s.Open)/2] },
		"sealed": func(s *collab.Snapshot) { s.Rest = s.Open },
		"batch":  func(s *collab.Snapshot) { s.Batch = "batch-lost" },
		"digest": func(s *collab.Snapshot) { s.Open, s.Rest = early.Open, early.Rest },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.create()
			ana := w.person("ana")
			for range 2 {
				ana.join()
				w.run()
				ana.ops(`{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}`)
				w.run()
				ana.leave()
				w.wait(2 * time.Minute)
				if early.Open == nil {
					early = w.log.snapshots[theBoard]
				}
			}
			s := w.log.snapshots[theBoard]
			spoil(&s)
			w.log.snapshots[theBoard] = s
			w.kill(0)
			w.start(0)
			ana.seq, ana.epoch = -1, 0
			ana.join()
			w.run()
			if ana.seq != 6 || w.servers[0].Metrics().SnapshotErrors.Load() == 0 {
				t.Errorf("ana is at %d, %d snapshot errors", ana.seq, w.servers[0].Metrics().SnapshotErrors.Load())
			}
		})
	}
}

// early is a sound snapshot of an earlier seq.
var early collab.Snapshot

func TestHub_S5_silent_session_is_ended(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ana.join()
	ben.join()
	w.run()
	for range 5 {
		w.wait(20 * time.Second)
		ana.send(beat)
		w.run()
	}
	if ana.session == nil || ben.last() != "closed 4408" {
		t.Errorf("ana %v, ben heard %q", ana.session != nil, ben.last())
	}
}

func TestHub_session_ends_when_it_is_old(t *testing.T) {
	limits := collab.DefaultLimits()
	limits.Session = 5 * time.Minute
	w := newLimitedWorld(t, 1, limits)
	w.create()
	ana := w.person("ana")
	ana.join()
	for range 8 {
		w.wait(50 * time.Second)
		ana.send(beat)
		w.run()
	}
	if ana.last() != "closed 4401" {
		t.Errorf("ana heard %q", ana.last())
	}
}

func TestHub_End_ends_the_sessions_of_a_sign_in(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ana.join()
	ben.join()
	w.run()
	w.servers[0].End(collab.CloseToken, func(who collab.Identity) bool { return who.Login == "login-ana" })
	w.run()
	if ana.last() != "closed 4401" || ben.session == nil {
		t.Errorf("ana heard %q, ben %v", ana.last(), ben.session != nil)
	}
}

func TestHub_Propose_C6_unknown_outcome_is_looked_up(t *testing.T) {
	for name, fail := range map[string]func(*memLog){
		"written":     func(l *memLog) { l.unsure = true },
		"not written": func(l *memLog) { l.dropped = true },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.create()
			fail(w.log)
			var got []error
			op := &board.OpenBallot{ID: "ballot-1", Title: "One", Cap: 3}
			w.servers[0].Ask(theBoard, board.Actor{Person: "person-ana"}, op, func(_ collab.Receipt, err error) { got = append(got, err) })
			w.wait(2 * time.Second)
			if len(got) != 1 || got[0] != nil {
				t.Fatalf("answers %v", got)
			}
			if last, want := len(w.log.boards[theBoard]), 5; last != want {
				t.Errorf("%d batches, want %d", last, want)
			}
		})
	}
}

func TestHub_Propose_C14_is_given_up_while_the_log_refuses(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	before := len(w.log.boards[theBoard])
	propose := func() *[]error {
		got := &[]error{}
		op := &board.OpenBallot{ID: board.ID(fmt.Sprint("ballot-", w.log.appends)), Title: "One", Cap: 3}
		w.servers[0].Ask(theBoard, board.Actor{Person: "person-ana"}, op, func(_ collab.Receipt, err error) { *got = append(*got, err) })
		return got
	}
	w.log.full = true
	ana.ops(`{"type":"add","id":"sticky-kept","fields":{"x":1,"y":1,"w":1000,"h":1000}}`)
	given := propose()
	w.wait(time.Second)
	if len(*given) != 0 {
		t.Errorf("given up at once: %v", *given)
	}
	w.wait(2 * time.Second)
	if len(*given) != 1 || !errors.Is((*given)[0], collab.ErrUnwritten) || !errors.Is((*given)[0], collab.ErrFull) {
		t.Fatalf("answers %v", *given)
	}
	w.log.full = false
	w.wait(time.Second)
	// The op of the session, and not the request.
	if got := len(w.log.boards[theBoard]); got != before+1 || !strings.Contains(strings.Join(ana.heard, "\n"), "sticky-kept") {
		t.Errorf("%d batches, want %d; ana heard %q", got, before+1, ana.heard)
	}

	// What may have been written waits until that is known.
	w.log.dropped = true
	late := propose()
	w.run()
	w.log.full = true
	w.wait(4 * time.Second)
	if len(*late) != 0 {
		t.Errorf("given up in doubt: %v", *late)
	}
	w.log.full = false
	w.wait(time.Second)
	if len(*late) != 1 || (*late)[0] != nil {
		t.Errorf("answers %v", *late)
	}
}

func TestHub_Propose_rejection_leaves_no_entry(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	before := len(w.log.boards[theBoard])
	var got error
	w.servers[0].Ask(theBoard, board.Actor{Person: "person-ben"}, &board.TrashBoard{}, func(_ collab.Receipt, err error) { got = err })
	w.run()
	var rejection *board.Rejection
	if !errors.As(got, &rejection) || rejection.Code != board.NoRole || len(w.log.boards[theBoard]) != before {
		t.Errorf("got %v, %d batches", got, len(w.log.boards[theBoard]))
	}
}

func TestHub_no_board_fails_requests(t *testing.T) {
	w := newWorld(t, 1)
	var got error
	w.servers[0].Ask("board-none", board.Actor{System: true}, &board.TrashBoard{}, func(_ collab.Receipt, err error) { got = err })
	w.run()
	if !errors.Is(got, collab.ErrGone) {
		t.Errorf("got %v", got)
	}
}

func TestRoom_C9_op_that_panics_is_refused(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ana.join()
	ben.join()
	w.run()
	ben.ops(`{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}`)
	ana.session.ProposeOp(ana.client, 1, (*board.AddCard)(nil))
	ben.ops(`{"type":"addCard","id":"card-2","lane":"lane-1","step":"step-1"}`)
	w.wait(100 * time.Millisecond)
	if heard := strings.Join(ana.heard, "\n"); !strings.Contains(heard, "client-ana#1 refused fault") {
		t.Errorf("ana heard %s", heard)
	}
	if heard := strings.Join(ben.heard, "\n"); !strings.Contains(heard, "put card-1") || !strings.Contains(heard, "put card-2") {
		t.Errorf("ben heard %s", heard)
	}
}

func TestRoom_fault_ends_sessions_and_the_board_goes_on(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ana.join()
	ben.join()
	w.run()
	ana.session.Fault()
	w.run()
	if ana.last() != "closed 4500" || ben.last() != "closed 4500" {
		t.Errorf("ana heard %q, ben %q", ana.last(), ben.last())
	}
	ana.join()
	w.run()
	ana.ops(`{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}`)
	w.run()
	if !strings.Contains(ana.last(), "put card-1") {
		t.Errorf("ana heard %q", ana.last())
	}
}

func TestRoom_L9_wrong_digest_is_counted_and_the_entries_count(t *testing.T) {
	w := newWorld(t, 2)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ben.server = 1
	ana.join()
	ben.join()
	w.wait(time.Second)
	w.bus.off = true
	ana.ops(`{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}`)
	w.run()
	list := w.log.boards[theBoard]
	list[len(list)-1].All++
	w.wait(time.Second)
	if n := w.servers[1].Metrics().Mismatches.Load(); n == 0 {
		t.Error("no mismatch was counted")
	}
	if heard := strings.Join(ben.heard, "\n"); !strings.Contains(heard, "put card-1") || ben.session == nil {
		t.Errorf("ben heard %s", heard)
	}
}

func TestRoom_C12_clients_are_forgotten_after_sixty_days(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	ana.ops(`{"type":"addCard","id":"card-1","lane":"lane-1","step":"step-1"}`)
	w.run()
	ana.leave()
	w.wait(2 * time.Minute)
	w.st.now = w.st.now.Add(61 * 24 * time.Hour)
	ben := w.person("ben")
	ben.join()
	w.wait(time.Second)
	if heard := strings.Join(ben.heard, "\n"); !strings.Contains(heard, "client client-ana") {
		t.Errorf("ben heard %s", heard)
	}
}

func TestRoom_change_of_a_newer_release_sends_sessions_away(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	list := w.log.boards[theBoard]
	last := list[len(list)-1]
	w.log.boards[theBoard] = append(list, collab.Batch{
		Board: theBoard, First: last.Last + 1, Last: last.Last + 1, Epoch: 1, ID: "batch-new", Prev: last.ID, Node: "node-new",
		Body: []byte(`[{"at":1800000000000,"by":"","changes":[["zap","card-1"]],"client":"","n":0,"seq":5}]`),
	})
	w.wait(time.Second)
	if ana.last() != "closed 4503" || w.servers[0].Metrics().Faults.Load() > 0 {
		t.Errorf("ana heard %q", ana.last())
	}
	ana.join()
	w.wait(time.Second)
	if ana.last() != "closed 4503" {
		t.Errorf("ana heard %q", ana.last())
	}
}

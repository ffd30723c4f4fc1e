package collab_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

func TestRoom_C11_time_of_an_entry_is_never_below_the_one_before(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	for _, jump := range []time.Duration{0, -time.Hour, time.Minute, -2 * time.Hour} {
		w.st.now = w.st.now.Add(jump)
		ana.ops(`{"type":"add","id":"` + string(board.NewID("sticky", w.st.now.Format("150405"))) + `","fields":{"x":1,"y":1,"w":1000,"h":1000}}`)
		w.run()
	}
	batches := w.log.boards[theBoard]
	var last board.Time
	entries := 0
	for _, b := range batches {
		list, err := board.ParseEntries(b.Body)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.At < last {
				t.Fatalf("entry %d is of %d, the one before of %d", e.Seq, e.At, last)
			}
			last = e.At
			entries++
		}
	}
	if entries != 8 {
		t.Fatalf("%d entries", entries)
	}
}

func TestRoom_C11_entries_have_the_time_of_all_servers(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	w.offset = time.Hour // this computer's clock is an hour behind
	ana.ops(`{"type":"add","id":"sticky-late","fields":{"x":1,"y":1,"w":1000,"h":1000}}`)
	w.run()
	ana.send(`{"type":"beat"}`)
	w.run()
	want := w.st.now.Add(time.Hour).UnixMilli()
	if got := w.log.boards[theBoard]; int64(got[len(got)-1].At) != want {
		t.Errorf("the entry is of %d, want %d", got[len(got)-1].At, want)
	}
	if !strings.Contains(ana.last(), fmt.Sprint(want)) {
		t.Errorf("the beat is %s, want %d", ana.last(), want)
	}
	w.wait(time.Minute / 2)
	if ana.session == nil {
		t.Errorf("ended: %s", ana.last())
	}
}

// Before anything is committed under it a client belongs to whoever has it.
func TestRoom_C10_a_client_in_use_is_not_taken_from_somebody_else(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana, ben := w.person("ana"), w.person("ben")
	ana.join()
	ben.join()
	w.run()
	ben.send(`{"type":"claim","client":"client-ana"}`)
	w.run()
	if ana.session == nil || ben.last() != "mark client-ana -1 refused [] at 4" {
		t.Errorf("ana heard %s, ben %s", ana.last(), ben.last())
	}
	ana.ops(`{"type":"add","id":"sticky-1","fields":{"x":1,"y":1,"w":1000,"h":1000}}`)
	ben.send(`{"type":"ops","client":"client-ana","items":[{"n":1,"op":{"type":"trash"}}]}`)
	w.run()
	if ana.seq != 5 || ben.last() != "closed 4400" {
		t.Errorf("ana is at %d, ben heard %s", ana.seq, ben.last())
	}
}

func TestReceive_D1_page_that_differs_is_counted(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	ana.send(`{"type":"digest","seq":4,"public":"0123456789abcdef"}`)
	w.run()
	if n := w.servers[0].Metrics().Differing.Load(); n != 1 || ana.session == nil {
		t.Fatalf("%d pages differ, last heard %s", n, ana.last())
	}
}

// A page leaves once it has said so: whoever goes on is none, and may not fill the operator's log.
func TestReceive_D2_second_digest_ends_the_session_and_one_line_is_logged(t *testing.T) {
	const digest = `{"type":"digest","seq":4,"public":"0123456789abcdef"}`
	w := newWorld(t, 1)
	w.create()
	ben := w.person("ben")
	ben.join()
	w.run()
	session := ben.session.ID()
	ben.raw("[" + digest + strings.Repeat(","+digest, 63) + "]")
	w.run()
	if ben.last() != "closed 4400" || w.servers[0].Metrics().Differing.Load() != 1 {
		t.Errorf("%d pages differ, last heard %s", w.servers[0].Metrics().Differing.Load(), ben.last())
	}
	logged := w.logged.String()
	if strings.Count(logged, "digest differs") != 1 || !strings.Contains(logged, "session="+string(session)+" person=person-ben") {
		t.Errorf("logged %s", logged)
	}
	ben.join()
	w.run()
	if ben.session == nil {
		t.Error("ben may not come back")
	}
}

// A message longer than the burst leaves in parts, and nobody is sent away for it.
func TestReceive_S3_message_above_the_burst_goes_through_in_parts(t *testing.T) {
	limits := collab.DefaultLimits()
	limits.OpsPerSecond, limits.OpsBurst = 1, 1
	w := newLimitedWorld(t, 1, limits)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	const ops = 8
	for tries := 0; ana.seq < 4+ops; tries++ {
		if tries == 20 || ana.session == nil {
			t.Fatalf("at %d after %d tries, last heard %s", ana.seq, tries, ana.last())
		}
		ana.n = int64(ana.seq) - 4
		var list []string
		for i := ana.n; i < ops; i++ {
			list = append(list, `{"type":"add","id":"sticky-`+string(rune('a'+i))+`","fields":{"x":1,"y":1,"w":1000,"h":1000}}`)
		}
		ana.ops(list...)
		w.wait(time.Second)
	}
}

// What a frame may hold at most is taken; one more ends the session.
func TestReceive_S10_a_frame_holds_so_much_and_no_more(t *testing.T) {
	list := func(n int, one func(i int) string) string {
		items := make([]string, n)
		for i := range items {
			items[i] = one(i)
		}
		return strings.Join(items, ",")
	}
	for name, c := range map[string]struct {
		most  int
		frame func(n int) string
	}{
		"messages": {64, func(n int) string { return list(n, func(int) string { return `{"type":"beat"}` }) }},
		"items": {512, func(n int) string {
			return `{"type":"ops","client":"client-ana","items":[` + list(n, func(i int) string {
				return fmt.Sprintf(`{"n":%d,"op":{"type":"delete","id":"card-none"}}`, i+1)
			}) + `]}`
		}},
		"selection": {50, func(n int) string {
			return `{"type":"presence","selection":[` + list(n, func(i int) string { return fmt.Sprintf(`"card-%d"`, i) }) + `]}`
		}},
		"claims": {63, func(n int) string { // beside the one that came with the hello
			return list(n, func(i int) string { return fmt.Sprintf(`{"type":"claim","client":"client-%d"}`, i) })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			for n, ends := range map[int]bool{c.most: false, c.most + 1: true} {
				w := newWorld(t, 1)
				w.create()
				ana := w.person("ana")
				ana.join()
				w.run()
				ana.send(c.frame(n))
				w.run()
				if ended := ana.last() == "closed 4400"; ended != ends {
					t.Errorf("%d: ended %v, last heard %s", n, ended, ana.last())
				}
			}
		})
	}
}

// The format of a board's log is raised by a release that knows more. Another server of that release has the board open.
func TestRoom_L2_goes_on_when_the_format_is_raised_to_one_it_knows(t *testing.T) {
	w := newWorld(t, 2)
	w.create()
	w.log.formats[theBoard] = collab.Format - 1
	ana := w.person("ana")
	ana.server = 1 // which opens the board now
	ana.join()
	w.run()
	before := len(w.batches())
	w.log.formats[theBoard] = collab.Format
	for range 2 {
		ana.ops(`{"type":"delete","id":"lane-1"}`)
		w.wait(time.Second)
	}
	if n := len(w.batches()); n != before+2 {
		t.Errorf("%d batches, want %d; the last heard: %s", n, before+2, ana.last())
	}
}

func TestRoom_L2_ends_when_the_format_is_raised_to_one_it_does_not_know(t *testing.T) {
	w := newWorld(t, 1)
	w.create()
	ana := w.person("ana")
	ana.join()
	w.run()
	before := len(w.batches())
	w.log.formats[theBoard] = collab.Format + 1
	ana.ops(`{"type":"delete","id":"lane-1"}`)
	w.wait(time.Second)
	if n := len(w.batches()); n != before || ana.last() != "closed 4503" {
		t.Errorf("%d batches, want %d; the last heard: %s", n, before, ana.last())
	}
}

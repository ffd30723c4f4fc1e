package collab_test

import (
	"strings"
	"testing"
	"time"
)

func TestHub_J5_a_server_cut_off_from_the_log_sends_its_people_away(t *testing.T) {
	for name, alone := range map[string]bool{"beside_others": false, "alone": true} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, 1)
			w.alone = alone
			w.start(0)
			w.create()
			w.alone = false
			w.servers, w.running = append(w.servers, nil), append(w.running, nil)
			w.start(1)
			ana, ben := w.person("ana"), w.person("ben")
			ben.server = 1
			ana.join()
			ben.join()
			w.run()
			w.cut = 1
			ana.ops(`{"type":"add","id":"sticky-late","fields":{"x":1,"y":1,"w":1000,"h":1000}}`)
			w.wait(9 * time.Second)
			if ana.session == nil {
				t.Fatalf("ana was sent away at once: %q", ana.last())
			}
			w.wait(3 * time.Second)
			if (ana.session == nil) == alone || ben.session == nil {
				t.Fatalf("ana is there: %v, heard %q; ben is there: %v", ana.session != nil, ana.last(), ben.session != nil)
			}
			if alone {
				return
			}
			if ana.last() != "closed 4503" {
				t.Errorf("ana heard %q", ana.last())
			}
			// Nobody is let in there, and everybody elsewhere.
			ana.join()
			w.wait(5 * time.Second)
			if strings.Contains(ana.last(), "welcome") || ana.session == nil {
				t.Errorf("ana heard %q", ana.last())
			}
			ana.leave()
			ana.server = 1
			ana.join()
			w.run()
			if heard := strings.Join(ben.heard, "\n"); strings.Contains(heard, "sticky-late") {
				t.Errorf("ben heard %q", heard)
			}
			ana.n--
			ana.ops(`{"type":"add","id":"sticky-late","fields":{"x":1,"y":1,"w":1000,"h":1000}}`)
			w.run()
			if heard := strings.Join(ben.heard, "\n"); !strings.Contains(heard, "sticky-late") {
				t.Errorf("ben heard %q", heard)
			}
			w.cut = 0
			w.wait(5 * time.Second)
			entries := 0
			for _, b := range w.log.boards[theBoard] {
				entries += strings.Count(string(b.Body), "sticky-late")
			}
			if entries != 1 {
				t.Errorf("it is in the log %d times", entries)
			}
			// Who waits there is let in as soon as the log is back, though nothing has been written meanwhile.
			w.cut = 1
			w.wait(12 * time.Second)
			dan := w.person("dan")
			dan.join()
			w.wait(time.Second)
			if len(dan.heard) != 0 {
				t.Errorf("dan heard %q", dan.heard)
			}
			w.cut = 0
			w.wait(300 * time.Millisecond)
			if heard := strings.Join(dan.heard, "\n"); !strings.Contains(heard, "welcome") {
				t.Errorf("dan heard %q", heard)
			}
		})
	}
}

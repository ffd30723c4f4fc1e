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

// stall has every append fail from now on, without being written.
func (w *world) stall() (flow func()) {
	w.log.before = func(collab.Batch) { w.log.dropped = true }
	return func() { w.log.before, w.log.dropped = nil, false }
}

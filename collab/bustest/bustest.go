// Package bustest is the suite that every bus passes.
package bustest

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"waymark/board"
	"waymark/collab"
)

// Open gives two ends of one empty bus, as two servers hold them; they may be
// the same value. They are closed by the test's cleanup.
type Open func(t *testing.T) (a, b collab.Bus)

// Run runs the suite on a bus that works; what a broken one does is up to B1.
func Run(t *testing.T, open Open) {
	t.Helper()
	for _, c := range []struct {
		name string
		run  func(*testing.T, collab.Bus, collab.Bus)
	}{
		{"B2_batch_reaches_every_subscriber_of_its_board", testBatch},
		{"B2_full_slot_keeps_the_newest_header", testFull},
		{"B2_unsubscribed_slot_stays_empty", testUnsubscribe},
		{"B3_large_batch_is_a_header_or_whole", testLarge},
		{"B4_presence_reaches_every_subscriber_of_its_board", testShown},
		{"B1_many_publishers_never_wait", testMany},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := open(t)
			c.run(t, a, b)
		})
	}
}

// patience is how long a hint may take in a test that waits for it.
const patience = 10 * time.Second

// An ear is a slot that can be waited for.
type ear struct {
	t    *testing.T
	slot *collab.Slot
	woke chan struct{}
	stop func()
}

func listen(t *testing.T, bus collab.Bus, id board.ID) *ear {
	t.Helper()
	e := &ear{t: t, woke: make(chan struct{}, 1)}
	e.slot = collab.NewSlot("node-here", func() {
		select {
		case e.woke <- struct{}{}:
		default:
		}
	})
	e.stop = bus.Subscribe(id, e.slot)
	t.Cleanup(e.stop)
	return e
}

// until takes from the slot until done is content with what came.
func (e *ear) until(what string, done func(b collab.Batch, ok bool, shown map[string][]collab.Shown) bool) {
	e.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		if b, ok, shown := e.slot.Take(); done(b, ok, shown) {
			return
		}
		select {
		case <-e.woke:
		case <-deadline.C:
			e.t.Fatalf("no %s after %v", what, patience)
		}
	}
}

func (e *ear) untilBatch(seq board.Seq) (got collab.Batch) {
	e.t.Helper()
	e.until(fmt.Sprint("batch ", seq), func(b collab.Batch, ok bool, _ map[string][]collab.Shown) bool {
		got = b
		return ok && b.Last >= seq
	})
	return got
}

func batch(id board.ID, seq board.Seq, body string) collab.Batch {
	return collab.Batch{
		Board: id, First: seq, Last: seq, Epoch: 1, ID: board.ID(fmt.Sprint("batch-", seq)),
		Prev: board.ID(fmt.Sprint("batch-", seq-1)), All: 1<<63 + 1, Public: 7, Node: "node-a",
		At: 1795312345678, Body: []byte(body),
	}
}

func testBatch(t *testing.T, a, b collab.Bus) {
	mine, theirs, other := listen(t, a, "board-apple"), listen(t, b, "board-apple"), listen(t, b, "board-banana")
	want := batch("board-apple", 3, `[{"seq":3}]`)
	a.Publish(want)
	b.Publish(batch("board-banana", 9, "[]"))
	for _, e := range []*ear{mine, theirs} {
		if got := e.untilBatch(3); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	}
	if got := other.untilBatch(9); got.Board != "board-banana" {
		t.Fatalf("heard %+v of another board", got)
	}
}

func testFull(t *testing.T, a, b collab.Bus) {
	e := listen(t, b, "board-apple")
	for _, seq := range []board.Seq{4, 6, 5} {
		a.Publish(batch("board-apple", seq, "[]"))
	}
	// Whatever was taken on the way, the newest header comes and no older one
	// after it.
	got := e.untilBatch(6)
	if got.Last != 6 {
		t.Fatalf("got %+v", got)
	}
}

func testUnsubscribe(t *testing.T, a, b collab.Bus) {
	gone, stays := listen(t, b, "board-apple"), listen(t, b, "board-apple")
	gone.stop()
	gone.stop()
	a.Publish(batch("board-apple", 1, "[]"))
	stays.untilBatch(1)
	if b, ok, _ := gone.slot.Take(); ok {
		t.Fatalf("got %+v after leaving", b)
	}
}

func testLarge(t *testing.T, a, b collab.Bus) {
	e := listen(t, b, "board-apple")
	large := batch("board-apple", 1, string(make([]byte, 256<<10)))
	a.Publish(large)
	if got := e.untilBatch(1); got.Body != nil && len(got.Body) != len(large.Body) {
		t.Fatalf("got %d bytes of %d", len(got.Body), len(large.Body))
	}
	header := batch("board-apple", 2, "")
	header.Body = nil
	a.Publish(header)
	if got := e.untilBatch(2); got.Body != nil {
		t.Fatalf("got body %q of a header", got.Body)
	}
}

func testShown(t *testing.T, a, b collab.Bus) {
	e, other := listen(t, b, "board-apple"), listen(t, b, "board-banana")
	want := collab.Shown{Board: "board-apple", Node: "node-a", At: 5, Full: true, Items: []byte(`[{"session":"session-1"}]`)}
	a.Show(want)
	e.until("presence", func(_ collab.Batch, _ bool, shown map[string][]collab.Shown) bool {
		list := shown["node-a"]
		if len(list) == 0 {
			return false
		}
		if fmt.Sprintf("%+v", list) != fmt.Sprintf("%+v", []collab.Shown{want}) {
			t.Fatalf("got %+v, want %+v", list, want)
		}
		return true
	})
	a.Publish(batch("board-banana", 1, "[]"))
	other.until("batch", func(_ collab.Batch, ok bool, shown map[string][]collab.Shown) bool {
		if len(shown) > 0 {
			t.Fatalf("heard presence %+v of another board", shown)
		}
		return ok
	})
}

func testMany(t *testing.T, a, b collab.Bus) {
	e := listen(t, b, "board-apple")
	var all sync.WaitGroup
	for p := range 8 {
		all.Go(func() {
			for i := range 200 {
				a.Publish(batch("board-apple", board.Seq(1+p*200+i), "[]"))
				b.Show(collab.Shown{Board: "board-apple", Node: fmt.Sprint("node-", p), At: board.Time(i), Items: []byte("[]")})
			}
		})
	}
	all.Wait()
	// The slot is bounded: the presence of a server is cut at the oldest.
	_, _, shown := e.slot.Take()
	for node, list := range shown {
		if len(list) > 200 {
			t.Fatalf("%d hints of %s wait", len(list), node)
		}
	}
	a.Publish(batch("board-apple", 5000, "[]"))
	e.untilBatch(5000)
}

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

// Open gives two ends of the bus of a cluster, as two servers hold them; they may be the same value. Nobody has
// subscribed. They are closed by the test's cleanup. A test may open several: those of other clusters, and of one on
// another medium, do not hear each other.
type Open func(t *testing.T, c Cluster) (a, b collab.Bus)

// A Cluster is who hears each other. On a medium that others use as well both its name and its key tell them apart.
type Cluster struct{ Name, Key string }

var ours = Cluster{"cluster-a", "a key of the cluster"}

// An Option says what a bus of the suite is like.
type Option func(*suite)

// Loses says that the bus may lose hints, as B1 lets it: what is waited for is sent again until it is heard. What is
// heard must still be right.
func Loses() Option { return func(s *suite) { s.loses = true } }

// Run runs the suite on a bus that works; what a broken one does is up to B1. Without [Loses] a hint that is published
// after Subscribe has returned must arrive.
func Run(t *testing.T, open Open, options ...Option) {
	t.Helper()
	s := suite{open: open}
	for _, o := range options {
		o(&s)
	}
	for _, c := range []struct {
		name string
		run  func(suite, *testing.T, collab.Bus, collab.Bus)
	}{
		{"B2_batch_reaches_every_subscriber_of_its_board", suite.testBatch},
		{"B2_full_slot_keeps_the_newest_header", suite.testFull},
		{"B2_unsubscribed_slot_stays_empty", suite.testUnsubscribe},
		{"B3_large_batch_is_a_header_or_whole", suite.testLarge},
		{"B4_presence_reaches_every_subscriber_of_its_board", suite.testShown},
		{"B4_newest_presence_of_many_arrives", suite.testNewestShown},
		{"B8_other_clusters_are_not_heard", suite.testStrangers},
		{"B1_many_publishers_never_wait", suite.testMany},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, b := open(t, ours)
			c.run(s, t, a, b)
		})
	}
}

type suite struct {
	open  Open
	loses bool
}

// patience is how long a hint may take in a test that waits for it; again is how often it is sent when it may be lost.
const (
	patience = 20 * time.Second
	again    = 20 * time.Millisecond
)

// An ear is a slot that can be waited for.
type ear struct {
	t     *testing.T
	suite suite
	slot  *collab.Slot
	woke  chan struct{}
	stop  func()
}

func (s suite) listen(t *testing.T, bus collab.Bus, id board.ID) *ear {
	t.Helper()
	e := &ear{t: t, suite: s, woke: make(chan struct{}, 1)}
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

// until takes from the slot until done is content with what came. send has been called once; it is called again if the
// bus may lose what was sent.
func (e *ear) until(what string, send func(), done func(b collab.Batch, ok bool, shown map[string][]collab.Shown) bool) {
	e.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	ticker := time.NewTicker(again)
	defer ticker.Stop()
	tick := ticker.C
	if !e.suite.loses {
		tick = nil
	}
	for {
		if b, ok, shown := e.slot.Take(); done(b, ok, shown) {
			return
		}
		select {
		case <-e.woke:
		case <-tick:
			send()
		case <-deadline.C:
			e.t.Fatalf("no %s after %v", what, patience)
		}
	}
}

func (e *ear) untilBatch(seq board.Seq, send func()) (got collab.Batch) {
	e.t.Helper()
	e.until(fmt.Sprint("batch ", seq), send, func(b collab.Batch, ok bool, _ map[string][]collab.Shown) bool {
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

func (s suite) testBatch(t *testing.T, a, b collab.Bus) {
	mine, theirs, other := s.listen(t, a, "board-apple"), s.listen(t, b, "board-apple"), s.listen(t, b, "board-banana")
	want := batch("board-apple", 3, `[{"seq":3}]`)
	header := want
	header.Body = nil
	send := func() {
		a.Publish(want)
		b.Publish(batch("board-banana", 9, "[]"))
	}
	send()
	for _, e := range []*ear{mine, theirs} {
		e.until("whole batch", send, func(got collab.Batch, ok bool, _ map[string][]collab.Shown) bool {
			switch {
			case !ok:
				return false
			case fmt.Sprintf("%+v", got) == fmt.Sprintf("%+v", want):
				return true
			case s.loses && fmt.Sprintf("%+v", got) == fmt.Sprintf("%+v", header):
				return false // two of those that were sent again have met in the slot
			}
			t.Fatalf("got %+v, want %+v", got, want)
			return true
		})
	}
	if got := other.untilBatch(9, send); got.Board != "board-banana" {
		t.Fatalf("heard %+v of another board", got)
	}
}

func (s suite) testFull(t *testing.T, a, b collab.Bus) {
	e := s.listen(t, b, "board-apple")
	rounds := board.Seq(20) // where they meet on the way is a matter of luck
	if s.loses {
		rounds = 1
	}
	for from := range rounds {
		newest := 3*from + 3
		send := func() {
			for _, seq := range []board.Seq{newest - 2, newest, newest - 1} {
				a.Publish(batch("board-apple", seq, "[]"))
			}
		}
		send()
		// Whatever was taken on the way, the newest header comes and no older one
		// after it.
		if got := e.untilBatch(newest, send); got.Last != newest {
			t.Fatalf("got %+v", got)
		}
	}
}

func (s suite) testUnsubscribe(t *testing.T, a, b collab.Bus) {
	gone, stays := s.listen(t, b, "board-apple"), s.listen(t, b, "board-apple")
	gone.stop()
	gone.stop()
	send := func() { a.Publish(batch("board-apple", 1, "[]")) }
	send()
	stays.untilBatch(1, send)
	if b, ok, _ := gone.slot.Take(); ok {
		t.Fatalf("got %+v after leaving", b)
	}
}

func (s suite) testLarge(t *testing.T, a, b collab.Bus) {
	e := s.listen(t, b, "board-apple")
	large := batch("board-apple", 1, string(make([]byte, 256<<10)))
	send := func() { a.Publish(large) }
	send()
	if got := e.untilBatch(1, send); got.Body != nil && len(got.Body) != len(large.Body) {
		t.Fatalf("got %d bytes of %d", len(got.Body), len(large.Body))
	}
	header := batch("board-apple", 2, "")
	header.Body = nil
	send = func() { a.Publish(header) }
	send()
	if got := e.untilBatch(2, send); got.Body != nil {
		t.Fatalf("got body %q of a header", got.Body)
	}
}

func (s suite) testShown(t *testing.T, a, b collab.Bus) {
	e, other := s.listen(t, b, "board-apple"), s.listen(t, b, "board-banana")
	want := collab.Shown{Board: "board-apple", Node: "node-a", At: 5, Full: true, Items: []byte(`[{"session":"session-1"}]`)}
	send := func() { a.Show(want) }
	send()
	e.until("presence", send, func(_ collab.Batch, _ bool, shown map[string][]collab.Shown) bool {
		list := shown["node-a"]
		if len(list) == 0 {
			return false
		}
		// A full presence takes the place of one that waits.
		if fmt.Sprintf("%+v", list) != fmt.Sprintf("%+v", []collab.Shown{want}) {
			t.Fatalf("got %+v, want %+v", list, want)
		}
		return true
	})
	send = func() { a.Publish(batch("board-banana", 1, "[]")) }
	send()
	other.until("batch", send, func(_ collab.Batch, ok bool, shown map[string][]collab.Shown) bool {
		if len(shown) > 0 {
			t.Fatalf("heard presence %+v of another board", shown)
		}
		return ok
	})
}

func (s suite) testNewestShown(t *testing.T, a, b collab.Bus) {
	e := s.listen(t, b, "board-apple")
	const newest = 200
	send := func() {
		for at := range board.Time(newest) {
			a.Show(collab.Shown{Board: "board-apple", Node: "node-a", At: at + 1, Items: []byte("[]")})
		}
	}
	send()
	e.until("newest presence", send, func(_ collab.Batch, _ bool, shown map[string][]collab.Shown) bool {
		list := shown["node-a"]
		return len(list) > 0 && list[len(list)-1].At == newest
	})
}

// What others have published has come by as soon as they have heard it themselves.
func (s suite) testStrangers(t *testing.T, a, b collab.Bus) {
	mine := s.listen(t, b, "board-apple")
	for _, c := range []Cluster{{"cluster-b", ours.Key}, {ours.Name, "a key of another cluster"}} {
		from, at := s.open(t, c)
		theirs := s.listen(t, at, "board-apple")
		send := func() {
			from.Show(collab.Shown{Board: "board-apple", Node: "node-a", At: 5, Items: []byte("[]")})
			from.Publish(batch("board-apple", 9, "[]"))
		}
		send()
		theirs.untilBatch(9, send)
	}
	send := func() { a.Publish(batch("board-apple", 1, "[]")) }
	send()
	mine.until("batch", send, func(b collab.Batch, ok bool, shown map[string][]collab.Shown) bool {
		if len(shown) > 0 || ok && b.Last != 1 {
			t.Fatalf("heard %+v, %+v of another cluster", b, shown)
		}
		return ok
	})
}

func (s suite) testMany(t *testing.T, a, b collab.Bus) {
	e := s.listen(t, b, "board-apple")
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
	send := func() { a.Publish(batch("board-apple", 5000, "[]")) }
	send()
	e.untilBatch(5000, send)
}

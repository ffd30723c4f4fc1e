//go:build unix && services

package redisbus_test

import (
	"context"
	"errors"
	"net"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/linetest"
	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

// patience is how long something may take in a test that waits for it.
const patience = 20 * time.Second

// theBoard is the board of tests that need only one.
const theBoard = board.ID("board-apple")

// quick is a config whose bus tries often, and waits as long as it takes: the machine may be busy.
func quick(url string) redisbus.Config {
	return redisbus.Config{
		URL: url, Cluster: "cluster-a", Key: []byte("a key of the cluster"), Node: "node a",
		ProbeEvery: 20 * time.Millisecond, Silence: patience, RetryMost: 50 * time.Millisecond,
	}
}

// wary is a quick config whose bus soon finds out that nothing is answered.
func wary(url string) redisbus.Config {
	c := quick(url)
	c.Silence = 300 * time.Millisecond
	return c
}

// open opens a bus that the test's cleanup closes.
func open(t testing.TB, c redisbus.Config) *redisbus.Bus {
	t.Helper()
	b, err := redisbus.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	return b
}

// poll asks until the answer is yes.
func poll(t testing.TB, what string, yes func() bool) {
	t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-deadline.C:
			t.Fatalf("after %v still waiting for: %s", patience, what)
		}
	}
}

// operator is a client of the Redis that is none of ours.
func operator(t testing.TB, r *redistest.Server) *redis.Client {
	t.Helper()
	o, err := redis.ParseURL(r.URL())
	if err != nil {
		t.Fatal(err)
	}
	if o.TLSConfig != nil {
		o.TLSConfig.RootCAs = r.Roots()
	}
	o.PoolSize, o.DisableIdentity = 1, true
	c := redis.NewClient(o)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// subscribers is how many buses Redis gives the hints of a board.
func subscribers(t testing.TB, c *redis.Client, channel string) int {
	t.Helper()
	n, err := c.PubSubNumSub(t.Context(), channel).Result()
	if err != nil {
		t.Fatal(err)
	}
	return int(n[channel])
}

// A ready bus has told Redis of every subscription when Subscribe returns, as no room needs it.
type ready struct {
	*redisbus.Bus
	t        *testing.T
	operator *redis.Client
	house    *house
}

// A house knows which of its buses have subscribed to a board.
type house struct {
	mu   sync.Mutex
	here map[board.ID]map[*redisbus.Bus]bool
}

func (r *ready) Subscribe(id board.ID, slot *collab.Slot) (unsubscribe func()) {
	stop := r.Bus.Subscribe(id, slot)
	r.house.mu.Lock()
	if r.house.here[id] == nil {
		r.house.here[id] = map[*redisbus.Bus]bool{}
	}
	r.house.here[id][r.Bus] = true
	want := len(r.house.here[id])
	r.house.mu.Unlock()
	poll(r.t, "a subscription", func() bool { return subscribers(r.t, r.operator, r.Channel(id)) >= want })
	return stop
}

// hint is a batch of one entry.
func hint(id board.ID, seq board.Seq) collab.Batch {
	return collab.Batch{Board: id, First: seq, Last: seq, Epoch: 1, ID: "batch-b", Prev: "batch-a", Node: "node-a", Body: []byte("[]")}
}

// An ear is a slot of another server's room.
type ear struct {
	slot *collab.Slot
	// woke gets a value when something was put into the empty slot.
	woke chan struct{}
	stop func()
}

func listen(t testing.TB, b collab.Bus, id board.ID) *ear {
	t.Helper()
	e := &ear{woke: make(chan struct{}, 1)}
	e.slot = collab.NewSlot("node-here", func() {
		select {
		case e.woke <- struct{}{}:
		default:
		}
	})
	e.stop = b.Subscribe(id, e.slot)
	t.Cleanup(e.stop)
	return e
}

// hears publishes ever higher seqs at from until e hears one of them.
func (e *ear) hears(t testing.TB, from *redisbus.Bus, id board.ID, seq board.Seq) {
	t.Helper()
	poll(t, "a hint at the other server", func() bool {
		from.Publish(hint(id, seq))
		seq++
		b, ok, _ := e.slot.Take()
		return ok && b.Board == id
	})
}

// down waits until the bus is down for this reason.
func down(t testing.TB, b *redisbus.Bus, why error) {
	t.Helper()
	poll(t, why.Error(), func() bool { s := b.State(); return !s.Up && errors.Is(s.Reason, why) })
}

func up(t testing.TB, b *redisbus.Bus) {
	t.Helper()
	poll(t, "redis to be up", b.Up)
}

// shown is a presence of one session.
func shown(id board.ID, at board.Time) collab.Shown {
	return collab.Shown{Board: id, Node: "node-a", At: at, Items: []byte(`[{"session":"session-1"}]`)}
}

// forked carries the first connection of each two to one address, and the second to the other.
func forked(t testing.TB, one, other string) string {
	t.Helper()
	var n atomic.Int64
	return linetest.New(t, linetest.Options{Dial: func() (net.Conn, error) {
		return net.Dial("tcp", [2]string{one, other}[(n.Add(1)-1)%2])
	}}).Addr()
}

func goroutines() int { return runtime.NumGoroutine() }

// closed is a context that has ended.
func closed(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

//go:build unix

package redisbus_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

// patience is how long something may take in a test that waits for it.
const patience = 20 * time.Second

// theBoard is the board of tests that need only one.
const theBoard = board.ID("board-apple")

// quick is a config whose bus finds out soon what a real one finds out in seconds.
func quick(url string) redisbus.Config {
	return redisbus.Config{
		URL: url, Cluster: "cluster-a", Key: []byte("a key of the cluster"), Node: "node a",
		ProbeEvery: 20 * time.Millisecond, Silence: 400 * time.Millisecond, RetryMost: 50 * time.Millisecond,
	}
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
	poll(r.t, "a subscription", func() bool { return subscribers(r.t, r.operator, r.Channel(id)) == want })
	return stop
}

// hint is a batch of one entry.
func hint(id board.ID, seq board.Seq) collab.Batch {
	return collab.Batch{Board: id, First: seq, Last: seq, Epoch: 1, ID: "batch-b", Prev: "batch-a", Node: "node-a", Body: []byte("[]")}
}

// An ear is a slot of another server's room.
type ear struct {
	slot *collab.Slot
	// woke counts how often something was put into the empty slot.
	woke chan struct{}
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
	t.Cleanup(b.Subscribe(id, e.slot))
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

// says waits until the bus is down for this reason.
func down(t testing.TB, b *redisbus.Bus, why error) redisbus.State {
	t.Helper()
	var s redisbus.State
	poll(t, why.Error(), func() bool {
		s = b.State()
		return !s.Up && s.Reason != nil && strings.Contains(s.Reason.Error(), why.Error())
	})
	return s
}

func up(t testing.TB, b *redisbus.Bus) {
	t.Helper()
	poll(t, "redis to be up", b.Up)
}

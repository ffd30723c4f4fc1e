//go:build unix && services

package redisbus_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"waymark/board"
	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

func TestBus_B8_clusters_on_one_redis_do_not_hear_each_other(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	a := open(t, quick(r.URL()))
	named, keyed := quick(r.URL()), quick(r.URL())
	named.Cluster, keyed.Key = "cluster-b", []byte("a key of another cluster")
	for name, c := range map[string]redisbus.Config{"of_another_name": named, "of_another_key": keyed} {
		t.Run(name, func(t *testing.T) {
			other, here := open(t, c), open(t, quick(r.URL()))
			theirs, mine := listen(t, other, theBoard), listen(t, here, theBoard)
			up(t, other)
			for _, from := range []*redisbus.Bus{a, other} {
				from.Publish(hint(theBoard, 1))
				from.Show(shown(theBoard, 1))
			}
			theirs.hears(t, open(t, c), theBoard, 2000)
			mine.hears(t, a, theBoard, 3000)
			a.Publish(hint(theBoard, 9000))
			other.Publish(hint(theBoard, 9001))
			// What came behind it through the same connections is here; it is not.
			theirs.hears(t, open(t, c), theBoard, 5000)
			mine.hears(t, a, theBoard, 6000)
			if b, ok, _ := theirs.slot.Take(); ok && b.Last == 9000 {
				t.Errorf("the other cluster heard %+v", b)
			}
			if b, ok, _ := mine.slot.Take(); ok && b.Last == 9001 {
				t.Errorf("this cluster heard %+v", b)
			}
		})
	}
}

func TestBus_B6_drops_what_others_publish_on_its_channels(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	a, b := open(t, quick(r.URL())), open(t, quick(r.URL()))
	o := operator(t, r)
	apple, banana := listen(t, b, theBoard), listen(t, b, "board-banana")
	up(t, a)
	apple.hears(t, a, theBoard, 1)
	banana.hears(t, a, "board-banana", 1)

	// What somebody who listens can write down.
	ps := o.Subscribe(t.Context(), a.Channel(theBoard))
	t.Cleanup(func() { _ = ps.Close() })
	if _, err := ps.Receive(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.Publish(hint(theBoard, 5000))
	var written string
	for written == "" {
		m, err := ps.Receive(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if m, ok := m.(*redis.Message); ok {
			written = m.Payload
		}
	}
	poll(t, "the batch itself", func() bool { got, ok, _ := apple.slot.Take(); return ok && got.Last == 5000 })
	banana.slot.Take() // what was published before it has come before it

	forged := map[string]string{
		"words": "hello", "nothing": "", "the_first_half": written[:len(written)/2], "one_byte_less": written[:len(written)-1],
		"one_byte_more": written + "x", "another_version": "\x02" + written[1:], "another_end": written[:len(written)-1] + "x",
		"much": strings.Repeat("x", 1<<20), "json": `{"board":"board-apple","last":6000,"body":[]}`,
	}
	before, said := b.Counts(), 0
	counted := func(name, channel, m string) {
		known, published := b.Counts().Foreign, time.Time{}
		poll(t, name+" to be counted as foreign", func() bool {
			if time.Since(published) > time.Second { // what comes while a connection is replaced is heard by nobody
				published = time.Now()
				said++
				if err := o.Publish(t.Context(), channel, m).Err(); err != nil {
					t.Fatalf("%s: %v", name, err)
				}
			}
			return b.Counts().Foreign > known
		})
	}
	for name, m := range forged {
		counted(name, a.Channel(theBoard), m)
	}
	for _, channel := range []string{a.Channel("board-banana"), b.Probes()} {
		counted("the batch on "+channel, channel, written)
	}
	for name, e := range map[string]*ear{"apple": apple, "banana": banana} {
		if got, ok, people := e.slot.Take(); ok || len(people) > 0 {
			t.Errorf("%s heard %+v, %+v", name, got, people)
		}
	}
	if !b.Up() {
		t.Errorf("the bus is down: %+v", b.State())
	}
	apple.hears(t, a, theBoard, 7000)
	banana.hears(t, a, "board-banana", 7000)
	if n := b.Counts().Foreign - before.Foreign; n > uint64(said) {
		t.Errorf("%d messages were counted as foreign, and %d were said", n, said)
	}
}

func TestBus_subscribes_to_thousands_of_boards_and_once_to_each(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	o := operator(t, r)
	boards := func() int {
		names, err := o.PubSubChannels(t.Context(), "waymark:cluster-a:*:b:*").Result()
		if err != nil {
			t.Fatal(err)
		}
		return len(names)
	}
	a, b := open(t, quick(r.URL())), open(t, quick(r.URL()))
	up(t, a)
	const many = 2345
	id := func(i int) board.ID { return board.ID(fmt.Sprint("board-", i)) }
	var ears [many][2]*ear
	for i := range ears {
		ears[i] = [2]*ear{listen(t, b, id(i)), listen(t, b, id(i))}
	}
	some := []int{0, 1, 499, 500, 501, 999, 1000, many - 1}
	heard := func(e *ear, id board.ID) {
		t.Helper()
		poll(t, "a hint in the slot", func() bool { got, ok, _ := e.slot.Take(); return ok && got.Board == id })
	}
	poll(t, "all to be subscribed", func() bool { return boards() == many })
	for _, i := range some {
		if n := subscribers(t, o, b.Channel(id(i))); n != 1 {
			t.Errorf("%d subscriptions to %s", n, id(i))
		}
		a.Publish(hint(id(i), 1))
		heard(ears[i][0], id(i))
		heard(ears[i][1], id(i))
	}
	r.Kill()
	down(t, b, redisbus.ErrAway)
	r.Start()
	up(t, a)
	up(t, b)
	if n := boards(); n != many {
		t.Errorf("%d boards are heard when Redis is up again, want %d", n, many)
	}
	for i := range ears {
		ears[i][0].stop()
	}
	for _, i := range some {
		a.Publish(hint(id(i), 2))
		heard(ears[i][1], id(i))
		if got, ok, _ := ears[i][0].slot.Take(); ok {
			t.Errorf("heard %+v after leaving", got)
		}
		ears[i][1].stop()
	}
	poll(t, "some to be left", func() bool { return boards() == many-len(some) })
}

func TestBus_leaves_a_board_with_its_last_slot(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	o, b := operator(t, r), open(t, quick(r.URL()))
	up(t, b)
	one, two, other := listen(t, b, theBoard), listen(t, b, theBoard), listen(t, b, "board-banana")
	count := func(id board.ID, want int) func() bool {
		return func() bool { return subscribers(t, o, b.Channel(id)) == want }
	}
	poll(t, "the subscription", count(theBoard, 1))
	one.stop()
	one.stop()
	for range 200 { // somebody opens and closes a board again and again
		listen(t, b, "board-cherry").stop()
	}
	other.stop()
	poll(t, "the other board to be left", count("board-banana", 0))
	two.hears(t, open(t, quick(r.URL())), theBoard, 1)
	two.stop()
	for _, id := range []board.ID{theBoard, "board-cherry"} {
		poll(t, "the board to be left", count(id, 0))
	}
}

func TestClose_leaves_nothing_behind(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	o := operator(t, r)
	clients := func() (ours int) {
		list, err := o.Do(t.Context(), "CLIENT", "LIST").Text()
		if err != nil {
			t.Fatal(err)
		}
		return strings.Count(list, "name=waymark-node_a ")
	}
	before := goroutines()
	var buses []*redisbus.Bus
	for range 5 {
		b := open(t, quick(r.URL()))
		for i := range 100 {
			listen(t, b, board.ID(fmt.Sprint("board-", i)))
		}
		up(t, b)
		buses = append(buses, b)
	}
	if n := clients(); n != 10 {
		t.Errorf("five buses have %d connections, want 10", n)
	}
	buses[0].Publish(hint(theBoard, 1))
	for range 2 {
		for _, b := range buses {
			b.Close()
		}
	}
	poll(t, "the connections to end", func() bool { return clients() == 0 })
	if !calm(before) {
		t.Errorf("%d goroutines, before %d", goroutines(), before)
	}
	b, counted := buses[0], buses[0].Counts()
	b.Publish(hint(theBoard, 2))
	b.Show(shown(theBoard, 2))
	listen(t, b, theBoard)
	if now := b.Counts(); now.Dropped != counted.Dropped+2 || b.Up() {
		t.Errorf("a closed bus counted %+v, before %+v; up: %v", now, counted, b.Up())
	}
}

func TestClose_while_redis_stands_still(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	c := quick(r.URL())
	c.Silence = 100 * patience
	b := open(t, c)
	up(t, b)
	r.Freeze()
	b.Publish(hint(theBoard, 1))
	poll(t, "the hint to be under way", func() bool { n, _ := b.Waiting(); return n == 0 })
	b.Close()
	dead, err := redisbus.Open(closed(t), c) // it is asked for no longer than the context lasts
	if err != nil {
		t.Fatal(err)
	}
	dead.Close()
}

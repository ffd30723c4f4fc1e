//go:build unix && services

package redisbus_test

import (
	"fmt"
	"testing"

	"waymark/board"
	"waymark/collab/linetest"
	"waymark/collab/redisbus"
	"waymark/collab/redisbus/redistest"
)

func TestBus_hears_again_after(t *testing.T) {
	for name, c := range map[string]struct{ begin, end func(*redistest.Server) }{
		"redis_was_stopped":             {(*redistest.Server).Stop, (*redistest.Server).Start},
		"redis_was_killed":              {(*redistest.Server).Kill, (*redistest.Server).Start},
		"B7_redis_stood_still":          {(*redistest.Server).Freeze, (*redistest.Server).Thaw},
		"it_stood_still_and_was_killed": {(*redistest.Server).Freeze, func(r *redistest.Server) { r.Kill(); r.Start() }},
	} {
		t.Run(name, func(t *testing.T) {
			r := redistest.Start(t, redistest.Options{})
			a, b := open(t, wary(r.URL())), open(t, wary(r.URL()))
			e := listen(t, b, theBoard)
			up(t, a)
			e.hears(t, a, theBoard, 1)
			c.begin(r)
			for _, bus := range []*redisbus.Bus{a, b} {
				down(t, bus, redisbus.ErrAway)
			}
			before := a.Counts()
			a.Publish(hint(theBoard, 1000))
			if now := a.Counts(); now.Dropped != before.Dropped+1 {
				t.Errorf("a hint while Redis was down was counted as %+v, before %+v", now, before)
			}
			if boards, bytes := a.Waiting(); boards+bytes > 0 {
				t.Errorf("%d boards with %d bytes wait while Redis is down", boards, bytes)
			}
			// Who opens a board meanwhile hears it too.
			late := listen(t, b, "board-banana")
			c.end(r)
			up(t, a)
			up(t, b)
			e.hears(t, a, theBoard, 1001)
			late.hears(t, a, "board-banana", 1)
			if n := a.Counts().Connects; n < 2 {
				t.Errorf("Redis came up %d times", n)
			}
		})
	}
}

func TestBus_hears_again_after_its_clients_were_cut_off(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	a, b := open(t, quick(r.URL())), open(t, quick(r.URL()))
	e := listen(t, b, theBoard)
	for _, kind := range []string{"pubsub", "normal"} {
		up(t, a)
		up(t, b)
		before := b.Counts().Connects
		if err := operator(t, r).Do(t.Context(), "CLIENT", "KILL", "TYPE", kind, "SKIPME", "yes").Err(); err != nil {
			t.Fatal(err)
		}
		poll(t, "a new connection", func() bool { return b.Counts().Connects > before })
		e.hears(t, a, theBoard, 1)
	}
}

// A line that carries nothing looks like a Redis that stands still.
func TestBus_B7_silent_network_is_found_out(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	l := linetest.Open(t, r.Addr())
	c := wary("redis://" + l.Addr())
	a, b := open(t, wary(r.URL())), open(t, c)
	e := listen(t, b, theBoard)
	up(t, b)
	l.Hold()
	down(t, b, redisbus.ErrAway)
	l.Release()
	up(t, b)
	e.hears(t, a, theBoard, 1)
}

// What a bus publishes has to come back to it: two that answer are not enough.
func TestBus_B7_publishing_to_another_redis_than_it_hears_is_found_out(t *testing.T) {
	one, other := redistest.Start(t, redistest.Options{}), redistest.Start(t, redistest.Options{})
	fork := forked(t, one.Addr(), other.Addr())
	c := wary("redis://" + fork)
	b := open(t, c)
	for range 2 {
		lost := b.Counts().Lost
		poll(t, "a lost probe", func() bool { return b.Counts().Lost > lost })
	}
	if s := b.State(); s.Up || b.Counts().Connects != 0 {
		t.Errorf("%+v, %+v", s, b.Counts())
	}
}

func TestBus_B1_publishing_never_waits_for_a_redis_that_stands_still(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	c := quick(r.URL())
	c.Silence = 100 * patience // it stays up all the time: everything waits that may
	a, b := open(t, c), open(t, wary(r.URL()))
	up(t, a)
	up(t, b)
	const boards, rounds = 400, 20
	var ears [boards]*ear
	id := func(i int) board.ID { return board.ID(fmt.Sprint("board-", i)) }
	for i := range ears {
		ears[i] = listen(t, b, id(i))
	}
	ears[0].hears(t, a, id(0), 1)
	r.Freeze()
	body := make([]byte, 100<<10)
	for round := range rounds {
		for i := range boards {
			h := hint(id(i), board.Seq(1000+round))
			h.Body = body
			a.Publish(h)
			s := shown(id(i), board.Time(round))
			s.Items = fmt.Appendf(nil, `["%0*d"]`, 1000, round)
			a.Show(s)
			if waiting, bytes := a.Waiting(); waiting > boards || bytes > redisbus.MaxWaiting {
				t.Fatalf("%d boards with %d bytes wait", waiting, bytes)
			}
		}
	}
	if !a.Up() {
		t.Fatalf("the bus gave up: %+v", a.State())
	}
	r.Thaw()
	poll(t, "everything to be published", func() bool { waiting, _ := a.Waiting(); return waiting == 0 })
	up(t, b) // it had given up
	for i := range ears {
		ears[i].hears(t, a, id(i), 2000)
	}
}

func TestOpen_without_redis(t *testing.T) {
	r := redistest.Start(t, redistest.Options{})
	for name, c := range map[string]struct{ begin, end func(*redistest.Server) }{
		"that_is_stopped":   {(*redistest.Server).Stop, (*redistest.Server).Start},
		"that_stands_still": {(*redistest.Server).Freeze, (*redistest.Server).Thaw},
	} {
		t.Run(name, func(t *testing.T) {
			c.begin(r)
			a, b := open(t, wary(r.URL())), open(t, wary(r.URL()))
			// Open has waited until it was known.
			for _, bus := range []*redisbus.Bus{a, b} {
				if s := bus.State(); s.Up || s.Reason == nil || s.Since.IsZero() {
					t.Errorf("the state is %+v", s)
				}
			}
			down(t, a, redisbus.ErrAway)
			e := listen(t, b, theBoard)
			c.end(r)
			up(t, a)
			up(t, b)
			e.hears(t, a, theBoard, 1)
			if s := a.State(); s.Reason != nil || s.Server == "" {
				t.Errorf("the state is %+v", s)
			}
		})
	}
}

package redisbus

import (
	"fmt"
	"testing"

	"waymark/board"
	"waymark/collab"
)

func openOutbox() *outbox {
	o := newOutbox(&counts{})
	o.setOpen(true)
	return o
}

func waiting(id board.ID, seq board.Seq, body string) collab.Batch {
	return collab.Batch{Board: id, First: seq, Last: seq, Epoch: 1, Body: []byte(body)}
}

func presence(node string, at board.Time, full bool) collab.Shown {
	return collab.Shown{Board: "board-a", Node: node, At: at, Full: full, Items: []byte("[]")}
}

func TestOutbox(t *testing.T) {
	t.Run("B2_a_batch_that_is_alone_keeps_its_body", func(t *testing.T) {
		o := openOutbox()
		o.publish(waiting("board-a", 1, "one"))
		o.publish(waiting("board-b", 7, "two"))
		round := o.take()
		if len(round) != 2 || string(round[0].batch.Body) != "one" || string(round[1].batch.Body) != "two" || o.bytes != 0 {
			t.Errorf("got %+v, %d bytes are left", round, o.bytes)
		}
	})
	t.Run("B2_of_several_the_newest_header_goes", func(t *testing.T) {
		for _, seqs := range [][]board.Seq{{1, 3, 2}, {3, 2, 1}, {1, 2, 3}} {
			o := openOutbox()
			for _, seq := range seqs {
				o.publish(waiting("board-a", seq, "body"))
			}
			round := o.take()
			if len(round) != 1 || round[0].batch.Last != 3 || round[0].batch.Body != nil || o.bytes != 0 {
				t.Errorf("%v: got %+v, %d bytes are left", seqs, round, o.bytes)
			}
			if c := o.counts.read(); c.Merged != 2 || c.Dropped != 0 {
				t.Errorf("%v: counted %+v", seqs, c)
			}
		}
		o := openOutbox()
		restored := waiting("board-a", 2, "body")
		restored.Epoch = 2
		o.publish(restored)
		o.publish(waiting("board-a", 9, "body"))
		if round := o.take(); round[0].batch.Epoch != 2 {
			t.Errorf("a batch of an older epoch goes in place of %+v", restored)
		}
	})
	t.Run("B4_presence_is_bounded_and_the_oldest_goes", func(t *testing.T) {
		o := openOutbox()
		for at := range board.Time(maxShown + 3) {
			o.show(presence("node-a", at, false))
		}
		shown := o.take()[0].shown
		if len(shown) != maxShown || shown[0].At != 3 || shown[maxShown-1].At != maxShown+2 || o.bytes != 0 {
			t.Errorf("%d wait, the first of %d, the last of %d, %d bytes are left", len(shown), shown[0].At, shown[len(shown)-1].At, o.bytes)
		}
		if c := o.counts.read(); c.Dropped != 3 {
			t.Errorf("counted %+v", c)
		}
	})
	t.Run("B4_a_full_presence_replaces_those_of_its_server", func(t *testing.T) {
		o := openOutbox()
		o.show(presence("node-a", 1, false))
		o.show(presence("node-b", 2, false))
		o.show(presence("node-a", 3, true))
		if shown := o.take()[0].shown; len(shown) != 2 || shown[0].At != 2 || shown[1].At != 3 {
			t.Errorf("got %+v", shown)
		}
	})
	t.Run("bodies_wait_up_to_the_limit_and_headers_beyond", func(t *testing.T) {
		o := openOutbox()
		body := string(make([]byte, maxBody))
		const boards = 3 * maxWaiting / maxBody
		for i := range boards {
			id := board.ID(fmt.Sprint("board-", i))
			o.publish(waiting(id, 1, body))
			o.show(collab.Shown{Board: id, Items: []byte(body)})
			if o.bytes > maxWaiting {
				t.Fatalf("%d bytes wait", o.bytes)
			}
		}
		bodies, batches := 0, 0
		for round := o.take(); len(round) > 0; round = o.take() {
			for _, p := range round {
				batches++
				if p.batch.Body != nil {
					bodies++
				}
			}
		}
		if batches != boards || bodies == 0 || bodies == boards || o.bytes != 0 {
			t.Errorf("%d batches went, %d with their body, %d bytes are left", batches, bodies, o.bytes)
		}
	})
	t.Run("a_round_ends_and_the_next_begins_with_who_waited_longest", func(t *testing.T) {
		o := openOutbox()
		for i := range 3 * maxRound {
			o.publish(waiting(board.ID(fmt.Sprint("board-", i)), 1, "[]"))
		}
		<-o.wake
		sum := 0
		for round := o.take(); len(round) > 0; round = o.take() {
			if len(round) > maxRound || round[0].batch.Board != board.ID(fmt.Sprint("board-", sum)) {
				t.Fatalf("%d go, first %s after %d", len(round), round[0].batch.Board, sum)
			}
			if sum += len(round); sum < 3*maxRound {
				<-o.wake
			}
		}
		if sum != 3*maxRound {
			t.Errorf("%d went", sum)
		}
	})
	t.Run("nothing_waits_while_redis_is_down", func(t *testing.T) {
		o := openOutbox()
		o.publish(waiting("board-a", 1, "one"))
		o.show(presence("node-a", 1, true))
		o.setOpen(false)
		o.publish(waiting("board-a", 2, "two"))
		o.show(presence("node-a", 2, true))
		o.setOpen(true)
		if round := o.take(); len(round) != 0 || o.bytes != 0 {
			t.Errorf("%+v waited", round)
		}
		if c := o.counts.read(); c.Dropped != 4 {
			t.Errorf("counted %+v", c)
		}
	})
	t.Run("what_cannot_be_carried_is_dropped", func(t *testing.T) {
		o := openOutbox()
		long := waiting("board-a", 1, "one")
		long.Node = string(make([]byte, maxName+1))
		o.publish(long)
		o.show(collab.Shown{Board: "board-a", Items: make([]byte, maxBody+1)})
		if round := o.take(); len(round) != 0 {
			t.Errorf("%+v waited", round)
		}
		if c := o.counts.read(); c.Dropped != 2 {
			t.Errorf("counted %+v", c)
		}
	})
}

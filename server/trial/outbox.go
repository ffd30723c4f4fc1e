package trial

import (
	"fmt"
	"time"

	"waymark/board"
)

// An edit is an op with its number.
type edit struct {
	n      int64
	op     map[string]any
	raw    []byte
	typing board.ID // the record whose text it changes
	sent   bool     // on this connection
	// refit: the log has lost something since it was written. A text op then needs another base, and waits for its
	// record, which its author may be sending again.
	refit bool
	until time.Time // how long it waits for that
	acked time.Time
}

const (
	// keepAcked is for how long an acknowledged op is kept in case the log loses it (R2).
	keepAcked = 10 * time.Minute
	// awaitRecord is how long an op waits for the record that it is about, when the log has lost that too (R2).
	awaitRecord = time.Minute
)

// An outbox holds what is not acknowledged, and for a while what is.
type outbox struct {
	last    int64 // number
	waiting []*edit
	acked   []*edit
	known   map[board.ID]bool // records that are on the board
	lost    bool              // a reset was heard, and no mark since
}

func (o *outbox) add(op map[string]any) *edit {
	o.last++
	e := &edit{n: o.last, op: op, raw: Write(op)}
	if op["type"] == "text" {
		e.typing, _ = op["id"].(board.ID)
	}
	o.waiting = append(o.waiting, e)
	return e
}

// next is the first that is to be sent and may be; nil for none. seen is how far the board was heard.
func (o *outbox) next(window int, seen board.Seq, now time.Time) *edit {
	typing := map[board.ID]bool{}
	for i, e := range o.waiting {
		if !e.sent {
			if i >= window || typing[e.typing] || e.refit && e.typing != "" && !o.known[e.typing] && now.Before(e.until) {
				return nil
			}
			if e.refit && e.typing != "" {
				e.op["base"] = seen
				e.raw = Write(e.op)
			}
			e.refit = false
			return e
		}
		if e.typing != "" {
			typing[e.typing] = true
		}
	}
	return nil
}

// whole says whether all that waits was sent.
func (o *outbox) whole() bool {
	for _, e := range o.waiting {
		if !e.sent {
			return false
		}
	}
	return true
}

// sent are those that were sent.
func (o *outbox) sent() (list []*edit) {
	for _, e := range o.waiting {
		if e.sent {
			list = append(list, e)
		}
	}
	return list
}

// unsent has those from n on be sent again.
func (o *outbox) unsent(n int64) {
	for _, e := range o.waiting {
		if e.n >= n {
			e.sent = false
		}
	}
}

func (o *outbox) isTyping(id board.ID) bool {
	for _, e := range o.waiting {
		if e.typing == id {
			return true
		}
	}
	return false
}

// settle takes those up to n for decided, and says how many they are.
func (o *outbox) settle(n int64, now time.Time) (count int) {
	for len(o.waiting) > 0 && o.waiting[0].n <= n {
		e := o.waiting[0]
		e.acked = now
		o.waiting, o.acked = o.waiting[1:], append(o.acked, e)
		count++
	}
	for len(o.acked) > 0 && now.Sub(o.acked[0].acked) > keepAcked {
		o.acked = o.acked[1:]
	}
	return count
}

// reset notes that the log has lost something: the next mark tells what.
func (o *outbox) reset() {
	o.lost = true
	o.unsent(0)
}

// mark takes those up to n for decided, and says how many they are. Those behind it that were acknowledged once wait
// again; without a reset there are none.
func (o *outbox) mark(n int64, now time.Time) (count int, err error) {
	at := len(o.acked)
	for at > 0 && o.acked[at-1].n > n {
		at--
	}
	if at < len(o.acked) && !o.lost {
		return 0, fmt.Errorf("op %d was acknowledged, and now only %d are decided", o.acked[at].n, n)
	}
	o.waiting = append(o.acked[at:len(o.acked):len(o.acked)], o.waiting...)
	o.acked = o.acked[:at]
	if o.lost {
		o.lost = false
		for _, e := range o.waiting {
			e.sent, e.refit, e.until = false, true, now.Add(awaitRecord)
		}
	}
	return o.settle(n, now), nil
}

// story tells what is known of an op, for messages.
func (o *outbox) story(n int64) string {
	for _, e := range o.waiting {
		if e.n == n {
			return fmt.Sprintf("it waits, was acknowledged before: %v, record known: %v, %s", !e.acked.IsZero(), o.known[e.typing], e.raw)
		}
	}
	return "it does not wait"
}

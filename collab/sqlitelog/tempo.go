package sqlitelog

import "time"

// A tempo says when the next transaction may begin. A log that is written to
// now and then writes at once. One that is written to all the time begins a
// transaction every pace and gathers what comes in between: a commit costs as
// much processor time as ten batches in it, and what waits for the disk behind
// a queue is served no sooner.
type tempo struct {
	began time.Time // the last transaction
	slot  time.Time // the counting of entries since
	count int
	busy  bool // the slot before had many
}

const (
	pace     = 10 * time.Millisecond
	slotSize = 200 * time.Millisecond
	// manyEntries in a slot are what a workshop of 200 people writes.
	manyEntries = 80
)

// wait is how long the next transaction has to wait.
func (t *tempo) wait(now time.Time) time.Duration {
	if since := now.Sub(t.slot); since >= slotSize {
		t.busy = t.count >= manyEntries && since < 2*slotSize
		t.slot, t.count = now, 0
	}
	if !t.busy {
		return 0
	}
	return pace - now.Sub(t.began)
}

// begin notes that a transaction begins.
func (t *tempo) begin(now time.Time, group []*request) {
	t.began = now
	for _, r := range group {
		t.count += r.entries
	}
}

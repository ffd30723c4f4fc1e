package collab

import (
	"sync"
	"time"
)

// warnEvery is how often at most it is logged that the log is in trouble: every open board meets it, several times a
// second.
const warnEvery = time.Second

// troubles are what was not logged of it, for all rooms.
type troubles struct {
	sync.Mutex
	next   time.Time
	unsaid int
}

// warn logs that the log did not do what the room asked for, and how often that was so without being logged.
func (r *Room) warn(doing string, err error) {
	t := &r.hub.troubles
	t.Lock()
	defer t.Unlock()
	if r.now.Before(t.next) {
		t.unsaid++
		return
	}
	r.hub.logger.Warn(doing, "board", r.id, "error", err, "alike", t.unsaid)
	t.next, t.unsaid = r.now.Add(warnEvery), 0
}

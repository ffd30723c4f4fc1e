package collab

import (
	"log/slog"
	"sync"
	"time"

	"waymark/board"
)

// warnEvery is how often at most it is logged that the log is in trouble: every open board meets it, several times a
// second.
const warnEvery = time.Second

// troubles are what was not logged of it.
type troubles struct {
	sync.Mutex
	next   time.Time
	unsaid int
}

// warn logs what failed, for this board and those that met the like since it was logged last.
func (t *troubles) warn(logger *slog.Logger, now time.Time, doing string, id board.ID, err error) {
	t.Lock()
	defer t.Unlock()
	if now.Before(t.next) {
		t.unsaid++
		return
	}
	logger.Warn(doing, "board", id, "error", err, "alike", t.unsaid)
	t.next, t.unsaid = now.Add(warnEvery), 0
}

// warn logs that the log did not do what the room asked for.
func (r *Room) warn(doing string, err error) {
	r.hub.troubles.warn(r.hub.logger, r.now, doing, r.id, err)
}

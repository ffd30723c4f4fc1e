package collab

import (
	"sync/atomic"

	"waymark/board"
)

// A Frame is what a session gives to its socket to write. Frames are shared by
// sessions: nobody changes one.
type Frame struct {
	// Data is a text message, or a binary one.
	Data   []byte
	Binary bool
	// Close ends the socket, once Data, if any, is written.
	Close CloseCode

	// from and to are the entries in it; from is 0 when there are none.
	from, to board.Seq
	// snapshot says that a board is in it; it is not counted as held for a
	// slow reader, for it is held once for all.
	snapshot bool
	// greets says that the welcome is in it, resets that a reset is.
	greets, resets bool
	// together is set on the frames that many sessions get at once.
	together *together
}

// together counts the sessions that have not written a frame yet.
type together struct {
	waiting atomic.Int32
	// written is called by whoever brings waiting to 0.
	written func()
}

func (t *together) one() {
	if t != nil && t.waiting.Add(-1) == 0 {
		t.written()
	}
}

func (f *Frame) weight() int64 {
	if f.snapshot {
		return 0
	}
	return int64(len(f.Data))
}

// maxFrames is how many frames wait for a socket before its session lags.
const maxFrames = 128

// A queue holds the frames that wait for one socket. The room puts frames in,
// the socket's writer takes them out.
type queue struct {
	frames chan *Frame
	held   atomic.Int64
	// pending counts the frames that wait or are being written.
	pending atomic.Int32
	// busySince is when the socket last came on: wrote a frame, or got one while
	// idle; in milliseconds.
	busySince atomic.Int64
	ended     atomic.Bool
}

// put adds a frame, unless the queue is at its limit.
func (q *queue) put(f *Frame, now board.Time, limit int64) bool {
	if limit > 0 && q.held.Load()+f.weight() > limit {
		return false
	}
	q.held.Add(f.weight())
	if q.pending.Add(1) == 1 {
		q.busySince.Store(int64(now))
	}
	select {
	case q.frames <- f:
		return true
	default:
		q.held.Add(-f.weight())
		q.pending.Add(-1)
		return false
	}
}

// wrote notes that the socket has written f, and reports whether nothing waits.
func (q *queue) wrote(f *Frame, now board.Time) (idle bool) {
	q.held.Add(-f.weight())
	q.busySince.Store(int64(now))
	idle = q.pending.Add(-1) == 0
	f.together.one()
	return idle
}

// slow reports whether a frame has waited or been written for this long.
func (q *queue) slow(now board.Time, ms int64) bool {
	return q.pending.Load() > 0 && int64(now)-q.busySince.Load() > ms
}

// drain drops what waits, and tells what that was: the first entry, a snapshot,
// a welcome, a reset.
func (q *queue) drain() (dropped Frame) {
	for {
		select {
		case f := <-q.frames:
			q.held.Add(-f.weight())
			q.pending.Add(-1)
			f.together.one()
			if dropped.from == 0 {
				dropped.from = f.from
			}
			dropped.snapshot = dropped.snapshot || f.snapshot
			dropped.greets = dropped.greets || f.greets
			dropped.resets = dropped.resets || f.resets
		default:
			return dropped
		}
	}
}

package collab

import (
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"waymark/board"
)

// A Room is one board open in this process. It is a machine: Handle takes an
// event, Settle starts what is to be started, and neither waits. Everything in
// it belongs to the goroutine that calls them, but for the few atomics.
type Room struct {
	id      board.ID
	hub     *Hub
	config  *Config
	limits  *Limits
	metrics *Metrics
	loop    Loop

	// guests and requests belong to the hub, under its lock: they keep the room
	// open.
	guests   map[*Session]bool
	requests map[*request]bool

	// known is the head as the hub compares it; nil while opening.
	known atomic.Pointer[Head]
	// openingSince is when the room began to open, in milliseconds; 0 once open.
	openingSince atomic.Int64
	// stuckSince is since when the log takes no append, in milliseconds; 0 while
	// it does, or nothing is to be appended.
	stuckSince atomic.Int64
	// stuckBy is what the log said to the newest append that it did not take.
	stuckBy atomic.Pointer[error]
	// elsewhere are the people with a session on another server, as far as the
	// bus tells; nil is nobody.
	elsewhere atomic.Pointer[[]board.ID]
	// stirred says that a session has left a presence to look at.
	stirred atomic.Bool

	state state
	board *board.Board
	head  Head
	ring  ring
	// sessions are those that have the board, in the order they came.
	sessions []*Session

	door      door
	proposals proposals
	commit    commit
	memory    memory
	news      newsdesk
	tail      tail
	fan       fan
	shown     showing
	people    people
	snapshots snapshots
	slot      *Slot
	leaveBus  func()

	now    time.Time
	alarms alarms
}

type state uint8

const (
	stateOpening state = iota
	stateOpen
	// stateEnding: no more proposals; the append under way is awaited.
	stateEnding
	stateEnded
)

// logTimeout is how long a call of the log may take before its outcome counts
// as unknown.
const logTimeout = 10 * time.Second

// retryEvery is how long the room waits before it asks the log again.
const retryEvery = 250 * time.Millisecond

// refusedFor is how long a request waits for a log that refuses what it is
// given.
const refusedFor = 2 * time.Second

func newRoom(h *Hub, id board.ID) *Room {
	r := &Room{
		id: id, hub: h, config: &h.config, limits: h.limits, metrics: h.metrics,
		guests: map[*Session]bool{}, requests: map[*request]bool{},
	}
	r.people.known = map[board.ID]Person{}
	r.shown.others = map[string]*otherNode{}
	r.proposals.next = map[board.ID]int64{}
	return r
}

// ID names the room's board.
func (r *Room) ID() board.ID { return r.id }

// Handle carries one event out.
func (r *Room) Handle(e Event) {
	defer r.guard(e)
	if r.state != stateEnded {
		r.now = r.hub.clock()
		e.on(r)
	}
}

// Settle starts what the events before it allow: an append, a read of the log,
// frames, the next alarm. The runner calls it after one or more events.
func (r *Room) Settle() {
	defer r.guard(nil)
	if r.state == stateEnded {
		return
	}
	r.now = r.hub.clock()
	r.keepTime()
	r.letIn()
	r.readNews()
	r.startCommit()
	r.fanOut()
	// Who began to lag just now may be caught up at once.
	r.letIn()
	r.readNews()
	r.showOnBus()
	r.askPeople()
	r.storeSnapshot()
	r.setAlarm()
}

// guard turns a panic into the end of the room: its sessions come back, and the
// board is read anew from the log.
func (r *Room) guard(e Event) {
	if p := recover(); p != nil {
		r.metrics.Faults.Add(1)
		r.hub.logger.Error("room fault", "board", r.id, "event", fmt.Sprintf("%T", e), "fault", p, "stack", string(debug.Stack()))
		r.end(CloseFault, 0)
	}
}

// end ends all sessions with a code and the room with them.
func (r *Room) end(code CloseCode, spread time.Duration) {
	r.state = stateEnded
	if r.leaveBus != nil {
		r.leaveBus()
	}
	for _, s := range append(r.door.everyone(), r.sessions...) {
		if spread > 0 {
			s.bye(code, r.hub.spread(spread))
		} else {
			s.end(code, nil)
		}
	}
	if r.openingSince.Swap(0) != 0 {
		r.metrics.Opening.Add(-1)
	}
	r.known.Store(nil)
	r.hub.retire(r, true)
	r.loop.Wake(time.Time{})
	r.loop.End()
}

// Closed tells that the room's loop has ended.
func (r *Room) Closed() { r.hub.closed(r) }

// publishHead lets the hub compare the head with the log's.
func (r *Room) publishHead() {
	h := r.head
	r.known.Store(&h)
}

func (h Head) same(other Head) bool {
	return h.Epoch == other.Epoch && h.Seq == other.Seq && h.Batch == other.Batch
}

// stamp is the room's time for the log.
func (r *Room) stamp() board.Time { return r.config.stamp(r.now) }

// local is the room's time on this computer, as sessions keep it.
func (r *Room) local() board.Time { return board.Time(r.now.UnixMilli()) }

func sortedRooms(m map[board.ID]*Room) []*Room {
	list := make([]*Room, 0, len(m))
	for _, r := range m {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *Room) int { return strings.Compare(string(a.id), string(b.id)) })
	return list
}

func sortedSessions(m map[*Session]bool) []*Session {
	list := make([]*Session, 0, len(m))
	for s := range m {
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b *Session) int { return strings.Compare(string(a.id), string(b.id)) })
	return list
}

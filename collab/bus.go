package collab

import (
	"sync"

	"waymark/board"
)

// Bus carries hints between servers. It may lose, double, delay and reorder
// all of them (B1); nothing it carries is believed without the log's chain.
type Bus interface {
	// Publish tells the other servers of a committed batch. It never waits. A
	// batch without Body is only its header: whoever wants it reads the log.
	Publish(b Batch)
	// Show tells them what this server's sessions show now. It never waits.
	Show(p Shown)
	// Subscribe gives the hints of one board to slot until the returned func is
	// called. It may give it those of its own server too.
	Subscribe(id board.ID, slot *Slot) (unsubscribe func())
}

// Shown is the presence of one server's sessions on a board.
type Shown struct {
	Board board.ID
	// Node names the server, and At is its time: an older one is stale.
	Node string
	At   board.Time
	// Full says that sessions of this server which are not in Items are gone.
	Full bool
	// Items is a JSON array of the items of a presence message.
	Items []byte
}

// Slot is where a bus leaves the hints of one board for its room. It holds one
// batch, the newest, and the newest presence of each server, so a bus in a
// hurry costs memory for one batch and never waits.
type Slot struct {
	node string
	wake func()

	mu    sync.Mutex
	batch Batch
	full  bool
	shown map[string][]Shown
}

// maxShown is how many presence hints of one server wait in a slot; beyond it
// the oldest are dropped (B4).
const maxShown = 16

// NewSlot returns an empty slot of a server, which takes no hints from itself.
// wake is called, without the slot's lock, when something is put into an empty
// slot; it must not wait.
func NewSlot(node string, wake func()) *Slot {
	return &Slot{node: node, wake: wake, shown: map[string][]Shown{}}
}

// Put leaves a batch. Of two that wait, the newer header stays and both bodies
// are dropped: a full slot means "read the log" (B2).
func (s *Slot) Put(b Batch) {
	if b.Node == s.node {
		return
	}
	s.mu.Lock()
	was := s.waiting()
	switch {
	case !s.full:
		s.batch, s.full = b, true
	case newer(&b, &s.batch):
		s.batch = b
		s.batch.Body = nil
	default:
		s.batch.Body = nil
	}
	s.mu.Unlock()
	if !was {
		s.wake()
	}
}

func newer(a, b *Batch) bool {
	return a.Epoch > b.Epoch || a.Epoch == b.Epoch && a.Last > b.Last
}

// PutShown leaves a server's presence.
func (s *Slot) PutShown(p Shown) {
	if p.Node == s.node {
		return
	}
	s.mu.Lock()
	was := s.waiting()
	q := s.shown[p.Node]
	if p.Full {
		q = q[:0]
	}
	if len(q) == maxShown {
		q = append(q[:0], q[1:]...)
	}
	s.shown[p.Node] = append(q, p)
	s.mu.Unlock()
	if !was {
		s.wake()
	}
}

func (s *Slot) waiting() bool { return s.full || len(s.shown) > 0 }

// Take empties the slot: the newest batch, if any, without its body when there
// were several, and the presence by server in the order it came.
func (s *Slot) Take() (b Batch, ok bool, shown map[string][]Shown) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, ok = s.batch, s.full
	if len(s.shown) > 0 {
		shown, s.shown = s.shown, map[string][]Shown{}
	}
	s.batch, s.full = Batch{}, false
	return b, ok, shown
}

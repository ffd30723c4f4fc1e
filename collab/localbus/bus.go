// Package localbus carries hints between the hubs of one process.
package localbus

import (
	"sync"

	"waymark/board"
	"waymark/collab"
)

// Bus is a [collab.Bus]. The zero value is ready.
type Bus struct {
	mu    sync.Mutex
	slots map[board.ID][]*collab.Slot
}

var _ collab.Bus = (*Bus)(nil)

// Publish leaves the batch in every slot of its board.
func (b *Bus) Publish(batch collab.Batch) {
	for _, s := range b.of(batch.Board) {
		s.Put(batch)
	}
}

// Show leaves the presence in every slot of its board.
func (b *Bus) Show(p collab.Shown) {
	for _, s := range b.of(p.Board) {
		s.PutShown(p)
	}
}

// of is a board's slots; the slice is never changed, only replaced.
func (b *Bus) of(id board.ID) []*collab.Slot {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.slots[id]
}

// Subscribe gives the hints of one board to slot until unsubscribe is called,
// which may be called twice. A hint that is under way may still arrive then.
func (b *Bus) Subscribe(id board.ID, slot *collab.Slot) (unsubscribe func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.slots == nil {
		b.slots = map[board.ID][]*collab.Slot{}
	}
	b.slots[id] = append(b.slots[id][:len(b.slots[id]):len(b.slots[id])], slot)
	return func() { b.remove(id, slot) }
}

func (b *Bus) remove(id board.ID, slot *collab.Slot) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var rest []*collab.Slot
	for _, s := range b.slots[id] {
		if s != slot {
			rest = append(rest, s)
		}
	}
	if rest == nil {
		delete(b.slots, id)
		return
	}
	b.slots[id] = rest
}

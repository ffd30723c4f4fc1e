package redisbus

import (
	"sync"

	"waymark/board"
	"waymark/board/planted"
	"waymark/collab"
)

// ears are the slots of this server, by board.
type ears struct {
	mu    sync.Mutex
	slots map[board.ID][]*collab.Slot
	// changed are boards that got their first slot, or lost their last, since they were taken.
	changed map[board.ID]bool
	// wake gets a value when there is something in changed.
	wake chan struct{}
}

func newEars() *ears {
	return &ears{slots: map[board.ID][]*collab.Slot{}, changed: map[board.ID]bool{}, wake: make(chan struct{}, 1)}
}

func (e *ears) add(id board.ID, slot *collab.Slot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.slots[id]
	e.slots[id] = append(was[:len(was):len(was)], slot)
	if was == nil {
		e.changeLocked(id)
	}
}

func (e *ears) remove(id board.ID, slot *collab.Slot) {
	e.mu.Lock()
	defer e.mu.Unlock()
	was := e.slots[id]
	var rest []*collab.Slot
	for _, s := range was {
		if s != slot {
			rest = append(rest, s)
		}
	}
	switch {
	case len(rest) == len(was), planted.On("unsubscribe-forgotten"):
	case rest == nil:
		delete(e.slots, id)
		e.changeLocked(id)
	default:
		e.slots[id] = rest
	}
}

func (e *ears) changeLocked(id board.ID) {
	e.changed[id] = true
	signal(e.wake)
}

// of is a board's slots; the slice is never changed, only replaced.
func (e *ears) of(id board.ID) []*collab.Slot {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.slots[id]
}

// take gives which boards are to be subscribed to and which no longer, to whoever has subscribed to have.
func (e *ears) take(have map[board.ID]bool) (on, off []board.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id := range e.changed {
		switch want := len(e.slots[id]) > 0; {
		case want && !have[id]:
			on = append(on, id)
		case !want && have[id]:
			off = append(off, id)
		}
	}
	clear(e.changed)
	return on, off
}

// all gives every board that has a slot; what has changed before is in it.
func (e *ears) all() (on []board.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id := range e.slots {
		on = append(on, id)
	}
	clear(e.changed)
	return on
}

// signal wakes whoever waits for c, or will.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

package simulation

import (
	"slices"
	"sync"
	"time"

	"waymark/board"
	"waymark/collab"
)

// A Bus is the message server of a simulated cluster. Each server reaches it
// through its own [BusPort].
type Bus struct {
	s      *Scheduler
	faults *Faults
	// Carried is told of the bytes of every hint, whether it arrives or not.
	Carried func(id board.ID, hint []byte)
	// Prompt delivers at once, as long as no fault strikes.
	Prompt bool

	mu     sync.Mutex
	slots  []*listener
	dead   bool
	frozen bool
	held   []func()
	sent   uint64
}

// A listener is one slot of one server.
type listener struct {
	board board.ID
	host  *Host
	slot  *collab.Slot
	// seen is the number of the newest hint that arrived.
	seen uint64
}

// NewBus returns a bus without servers.
func NewBus(s *Scheduler, faults *Faults) *Bus {
	return &Bus{s: s, faults: faults, Carried: func(board.ID, []byte) {}}
}

// SetDead loses everything from now on, or ends that.
func (b *Bus) SetDead(dead bool) { b.dead = dead }

// SetFrozen holds everything back from now on; ending that delivers it all.
func (b *Bus) SetFrozen(frozen bool) {
	b.frozen = frozen
	if !frozen {
		held := b.held
		b.held = nil
		for _, deliver := range held {
			deliver()
		}
	}
}

// A BusPort is one server's connection to the bus; it is a [collab.Bus].
type BusPort struct {
	bus  *Bus
	host *Host
}

var _ collab.Bus = (*BusPort)(nil)

// NewPort connects a server.
func (b *Bus) NewPort(host *Host) *BusPort { return &BusPort{b, host} }

// Publish is [collab.Bus].
func (p *BusPort) Publish(batch collab.Batch) {
	p.bus.Carried(batch.Board, batch.Body)
	p.bus.send(batch.Board, func(s *collab.Slot) { s.Put(batch) })
}

// Show is [collab.Bus].
func (p *BusPort) Show(shown collab.Shown) {
	p.bus.Carried(shown.Board, shown.Items)
	p.bus.send(shown.Board, func(s *collab.Slot) { s.PutShown(shown) })
}

// Subscribe is [collab.Bus].
func (p *BusPort) Subscribe(id board.ID, slot *collab.Slot) (unsubscribe func()) {
	l := &listener{board: id, host: p.host, slot: slot}
	b := p.bus
	b.mu.Lock()
	defer b.mu.Unlock()
	b.slots = append(slices.Clone(b.slots), l)
	return func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.slots = slices.DeleteFunc(slices.Clone(b.slots), func(other *listener) bool { return other == l })
	}
}

// Disconnect forgets the slots of a server that died.
func (b *Bus) Disconnect(host *Host) {
	b.slots = slices.DeleteFunc(slices.Clone(b.slots), func(l *listener) bool { return l.host == host })
}

func (b *Bus) send(id board.ID, put func(*collab.Slot)) {
	b.mu.Lock()
	b.sent++
	n, slots := b.sent, b.slots
	b.mu.Unlock()
	for _, l := range slots {
		if l.board != id {
			continue
		}
		if b.dead || b.faults.Draw(BusLost) {
			b.faults.Strike(BusLost)
			continue
		}
		b.deliver(l, n, put)
		if b.faults.Draw(BusDoubled) {
			b.faults.Strike(BusDoubled)
			b.deliver(l, n, put)
		}
	}
}

func (b *Bus) deliver(l *listener, n uint64, put func(*collab.Slot)) {
	arrive := func() {
		b.mu.Lock()
		known := slices.Contains(b.slots, l)
		overtaken := n < l.seen
		l.seen = max(l.seen, n)
		b.mu.Unlock()
		if !known {
			return
		}
		if overtaken {
			b.faults.Strike(BusShuffled)
		}
		put(l.slot)
	}
	if b.Prompt {
		arrive()
		return
	}
	delay := b.s.Between(0, 8*time.Millisecond)
	if b.faults.Draw(BusLate) {
		b.faults.Strike(BusLate)
		delay += b.s.Between(20*time.Millisecond, 3*time.Second)
	}
	b.s.After(delay, nil, func() {
		if b.frozen {
			b.held = append(b.held, func() { b.s.After(0, l.host, arrive) })
			return
		}
		b.s.After(0, l.host, arrive)
	})
}

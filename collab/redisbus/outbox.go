package redisbus

import (
	"sync"

	"waymark/board"
	"waymark/board/planted"
	"waymark/collab"
)

const (
	// maxWaiting is how many bytes of bodies and presence wait to be published, of all boards together.
	maxWaiting = 8 << 20
	// maxShown is how many presences of one board wait, as in a slot.
	maxShown = 16
	// maxRound and maxRoundBytes end what is published in one go.
	maxRound      = 256
	maxRoundBytes = 1 << 20
)

// An outbox holds what waits to be published: of each board the newest batch and some presence. It takes things in
// while Redis is up, and then only as much as is said above, so that a Redis that has stopped to listen costs that much
// until it is found out.
type outbox struct {
	counts *counts
	// wake gets a value when something waits.
	wake chan struct{}

	mu      sync.Mutex
	open    bool
	waiting map[board.ID]*parcel
	// turn are the boards of waiting, the longest waiting first.
	turn  []board.ID
	bytes int
}

// A parcel is what waits of one board.
type parcel struct {
	batch collab.Batch
	full  bool
	shown []collab.Shown
}

func newOutbox(c *counts) *outbox {
	return &outbox{counts: c, wake: make(chan struct{}, 1), waiting: map[board.ID]*parcel{}}
}

// setOpen begins or ends to take things in. What waits at the end is dropped.
func (o *outbox) setOpen(open bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open = open
	for _, p := range o.waiting {
		if p.full {
			o.counts.dropped.Add(1)
		}
		o.counts.dropped.Add(uint64(len(p.shown)))
	}
	clear(o.waiting)
	o.turn, o.bytes = nil, 0
}

// publish leaves a batch. Of two of one board the newer header stays, and both bodies are dropped: its hearers read the
// log (B2).
func (o *outbox) publish(b collab.Batch) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.open || !fits(string(b.Board), b.Node, string(b.ID), string(b.Prev)) {
		o.counts.dropped.Add(1)
		return
	}
	if o.bytes+len(b.Body) > maxWaiting {
		b.Body = nil
	}
	p := o.parcelLocked(b.Board)
	if p.full {
		o.counts.merged.Add(1)
		o.bytes -= len(p.batch.Body)
		if newer(&b, &p.batch) == planted.On("older-header-kept") {
			b = p.batch
		}
		b.Body = nil
	}
	p.batch, p.full = b, true
	o.bytes += len(b.Body)
}

func newer(a, b *collab.Batch) bool {
	return a.Epoch > b.Epoch || a.Epoch == b.Epoch && a.Last > b.Last
}

// show leaves a presence. One that is full replaces those of its server; beyond the limit the oldest are dropped (B4).
func (o *outbox) show(s collab.Shown) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.open || len(s.Items) > maxBody || !fits(string(s.Board), s.Node) || o.bytes+len(s.Items) > maxWaiting {
		o.counts.dropped.Add(1)
		return
	}
	p := o.parcelLocked(s.Board)
	if planted.On("newest-presence-dropped") && len(p.shown) == maxShown {
		return
	}
	rest := p.shown[:0]
	for i, old := range p.shown {
		switch {
		case s.Full && old.Node == s.Node:
			o.counts.merged.Add(1)
			o.bytes -= len(old.Items)
		case i == 0 && len(p.shown) == maxShown:
			o.counts.dropped.Add(1)
			o.bytes -= len(old.Items)
		default:
			rest = append(rest, old)
		}
	}
	p.shown = append(rest, s)
	o.bytes += len(s.Items)
}

func (o *outbox) parcelLocked(id board.ID) *parcel {
	p := o.waiting[id]
	if p == nil {
		p = &parcel{}
		o.waiting[id] = p
		o.turn = append(o.turn, id)
		signal(o.wake)
	}
	return p
}

// take gives the parcels of one round, those that have waited longest.
func (o *outbox) take() (round []*parcel) {
	o.mu.Lock()
	defer o.mu.Unlock()
	hints, bytes := 0, 0
	for len(o.turn) > 0 && hints < maxRound && bytes < maxRoundBytes {
		id := o.turn[0]
		o.turn = o.turn[1:]
		p := o.waiting[id]
		delete(o.waiting, id)
		round = append(round, p)
		hints += 1 + len(p.shown)
		bytes += p.bytes()
	}
	o.bytes -= bytes
	if len(o.turn) > 0 {
		signal(o.wake)
	}
	return round
}

func (p *parcel) bytes() (n int) {
	n = len(p.batch.Body)
	for i := range p.shown {
		n += len(p.shown[i].Items)
	}
	return n
}

package redisbus

import "waymark/board"

// Channel is where a board's hints are published.
func (b *Bus) Channel(id board.ID) string { return b.channel(id) }

// Probes is the bus' own channel.
func (b *Bus) Probes() string { return b.probes }

// Waiting is how many boards and bytes wait to be published.
func (b *Bus) Waiting() (boards, bytes int) {
	b.outbox.mu.Lock()
	defer b.outbox.mu.Unlock()
	return len(b.outbox.waiting), b.outbox.bytes
}

// MaxWaiting is how many bytes may wait.
const MaxWaiting = maxWaiting

package collab

import (
	"context"
	"fmt"

	"waymark/board"
)

// BeginEpoch begins a new epoch of a board that nobody has open, numbered at
// least least: its log was put back from a backup, and whoever had seen a later
// one must not go on as if nothing had happened (E3).
func (h *Hub) BeginEpoch(ctx context.Context, id board.ID, least int64) error {
	l, err := load(ctx, &h.config, id)
	if err == nil {
		err = l.raise(ctx, &h.config, max(least, l.head.Epoch+1))
	}
	if err != nil {
		return fmt.Errorf("begin an epoch of %s: %w", id, err)
	}
	return nil
}

// raise appends the entry that begins this epoch.
func (l *loaded) raise(ctx context.Context, c *Config, epoch int64) error {
	draft := l.board.Draft()
	e := board.Entry{
		Seq: draft.Seq() + 1, At: max(draft.At(), c.stamp(c.Runner.Now())),
		Changes: []board.Change{board.NewEpoch{Epoch: epoch}},
	}
	board.Apply(draft, e)
	head := l.head
	head.Epoch = epoch
	b := newBatch(c, draft, head, []board.Entry{e})
	if err := c.Log.Append(ctx, l.head, b); err != nil {
		return err
	}
	c.Bus.Publish(b)
	l.board.Adopt(draft)
	l.ring.add(hold(&b, []board.Entry{e}), &c.Limits)
	l.head = b.Head(l.head)
	return nil
}

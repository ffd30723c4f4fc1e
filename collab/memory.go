package collab

import (
	"context"

	"waymark/board"
)

// memory is how far back the room knows the text changes of its board. A board
// that was loaded from a snapshot knows none from before it. They are read from
// the log when somebody edits a text as it was then, and not when the board is
// opened: nobody waits for what is seldom asked for.
type memory struct {
	running bool
	// tried is the lowest base that was asked for since the board was loaded.
	tried board.Seq
}

// remember reports whether the ops that wait must wait for text changes from
// before the board's snapshot; if so, these are being read (C13).
func (r *Room) remember() bool {
	if r.memory.running {
		return true
	}
	base := r.memory.tried
	for i := range r.proposals.list {
		op, ok := r.proposals.list[i].op.(*board.EditText)
		if ok && op.Base < base && r.board.Forgotten(op.Base) {
			base = op.Base
		}
	}
	if base == r.memory.tried {
		return false
	}
	r.memory = memory{running: true, tried: base}
	b, last := r.board, r.board.Remembers()
	r.loop.Do(func() Event {
		ctx, cancel := context.WithTimeout(context.Background(), logTimeout)
		defer cancel()
		entries, err := entriesBetween(ctx, r.config, r.id, base, last)
		return remembered{b, entries, err}
	})
	return true
}

// entriesBetween reads the entries behind after, up to last.
func entriesBetween(ctx context.Context, c *Config, id board.ID, after, last board.Seq) ([]board.Entry, error) {
	var list []board.Entry
	for after < last {
		batches, err := c.Log.Batches(ctx, id, after, page)
		if err != nil {
			return nil, err
		}
		if len(batches) == 0 {
			return list, nil
		}
		for i := range batches {
			entries, err := board.ParseEntries(batches[i].Body)
			if err != nil {
				return nil, err
			}
			for _, e := range entries {
				if e.Seq <= last {
					list = append(list, e)
				}
			}
			after = batches[i].Last
		}
	}
	return list, nil
}

// remembered is the event of older entries having been read. Without them the
// edits that need them are refused, and the page makes new ones: a log that
// cannot be read so far back stops nobody else.
type remembered struct {
	board   *board.Board
	entries []board.Entry
	err     error
}

func (e remembered) on(r *Room) {
	if e.board != r.board {
		return // loaded anew meanwhile, and it remembers that as it is
	}
	r.memory.running = false
	if e.err != nil {
		r.metrics.LogErrors.Add(1)
		r.hub.logger.Warn("read older text changes", "board", r.id, "error", e.err)
		return
	}
	r.board.Recall(e.entries)
}

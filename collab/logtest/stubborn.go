package logtest

import (
	"context"
	"errors"
	"time"

	"waymark/board"
	"waymark/collab"
)

// Stubborn is a store whose connections may break at any time, used the way a room uses it: a call whose outcome is
// unknown is looked up in the log and, if it did not happen, made again, until the database has answered. The suite
// then asks for the same as of a store that never breaks. A call whose context has ended is given up.
//
// An adapter's test opens its store on a line that is cut at random (package linetest), and wraps it:
//
//	return logtest.Stubborn{Store: l}, func() logtest.Store { ... }
type Stubborn struct{ Store }

// known are the errors that leave no doubt.
var known = []error{collab.ErrExists, collab.ErrLost, collab.ErrGone, collab.ErrFormat, collab.ErrNoSnapshot}

func isKnown(err error) bool {
	for _, k := range known {
		if errors.Is(err, k) {
			return true
		}
	}
	return err == nil
}

// insist calls until there is no doubt. try is told whether an earlier try is in doubt.
func insist(ctx context.Context, try func(doubtful bool) error) error {
	for doubtful := false; ; doubtful = true {
		err := try(doubtful)
		if isKnown(err) || ctx.Err() != nil {
			return err
		}
		// The database may be away; a room waits longer.
		pause := time.NewTimer(time.Millisecond)
		select {
		case <-pause.C:
		case <-ctx.Done():
			pause.Stop()
		}
	}
}

// written says whether a batch is in the log.
func (s Stubborn) written(ctx context.Context, b *collab.Batch) (yes bool, err error) {
	list, err := s.Batches(ctx, b.Board, b.First-1, 1)
	return len(list) == 1 && list[0].ID == b.ID, err
}

// Create is [collab.Log]. A board that exists after a doubtful try may be this one.
func (s Stubborn) Create(ctx context.Context, first collab.Batch, format int) error {
	return insist(ctx, func(doubtful bool) error {
		err := s.Store.Create(ctx, first, format)
		if doubtful && errors.Is(err, collab.ErrExists) {
			return s.unless(ctx, &first, err)
		}
		return err
	})
}

// Append is [collab.Log]. A head that has moved after a doubtful try may have been moved by this one.
func (s Stubborn) Append(ctx context.Context, expect collab.Head, b collab.Batch) error {
	return insist(ctx, func(doubtful bool) error {
		err := s.Store.Append(ctx, expect, b)
		if doubtful && errors.Is(err, collab.ErrLost) {
			return s.unless(ctx, &b, err)
		}
		return err
	})
}

// unless gives back err, or nil when the batch is in the log.
func (s Stubborn) unless(ctx context.Context, b *collab.Batch, err error) error {
	switch yes, unread := s.written(ctx, b); {
	case unread != nil:
		return unread
	case yes:
		return nil
	}
	return err
}

// AppendLocked is [collab.Log]. Before decide is asked again, the log is searched for what it wanted written: the row
// lock is not to be had before an earlier try has ended.
func (s Stubborn) AppendLocked(ctx context.Context, id board.ID, after board.Seq,
	decide func(collab.Head, []collab.Batch) (collab.Batch, error),
) error {
	var tried *collab.Batch
	var refused error
	err := insist(ctx, func(bool) error {
		err := s.Store.AppendLocked(ctx, id, after, func(head collab.Head, missing []collab.Batch) (collab.Batch, error) {
			for i := range missing {
				if tried != nil && missing[i].ID == tried.ID {
					return collab.Batch{}, nil
				}
			}
			b, err := decide(head, missing)
			if err != nil {
				refused = err
				return b, err
			}
			tried = &b
			return b, nil
		})
		if refused != nil {
			return nil
		}
		return err
	})
	return errors.Join(refused, err)
}

// Batches is [collab.Log].
func (s Stubborn) Batches(ctx context.Context, id board.ID, after board.Seq, limit int) (list []collab.Batch, err error) {
	err = insist(ctx, func(bool) error {
		list, err = s.Store.Batches(ctx, id, after, limit)
		return err
	})
	return list, err
}

// Heads is [collab.Log].
func (s Stubborn) Heads(ctx context.Context, ids []board.ID) (heads map[board.ID]collab.Head, err error) {
	err = insist(ctx, func(bool) error {
		heads, err = s.Store.Heads(ctx, ids)
		return err
	})
	return heads, err
}

// Snapshot is [collab.Archive].
func (s Stubborn) Snapshot(ctx context.Context, id board.ID) (found collab.Snapshot, err error) {
	err = insist(ctx, func(bool) error {
		found, err = s.Store.Snapshot(ctx, id)
		return err
	})
	return found, err
}

// StoreSnapshot is [collab.Archive]. Storing it twice is storing it once.
func (s Stubborn) StoreSnapshot(ctx context.Context, snapshot collab.Snapshot) error {
	return insist(ctx, func(bool) error { return s.Store.StoreSnapshot(ctx, snapshot) })
}

// Boards is [collab.Archive].
func (s Stubborn) Boards(ctx context.Context) (list []board.ID, err error) {
	err = insist(ctx, func(bool) error {
		list, err = s.Store.Boards(ctx)
		return err
	})
	return list, err
}

// Delete is [collab.Archive]. A board that is gone after a doubtful try was removed by it.
func (s Stubborn) Delete(ctx context.Context, id board.ID, expect collab.Head) error {
	return insist(ctx, func(doubtful bool) error {
		err := s.Store.Delete(ctx, id, expect)
		if doubtful && errors.Is(err, collab.ErrGone) {
			return nil
		}
		return err
	})
}

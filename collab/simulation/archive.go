package simulation

import (
	"context"
	"maps"
	"slices"

	"waymark/board"
	"waymark/collab"
)

// Snapshot is [collab.Archive].
func (p *Port) Snapshot(_ context.Context, id board.ID) (collab.Snapshot, error) {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return collab.Snapshot{}, err
	}
	sh := l.boards[id]
	if sh == nil || sh.snapshot == nil {
		return collab.Snapshot{}, collab.ErrNoSnapshot
	}
	return *sh.snapshot, nil
}

// StoreSnapshot is [collab.Archive].
func (p *Port) StoreSnapshot(_ context.Context, s collab.Snapshot) error {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return err
	}
	sh := l.boards[s.Board]
	if sh == nil {
		return collab.ErrGone
	}
	if l.full {
		return errFull
	}
	if sh.snapshot != nil && sh.snapshot.Seq >= s.Seq {
		return nil
	}
	for _, b := range sh.batches {
		if b.ID == s.Batch && b.Last == s.Seq {
			sh.snapshot = &s
			l.Stored(s)
		}
	}
	return nil
}

// Boards is [collab.Archive].
func (p *Port) Boards(context.Context) ([]board.ID, error) {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(l.boards)), nil
}

// Delete is [collab.Archive].
func (p *Port) Delete(_ context.Context, id board.ID, expect collab.Head) error {
	l := p.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := p.reach(); err != nil {
		return err
	}
	sh := l.boards[id]
	if sh == nil {
		return collab.ErrGone
	}
	if head := sh.head(); head.Epoch != expect.Epoch || head.Seq != expect.Seq || head.Batch != expect.Batch {
		return collab.ErrLost
	}
	delete(l.boards, id)
	return nil
}

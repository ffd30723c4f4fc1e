package main

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"waymark/board"
	"waymark/server/directory"
)

// A Projector remembers which boards have changed since the list of boards last heard of them.
type Projector struct {
	mu       sync.Mutex
	dirty    map[board.ID]bool
	governed map[board.ID]bool // those whose log has lines for the audit trail, or may have
}

// changed notes a board; rooms call it after each batch.
func (p *Projector) changed(id board.ID, governed bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.dirty == nil {
		p.dirty = map[board.ID]bool{}
	}
	p.dirty[id] = true
	if governed {
		if p.governed == nil {
			p.governed = map[board.ID]bool{}
		}
		p.governed[id] = true
	}
}

// takeGoverned says whether the log up to now may have lines for the audit trail. It is asked on the room's goroutine,
// together with the seq: then no batch can come between.
func (p *Projector) takeGoverned(id board.ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	governed := p.governed[id]
	delete(p.governed, id)
	return governed
}

func (p *Projector) take() []board.ID {
	p.mu.Lock()
	defer p.mu.Unlock()
	ids := make([]board.ID, 0, len(p.dirty))
	for id := range p.dirty {
		ids = append(ids, id)
	}
	p.dirty = nil
	slices.Sort(ids)
	return ids
}

const (
	projectEvery   = 10 * time.Second // asking for the list does it at once
	catchUpEvery   = time.Minute
	catchUpTimeout = time.Minute
	projectTimeout = 10 * time.Second
)

// project brings the list of boards up to date with those that have changed. What fails is tried again later.
func (s *Server) project(ctx context.Context) {
	ids := s.projector.take()
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), projectTimeout)
	defer cancel()
	projections := make([]directory.Projection, 0, len(ids))
	for _, id := range ids {
		p, err := s.projection(ctx, id)
		if err != nil {
			s.log.Debug("board was not projected", "board", id, "error", err)
			continue // its head is ahead of its projection: the next catch-up finds it, and its acts
		}
		projections = append(projections, p)
	}
	if err := s.directory.Project(ctx, projections); err != nil {
		s.log.Error("list of boards was not brought up to date", "boards", len(projections), "error", err)
		for _, p := range projections {
			s.projector.changed(p.ID, true)
		}
	}
}

// catchUp finds the boards whose log went on without their projection: after a crash, or by another server.
func (s *Server) catchUp(ctx context.Context) {
	ids, err := s.directory.Behind(ctx)
	if err != nil {
		if !errors.Is(ctx.Err(), context.Canceled) {
			s.log.Error("list of boards was not checked", "error", err)
		}
		return
	}
	for _, id := range ids {
		s.projector.changed(id, true)
	}
	s.project(ctx)
}

// projection reads what the list shows of a board. Sealed records do not count: the list is for everyone.
func (s *Server) projection(ctx context.Context, id board.ID) (directory.Projection, error) {
	p := directory.Projection{ID: id, Members: map[board.ID]board.Role{}}
	var trashed board.ID
	governed := false
	err := s.look(ctx, id, func(b *board.Board) error {
		p.Seq = b.Seq()
		governed = s.projector.takeGoverned(id)
		m, ok := b.Map()
		if !ok {
			return nil
		}
		p.Title = m.Str("title")
		if b.Trashed() {
			trashed = m.ID
		}
		p.Count(b, m.ID)
		for r := range b.Under(board.KindMember) {
			p.Members[r.Ref("person")] = board.Role(r.Str("role"))
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	if trashed != "" {
		at, err := s.trashedAt(ctx, id, trashed, p.Seq)
		if err != nil {
			return p, err
		}
		p.TrashedAt = int64(at)
	}
	if governed {
		if p.Acts, err = s.actsUpTo(ctx, id, p.Seq); err != nil {
			return p, err
		}
	}
	last, err := s.lastChange(ctx, id, p.Seq)
	p.ChangedAt, p.ChangedBy = int64(last.At), last.By
	return p, err
}

// lookBack is how many entries are read at a time in search of the last change.
const lookBack = 32

// lastChange is the newest entry up to a seq that everyone may see, of those that are not projected yet; zero when there
// is none.
func (s *Server) lastChange(ctx context.Context, id board.ID, seq board.Seq) (board.Entry, error) {
	known, err := s.directory.Projected(ctx, id)
	if err != nil {
		return board.Entry{}, err
	}
	for seq > known {
		after := max(known, seq-lookBack)
		batches, err := s.data.Batches(ctx, id, after, lookBack)
		if err != nil {
			return board.Entry{}, err
		}
		for _, b := range slices.Backward(batches) {
			entries, err := board.ParseEntries(b.Body)
			if err != nil {
				return board.Entry{}, err
			}
			for _, e := range slices.Backward(entries) {
				if _, whole, _ := board.PublicPart(e); whole && e.Seq <= seq && e.By != "" && len(e.Changes) > 0 {
					return e, nil
				}
			}
		}
		seq = after
	}
	return board.Entry{}, nil
}

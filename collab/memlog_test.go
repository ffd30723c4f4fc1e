package collab_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/logtest"
)

// memLog is a log in memory whose next calls can be told to fail.
type memLog struct {
	mu        sync.Mutex
	boards    map[board.ID][]collab.Batch
	formats   map[board.ID]int
	snapshots map[board.ID]collab.Snapshot
	// away makes every call fail; unsure makes the next append fail after it was
	// written, dropped before.
	away, unsure, dropped bool
	// full makes every append be refused.
	full bool
	// rotten is the seq up to which the log cannot be read.
	rotten          board.Seq
	appends, locked int
	// before is called with what is about to be appended, if it is there.
	before func(collab.Batch)
	// read is called when batches have been read, if it is there.
	read func()
}

var errAway = errors.New("log is away")

func newMemLog() *memLog {
	return &memLog{boards: map[board.ID][]collab.Batch{}, formats: map[board.ID]int{}, snapshots: map[board.ID]collab.Snapshot{}}
}

func TestMemLog(t *testing.T) {
	logtest.Run(t, func(*testing.T) (logtest.Store, func() logtest.Store) {
		l := newMemLog()
		return l, func() logtest.Store { return l }
	})
}

func (l *memLog) head(id board.ID) (collab.Head, bool) {
	list := l.boards[id]
	if len(list) == 0 {
		return collab.Head{}, false
	}
	return list[len(list)-1].Head(collab.Head{Format: l.formats[id], SnapshotSeq: l.snapshots[id].Seq}), true
}

func (l *memLog) Create(_ context.Context, first collab.Batch, format int) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return errAway
	}
	if _, ok := l.head(first.Board); ok {
		return collab.ErrExists
	}
	l.boards[first.Board], l.formats[first.Board] = []collab.Batch{first}, format
	return nil
}

func (l *memLog) Append(_ context.Context, expect collab.Head, b collab.Batch) error {
	if l.before != nil {
		l.before(b)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.appends++
	if l.away {
		return errAway
	}
	return l.append(expect, b)
}

func (l *memLog) append(expect collab.Head, b collab.Batch) error {
	head, ok := l.head(b.Board)
	switch {
	case !ok:
		return collab.ErrGone
	case head.Format > expect.Format:
		return collab.ErrFormat
	case head.Epoch != expect.Epoch || head.Seq != expect.Seq || head.Batch != expect.Batch:
		return collab.ErrLost
	}
	if l.full {
		return fmt.Errorf("%w: %w", collab.ErrUnwritten, collab.ErrFull)
	}
	if l.dropped {
		l.dropped = false
		return errAway
	}
	l.boards[b.Board] = append(l.boards[b.Board], b)
	if l.unsure {
		l.unsure = false
		return errAway
	}
	return nil
}

func (l *memLog) AppendLocked(_ context.Context, id board.ID, after board.Seq, decide func(collab.Head, []collab.Batch) (collab.Batch, error)) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.locked++
	if l.away {
		return errAway
	}
	head, ok := l.head(id)
	if !ok {
		return collab.ErrGone
	}
	if head.Format > collab.Format {
		return collab.ErrFormat
	}
	b, err := decide(head, l.after(id, after))
	if err != nil || b.ID == "" {
		return err
	}
	return l.append(head, b)
}

func (l *memLog) after(id board.ID, after board.Seq) []collab.Batch {
	var list []collab.Batch
	for _, b := range l.boards[id] {
		if b.Last > after {
			list = append(list, b)
		}
	}
	return list
}

func (l *memLog) Batches(_ context.Context, id board.ID, after board.Seq, limit int) ([]collab.Batch, error) {
	if l.read != nil {
		defer l.read()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return nil, errAway
	}
	list := l.after(id, after)
	if len(list) > 0 && list[0].First <= l.rotten {
		return nil, errAway
	}
	return list[:min(len(list), limit)], nil
}

func (l *memLog) Heads(_ context.Context, ids []board.ID) (map[board.ID]collab.Head, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return nil, errAway
	}
	heads := map[board.ID]collab.Head{}
	for _, id := range ids {
		if h, ok := l.head(id); ok {
			heads[id] = h
		}
	}
	return heads, nil
}

func (l *memLog) Snapshot(_ context.Context, id board.ID) (collab.Snapshot, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return collab.Snapshot{}, errAway
	}
	s, ok := l.snapshots[id]
	if !ok {
		return s, collab.ErrNoSnapshot
	}
	return s, nil
}

func (l *memLog) StoreSnapshot(_ context.Context, s collab.Snapshot) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.away {
		return errAway
	}
	if _, ok := l.head(s.Board); !ok {
		return collab.ErrGone
	}
	in := slices.ContainsFunc(l.boards[s.Board], func(b collab.Batch) bool { return b.Last == s.Seq && b.ID == s.Batch })
	if in && s.Seq > l.snapshots[s.Board].Seq {
		l.snapshots[s.Board] = s
	}
	return nil
}

func (l *memLog) Boards(context.Context) ([]board.ID, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var list []board.ID
	for id := range l.boards {
		list = append(list, id)
	}
	slices.SortFunc(list, func(a, b board.ID) int { return strings.Compare(string(a), string(b)) })
	return list, nil
}

func (l *memLog) Delete(_ context.Context, id board.ID, expect collab.Head) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	head, ok := l.head(id)
	if !ok {
		return collab.ErrGone
	}
	if head.Epoch != expect.Epoch || head.Seq != expect.Seq || head.Batch != expect.Batch {
		return collab.ErrLost
	}
	delete(l.boards, id)
	delete(l.formats, id)
	delete(l.snapshots, id)
	return nil
}

// loseTail takes the last n batches of the board away.
func (l *memLog) loseTail(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.boards[theBoard] = l.boards[theBoard][:len(l.boards[theBoard])-n]
}

// A port is one server's way to the log.
type port struct {
	*memLog
	cut func() bool
}

func (p *port) Append(ctx context.Context, expect collab.Head, b collab.Batch) error {
	if p.cut() {
		return errAway
	}
	return p.memLog.Append(ctx, expect, b)
}

func (p *port) AppendLocked(ctx context.Context, id board.ID, after board.Seq, decide func(collab.Head, []collab.Batch) (collab.Batch, error)) error {
	if p.cut() {
		return errAway
	}
	return p.memLog.AppendLocked(ctx, id, after, decide)
}

func (p *port) Batches(ctx context.Context, id board.ID, after board.Seq, limit int) ([]collab.Batch, error) {
	if p.cut() {
		return nil, errAway
	}
	return p.memLog.Batches(ctx, id, after, limit)
}

func (p *port) Heads(ctx context.Context, ids []board.ID) (map[board.ID]collab.Head, error) {
	if p.cut() {
		return nil, errAway
	}
	return p.memLog.Heads(ctx, ids)
}

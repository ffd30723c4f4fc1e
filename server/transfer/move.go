package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"waymark/board"
	"waymark/server/directory"
	"waymark/server/replay"
)

// Boards is what is replayed of a database.
type Boards interface {
	replay.Source
	Boards(ctx context.Context) ([]board.ID, error)
}

// A Report is told how far a part of the work is.
type Report func(doing string, all int) (next func())

// A Move takes everything from one database to another.
type Move struct {
	From, To             End
	FromBoards, ToBoards Boards
	Report               Report
	// Without are boards that stay behind, with all that only they have.
	Without []board.ID
	// Snapshots are the boards whose stored snapshots stay behind, since they are not what the good logs make. Run finds them.
	Snapshots []board.ID
	// Make makes the target where there is none; nil when To and ToBoards are there. It is called once the source has been
	// found good, so that nothing new is left by a move that is refused for the source's sake.
	Make func(ctx context.Context) (End, Boards, error)
}

// An At says at which end something went wrong.
type At struct {
	Name string
	// Half says that the target is half made by then. The source is as it was in any case.
	Half bool
	Err  error
}

func (a *At) Error() string { return a.Name + ": " + a.Err.Error() }
func (a *At) Unwrap() error { return a.Err }

func (e *End) fails(half bool, err error) error { return &At{Name: e.Name, Half: half, Err: err} }

// Run moves everything but what belongs to one database, and returns how many boards these are. While it runs nobody
// writes the source. Only when the target has been held against it, row by row and board by board, is the source marked
// as moved, and then the target may be served. Until then the source is as it was. A move that was broken off between
// these two is finished by the next. The error is an [*At], or that
// of Make; it wraps an [*Unknown] for a board in Without that is not there, and a [*replay.Damaged] for boards of the
// source that are wrong.
func (m *Move) Run(ctx context.Context) (boards int, err error) {
	tx, err := m.From.BeginAlone(ctx)
	if err != nil {
		return 0, m.From.fails(false, err)
	}
	defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
	if err := m.From.quiet(ctx); err != nil {
		return 0, m.From.fails(false, err)
	}
	if err := Known(ctx, tx, m.Without); err != nil {
		return 0, m.From.fails(false, err)
	}
	if err := m.From.Directory.Servable(ctx); err != nil {
		return m.finish(ctx, err)
	}
	before, bad, err := m.replay(ctx, "checked", m.FromBoards, m.Without)
	if err != nil {
		return 0, m.From.fails(false, err)
	}
	if m.Make != nil {
		if m.To, m.ToBoards, err = m.Make(ctx); err != nil {
			return 0, err
		}
	}
	id := directory.NewSecret()
	f, err := Fill(ctx, m.To, m.mark(id, m.From, m.To))
	if err != nil {
		return 0, m.To.fails(false, err)
	}
	if err := f.Copy(ctx, tx, m.Without, m.Report("copied", len(before))); err != nil {
		return 0, m.To.fails(true, err)
	}
	if err := f.DropSnapshots(ctx, bad); err != nil {
		return 0, m.To.fails(true, err)
	}
	if err := m.compare(ctx, before); err != nil {
		return 0, m.To.fails(true, err)
	}
	err = directory.SetMark(ctx, tx, directory.MarkMoved, m.mark(id, m.To, m.From))
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return 0, m.From.fails(true, err)
	}
	if err := f.End(ctx); err != nil {
		return 0, m.To.fails(true, err)
	}
	m.Snapshots = bad
	return len(before), nil
}

func (m *Move) mark(id string, other, of End) directory.Mark {
	return directory.Mark{ID: id, Other: other.Name, At: of.Directory.Now().UnixMilli()}
}

// finish ends a move that was broken off when the source was marked and the target was not yet free.
func (m *Move) finish(ctx context.Context, err error) (boards int, _ error) {
	var marked *directory.Marked
	if !errors.As(err, &marked) || marked.Kind != directory.MarkMoved || m.Make != nil {
		return 0, m.From.fails(false, err)
	}
	half, noMark := m.To.Directory.Mark(ctx, directory.MarkHalf)
	if noMark != nil && !errors.Is(noMark, directory.ErrNotFound) {
		return 0, m.To.fails(false, noMark)
	}
	if noMark != nil || half.ID != marked.Mark.ID {
		return 0, m.From.fails(false, err)
	}
	ids, err := m.ToBoards.Boards(ctx) // they were compared before the source was marked
	if err != nil {
		return 0, m.To.fails(false, err)
	}
	for _, id := range m.Without {
		if slices.Contains(ids, id) {
			return 0, m.To.fails(false, fmt.Errorf("the move that was broken off has taken %s along; run it again without that id in -without", id))
		}
	}
	f := &Filling{to: m.To, mark: half}
	if err := f.End(ctx); err != nil {
		return 0, m.To.fails(false, err)
	}
	return len(ids), nil
}

// replay makes all boards of a database again, but for some, and lists those of which only the stored snapshot is wrong.
// The error is a [*replay.Damaged] when it could read them all and the logs of some are wrong.
func (m *Move) replay(
	ctx context.Context, doing string, from Boards, but []board.ID,
) (results map[board.ID]replay.Result, bad []board.ID, err error) {
	ids, err := from.Boards(ctx)
	if err != nil {
		return nil, nil, err
	}
	ids = slices.DeleteFunc(ids, func(id board.ID) bool { return slices.Contains(but, id) })
	next := m.Report(doing, len(ids))
	results = make(map[board.ID]replay.Result, len(ids))
	wrong := &replay.Damaged{Of: len(ids)}
	for _, id := range ids {
		var snapshot *replay.BadSnapshot
		if results[id], err = replay.Board(ctx, from, id); errors.As(err, &snapshot) {
			bad = append(bad, id)
		} else if err != nil {
			err = fmt.Errorf("board %s: %w", id, err)
			if _, away := from.Boards(ctx); away != nil { // it cannot be read at all
				return nil, nil, err
			}
			wrong.Boards, wrong.Why = append(wrong.Boards, id), append(wrong.Why, err)
		}
		next()
	}
	if len(wrong.Boards) > 0 {
		return nil, nil, wrong
	}
	return results, bad, nil
}

// compare holds the boards of the target against those of the source.
func (m *Move) compare(ctx context.Context, before map[board.ID]replay.Result) error {
	after, _, err := m.replay(ctx, "compared", m.ToBoards, nil)
	if err != nil {
		return err
	}
	for id, was := range before {
		if after[id] != was {
			return fmt.Errorf("board %s has become another one", id)
		}
	}
	if len(after) != len(before) {
		return fmt.Errorf("%d boards have become %d", len(before), len(after))
	}
	return nil
}

// Release takes the mark of a move away: the database is as it was before. What was written since where it was moved to
// is not in it. [directory.ErrNotFound] when there is none.
func Release(ctx context.Context, of End) (directory.Mark, error) {
	var mark directory.Mark
	tx, err := of.BeginAlone(ctx)
	if err != nil {
		return mark, err
	}
	defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
	if mark, err = directory.ReadMark(ctx, tx, directory.MarkMoved); err != nil {
		return mark, err
	}
	if err := directory.DropMark(ctx, tx, directory.MarkMoved); err != nil {
		return mark, err
	}
	return mark, tx.Commit()
}

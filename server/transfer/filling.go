package transfer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"waymark/board"
	"waymark/server/directory"
)

// An End is a database at one end of a copy.
type End struct {
	Database
	Directory *directory.Directory
	// Name is how a person calls the place.
	Name string
}

// A Database is what an end lies in.
type Database interface {
	DB() *sql.DB
	// BeginAlone begins a transaction that nobody else writes beside.
	BeginAlone(ctx context.Context) (*sql.Tx, error)
}

// ErrNotEmpty says that a database that is to be filled holds people or boards.
var ErrNotEmpty = errors.New("it is not empty")

// A Running says that servers run on a database.
type Running struct{ Servers []directory.Server }

func (r *Running) Error() string {
	names := make([]string, len(r.Servers))
	for i, s := range r.Servers {
		names[i] = s.Name
	}
	return "servers run on it: " + strings.Join(names, ", ")
}

// quiet fails when servers run on a database. Whoever asks holds its tables: a server says that it is here before it
// looks whether it may be.
func (e *End) quiet(ctx context.Context) error {
	list, err := e.Directory.Servers(ctx)
	if err == nil && len(list) > 0 {
		err = &Running{list}
	}
	return err
}

// A Filling fills an empty database. From its beginning to its end the database says that it is half made, and no server
// runs on it.
type Filling struct {
	to   End
	mark directory.Mark
}

// Fill begins a filling. What is left of one that was broken off is removed. [ErrNotEmpty], [*Running].
func Fill(ctx context.Context, to End, mark directory.Mark) (*Filling, error) {
	f := &Filling{to: to, mark: mark}
	err := f.alone(ctx, func(tx *sql.Tx) error {
		if err := to.quiet(ctx); err != nil {
			return err
		}
		_, err := directory.ReadMark(ctx, tx, directory.MarkHalf)
		switch {
		case errors.Is(err, directory.ErrNotFound):
			empty, err := Empty(ctx, tx)
			if err != nil {
				return err
			}
			if !empty {
				return ErrNotEmpty
			}
		case err != nil:
			return err
		}
		if err := Clear(ctx, tx); err != nil {
			return err
		}
		return directory.SetMark(ctx, tx, directory.MarkHalf, mark)
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// alone runs do in one transaction that nobody else writes beside.
func (f *Filling) alone(ctx context.Context, do func(tx *sql.Tx) error) error {
	tx, err := f.to.BeginAlone(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}

// ours fails when somebody else has begun to fill the database.
func (f *Filling) ours(ctx context.Context, tx *sql.Tx) error {
	m, err := directory.ReadMark(ctx, tx, directory.MarkHalf)
	if err == nil && m.ID == f.mark.ID {
		return nil
	}
	if err == nil || errors.Is(err, directory.ErrNotFound) {
		err = fmt.Errorf("somebody else fills %s", f.to.Name)
	}
	return err
}

// Copy copies all rows but those of some boards in one transaction, and compares what is there then. next is called for
// each board.
func (f *Filling) Copy(ctx context.Context, from Reader, but []board.ID, next func()) error {
	var c *Copy
	err := f.alone(ctx, func(tx *sql.Tx) (err error) {
		if err := f.ours(ctx, tx); err != nil {
			return err
		}
		if err := Clear(ctx, tx); err != nil {
			return err
		}
		c, err = Whole(ctx, from, tx, but, next)
		return err
	})
	if err != nil {
		return err
	}
	return c.Check(ctx, f.to.DB())
}

// DropSnapshots is the func of that name, for the database that is filled.
func (f *Filling) DropSnapshots(ctx context.Context, ids []board.ID) error {
	if len(ids) == 0 {
		return nil
	}
	return f.alone(ctx, func(tx *sql.Tx) error {
		if err := f.ours(ctx, tx); err != nil {
			return err
		}
		return DropSnapshots(ctx, tx, ids)
	})
}

// End takes the mark away: servers may run on the database.
func (f *Filling) End(ctx context.Context) error {
	return f.alone(ctx, func(tx *sql.Tx) error {
		if err := f.ours(ctx, tx); err != nil {
			return err
		}
		return directory.DropMark(ctx, tx, directory.MarkHalf)
	})
}

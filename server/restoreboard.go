package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/sqlitelog"
	"waymark/server/directory"
	"waymark/server/replay"
	"waymark/server/transfer"
)

// restoreBoard puts one board of a backup into a database that is there, while servers run on it. The board as it was
// before is first written to a file of its own, beside the backup. From there to the end of the one transaction nothing
// is appended to it. The servers find the higher epoch by the heads that they read, and tell the pages, which send again
// what they hold.
func (p program) restoreBoard(ctx context.Context, config *Config, file string) (err error) {
	if made, err := isMade(ctx, config); err == nil && !made && config.Database == "" {
		return fmt.Errorf("no server has run on the folder %[1]s, and one board is put back beside others: start a server on it once (%[2]s -data %[3]s) "+
			"and run this again, or name the folder of one that has run; without -board a whole copy is put into a new folder",
			config.Data, programName(), quoted(config.Data))
	}
	data, err := besideStore(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	there, err := endOf(ctx, data, config)
	if err != nil {
		return err
	}
	if err := servable(ctx, there.Directory, config); err != nil {
		return err
	}
	t, err := p.try(ctx, os.TempDir(), file, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Remove()) }()
	present, _, err := transfer.Head(ctx, data.DB(), config.Board)
	if err != nil {
		return err
	}
	r := replacement{there: there, data: data, id: config.Board}
	err = t.within(func(from *sqlitelog.Log) (err error) {
		if err := beginEpoch(ctx, from, there.clock, r.id, present.Epoch); err != nil {
			return t.noRoom(err)
		}
		if r.back, err = replay.Board(ctx, from, r.id); err != nil {
			return err
		}
		return r.run(ctx, from.DB(), filepath.Dir(file))
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s is as in %s, up to entry %d, under epoch %d.\n", r.id, file, r.back.Head.Seq-1, r.back.Head.Epoch)
	if err == nil {
		_, err = fmt.Fprintln(p.stdout, "Who joined after the copy was made is not in it, and joins by the link again.")
	}
	if err == nil {
		_, err = fmt.Fprintln(p.stdout, "Pages that are open put back what was done on them in the ten minutes before. If that is what was to go, run this once more in ten minutes.")
	}
	if err == nil && r.kept != "" {
		_, err = fmt.Fprintf(p.stdout, "As it was before it is kept in %s; `%s restore %s -board %s %s` puts that back.\n",
			r.kept, programName(), config.flag(), r.id, quoted(r.kept))
	}
	return err
}

// A replacement is one board on its way into a database.
type replacement struct {
	there end
	data  store
	id    board.ID
	back  replay.Result // what is put there
	kept  string        // the file with what was there; "" = nothing was
}

// run puts the board in its place. When that fails nothing is changed.
func (r *replacement) run(ctx context.Context, from *sql.DB, beside string) (err error) {
	tx, err := r.data.BeginHeld(ctx, r.id)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
	head, ok, err := transfer.Head(ctx, tx, r.id)
	if err != nil {
		return err
	}
	if head.Epoch >= r.back.Head.Epoch {
		return fmt.Errorf("%w: run this again", transfer.ErrMoved)
	}
	if ok {
		if err := r.keep(ctx, tx, beside); err != nil {
			return fmt.Errorf("the board as it is cannot be kept beside the backup, so nothing was changed: %w", noRoom(explained(err, beside, toWrite), beside))
		}
	}
	if err := r.replace(ctx, tx, from, head); err != nil {
		if r.kept != "" {
			err = errors.Join(err, os.Remove(r.kept))
		}
		return fmt.Errorf("nothing was changed: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("whether the board was put back is not known; `verify -board %s` says which entries it has: %w", r.id, err)
	}
	return nil
}

// keep writes the board as it is to a new file.
func (r *replacement) keep(ctx context.Context, tx *sql.Tx, beside string) error {
	file := filepath.Join(beside, string(r.id)+"-"+r.there.clock.Now().UTC().Format("20060102-150405.000")+".db")
	err := sqlitelog.Make(ctx, file, func(ctx context.Context, db *sql.DB) error {
		return fill(ctx, db, func(into *sql.Tx) (*transfer.Copy, error) { return boardInto(ctx, tx, into, r.id) })
	})
	if err == nil {
		r.kept = file
	}
	return err
}

// replace does so in the transaction that holds the board.
func (r *replacement) replace(ctx context.Context, tx *sql.Tx, from *sql.DB, expect collab.Head) error {
	if err := r.data.LockTables(ctx, tx); err != nil {
		return err
	}
	var projected board.Seq
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(seq), 0) FROM boards WHERE id = $1`, r.id).Scan(&projected); err != nil {
		return err
	}
	if err := transfer.Replace(ctx, from, tx, r.id, expect); err != nil {
		return err
	}
	// The audit trail has the acts up to the projection that was there; those of the restored log are the same.
	if _, err := tx.ExecContext(ctx, `UPDATE boards SET seq = $2 WHERE id = $1 AND seq < $2`,
		r.id, min(projected, r.back.Head.Seq-1)); err != nil {
		return err
	}
	return r.there.Directory.AuditIn(ctx, tx, directory.Act{
		Name: "restore", Board: r.id, Detail: fmt.Sprintf("epoch %d", r.back.Head.Epoch),
	})
}

// An end is a database at one end of a copy, with its clock.
type end struct {
	transfer.End
	clock *Clock
}

func endOf(ctx context.Context, data store, config *Config) (end, error) {
	clock, err := data.clock(ctx)
	if err != nil {
		return end{}, err
	}
	return end{transfer.End{Database: data, Directory: directory.New(data, clock.Now), Name: config.place()}, clock}, nil
}

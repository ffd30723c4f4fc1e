package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"waymark/board"
	"waymark/collab/sqlitelog"
	"waymark/server/directory"
	"waymark/server/replay"
	"waymark/server/transfer"
)

// backup writes a copy of the database as of now, or of one board; running servers go on meanwhile. Whatever the
// database is, the copy is a SQLite file. It is made in a folder beside its place, where only its owner may look, and
// gets its name when it is whole.
func (p program) backup(ctx context.Context, config *Config, words []string) (err error) {
	if len(words) != 1 {
		return fmt.Errorf("backup: want the name of one new file, have %d words", len(words))
	}
	if words[0] == "" {
		return errors.New("backup: want the name of one new file, have an empty one")
	}
	if _, err := os.Lstat(words[0]); err == nil {
		return fmt.Errorf("backup: %s exists and is kept; want the name of a new file", words[0])
	}
	if err := folderFor(words[0]); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	data, err := readStore(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	if half, err := directory.New(data, nil).Mark(ctx, directory.MarkHalf); err == nil {
		return inWords(config.place(), &directory.Marked{Kind: directory.MarkHalf, Mark: half})
	}
	beside := filepath.Dir(words[0])
	draft, err := sqlitelog.NewDraft(beside, "backup")
	if err != nil {
		return fmt.Errorf("backup: %w", noRoom(explained(err, beside, toWrite), beside))
	}
	defer func() { err = errors.Join(err, draft.Remove()) }()
	made := filepath.Join(draft.Folder, sqlitelog.FileName)
	if config.Board == "" {
		err = p.copyWhole(ctx, data, made)
	} else {
		err = p.copyBoard(ctx, data, made, config.Board)
	}
	if err != nil {
		return fmt.Errorf("backup: %w", damagedFile(noRoom(err, beside), config))
	}
	found, err := p.replayed(ctx, draft.Folder)
	if err == nil {
		err = place(made, words[0])
	}
	if err != nil {
		return fmt.Errorf("backup: %w", noRoom(err, beside))
	}
	// A disk that is full or may only be read is no reason to go without a copy.
	if err := p.note(ctx, config, directory.Act{Name: "backup", Board: config.Board}); err != nil {
		_, _ = fmt.Fprintf(p.stderr, "waymark: this backup is not in the audit trail: %v\n", err)
	}
	for _, id := range found.Snapshots {
		_, _ = fmt.Fprintf(p.stderr, "waymark: the stored snapshot of %s is damaged, in the database too; its log is good and has the whole board, and `restore` leaves that snapshot behind\n", id)
	}
	if wrong := found.Boards; len(wrong) > 0 {
		err := fmt.Errorf("backup: %s is written, but %d of its boards are wrong, as they are in the database; `%s verify` says why",
			words[0], len(wrong), programName())
		if config.Board == "" {
			err = fmt.Errorf("%w. To put everything else back: %s", err, restoreWithout(&Config{Data: "FOLDER"}, wrong, words[0]))
		}
		return err
	}
	if config.Board != "" {
		_, err = fmt.Fprintf(p.stdout, "%s written. `%s restore %s -board %s %s` puts the board back.\n",
			words[0], programName(), config.flag(), config.Board, quoted(words[0]))
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%s written. `%s restore -data FOLDER %s` puts it into a new data folder, with -database into an empty Postgres.\n",
		words[0], programName(), quoted(words[0]))
	return err
}

// folderFor refuses the name of a new file in a folder that is not there.
func folderFor(file string) error {
	folder := filepath.Dir(file)
	info, err := os.Stat(folder)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no folder %s for %s; make it first (mkdir -p %s), or name another place", folder, filepath.Base(file), quoted(folder))
	case err == nil && !info.IsDir() || errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s is no folder; name another place for %s", folder, filepath.Base(file))
	}
	return explained(err, folder, toWrite)
}

// copyWhole writes a copy of everything, without what would let its holder in.
func (p program) copyWhole(ctx context.Context, data store, to string) error {
	if here, ok := data.Database.(*sqlitelog.Log); ok {
		return here.Backup(ctx, to, directory.Strip)
	}
	ids, err := data.Boards(ctx)
	if err != nil {
		return err
	}
	return p.copyRows(ctx, data, to, func(ctx context.Context, from, into *sql.Tx) (*transfer.Copy, error) {
		return transfer.Whole(ctx, from, into, nil, p.progress("copied", len(ids)))
	}, directory.Strip)
}

// copyBoard writes a copy of one board and the people whom it names.
func (p program) copyBoard(ctx context.Context, data store, to string, id board.ID) error {
	return p.copyRows(ctx, data, to, func(ctx context.Context, from, into *sql.Tx) (*transfer.Copy, error) {
		return boardInto(ctx, from, into, id)
	}, func(ctx context.Context, copied *sql.DB) error {
		return directory.DropMark(ctx, copied, directory.MarkMoved) // the format that the original's log was raised to
	})
}

// boardInto copies one board into a new file and notes that the file holds no more.
func boardInto(ctx context.Context, from transfer.Reader, into *sql.Tx, id board.ID) (*transfer.Copy, error) {
	if _, ok, err := transfer.Head(ctx, from, id); err != nil {
		return nil, err
	} else if !ok {
		return nil, fmt.Errorf("%w %s", errNoBoard, id)
	}
	c, err := transfer.One(ctx, from, into, id)
	if err != nil {
		return nil, err
	}
	return c, directory.SetOneBoard(ctx, into, id)
}

// copyRows makes a file of what rows copies out of the database as of one moment, compares it, and finishes it.
func (p program) copyRows(
	ctx context.Context, data store, to string,
	rows func(ctx context.Context, from, into *sql.Tx) (*transfer.Copy, error), finish func(context.Context, *sql.DB) error,
) error {
	from, err := data.BeginSnapshot(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = from.Rollback() }() // it only read
	return sqlitelog.Make(ctx, to, func(ctx context.Context, db *sql.DB) error {
		if err := fill(ctx, db, func(into *sql.Tx) (*transfer.Copy, error) { return rows(ctx, from, into) }); err != nil {
			return err
		}
		return finish(ctx, db)
	})
}

// fill writes rows in one transaction and compares what is there then.
func fill(ctx context.Context, db *sql.DB, rows func(into *sql.Tx) (*transfer.Copy, error)) error {
	into, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	c, err := rows(into)
	if err != nil {
		return errors.Join(err, into.Rollback())
	}
	if err := into.Commit(); err != nil {
		return err
	}
	return c.Check(ctx, db)
}

// replayed lists the boards of a data folder that are wrong.
func (p program) replayed(ctx context.Context, folder string) (found replay.Damaged, err error) {
	data, err := sqlitelog.OpenReadOnly(folder)
	if err != nil {
		return found, err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	ids, err := data.Boards(ctx)
	if err != nil {
		return found, err
	}
	next := p.progress("checked", len(ids))
	for _, id := range ids {
		var snapshot *replay.BadSnapshot
		if _, err := replay.Board(ctx, data, id); errors.As(err, &snapshot) {
			found.Snapshots = append(found.Snapshots, id)
		} else if err != nil {
			if ctx.Err() != nil {
				return found, err
			}
			found.Boards = append(found.Boards, id)
		}
		next()
	}
	return found, nil
}

// note writes a line of the audit trail of a database.
func (p program) note(ctx context.Context, config *Config, a directory.Act) error {
	return p.withDirectory(ctx, config, func(d *directory.Directory) error { return d.Audit(ctx, a) })
}

// place gives a finished file its name, and waits until the disk knows it by that.
func place(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	if err = folder.Sync(); errors.Is(err, errors.ErrUnsupported) || runtime.GOOS == "windows" {
		err = nil // there a folder cannot be waited for
	}
	return errors.Join(err, folder.Close())
}

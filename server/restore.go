package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/localbus"
	"waymark/collab/sqlitelog"
	"waymark/server/directory"
	"waymark/server/replay"
	"waymark/server/transfer"
)

// restore puts a backup into a new data folder or an empty Postgres, or one board of it into a database that is there.
// It is checked first, in a folder beside: what is damaged never gets its place, and what is there is never lost. What is
// put back begins a new epoch before anybody sees it.
func (p program) restore(ctx context.Context, config *Config, words []string) error {
	if len(words) != 1 {
		return fmt.Errorf("restore: want the name of one backup, have %d words", len(words))
	}
	how := p.restoreFolder
	switch {
	case config.Board != "":
		how = p.restoreBoard
	case config.Database != "":
		how = p.restoreDatabase
	}
	err := readable(words[0])
	if err == nil {
		err = how(ctx, config, words[0])
	}
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// readable refuses what cannot be a backup, before anything is made for it.
func readable(file string) error {
	f, err := os.Open(file)
	if err == nil {
		info, statErr := f.Stat()
		switch err = errors.Join(statErr, f.Close()); {
		case err != nil:
		case info.IsDir():
			return fmt.Errorf("%s is a folder; want the file that `backup` has written", file)
		case info.Mode().IsRegular() && info.Size() == 0:
			return fmt.Errorf("%s is empty; want the file that `backup` has written", file)
		case !info.Mode().IsRegular():
			return fmt.Errorf("%s is no plain file; want the one that `backup` has written", file)
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no file %s; want the one that `backup` has written", file)
	}
	return explained(err, file, toRead)
}

// restoreFolder wants a folder that holds no database yet, nor what is left of one: SQLite would take the log of another
// database for a part of this one.
func (p program) restoreFolder(ctx context.Context, config *Config, file string) (err error) {
	if _, err := os.Lstat(config.Data); errors.Is(err, fs.ErrNotExist) {
		defer func() {
			if err != nil {
				_ = os.Remove(config.Data) // it was made for this; what is not empty stays
			}
		}()
	}
	if err := os.MkdirAll(config.Data, 0o700); err != nil {
		return inFolder(config.Data, err)
	}
	if err := noDatabase(config.Data); err != nil {
		return inFolder(config.Data, err)
	}
	t, err := p.try(ctx, config.Data, file, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Remove()) }()
	if err := t.checkWhole(ctx); err != nil {
		return err
	}
	if err := t.beginEpochs(ctx, &Clock{}); err != nil {
		return err
	}
	if err := p.note(ctx, &Config{Data: t.Folder}, directory.Act{Name: "restore"}); err != nil {
		return t.noRoom(err)
	}
	if err := noDatabase(t.Folder, sqlitelog.FileName); err != nil { // the log of the new epochs is in the file
		return err
	}
	if err := place(filepath.Join(t.Folder, sqlitelog.FileName), filepath.Join(config.Data, sqlitelog.FileName)); err != nil {
		return t.noRoom(err)
	}
	return p.restored(config, file)
}

// restored says where the copy is now.
func (p program) restored(config *Config, file string) error {
	if err := p.leftBehind(config.Without, file); err != nil {
		return err
	}
	_, err := fmt.Fprintf(p.stdout, "Restored %s into %s; start the server on it.\n", file, config.place())
	return err
}

// restoreDatabase wants a Postgres without people and boards.
func (p program) restoreDatabase(ctx context.Context, config *Config, file string) (err error) {
	t, err := p.try(ctx, os.TempDir(), file, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.Remove()) }()
	if err := t.checkWhole(ctx); err != nil {
		return err
	}
	data, err := newStore(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	to, err := endOf(ctx, data, config)
	if err != nil {
		return err
	}
	if err := t.beginEpochs(ctx, to.clock); err != nil {
		return err
	}
	from, err := sqlitelog.OpenReadOnly(t.Folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	ids, err := from.Boards(ctx)
	if err != nil {
		return err
	}
	mark := directory.Mark{ID: directory.NewSecret(), Other: file, At: to.clock.Now().UnixMilli()}
	f, err := transfer.Fill(ctx, to.End, mark)
	if err != nil {
		return refused(to.Name, err)
	}
	if err := f.Copy(ctx, from.DB(), nil, p.progress("copied", len(ids))); err != nil {
		return fmt.Errorf("%s is half made, and another try begins anew: %w", to.Name, err)
	}
	if err := p.verifyAll(ctx, data); err != nil {
		return fmt.Errorf("%s is half made, and another try begins anew: %w", to.Name, err)
	}
	if err := to.Directory.Audit(ctx, directory.Act{Name: "restore"}); err != nil {
		return err
	}
	if err := f.End(ctx); err != nil {
		return err
	}
	return p.restored(config, file)
}

// A trial is a copy of a backup in a folder of its own.
type trial struct {
	*sqlitelog.Draft
	file string
}

// try copies a backup, takes out of the copy what is left behind, checks the rest, or one board of it, and brings its
// tables up to date.
func (p program) try(ctx context.Context, beside, file string, config *Config) (*trial, error) {
	draft, err := sqlitelog.NewDraft(beside, "restore")
	if err != nil {
		return nil, noRoom(explained(err, beside, toWrite), beside)
	}
	t := &trial{draft, file}
	if err := p.check(ctx, t, config); err != nil {
		return nil, errors.Join(t.noRoom(err), t.Remove())
	}
	return t, nil
}

func (p program) check(ctx context.Context, t *trial, config *Config) error {
	if err := copyFile(filepath.Join(t.Folder, sqlitelog.FileName), t.file); err != nil {
		return err
	}
	seen, err := sqlitelog.Examine(ctx, t.Folder)
	if errors.Is(err, sqlitelog.ErrForeign) || err == nil && seen.Done == 0 {
		return fmt.Errorf("%s is no backup of Waymark; want the file that `backup` has written", t.file)
	}
	if err == nil && len(config.Without) > 0 {
		err = t.leave(ctx, config)
	}
	var data store
	if err == nil {
		data, err = sqliteStore(sqlitelog.OpenReadOnly(t.Folder))
	}
	if err == nil {
		if config.Board == "" {
			err = p.verifyAll(ctx, data)
		} else {
			err = p.verifyOne(ctx, data, config.Board)
		}
		err = errors.Join(err, data.Close())
	}
	var wrong *replay.Damaged
	if errors.As(err, &wrong) && len(wrong.Boards) == 0 {
		if err = t.leaveSnapshots(ctx, wrong.Snapshots); err == nil {
			err = p.snapshotsLeft(wrong.Snapshots, t.file)
		}
	}
	if err == nil {
		err = t.within(func(*sqlitelog.Log) error { return nil })
	}
	var unknown *transfer.Unknown
	switch {
	case err == nil:
		return nil
	case outOfRoom(err):
		return err
	case errors.Is(err, errNoBoard), errors.Is(err, sqlitelog.ErrNewer):
		return fmt.Errorf("%s: %w", t.file, err)
	case errors.As(err, &unknown):
		return withoutUnknown(config, unknown, t.file)
	case errors.As(err, &wrong) && config.Board == "":
		return fmt.Errorf("%s is damaged and was not put in place, and is kept: %w. To put everything else in place: %s",
			t.file, err, restoreWithout(config, wrong.Boards, t.file))
	}
	return fmt.Errorf("%s is damaged and was not put in place: %w", t.file, err)
}

// noRoom is for errors of what is written into the trial.
func (t *trial) noRoom(err error) error { return noRoom(err, filepath.Dir(t.Folder)) }

// within runs do on the trial's database.
func (t *trial) within(do func(data *sqlitelog.Log) error) error {
	data, err := sqlitelog.Open(t.Folder)
	if err != nil {
		return err
	}
	return errors.Join(do(data), data.Close())
}

// checkWhole refuses a copy of one board where a whole one is wanted.
func (t *trial) checkWhole(ctx context.Context) error {
	return t.within(func(data *sqlitelog.Log) error {
		id, err := directory.New(data, nil).OneBoard(ctx)
		if err == nil {
			return fmt.Errorf("%s holds one board and no accounts; -board %s puts it into a database that is there", t.file, id)
		}
		if !errors.Is(err, directory.ErrNotFound) {
			return err
		}
		return nil
	})
}

// beginEpochs tells every page that had seen more than the backup that this is gone. Without it a page would wait for a
// server that is behind to catch up. Two restores of one backup must not look alike, hence the clock.
func (t *trial) beginEpochs(ctx context.Context, clock *Clock) error {
	return t.noRoom(t.within(func(data *sqlitelog.Log) error {
		ids, err := data.Boards(ctx)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if err := beginEpoch(ctx, data, clock, id, 0); err != nil {
				return err
			}
		}
		return nil
	}))
}

// beginEpoch begins an epoch above those there were.
func beginEpoch(ctx context.Context, data *sqlitelog.Log, clock *Clock, id board.ID, above int64) error {
	hub := collab.NewHub(collab.Config{Log: data, Archive: data, Bus: &localbus.Bus{}, Node: "restore", Offset: clock.Offset})
	return hub.BeginEpoch(ctx, id, max(clock.Now().Unix(), above+1))
}

// noDatabase refuses a folder with files of a database, but for some.
func noDatabase(folder string, but ...string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), sqlitelog.FileName) && !slices.Contains(but, e.Name()) {
			return fmt.Errorf("%s exists and is kept; want a folder without any %s*, such as one that is not there yet: it is made", filepath.Join(folder, e.Name()), sqlitelog.FileName)
		}
	}
	return nil
}

// copyFile copies a file and waits until the disk has it.
func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // it was only read
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

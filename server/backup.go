package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"waymark/collab"
	"waymark/collab/localbus"
	"waymark/collab/sqlitelog"
	"waymark/server/directory"
)

// backup writes a copy of the database as of now; a running server goes on meanwhile. The copy is made in a folder
// beside its place, where only its owner may look, and gets its name when it is whole.
func (p program) backup(ctx context.Context, config *Config, words []string) (err error) {
	if len(words) != 1 {
		return fmt.Errorf("backup: want the name of one new file, have %d words", len(words))
	}
	if _, err := os.Lstat(words[0]); err == nil {
		return fmt.Errorf("backup: %s exists; want the name of a new file", words[0])
	}
	data, err := sqlitelog.OpenReadOnly(config.Data)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	beside, err := os.MkdirTemp(filepath.Dir(words[0]), ".waymark-backup-")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(beside)) }()
	made := filepath.Join(beside, sqlitelog.FileName)
	if err := data.Backup(ctx, made, directory.Strip); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := place(made, words[0]); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	// A disk that is full or may only be read is no reason to go without a copy.
	if err := p.note(ctx, config, directory.Act{Name: "backup"}); err != nil {
		_, _ = fmt.Fprintf(p.stderr, "waymark: this backup is not in the audit trail: %v\n", err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s written. `%s restore -data FOLDER %s` puts it into a new data folder.\n", words[0], programName(), words[0])
	return err
}

// note writes a line of the audit trail of a data folder.
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

// restore puts a backup into a folder that holds no database yet, nor what is left of one: SQLite would take the log
// of another database for a part of this one. It is checked first, in a folder beside: what is damaged never gets its
// place, and what is there is never overwritten. Every board begins a new epoch.
func (p program) restore(ctx context.Context, config *Config, words []string) (err error) {
	if len(words) != 1 {
		return fmt.Errorf("restore: want the name of one backup, have %d words", len(words))
	}
	if err := os.MkdirAll(config.Data, 0o700); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := noDatabase(config.Data); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	trial, err := os.MkdirTemp(config.Data, "restore-")
	if err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(trial)) }()
	tried := filepath.Join(trial, sqlitelog.FileName)
	if err := copyFile(tried, words[0]); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := p.verify(ctx, &Config{Data: trial}, nil); err != nil {
		return fmt.Errorf("restore: %s is damaged and was not put in place: %w", words[0], err)
	}
	if err := beginEpochs(ctx, trial); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := p.note(ctx, &Config{Data: trial}, directory.Act{Name: "restore"}); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	if err := noDatabase(trial, sqlitelog.FileName); err != nil { // the log of the new epochs is in the file
		return fmt.Errorf("restore: %w", err)
	}
	if err := place(tried, filepath.Join(config.Data, sqlitelog.FileName)); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// noDatabase refuses a folder with files of a database, but for some.
func noDatabase(folder string, but ...string) error {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), sqlitelog.FileName) && !slices.Contains(but, e.Name()) {
			return fmt.Errorf("%s exists and is kept; want a folder without any %s*", filepath.Join(folder, e.Name()), sqlitelog.FileName)
		}
	}
	return nil
}

// beginEpochs tells every page that had seen more than the backup that this is gone. Without it a page would wait for a
// server that is behind to catch up. Two restores of one backup must not look alike, hence the clock.
func beginEpochs(ctx context.Context, folder string) (err error) {
	data, err := sqlitelog.Open(folder)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	ids, err := data.Boards(ctx)
	if err != nil {
		return err
	}
	hub := collab.NewHub(collab.Config{Log: data, Archive: data, Bus: &localbus.Bus{}, Node: "restore"})
	for _, id := range ids {
		if err := hub.BeginEpoch(ctx, id, time.Now().Unix()); err != nil {
			return err
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

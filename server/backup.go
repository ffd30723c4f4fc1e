package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"waymark/collab"
	"waymark/collab/localbus"
	"waymark/collab/sqlitelog"
)

// backup writes a copy of the database as of now; a running server goes on meanwhile.
func (p program) backup(ctx context.Context, config *Config, words []string) error {
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
	if err := errors.Join(data.Backup(ctx, words[0]), data.Close()); err != nil {
		return err
	}
	if err := os.Chmod(words[0], 0o600); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s written. `waymark restore -data FOLDER %s` puts it into an empty folder.\n", words[0], words[0])
	return err
}

// restore puts a backup into a folder that holds no database yet. It is checked first, in a folder beside: what is
// damaged never gets its place, and what is there is never overwritten. Every board begins a new epoch.
func (p program) restore(ctx context.Context, config *Config, words []string) (err error) {
	if len(words) != 1 {
		return fmt.Errorf("restore: want the name of one backup, have %d words", len(words))
	}
	target := filepath.Join(config.Data, sqlitelog.FileName)
	if _, err := os.Lstat(target); err == nil {
		return fmt.Errorf("restore: %s exists and is kept; want an empty folder for -data", target)
	}
	if err := os.MkdirAll(config.Data, 0o700); err != nil {
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
	if err := os.Rename(tried, target); err != nil {
		return fmt.Errorf("restore: %w", err)
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

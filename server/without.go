package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"waymark/board"
	"waymark/collab/sqlitelog"
	"waymark/server/transfer"
)

// leave takes boards out of the trial.
func (t *trial) leave(ctx context.Context, config *Config) error {
	return t.within(func(data *sqlitelog.Log) error {
		tx, err := data.BeginAlone(ctx)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // after a Commit it does nothing
		if err := transfer.Drop(ctx, tx, config.Without); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// leftBehind says so of each board.
func (p program) leftBehind(ids []board.ID, in string) error {
	for _, id := range ids {
		if _, err := fmt.Fprintf(p.stdout, "%s is left behind, and is kept in %s.\n", id, in); err != nil {
			return err
		}
	}
	return nil
}

// leaveSnapshots takes the stored snapshots of these boards out of the trial.
func (t *trial) leaveSnapshots(ctx context.Context, ids []board.ID) error {
	return t.within(func(data *sqlitelog.Log) error { return transfer.DropSnapshots(ctx, data.DB(), ids) })
}

// snapshotsLeft says so of each board.
func (p program) snapshotsLeft(ids []board.ID, in string) error {
	for _, id := range ids {
		_, err := fmt.Fprintf(p.stdout, "The stored snapshot of %s is damaged and is left behind in %s. Its log is good and has the whole board; a server makes a new snapshot.\n", id, in)
		if err != nil {
			return err
		}
	}
	return nil
}

// withoutUnknown refuses a board that is not there to be left behind.
func withoutUnknown(config *Config, unknown *transfer.Unknown, in string) error {
	return fmt.Errorf("%s %q: %w in %s, so nothing was done; want ids of boards that are there, as `%s verify` prints them",
		config.given.Source("without"), commas(config.Without), unknown, in, programName())
}

// restoreWithout is the command that leaves these behind too.
func restoreWithout(config *Config, ids []board.ID, file string) string {
	return fmt.Sprintf("%s restore %s -without %s %s", programName(), config.flag(), commas(slices.Concat(config.Without, ids)), quoted(file))
}

// moveWithout is the command that leaves these behind too.
func moveWithout(from, to, asked *Config, ids []board.ID) string {
	words, database := []string{"from", quoted(from.Data)}, to
	if from.Database != "" {
		words, database = []string{"to", quoted(to.Data)}, from
	}
	return fmt.Sprintf("%s move %s -without %s %s", programName(), database.flag(), commas(slices.Concat(asked.Without, ids)), strings.Join(words, " "))
}

// flag names the database to a command; the URL may hold a password.
func (c *Config) flag() string {
	if c.Database != "" {
		return "-database URL"
	}
	return "-data " + quoted(c.Data)
}

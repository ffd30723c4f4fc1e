package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"waymark/board"
	"waymark/collab"
	"waymark/collab/sqlitelog"
	"waymark/server/option"
	"waymark/server/replay"
)

// verify has the database check itself, replays the log of every board from its first entry, as far as that can be read,
// and compares what comes out with the digests beside the batches and with the stored snapshot. It reads only, so servers
// may run meanwhile. With a board's id it looks at that one alone.
func (p program) verify(ctx context.Context, config *Config, words []string) error {
	if len(words) > 0 {
		return fmt.Errorf("verify: %q is one word too many", option.Discreet(words[0]))
	}
	data, err := readStore(ctx, config)
	if err != nil {
		return err
	}
	if config.Board == "" {
		err = p.verifyAll(ctx, data)
	} else {
		err = p.verifyOne(ctx, data, config.Board)
	}
	return errors.Join(verified(err, config), data.Close())
}

// verified says what heals what was found.
func verified(err error, config *Config) error {
	var wrong *replay.Damaged
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errDamaged):
		return fmt.Errorf("verify: %[1]w. A board that is called good is taken out by `%[2]s backup %[3]s -board ID FILE`; `%[2]s doctor %[3]s` says what else to do",
			err, programName(), config.flag())
	case !errors.As(err, &wrong):
		return fmt.Errorf("verify: %w", damagedFile(err, config))
	case len(wrong.Snapshots) == 0:
		return fmt.Errorf("verify: %w", err)
	}
	return fmt.Errorf("verify: %w. The logs of these are good, and a server goes by them: it replaces such a snapshot once the board "+
		"has been edited and everybody has left it, and `%s restore` leaves it behind", err, programName())
}

var errNoBoard = errors.New("there is no board")

func (p program) verifyOne(ctx context.Context, data store, id board.ID) error {
	heads, err := data.Heads(ctx, []board.ID{id})
	if err != nil {
		return err
	}
	if _, ok := heads[id]; ok {
		return p.verifyBoards(ctx, data, []board.ID{id}, nil)
	}
	strays, err := data.Strays(ctx)
	if err != nil {
		return err
	}
	if !slices.Contains(strays, id) {
		return fmt.Errorf("%w %s", errNoBoard, id)
	}
	return p.verifyBoards(ctx, data, []board.ID{id}, []board.ID{id})
}

// errDamaged says that the files or tables themselves are damaged.
var errDamaged = errors.New("the database is damaged")

// verifyAll goes on to the boards when the database is damaged: some may be whole all the same.
func (p program) verifyAll(ctx context.Context, data store) error {
	damage, err := data.Check(ctx)
	if sqlitelog.Damaged(err) {
		damage, err = []string{err.Error()}, nil
	}
	if err != nil {
		return err
	}
	for _, d := range damage {
		_, _ = fmt.Fprintf(p.stdout, "%s  WRONG  %s\n", data.kind(), d)
	}
	ids, err := data.Boards(ctx)
	var strays []board.ID
	if err == nil {
		strays, err = data.Strays(ctx)
	}
	if len(damage) == 0 && err != nil {
		return err
	}
	if boards := p.verifyBoards(ctx, data, ids, strays); len(damage) == 0 {
		return boards
	} else if err = errors.Join(err, boards); err != nil {
		// The boards alone are not what is wrong, so nobody is to find them in the error and leave them behind.
		return fmt.Errorf("%w: %v", errDamaged, strings.ReplaceAll(err.Error(), "\n", "; "))
	}
	return errDamaged
}

func (p program) verifyBoards(ctx context.Context, data store, ids, strays []board.ID) error {
	for _, id := range strays {
		_, _ = fmt.Fprintf(p.stdout, "%s  WRONG  has a log or a snapshot, but no head\n", id)
	}
	ids = slices.DeleteFunc(ids, func(id board.ID) bool { return slices.Contains(strays, id) })
	wrong := &replay.Damaged{Boards: slices.Clone(strays), Of: len(ids) + len(strays)}
	for _, id := range ids {
		r, err := replay.Board(ctx, data, id)
		var snapshot *replay.BadSnapshot
		if errors.As(err, &snapshot) {
			wrong.Snapshots = append(wrong.Snapshots, id)
			_, _ = fmt.Fprintf(p.stdout, "%s  WRONG  %v; the log is good: %s\n", id, err, described(r))
			continue
		}
		if err != nil {
			wrong.Boards = append(wrong.Boards, id)
			_, _ = fmt.Fprintf(p.stdout, "%s  WRONG  %v\n", id, err)
			continue
		}
		_, _ = fmt.Fprintf(p.stdout, "%s  good   %s\n", id, described(r))
	}
	if len(wrong.Boards)+len(wrong.Snapshots) > 0 {
		return wrong
	}
	if len(ids) == 1 {
		_, _ = fmt.Fprintln(p.stdout, "1 board is good.")
	} else {
		_, _ = fmt.Fprintf(p.stdout, "%d boards are good.\n", len(ids))
	}
	return nil
}

// described says in a line what a replay has found.
func described(r replay.Result) string {
	if r.Head == (collab.Head{}) {
		return "removed meanwhile"
	}
	line := fmt.Sprintf("%d entries, digest %s", r.Head.Seq, board.Hex(r.Digests.All))
	if r.Snapshot > 0 {
		line += fmt.Sprintf(", snapshot at %d", r.Snapshot)
	}
	return line
}

package main

import (
	"context"
	"errors"
	"fmt"

	"waymark/collab/sqlitelog"
	"waymark/server/directory"
	"waymark/server/replay"
	"waymark/server/transfer"
)

// move takes all boards and people from a data folder to a Postgres or back, while no server runs on either. Nothing is
// lost and nobody is signed out, so no board begins a new epoch. The place that was left is kept, and refuses to be
// served until `move release` is run on it.
func (p program) move(ctx context.Context, config *Config, words []string) error {
	var err error
	switch {
	case len(words) == 1 && words[0] == "release":
		if len(config.Without) > 0 {
			err = fmt.Errorf("%s %q: `release` leaves no board behind; want it with `from FOLDER` or `to FOLDER` alone",
				config.given.Source("without"), commas(config.Without))
			break
		}
		err = p.release(ctx, config)
	case len(words) != 2 || words[0] != "from" && words[0] != "to":
		err = fmt.Errorf("want `from FOLDER`, `to FOLDER` or `release`, have %d words", len(words))
	case config.Database == "":
		err = errors.New("want the Postgres to move to, or from, by -database")
	case words[0] == "from":
		err = p.moveAll(ctx, &Config{Data: words[1]}, config, config)
	default:
		err = p.moveAll(ctx, config, &Config{Data: words[1]}, config)
	}
	if err != nil {
		return fmt.Errorf("move: %w", err)
	}
	return nil
}

// moveAll goes by asked in what it leaves behind.
func (p program) moveAll(ctx context.Context, from, to, asked *Config) (err error) {
	source, err := aloneStore(ctx, from)
	if err != nil {
		return stopFirst(err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	here, err := endOf(ctx, source, from)
	if err != nil {
		return err
	}
	var target store
	defer func() {
		if target.Database != nil {
			err = errors.Join(err, target.Close())
		}
	}()
	open := func(ctx context.Context) (transfer.End, transfer.Boards, error) {
		var err error
		if target, err = newStore(ctx, to); err != nil {
			return transfer.End{}, nil, stopFirst(err)
		}
		there, err := endOf(ctx, target, to)
		return there.End, target, err
	}
	m := transfer.Move{From: here.End, FromBoards: source, Report: p.progress, Without: asked.Without}
	switch made, err := isMade(ctx, to); {
	case err != nil:
		return err
	case !made:
		m.Make = open
	default:
		if m.To, m.ToBoards, err = open(ctx); err != nil {
			return err
		}
	}
	boards, err := m.Run(ctx)
	var unknown *transfer.Unknown
	var wrong *replay.Damaged
	switch {
	case errors.As(err, &unknown):
		return withoutUnknown(asked, unknown, here.Name)
	case errors.As(err, &wrong) && !isHalf(err):
		return fmt.Errorf("%s: %w. Nothing was moved, and it is kept as it was. To move everything else: %s", here.Name, wrong, moveWithout(from, to, asked, wrong.Boards))
	case err != nil:
		return whereMoveEnded(err, here.Name, to.place())
	}
	if err := m.To.Directory.Audit(ctx, directory.Act{Name: "move", Detail: here.Name}); err != nil {
		_, _ = fmt.Fprintf(p.stderr, "waymark: this move is not in the audit trail: %v\n", err)
	}
	if err := p.leftBehind(asked.Without, here.Name); err != nil {
		return err
	}
	if err := p.snapshotsLeft(m.Snapshots, here.Name); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "%d boards and all people are in %s now. %s is kept as it was, and is not served any more.\n",
		boards, m.To.Name, here.Name)
	return err
}

// isHalf reports whether a move that failed has left its target half made.
func isHalf(err error) bool {
	var at *transfer.At
	return errors.As(err, &at) && at.Half
}

// whereMoveEnded says what a move that failed has left.
func whereMoveEnded(err error, here, there string) error {
	var at *transfer.At
	if !errors.As(err, &at) {
		return err
	}
	err = refused(at.Name, at.Err)
	if at.Half {
		return fmt.Errorf("%w; %s has all it had, and %s is half made: run the same command again, which ends it or begins anew", err, here, there)
	}
	return err
}

// stopFirst says what to do about a folder that a server has.
func stopFirst(err error) error {
	if errors.Is(err, sqlitelog.ErrInUse) {
		return fmt.Errorf("%w: stop it first", err)
	}
	return err
}

// release lets a database be served that was moved.
func (p program) release(ctx context.Context, config *Config) (err error) {
	data, err := aloneStore(ctx, config)
	if err != nil {
		return stopFirst(err)
	}
	defer func() { err = errors.Join(err, data.Close()) }()
	of, err := endOf(ctx, data, config)
	if err != nil {
		return err
	}
	mark, err := transfer.Release(ctx, of.End)
	if errors.Is(err, directory.ErrNotFound) {
		return fmt.Errorf("%s was not moved: there is nothing to release", of.Name)
	}
	if err != nil {
		return err
	}
	if err := of.Directory.Audit(ctx, directory.Act{Name: "release", Detail: mark.Other}); err != nil {
		_, _ = fmt.Fprintf(p.stderr, "waymark: this is not in the audit trail: %v\n", err)
	}
	_, err = fmt.Fprintf(p.stdout, "%s may be served again, as it was when it was moved. What was done in %s since is not in it.\n", of.Name, mark.Other)
	return err
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"waymark/server/directory"
	"waymark/server/transfer"
)

// refused says to a person why a database is not to be used as they want, and what to do.
func refused(place string, err error) error {
	var marked *directory.Marked
	var running *transfer.Running
	switch {
	case errors.As(err, &marked):
		return inWords(place, marked)
	case errors.As(err, &running):
		return fmt.Errorf("%s: %w; stop them first", place, running)
	case errors.Is(err, transfer.ErrNotEmpty):
		return fmt.Errorf("%s has people or boards, which are kept; name another place: a folder that is not there yet, which is then made, "+
			"or an empty database of a Postgres, which its owner makes by CREATE DATABASE name", place)
	}
	return fmt.Errorf("%s: %w", place, err)
}

// A worded error says to a person what it is caused by.
type worded struct {
	words string
	cause error
}

func (w *worded) Error() string { return w.words }
func (w *worded) Unwrap() error { return w.cause }

func inWords(place string, m *directory.Marked) error {
	at := m.Mark.Time().Format(time.RFC3339)
	if m.Kind == directory.MarkMoved {
		return &worded{fmt.Sprintf("%s was moved to %s at %s, and is kept as it was then: serve that one; "+
			"to go back to this one, without what was done there since, run `%s move release` on it", place, m.Mark.Other, at, programName()), m}
	}
	return &worded{fmt.Sprintf("%s is half made: %s began to be copied into it at %s; run the same command again, it begins anew",
		place, m.Mark.Other, at), m}
}

// servable refuses a database that is not to be served, nor changed.
func servable(ctx context.Context, d *directory.Directory, config *Config) error {
	if err := d.Servable(ctx); err != nil {
		return refused(config.place(), err)
	}
	return nil
}

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"waymark/collab"
	"waymark/collab/sqlitelog"
)

// A cramped is the error of a command whose folder lies on a full disk, in the words of whoever may make room.
type cramped struct {
	folder, instead string
	cause           error
}

func (c *cramped) Error() string {
	return fmt.Sprintf("the disk of %s is full: make room there, or %s. What was begun is removed, and nothing else was changed", c.folder, c.instead)
}

func (c *cramped) Unwrap() error { return c.cause }

// noRoom puts into words that what was to be made in a folder found no room there. Any other error stays as it is.
func noRoom(err error, folder string) error {
	if !outOfRoom(err) || errors.As(err, new(*cramped)) {
		return err
	}
	instead := "name another place"
	if filepath.Clean(folder) == filepath.Clean(os.TempDir()) {
		instead = "have TMPDIR name a folder with room"
	}
	return &cramped{folder, instead, err}
}

// outOfRoom reports whether room is missing, for a file or for a SQLite database.
func outOfRoom(err error) bool {
	return isFull(err) || errors.Is(sqlitelog.Trouble(err), collab.ErrFull)
}

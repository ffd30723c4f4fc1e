package main

import (
	"errors"
	"io/fs"
	"path/filepath"

	"waymark/collab"
	"waymark/collab/sqlitelog"
)

// A use is what is to be done with a file or folder.
type use int

const (
	toRead  use = iota // a folder: list it and open what is in it
	toWrite            // read it too
)

// barred is an error in the words of whoever may change it.
type barred struct {
	words string
	cause error
}

func (b *barred) Error() string { return b.words }
func (b *barred) Unwrap() error { return b.cause }

// explained puts into words that a user has no right to a path, or a drive may not be written. Any other error stays as it is.
func explained(err error, path string, to use) error {
	if !isBarred(err) {
		return err
	}
	if words := barrier(path, to); words != "" {
		return &barred{words, err}
	}
	return err
}

// explainedFolder does so for a data folder and what is in it.
func explainedFolder(err error, folder string) error {
	if !isBarred(err) {
		return err
	}
	for _, to := range []use{toRead, toWrite} { // who may not even read is told that
		for _, name := range databaseFiles {
			if name == sqlitelog.LockName && to == toRead {
				continue // nobody reads it
			}
			if words := barrier(filepath.Join(folder, name), to); words != "" {
				return &barred{words, err}
			}
		}
	}
	return err
}

// databaseFiles are a data folder and what a database has in it, the lock of a server among them.
var databaseFiles = []string{
	"", sqlitelog.FileName, sqlitelog.FileName + "-wal", sqlitelog.FileName + "-shm", sqlitelog.FileName + "-journal", sqlitelog.LockName,
}

// isBarred reports whether rights may be why something failed.
func isBarred(err error) bool {
	t := sqlitelog.Trouble(err)
	return errors.Is(err, fs.ErrPermission) || isReadOnly(err) || errors.Is(t, collab.ErrReadOnly) || errors.Is(t, collab.ErrAway)
}

package sqlitelog

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// A Draft is a folder in which a database is made that gets its place when it is whole, if it does. It is locked as long
// as its process lives: what is left of one that was killed can be told from one that is being made.
type Draft struct {
	// Folder is its path; only its owner may look there. The database in it has the name [FileName].
	Folder string
	lock   *os.File
}

const (
	draftPrefix = ".waymark-"
	draftLock   = "making.lock"
)

// NewDraft makes an empty one in a folder. purpose is one word, a part of its name. It pairs with Remove.
func NewDraft(beside, purpose string) (*Draft, error) {
	folder, err := os.MkdirTemp(beside, draftPrefix+purpose+"-")
	if err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(folder, draftLock))
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return &Draft{folder, lock}, nil
}

// Remove removes it with all that is still in it. What is in it goes before its lock does.
func (d *Draft) Remove() error {
	entries, err := os.ReadDir(d.Folder)
	for _, e := range entries {
		if e.Name() != draftLock {
			err = errors.Join(err, os.RemoveAll(filepath.Join(d.Folder, e.Name())))
		}
	}
	return errors.Join(err, d.lock.Close(), os.RemoveAll(d.Folder))
}

// A Leftover is a draft whose process is gone.
type Leftover struct {
	Path    string
	Purpose string
	Bytes   int64
	Changed time.Time
	// Unsure says that it looks like those that earlier releases made, which did not lock them: it may still be in the
	// making, or be somebody's own.
	Unsure bool
}

// oldDraft is how releases called them that did not lock them.
var oldDraft = regexp.MustCompile(`^(restore)-[0-9]+$`)

// Leftovers lists what is left of drafts in a folder; of what is being made there nothing. One that nothing had been put
// into yet is not listed. An error is of those that could not be looked at; the others are listed.
func Leftovers(in string) (list []Leftover, err error) {
	entries, err := os.ReadDir(in)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, e := range entries {
		left := Leftover{Path: filepath.Join(in, e.Name())}
		if !e.IsDir() || !left.named(e.Name()) {
			continue
		}
		switch over, err := left.look(); {
		case errors.Is(err, fs.ErrNotExist): // it has just been removed
		case err != nil:
			errs = append(errs, err)
		case over:
			list = append(list, left)
		}
	}
	return list, errors.Join(errs...)
}

// named reports whether a folder has the name of a draft.
func (l *Leftover) named(name string) bool {
	if old := oldDraft.FindStringSubmatch(name); old != nil {
		if _, err := os.Stat(filepath.Join(l.Path, FileName)); err != nil {
			return false // what others have called so
		}
		l.Purpose, l.Unsure = old[1], true
		return true
	}
	name, ok := strings.CutPrefix(name, draftPrefix)
	purpose, _, numbered := strings.Cut(name, "-")
	l.Purpose = purpose
	return ok && numbered
}

// look reports whether it is a leftover, and how large and old. What is made is there only while the lock is held: so
// whoever finds it before and after the lock was free has found what nobody makes.
func (l *Leftover) look() (over bool, err error) {
	if err := l.measure(); err != nil || l.Bytes == 0 {
		return false, err
	}
	for _, lock := range []string{draftLock, LockName} { // somebody may serve what looks like an old one
		if inUse, err := isHeld(filepath.Join(l.Path, lock)); err != nil || inUse {
			return false, err
		}
	}
	err = l.measure()
	return l.Bytes > 0, err
}

func (l *Leftover) measure() error {
	l.Bytes, l.Changed = 0, time.Time{}
	return filepath.WalkDir(l.Path, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		l.Bytes += info.Size()
		if info.ModTime().After(l.Changed) {
			l.Changed = info.ModTime()
		}
		return nil
	})
}

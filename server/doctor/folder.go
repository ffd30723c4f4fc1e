package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"waymark/collab/sqlitelog"
)

const (
	// littleRoom is from when on a disk is told to be nearly full, noRoom from when on it is full: SQLite writes an edit
	// twice.
	littleRoom = 512 << 20
	noRoom     = 16 << 20
)

// folder looks at the data folder and the SQLite file in it. What it returns ends the reading.
func (e *examiner) folder(ctx context.Context) (end func()) {
	end = func() {}
	place, err := filepath.Abs(e.Data)
	if err != nil {
		place = e.Data
	}
	info, err := os.Stat(e.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.say(Warning, fmt.Sprintf("where there should be boards already, name their folder by %s; otherwise start the server", e.Option("data")),
			"%s is not there yet; the first start makes it", place)
		return end
	case err != nil:
		e.say(Wrong, fmt.Sprintf("give the server's user the way to it: chmod +x on each folder above, or another one by %s", e.Option("data")), "%v", err)
		return end
	case !info.IsDir():
		e.say(Wrong, "name a folder by "+e.Option("data"), "%s is no folder", place)
		return end
	}
	e.disk(place, info)
	e.leftovers(place)
	file, err := os.Stat(filepath.Join(e.Data, sqlitelog.FileName))
	if err == nil && file.Mode().Perm()&0o077 != 0 && permissions {
		path := filepath.Join(place, sqlitelog.FileName)
		e.say(Warning, "chmod 600 "+path, "others on this computer may open %s (%v)", path, file.Mode().Perm())
	}
	seen, err := sqlitelog.Examine(ctx, e.Data)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.say(Warning, fmt.Sprintf("where there should be boards already, name their folder by %s; otherwise start the server", e.Option("data")),
			"there is no %s in %s yet; the first start makes it", sqlitelog.FileName, place)
		return end
	case sqlitelog.NoDatabase(err):
		e.say(Wrong, fmt.Sprintf("where boards were in it the file is damaged: keep it, and `%s restore -data NEW-FOLDER BACKUP`; otherwise name another folder by %s",
			e.Program, e.Option("data")), "%s in %s: %v", sqlitelog.FileName, place, err)
		return end
	case errors.Is(err, sqlitelog.ErrForeign):
		e.say(Wrong, "name another folder by "+e.Option("data"), "%s in %s: %v", sqlitelog.FileName, place, err)
		return end
	case sqlitelog.Damaged(err):
		e.damaged(err.Error())
		return end
	case err != nil:
		e.say(Wrong, "see to the disk, and to the rights of the server's user", "%s in %s cannot be read: %v", sqlitelog.FileName, place, err)
		return end
	}
	e.running = seen.InUse
	if seen.InUse {
		e.good("a server uses %s", place)
	} else {
		e.good("no server uses %s now", place)
	}
	if !e.schema(seen.Done, seen.Known, cmp.Or(seen.Hole, seen.Missing)) {
		return end
	}
	e.quickCheck(ctx)
	if seen.Done < seen.Known || seen.Missing != nil {
		return end
	}
	db, err := sqlitelog.Look(e.Data)
	if err != nil {
		e.say(Wrong, "", "%s in %s cannot be read: %v", sqlitelog.FileName, place, err)
		return end
	}
	e.read(ctx, db)
	return func() { _ = db.Close() }
}

// schema compares the tables with those of this release, and reports whether it may read them.
func (e *examiner) schema(done, known int, wrong error) bool {
	switch {
	case done <= known && wrong != nil:
		e.say(Wrong, "", "no server starts on it: %v", wrong)
	case done > known:
		e.say(Wrong, "use the newer release, on all computers", "it is at migration %d, this release knows %d: a newer release has changed the tables", done, known)
	case done == known:
		e.good("the tables are those of this release (migration %d)", done)
	case done == 0:
		e.good("there are no tables yet; the first start makes them")
	default:
		e.say(Warning, fmt.Sprintf("`%s backup FILE` with the release before, then start this one", e.Program),
			"the tables are at migration %d, and this release needs %d: its first start changes them, and older releases then start no more", done, known)
	}
	return done <= known
}

func (e *examiner) quickCheck(ctx context.Context) {
	found, err := sqlitelog.QuickCheck(ctx, e.Data)
	switch {
	case sqlitelog.Damaged(err):
		e.damaged(err.Error())
	case err != nil:
		e.unseen("the pages of the file could not be checked: %v", err)
	case len(found) > 0:
		e.damaged(fmt.Sprintf("%q", found))
	default:
		e.good("SQLite finds its pages and rows in order (quick_check)")
	}
}

func (e *examiner) damaged(how string) {
	e.say(Wrong, fmt.Sprintf("stop the server and keep the folder as it is; `%[1]s restore -data NEW-FOLDER BACKUP`, then start the server on that.\n"+
		"Without a backup: `%[1]s verify` says which boards are whole, and `%[1]s backup -board ID FILE` takes such a one out", e.Program), "the file is damaged: %s", how)
}

// disk looks at what the folder lies on and who may use it.
func (e *examiner) disk(place string, info fs.FileInfo) {
	if info.Mode().Perm()&0o077 != 0 && permissions {
		e.say(Warning, "chmod 700 "+place, "others on this computer may look into %s (%v)", place, info.Mode().Perm())
	}
	if err := writable(e.Data); err != nil {
		e.say(Wrong, "give it to the server's user: chown -R USER "+place, "%s cannot be written by the user that the doctor runs as (%v): people could read and not edit", place, err)
	} else {
		e.good("%s can be written", place)
	}
	d, err := diskOf(e.Data)
	if err != nil {
		e.unseen("how much room there is: %v", err)
		return
	}
	switch free := d.free >> 20; {
	case d.free < noRoom:
		e.say(Wrong, "make room on that disk; what is saved stays as it is", "the disk is full (%d MiB are free): edits are not saved", free)
	case d.free < littleRoom:
		e.say(Warning, "make room on that disk", "the disk is nearly full: %d MiB are free", free)
	default:
		e.good("%d MiB are free", free)
	}
	elsewhere := fmt.Sprintf("stop the server, copy the folder to a disk of this computer and name it by %s; or use a Postgres (%s)", e.Option("data"), e.Option("database"))
	switch d.kind {
	case network:
		e.say(Warning, elsewhere, "%s lies on a network drive (%s): its locks and its word that a write is on the disk cannot be trusted", place, d.name)
	case memory:
		e.say(Warning, elsewhere, "%s lies in memory (%s): after the next start of this computer all boards are gone", place, d.name)
	case layered:
		e.say(Warning, "mount a volume there", "%s lies in the layers of a container (%s): with the container all boards are gone", place, d.name)
	}
}

// leftovers names the copies in a folder that killed commands have left.
func (e *examiner) leftovers(place string) {
	list, err := sqlitelog.Leftovers(place)
	for _, l := range list {
		many, ago := (l.Bytes+1023)>>10, time.Since(l.Changed).Round(time.Second)
		if l.Unsure {
			e.say(Warning, fmt.Sprintf("when no %s runs, and nobody has made it on purpose: rm -r %s", l.Purpose, l.Path),
				"%s looks like a copy of boards that a %s of an earlier release has left when it was killed: %d KiB, last written %v ago",
				l.Path, l.Purpose, many, ago)
			continue
		}
		e.say(Warning, fmt.Sprintf("rm -r %s\nNothing uses it; if it is still wanted run `%s %s` again", l.Path, e.Program, l.Purpose),
			"a %s that was killed has left a copy of boards in %s: %d KiB, last written %v ago", l.Purpose, l.Path, many, ago)
	}
	if err != nil {
		e.unseen("what killed commands have left: %v", err)
	}
}

// A disk is what a folder lies on.
type disk struct {
	free uint64 // bytes, for whoever asks
	kind int
	name string
}

const (
	plain = iota
	network
	memory
	layered
)

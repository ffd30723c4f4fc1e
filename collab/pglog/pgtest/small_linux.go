package pgtest

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// A Small is a server whose disk can be full. Once stopped it cannot be started again: its disk is gone.
type Small struct {
	*Server
	disk string
}

// smallDisk makes the disk in a namespace of the server's own, for which nobody has to be root, and has the program run
// there as a user who is not root either. Such a change of user takes the death of the parent from its mind: setpriv
// reminds it.
const smallDisk = `mount -t tmpfs -o size="$1",mode=700 tmpfs "$2" && cp -a "$3" "$2/data" && touch "$2/filler" && shift 3 &&
exec unshare --user --map-user=1000 --map-group=1000 setpriv --pdeathsig QUIT "$@"`

// OpenSmall starts a server on a disk of this many MiB; 64 is enough to begin with. The test's cleanup ends it.
func OpenSmall(t testing.TB, mebibytes int, settings ...string) *Small {
	t.Helper()
	original, err := template()
	if err != nil {
		t.Fatal(err)
	}
	home := makeHome(t, "")
	s := &Small{disk: filepath.Join(home, "disk")}
	s.Server = &Server{t: t, home: home, data: filepath.Join(s.disk, "data"), settings: settings, wrap: func(cmd *exec.Cmd) {
		cmd.Args = append([]string{
			"unshare", "--user", "--map-root-user", "--mount", "sh", "-c", smallDisk, "sh",
			strconv.Itoa(mebibytes) + "m", s.disk, original, cmd.Path,
		}, cmd.Args[1:]...)
		cmd.Path, cmd.Err = exec.LookPath("unshare")
	}}
	p, err := postgres()
	if err == nil {
		err = os.Mkdir(s.disk, 0o700)
	}
	if err == nil && p.owner != nil {
		err = os.Chown(s.disk, int(p.owner.Uid), int(p.owner.Gid))
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.close)
	if err := s.startSomewhere(); err != nil {
		t.Fatal(err)
	}
	return s
}

// Fill leaves no room on the disk.
func (s *Small) Fill(t testing.TB) {
	t.Helper()
	s.fill(t, func(f *os.File) error {
		for size := 1 << 20; size > 0; { // to the last byte
			if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
				size /= 2
			} else if err != nil {
				return err
			}
		}
		return nil
	})
}

// Free makes room again.
func (s *Small) Free(t testing.TB) {
	t.Helper()
	s.fill(t, func(f *os.File) error { return f.Truncate(0) })
}

// fill opens the file that takes the room. Root is nobody in the namespace and could make none.
func (s *Small) fill(t testing.TB, how func(*os.File) error) {
	t.Helper()
	s.mu.Lock()
	path := filepath.Join("/proc", strconv.Itoa(s.running.cmd.Process.Pid), "root", s.disk, "filler")
	s.mu.Unlock()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(how(f), f.Close()); err != nil {
		t.Fatal(err)
	}
}

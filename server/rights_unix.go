//go:build unix

package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// barrier says what keeps this user from using a path, and what to do; "" = nothing does. It stops at the first folder on
// the way that may not be entered. Of what is not there yet it looks whether it may be made.
func barrier(path string, to use) string {
	path, err := filepath.Abs(path)
	if err != nil {
		return ""
	}
	for i, r := range path {
		if above := path[:i]; r == filepath.Separator && above != "" && errors.Is(unix.Access(above, unix.X_OK), unix.EACCES) {
			return refusal(above, "enter it")
		}
	}
	info, err := os.Stat(path)
	for ; errors.Is(err, os.ErrNotExist) && to == toWrite && filepath.Dir(path) != path; info, err = os.Stat(path) {
		path = filepath.Dir(path)
	}
	if err != nil {
		return ""
	}
	may, what := uint32(unix.R_OK), "read it"
	if to == toWrite {
		may, what = unix.R_OK|unix.W_OK, "write to it"
	}
	if info.IsDir() {
		may |= unix.X_OK
	}
	switch err := unix.Access(path, may); {
	case errors.Is(err, unix.EROFS):
		return fmt.Sprintf("%s lies on a drive that may only be read; make that one writable, or name another folder", path)
	case errors.Is(err, unix.EACCES):
		return refusal(path, what)
	}
	return ""
}

func refusal(path, what string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	owner, self := userName(int(stat.Uid)), userName(os.Getuid())
	if int(stat.Uid) == os.Getuid() {
		return fmt.Sprintf("%s is yours (%v), but its rights do not let you %s; chmod u+rwX %s", path, info.Mode(), what, quoted(path))
	}
	return fmt.Sprintf("%s belongs to user %s (%v), and user %s, who runs this, may not %s; run it as %s (sudo -u %s ...), or give user %s the right",
		path, owner, info.Mode(), self, what, owner, quoted(sudoName(owner)), self)
}

// userName is what a user is called, or its number.
func userName(id int) string {
	if u, err := user.LookupId(strconv.Itoa(id)); err == nil {
		return u.Username
	}
	return strconv.Itoa(id)
}

// sudoName is a user as sudo knows it.
func sudoName(name string) string {
	if strings.Trim(name, "0123456789") == "" {
		return "#" + name
	}
	return name
}

// keepToOwner takes from everybody else the files of a database that others may open, as a copy by cp is made. Who has a
// right by the group alone was given it by somebody and keeps it.
func keepToOwner(folder string, log *slog.Logger) {
	for _, name := range databaseFiles {
		path := filepath.Join(folder, name)
		info, err := os.Lstat(path)
		if err != nil || !info.Mode().IsRegular() || info.Mode().Perm()&0o007 == 0 {
			continue
		}
		if err := os.Chmod(path, info.Mode().Perm()&^0o077); err != nil {
			log.Warn("others on this computer may open a file with all boards", "file", path, "mode", info.Mode().String(), "error", err)
			continue
		}
		log.Info("others on this computer could open a file with all boards, and may no more", "file", path, "mode", info.Mode().String())
	}
}

func isReadOnly(err error) bool { return errors.Is(err, syscall.EROFS) }

// isFull reports whether a disk, or what a user may have of it, or the longest file it takes, is used up.
func isFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || errors.Is(err, syscall.EFBIG)
}

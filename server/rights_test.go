package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A plainUser runs the program with no more rights than anybody has: root may do everything. Its tests run beside no
// other: until a new process is the program it holds the locks of this one, which another test may just be giving back.
type plainUser struct {
	t             *testing.T
	place, binary string
}

func newPlainUser(t *testing.T) plainUser {
	t.Helper()
	// Everyone may enter this place; t.TempDir is for its owner alone.
	place, err := os.MkdirTemp("", "waymark-") //nolint:usetesting // see above
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(place) })
	binary := filepath.Join(place, "waymark")
	if err := errors.Join(copyFile(binary, os.Args[0]), os.Chmod(binary, 0o755), os.Chmod(place, 0o755)); err != nil { //nolint:gosec // others run it
		t.Fatal(err)
	}
	return plainUser{t, place, binary}
}

// run gives what a command says that has to fail.
func (u plainUser) run(args ...string) string {
	u.t.Helper()
	program := exec.CommandContext(limited(u.t), u.binary, args...)
	program.Env = []string{asProgram + "=1"}
	if os.Geteuid() == 0 {
		program.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := program.CombinedOutput()
	if err == nil {
		u.t.Errorf("%q ended well: %s", args, out)
	}
	return string(out)
}

// barredFrom says whether a message tells who may not do what with a path, and nothing of how it was found out.
func barredFrom(says, path string) bool {
	return strings.Contains(says, path+" belongs to user ") && strings.Contains(says, "run it as ") && !strings.Contains(says, "(1544)") ||
		os.Geteuid() != 0 && strings.Contains(says, path+" is yours") && strings.Contains(says, "chmod u+rwX "+path)
}

func TestRights_who_may_not_use_a_folder_is_told_whose_it_is(t *testing.T) {
	u := newPlainUser(t)
	data := filepath.Join(u.place, "data")
	p := startOn(t, data)
	p.setUp()
	whole := backupOf(t, p)
	p.end()
	file := filepath.Join(data, "waymark.db")
	set := func(folder, db os.FileMode) {
		if err := errors.Join(os.Chmod(data, 0o700), os.Chmod(file, db), os.Chmod(data, folder)); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { set(0o700, 0o600) })
	copied := filepath.Join(u.place, "copy.db")
	commands := [][]string{{"verify"}, {"audit"}, {"backup", copied}, {"login-link"}, {"account", "Ana"}, {"-listen", "127.0.0.1:0"}}
	for name, at := range map[string]struct {
		folder, file os.FileMode
		barrier      string
	}{
		"read only":           {0o555, 0o444, data},
		"a file of another":   {0o555, 0o000, file},
		"a folder of another": {0o000, 0o444, data},
	} {
		set(at.folder, at.file)
		for _, command := range commands {
			if says := u.run(append(command, "-data", data)...); !barredFrom(says, at.barrier) {
				t.Errorf("%s: %q: %s", name, command, says)
			}
		}
	}
	set(0o555, 0o444)
	if says := u.run("verify", "-data", data); !strings.Contains(says, "also to read it") {
		t.Error(says)
	}
	if says := u.run("-listen", "127.0.0.1:0", "-data", filepath.Join(data, "new", "folder")); !barredFrom(says, data) || !strings.Contains(says, "-data") {
		t.Error(says)
	}
	if err := os.Chmod(whole, 0); err != nil {
		t.Fatal(err)
	}
	barrier := whole
	if os.Geteuid() == 0 {
		barrier = filepath.Dir(filepath.Dir(whole)) // the tests' own folder, which nobody else may enter
	}
	if says := u.run("restore", "-data", filepath.Join(u.place, "new"), whole); !barredFrom(says, barrier) {
		t.Error(says)
	}
	if err := os.Chmod(whole, 0o600); err != nil {
		t.Fatal(err)
	}
	readable := filepath.Join(u.place, "copy.db")
	if err := errors.Join(copyFile(readable, whole), os.Chmod(readable, 0o644)); err != nil { //nolint:gosec // others read it
		t.Fatal(err)
	}
	if says := u.run("restore", "-data", filepath.Join(data, "new"), readable); !barredFrom(says, data) {
		t.Error(says)
	}
	set(0o777, 0o644) // the database may be used now, but not the place of the copy
	place := filepath.Join(u.place, "place")
	if err := os.Mkdir(place, 0o555); err != nil {
		t.Fatal(err)
	}
	if says := u.run("backup", "-data", data, filepath.Join(place, "copy.db")); !barredFrom(says, place) {
		t.Error(says)
	}
}

func TestRights_of_others_to_the_database_end_at_the_start(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	p := startOn(t, data)
	p.setUp()
	p.end()
	// A folder that somebody made, and a database that somebody copied into it.
	modes := map[string]os.FileMode{"waymark.db": 0o644, "waymark.lock": 0o664, "notes.txt": 0o644}
	if err := os.WriteFile(filepath.Join(data, "notes.txt"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, mode := range modes {
		if err := os.Chmod(filepath.Join(data, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(data, 0o755); err != nil { //nolint:gosec // that is what is tested
		t.Fatal(err)
	}
	again := startOn(t, data)
	again.browser(t).enter("/api/signin", map[string]string{"login": "admin", "password": "correct horse"})
	for _, name := range []string{"waymark.db", "waymark.db-wal", "waymark.db-shm", "waymark.lock"} {
		if info, err := os.Stat(filepath.Join(data, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	// What is not ours stays as it is, and so does a right that somebody gave to a group.
	for name, want := range map[string]os.FileMode{"notes.txt": 0o644, ".": 0o755} {
		if info, err := os.Stat(filepath.Join(data, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v, %v", name, info, err)
		}
	}
	again.end()
	if err := os.Chmod(filepath.Join(data, "waymark.db"), 0o640); err != nil { //nolint:gosec // that is what is tested
		t.Fatal(err)
	}
	startOn(t, data)
	if info, err := os.Stat(filepath.Join(data, "waymark.db")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info, err)
	}
}

package pgtest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// programs is where the programs of Postgres are, and who may run them.
type programs struct {
	folder string
	major  int
	// owner is the user that runs them when the tests are root's, for Postgres refuses to be root; nil otherwise.
	owner *syscall.Credential
}

var postgres = sync.OnceValues(findPrograms)

// findPrograms takes the newest of Debian's, which are not on the path, or else those on the path.
func findPrograms() (*programs, error) {
	p := &programs{}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	slices.SortFunc(found, func(a, b string) int { return versionOf(b) - versionOf(a) })
	if len(found) == 0 {
		path, err := exec.LookPath("postgres")
		if err != nil {
			return nil, errors.New("no Postgres is installed, and these tests need its server programs (on Debian: " +
				"apt-get install postgresql; elsewhere put initdb, postgres and pg_basebackup on the PATH)")
		}
		if path, err = filepath.EvalSymlinks(path); err != nil {
			return nil, fmt.Errorf("find Postgres: %w", err)
		}
		found = []string{path}
	}
	p.folder = filepath.Dir(found[0])
	said, err := exec.Command(found[0], "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("ask %s for its version: %w", found[0], err)
	}
	if p.major = versionOf(string(said)); p.major == 0 {
		return nil, fmt.Errorf("%s says %q, which names no version", found[0], said)
	}
	if os.Geteuid() == 0 {
		p.owner, err = plainUser()
	}
	return p, err
}

var number = regexp.MustCompile(`\d+`)

// versionOf is the first number in a text: the major version.
func versionOf(text string) int {
	n, _ := strconv.Atoi(number.FindString(text))
	return n
}

func plainUser() (*syscall.Credential, error) {
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.ParseUint(u.Uid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		gid, err := strconv.ParseUint(u.Gid, 10, 32)
		if err != nil {
			return nil, fmt.Errorf("user %s: %w", name, err)
		}
		return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid), NoSetGroups: true}, nil
	}
	return nil, errors.New("the tests run as root, which Postgres refuses, and there is no user postgres or nobody to run it as")
}

// command is one of the programs, run as its owner. It speaks English.
func (p *programs) command(name string, args ...string) *exec.Cmd {
	if !filepath.IsAbs(name) {
		name = filepath.Join(p.folder, name)
	}
	cmd := exec.Command(name, args...)
	cmd.Dir = "/"
	cmd.Env = append(os.Environ(), "LC_ALL=C", "TZ=UTC")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.owner}
	return cmd
}

// run runs one of the programs to its end.
func (p *programs) run(stdin, name string, args ...string) error {
	cmd := p.command(name, args...)
	cmd.Stdin = bytes.NewBufferString(stdin)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, tail(string(out), 4000))
	}
	return nil
}

// makeHome makes a folder that the programs' owner may use, in parent or, with "", where temporary files go. Whoever
// makes it removes it.
func makeHome(t testing.TB, parent string) string {
	t.Helper()
	p, err := postgres()
	if err != nil {
		t.Fatal(err)
	}
	home, err := p.makeHome(parent)
	if err != nil {
		t.Fatal(err)
	}
	return home
}

func (p *programs) makeHome(parent string) (string, error) {
	home, err := os.MkdirTemp(parent, "waymark-postgres-")
	if err == nil && p.owner != nil {
		err = os.Chown(home, int(p.owner.Uid), int(p.owner.Gid))
	}
	if err != nil {
		return "", fmt.Errorf("make a folder for Postgres: %w", err)
	}
	return home, nil
}

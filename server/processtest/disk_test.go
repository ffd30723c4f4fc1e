//go:build linux

package processtest

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"waymark/board"
	"waymark/server/client"
	"waymark/server/trial"
)

// A disk is one that can be full.
type disk struct {
	folder string
	// place makes the program have the disk; nil when all have it.
	place func(*exec.Cmd)
	// saved is a folder with what lies on the disk, for a program that runs.
	saved func(t *testing.T, p *program) string
	// fill makes it full, for a program that runs; free makes room again.
	fill, free func(t *testing.T, p *program)
	// why is what /readyz names when it is full.
	why string
}

// smallDisk is a file system of the program's own that a big file fills: writes end with ENOSPC. It is mounted in a
// namespace of the program's, for which nobody has to be root. Where the system allows no such namespace the program
// does not start, and the test fails.
func smallDisk(t *testing.T) disk {
	t.Helper()
	folder := t.TempDir()
	seen := func(p *program) string { return filepath.Join("/proc", strconv.Itoa(p.PID()), "root", folder) }
	return disk{
		folder: filepath.Join(folder, "data"),
		why:    "disk is full",
		saved: func(t *testing.T, p *program) string {
			t.Helper()
			// SQLite finds no way through /proc: it gets a copy, of a moment when nothing is written.
			if err := syscall.Kill(p.PID(), syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			to := t.TempDir()
			if err := errors.Join(os.CopyFS(to, os.DirFS(filepath.Join(seen(p), "data"))), syscall.Kill(p.PID(), syscall.SIGCONT)); err != nil {
				t.Fatal(err)
			}
			return to
		},
		place: func(cmd *exec.Cmd) { ownDisk(cmd, folder, `mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"`) },
		fill: func(t *testing.T, p *program) {
			t.Helper()
			f, err := os.Create(filepath.Join(seen(p), "filler"))
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = f.Close() }()
			for size := 1 << 20; size > 0; { // to the last byte
				if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
					size /= 2
				} else if err != nil {
					t.Fatal(err)
				}
			}
		},
		free: func(t *testing.T, p *program) {
			t.Helper()
			if err := os.Remove(filepath.Join(seen(p), "filler")); err != nil {
				t.Fatal(err)
			}
		},
	}
}

// ownDisk has a script run a program ("$@") where what it mounts at the folder ("$0") is the program's alone.
func ownDisk(cmd *exec.Cmd, folder, script string) {
	cmd.Args = append([]string{"sh", "-c", script, folder}, cmd.Args...)
	cmd.Path = "/bin/sh"
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS
	cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
	cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
}

// quotaDisk is the disk that is there, on which the program may write no file longer than it is: writes end with EFBIG.
func quotaDisk(t *testing.T) disk {
	t.Helper()
	limit := func(t *testing.T, p *program, bytes uint64) {
		t.Helper()
		var now unix.Rlimit
		if err := unix.Prlimit(p.PID(), unix.RLIMIT_FSIZE, nil, &now); err != nil {
			t.Fatal(err)
		}
		now.Cur = min(bytes, now.Max)
		if err := unix.Prlimit(p.PID(), unix.RLIMIT_FSIZE, &now, nil); err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	return disk{
		folder: folder,
		why:    "database cannot be reached", // all that SQLite says of it is that writing did not work
		saved:  func(*testing.T, *program) string { return folder },
		fill:   func(t *testing.T, p *program) { limit(t, p, 0) },
		free:   func(t *testing.T, p *program) { limit(t, p, unix.RLIM_INFINITY) },
	}
}

func TestFullDisk_nothing_is_acknowledged_until_there_is_room(t *testing.T) {
	t.Run("no_space", func(t *testing.T) {
		t.Parallel()
		fullDisk(t, smallDisk(t))
	})
	t.Run("the_limit_of_a_file", func(t *testing.T) {
		t.Parallel()
		fullDisk(t, quotaDisk(t))
	})
}

// Who makes a copy where there is no room for it is told where room is missing, and nothing of it stays.
func TestFullDisk_a_copy_that_finds_no_room_leaves_nothing(t *testing.T) {
	p := start(t, t.TempDir())
	p.setUp(t)
	p.Terminate()
	copied := filepath.Join(t.TempDir(), "copy.db")
	if code, _, errs := trial.Run(t, "backup", "-data", p.data, copied); code != 0 {
		t.Fatal(errs)
	}
	before, err := os.ReadFile(copied)
	if err != nil {
		t.Fatal(err)
	}
	for name, of := range map[string]func(folder string) []string{
		"backup": func(folder string) []string {
			return []string{"backup", "-data", p.data, filepath.Join(folder, "x.db")}
		},
		"restore": func(folder string) []string { return []string{"restore", "-data", folder, copied} },
		"restore_into_none": func(folder string) []string {
			return []string{"restore", "-data", filepath.Join(folder, "data"), copied}
		},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			cmd := exec.CommandContext(t.Context(), trial.Waymark, of(folder)...)
			ownDisk(cmd, folder, `mount -t tmpfs -o size=100k tmpfs "$0" && ! "$@" 2>&1 && ls -A "$0"`)
			out, err := cmd.CombinedOutput()
			said := string(out)
			if err != nil || strings.Count(said, "\n") != 1 || !strings.Contains(said, "the disk of "+folder) ||
				!strings.Contains(said, "is full: make room there, or name another place") {
				t.Errorf("%v, and left: %s", err, said)
			}
		})
	}
	if now, err := os.ReadFile(copied); err != nil || !bytes.Equal(now, before) {
		t.Errorf("the copy is another one now, %v", err)
	}
}

// ask makes a call that may fail.
func ask(t *testing.T, who *trial.Person, path string, in any) (answer trial.Refusal) {
	t.Helper()
	var refused *trial.Refusal
	switch err := who.Call(t.Context(), http.MethodPost, path, in, nil); {
	case errors.As(err, &refused):
		return *refused
	case err != nil:
		t.Fatal(err)
	}
	return answer
}

func fullDisk(t *testing.T, d disk) {
	p := prepare(t, d.folder, "-log-level", "warn")
	p.Place = d.place
	if err := p.Start(); err != nil {
		t.Fatalf("%v\n%s", err, p.Log())
	}
	host := p.setUp(t)
	on := host.NewBoard(t)
	writer := host.Connect(t, on)
	writer.Unharmed(t)
	d.fill(t, p)

	// What fits into space that the log has already may still be saved; soon nothing is.
	var wait []board.ID
	saved := board.Seq(0)
	trial.Eventually(t, "the program says that it is not ready", func() bool {
		if len(wait) < 200 && len(writer.Acked) == 0 {
			op := trial.StickyOp()
			wait = append(wait, op["id"].(board.ID))
			if err := writer.Say(op); err != nil {
				t.Fatal(err)
			}
		}
		for len(writer.Acked) > 0 {
			saved = (<-writer.Acked).Seq
		}
		return p.Status("/readyz") == 503
	})
	if status, why, err := p.Get(t.Context(), "/readyz"); err != nil || status != 503 || !strings.Contains(why, d.why) {
		t.Errorf("/readyz on a full disk answers %d, %q, %v", status, why, err)
	}
	if status := p.Status("/healthz"); status != 200 {
		t.Errorf("/healthz answers %d: a full disk is no reason to be killed", status)
	}
	if int(saved) >= len(wait)+2 {
		t.Fatalf("all of %d edits were acknowledged on a full disk", len(wait))
	}
	for len(writer.Acked) > 0 {
		<-writer.Acked
	}
	// Whoever asks for what has to be written is told so, and when to come again; nobody is signed out.
	for _, path := range []string{"/api/boards", "/api/refresh"} {
		var answer trial.Refusal
		trial.Eventually(t, path+" cannot be done", func() bool {
			answer = ask(t, host, path, map[string]any{"id": client.NewID("board"), "template": "telecom", "lang": "de"})
			return answer.Status >= 300
		})
		if answer.Status != 503 || answer.Code != "diskFull" && answer.Code != "unavailable" || answer.RetryAfter == "" || answer.Message == "" {
			t.Errorf("%s on a full disk is answered by %+v", path, answer)
		}
	}

	d.free(t, p)
	if e, err := writer.Answer(trial.PeerLimit); err != nil || len(e.Refused) > 0 {
		t.Fatalf("with room again the last edit was answered by %q, %v", e.Refused, err)
	}
	trial.Eventually(t, "the program is ready again", func() bool {
		return p.Status("/readyz") == 200
	})
	writer.Unharmed(t)
	there := host.Records(t, on)
	for _, id := range wait {
		if _, ok := there[id]; !ok {
			t.Errorf("%s is missing", id)
		}
	}
	if code, out, errs := trial.Run(t, "verify", "-data", d.saved(t, p)); code != 0 { // a disk of its own goes with the program
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
	p.Terminate()
}

//go:build linux

package processtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"waymark/board"
	"waymark/server/client"
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
}

// smallDisk is a file system of the program's own that a big file fills: writes end with ENOSPC. It is mounted in a
// namespace of the program's, for which nobody has to be root. Where the system allows no such namespace the program
// does not start, and the test fails.
func smallDisk(t *testing.T) disk {
	t.Helper()
	folder := t.TempDir()
	seen := func(p *program) string { return filepath.Join("/proc", strconv.Itoa(p.pid()), "root", folder) }
	return disk{
		folder: filepath.Join(folder, "data"),
		saved: func(t *testing.T, p *program) string {
			t.Helper()
			// SQLite finds no way through /proc: it gets a copy, of a moment when nothing is written.
			if err := syscall.Kill(p.pid(), syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
			to := t.TempDir()
			if err := errors.Join(os.CopyFS(to, os.DirFS(filepath.Join(seen(p), "data"))), syscall.Kill(p.pid(), syscall.SIGCONT)); err != nil {
				t.Fatal(err)
			}
			return to
		},
		place: func(cmd *exec.Cmd) {
			const mount = `mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"`
			cmd.Args = append([]string{"sh", "-c", mount, folder}, cmd.Args...)
			cmd.Path = "/bin/sh"
			cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS
			cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
			cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
		},
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

// quotaDisk is the disk that is there, on which the program may write no file longer than it is: writes end with EFBIG.
func quotaDisk(t *testing.T) disk {
	t.Helper()
	limit := func(t *testing.T, p *program, bytes uint64) {
		t.Helper()
		var now unix.Rlimit
		if err := unix.Prlimit(p.pid(), unix.RLIMIT_FSIZE, nil, &now); err != nil {
			t.Fatal(err)
		}
		now.Cur = min(bytes, now.Max)
		if err := unix.Prlimit(p.pid(), unix.RLIMIT_FSIZE, &now, nil); err != nil {
			t.Fatal(err)
		}
	}
	folder := t.TempDir()
	return disk{
		folder: folder,
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

// A refusal is how a call failed, or the zero value.
type refusal struct {
	status        int
	retryAfter    string
	Code, Message string
}

// ask makes a call that may fail.
func (v *person) ask(t *testing.T, path string, in any) (answer refusal) {
	t.Helper()
	raw, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, v.program.url()+path, bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Waymark", "1")
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+v.access)
	res, err := v.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if answer.status, answer.retryAfter = res.StatusCode, res.Header.Get("Retry-After"); answer.status >= 300 {
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Fatalf("%s: %s: %v", path, res.Status, err)
		}
	}
	return answer
}

func fullDisk(t *testing.T, d disk) {
	p := prepare(t, d.folder, "-log-level", "warn")
	p.place = d.place
	if err := p.start(); err != nil {
		t.Fatalf("%v\n%s", err, p.log())
	}
	host := p.setUp()
	on := host.newBoard(t)
	writer := host.connect(t, on)
	writer.unharmed(t)
	d.fill(t, p)

	// What fits into space that the log has already may still be saved; soon nothing is.
	var wait []board.ID
	saved := board.Seq(0)
	p.eventually("the program says that it is not ready", func() bool {
		if len(wait) < 200 && len(writer.acked) == 0 {
			op := stickyOp()
			wait = append(wait, op["id"].(board.ID))
			if err := writer.say(op); err != nil {
				t.Fatal(err)
			}
		}
		for len(writer.acked) > 0 {
			saved = (<-writer.acked).Seq
		}
		return p.status("/readyz") == 503
	})
	if status := p.status("/healthz"); status != 200 {
		t.Errorf("/healthz answers %d: a full disk is no reason to be killed", status)
	}
	if int(saved) >= len(wait)+2 {
		t.Fatalf("all of %d edits were acknowledged on a full disk", len(wait))
	}
	for len(writer.acked) > 0 {
		<-writer.acked
	}
	// Whoever asks for what has to be written is told so, and when to come again; nobody is signed out.
	for _, path := range []string{"/api/boards", "/api/refresh"} {
		var answer refusal
		p.eventually(path+" cannot be done", func() bool {
			answer = host.ask(t, path, map[string]any{"id": client.NewID("board"), "template": "telecom", "lang": "de"})
			return answer.status >= 300
		})
		if answer.status != 503 || answer.Code != "diskFull" && answer.Code != "unavailable" || answer.retryAfter == "" || answer.Message == "" {
			t.Errorf("%s on a full disk is answered by %+v", path, answer)
		}
	}

	d.free(t, p)
	if e, err := writer.answer(peerLimit); err != nil || len(e.Refused) > 0 {
		t.Fatalf("with room again the last edit was answered by %q, %v", e.Refused, err)
	}
	p.eventually("the program is ready again", func() bool {
		return p.status("/readyz") == 200
	})
	writer.unharmed(t)
	there := host.records(t, on)
	for _, id := range wait {
		if _, ok := there[id]; !ok {
			t.Errorf("%s is missing", id)
		}
	}
	if code, out, errs := run(t, "verify", "-data", d.saved(t, p)); code != 0 { // a disk of its own goes with the program
		t.Errorf("verify ended with %d: %s%s", code, out, errs)
	}
	p.terminate()
}

//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"waymark/collab/sqlitelog"
)

// A halted command stands still in the midst of its work.
type halted struct {
	t       *testing.T
	process *os.Process
	draft   string // the folder in which it makes a copy
}

// halt runs a command until it can be stopped while a copy of boards is in the making in a folder. It may be done before.
// What it makes in no folder of its own it makes there too.
func halt(t *testing.T, folder string, words func(try int) []string) *halted {
	t.Helper()
	for try := range 100 {
		program := exec.Command(os.Args[0], words(try)...)
		program.Env = []string{asProgram + "=1", "TMPDIR=" + folder}
		if err := program.Start(); err != nil {
			t.Fatal(err)
		}
		h := &halted{t: t, process: program.Process}
		for h.draft == "" && !h.wait(syscall.WNOHANG).Exited() {
			h.draft = draftIn(t, folder)
		}
		if h.draft == "" {
			continue
		}
		h.signal(syscall.SIGSTOP)
		if h.wait(syscall.WUNTRACED).Exited() {
			continue
		}
		if draftIn(t, folder) == h.draft {
			return h
		}
		h.signal(syscall.SIGCONT)
		h.wait(0)
	}
	t.Fatal("it is always done before it can be stopped")
	return nil
}

// draftIn is a folder that holds a copy, of which something is written.
func draftIn(t *testing.T, folder string) string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(folder, ".waymark-*", sqlitelog.FileName))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range list {
		if info, err := os.Stat(file); err == nil && info.Size() > 0 {
			return filepath.Dir(file)
		}
	}
	return ""
}

func (h *halted) signal(s syscall.Signal) {
	h.t.Helper()
	if err := h.process.Signal(s); err != nil {
		h.t.Fatal(err)
	}
}

// wait gives how the process has changed. With WNOHANG it may not have: then it has not exited.
func (h *halted) wait(options int) (status syscall.WaitStatus) {
	h.t.Helper()
	for {
		pid, err := syscall.Wait4(h.process.Pid, &status, options, nil)
		switch {
		case err == syscall.EINTR:
		case err != nil:
			h.t.Fatal(err)
		case pid == 0:
			return syscall.WaitStatus(0x7f) // stopped, or not changed
		default:
			return status
		}
	}
}

// kill ends it where it stands.
func (h *halted) kill() {
	h.t.Helper()
	h.signal(syscall.SIGKILL)
	if status := h.wait(0); status.Signal() != syscall.SIGKILL {
		h.t.Fatalf("it ended with %v", status)
	}
}

// What a killed backup and a killed restore leave is named, and what is being made is not.
func TestDoctor_of_what_was_left(t *testing.T) {
	t.Parallel()
	p := start(t)
	mira := p.setUp()
	for range 10 {
		mira.newBoard("standard", "Contract")
	}
	p.end()
	made := backupOf(t, p)
	empty := t.TempDir()
	temp := t.TempDir()
	for _, c := range []struct {
		purpose, folder, data string
		words                 func(try int) []string
	}{
		{"backup", p.data, p.data, func(try int) []string {
			return []string{"backup", "-data", p.data, filepath.Join(p.data, fmt.Sprintf("copy-%d", try))}
		}},
		{"restore", empty, empty, func(int) []string {
			if err := os.RemoveAll(empty); err != nil { // a try before may have come to its end
				t.Fatal(err)
			}
			return []string{"restore", "-data", empty, made}
		}},
		{"restore", temp, p.data, func(int) []string {
			return []string{"restore", "-data", p.data, "-board", string(mira.signed.Board), made}
		}},
	} {
		h := halt(t, c.folder, c.words)
		if o := consultThere(t, temp, "-data", c.data); strings.Contains(o.says, h.draft) {
			t.Errorf("while it runs the doctor says\n%s", o.says)
		}
		h.kill()
		o := consultThere(t, temp, "-data", c.data)
		o.finds("warning", "a "+c.purpose+" that was killed", h.draft, "KiB, last written", "rm -r "+h.draft, programName()+" "+c.purpose)
		if err := os.RemoveAll(h.draft); err != nil {
			t.Fatal(err)
		}
		if o := consultThere(t, temp, "-data", c.data); strings.Contains(o.says, "was killed") {
			t.Errorf("after it was removed the doctor says\n%s", o.says)
		}
	}
}

// consultThere has a doctor look whose folder for temporary files is temp.
func consultThere(t *testing.T, temp string, flags ...string) opinion {
	t.Helper()
	program := exec.CommandContext(limited(t), os.Args[0], append([]string{"doctor", "-hello-timeout", "400ms"}, flags...)...)
	program.Env = []string{asProgram + "=1", "TMPDIR=" + temp}
	out, err := program.Output()
	var ended *exec.ExitError
	if err != nil && !errors.As(err, &ended) {
		t.Fatal(err)
	}
	return opinion{t, program.ProcessState.ExitCode(), string(out)}
}

// Earlier releases called what they restored into otherwise, and did not lock it.
func TestDoctor_of_what_an_earlier_release_has_left(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, empty func(*testing.T) home) {
		at, temp := empty(t), t.TempDir()
		left, served := filepath.Join(temp, "restore-2158374101"), filepath.Join(temp, "restore-20261127")
		for _, folder := range []string{left, filepath.Join(temp, "restore-of-may"), filepath.Join(temp, "restore-7")} {
			if err := os.Mkdir(folder, 0o700); err != nil {
				t.Fatal(err)
			}
		}
		for _, folder := range []string{left, filepath.Join(temp, "restore-of-may")} {
			if err := os.WriteFile(filepath.Join(folder, sqlitelog.FileName), []byte("half a copy"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		startOn(t, served)
		o := consultThere(t, temp, at...)
		o.finds("warning", left+" looks like a copy of boards", "earlier release", "nobody has made it on purpose: rm -r "+left)
		for _, other := range []string{"restore-of-may", "restore-7", served} {
			if strings.Contains(o.says, other) {
				t.Errorf("%s is no leftover, and it says\n%s", other, o.says)
			}
		}
	})
}

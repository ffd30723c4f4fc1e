//go:build unix

package main

import (
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
func halt(t *testing.T, folder string, words func(try int) []string) *halted {
	t.Helper()
	for try := range 100 {
		program := exec.Command(os.Args[0], words(try)...)
		program.Env = []string{asProgram + "=1"}
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
	for _, c := range []struct {
		purpose, folder string
		words           func(try int) []string
	}{
		{"backup", p.data, func(try int) []string {
			return []string{"backup", "-data", p.data, filepath.Join(p.data, fmt.Sprintf("copy-%d", try))}
		}},
		{"restore", empty, func(int) []string {
			if err := os.RemoveAll(empty); err != nil { // a try before may have come to its end
				t.Fatal(err)
			}
			return []string{"restore", "-data", empty, made}
		}},
	} {
		h := halt(t, c.folder, c.words)
		if o := consult(t, "-data", c.folder); strings.Contains(o.says, h.draft) {
			t.Errorf("while it runs the doctor says\n%s", o.says)
		}
		h.kill()
		o := consult(t, "-data", c.folder)
		o.finds("warning", "a "+c.purpose+" that was killed", h.draft, "KiB, last written", "rm -r "+h.draft, programName()+" "+c.purpose)
		if err := os.RemoveAll(h.draft); err != nil {
			t.Fatal(err)
		}
		if o := consult(t, "-data", c.folder); strings.Contains(o.says, "was killed") {
			t.Errorf("after it was removed the doctor says\n%s", o.says)
		}
	}
}

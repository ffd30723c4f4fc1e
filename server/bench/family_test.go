//go:build linux

package bench

import (
	"bufio"
	"io"
	"os/exec"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// A parent is a shell that says what it has done and then waits for its input to end.
type parent struct {
	pid   int
	said  *bufio.Reader
	stdin io.WriteCloser
}

func startParent(t *testing.T, script string) parent {
	t.Helper()
	cmd := exec.Command("sh", "-c", script)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = stdin.Close()
		_ = cmd.Wait()
	})
	p := parent{cmd.Process.Pid, bufio.NewReader(stdout), stdin}
	p.hear(t)
	return p
}

func (p parent) hear(t *testing.T) {
	t.Helper()
	if _, err := p.said.ReadString('\n'); err != nil {
		t.Fatal(err)
	}
}

func TestFamily_is_a_process_and_its_descendants(t *testing.T) {
	p := startParent(t, `sh -c 'echo up; read x; exit 0'; echo out; read x; exit 0`)
	family, err := familyOf(p.pid)
	if err != nil || len(family) != 2 || family[0] != p.pid {
		t.Fatalf("family %v of %d: %v", family, p.pid, err)
	}
	if eldest, err := parentOf(family[1]); err != nil || eldest != p.pid {
		t.Errorf("the parent of the child is %d, want %d: %v", eldest, p.pid, err)
	}
	if title, err := titleOf(family[1]); err != nil || title != "sh -c echo up; read x; exit 0" {
		t.Errorf("it is called %q: %v", title, err)
	}
}

func TestFamily_counts_the_time_of_the_living_and_the_dead(t *testing.T) {
	const work = `i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done`
	p := startParent(t, `sh -c 'echo up; read x; `+work+`; echo done; read x; exit 0'; echo buried; read x; exit 0`)
	read := func() (whole, own fineTimes) {
		t.Helper()
		all, err := familyCPUTime(p.pid)
		if err != nil {
			t.Fatal(err)
		}
		fine, err := fineFamilyTimes(p.pid)
		if err != nil {
			t.Fatal(err)
		}
		return fineTimes{p.pid: all}, fine
	}
	next := func() {
		if _, err := io.WriteString(p.stdin, "\n"); err != nil {
			t.Fatal(err)
		}
		p.hear(t)
	}
	before, fineBefore := read()
	next()
	working, fineWorking := read()
	next()
	buried, _ := read()
	used := working.since(before)
	if used <= 0 || fineWorking.since(fineBefore) <= 0 {
		t.Errorf("a child has worked: %v, finely %v", used, fineWorking.since(fineBefore))
	}
	if lasting := buried.since(before); lasting < used {
		t.Errorf("the family had used %v, and %v when the child had ended", used, lasting)
	}
}

func TestFamily_is_pinned_with_those_to_come_and_freed_again(t *testing.T) {
	p := startParent(t, `sh -c 'echo up; read x; sh -c "echo born; read x; exit 0"; exit 0'; exit 0`)
	cores := func() (sets []unix.CPUSet) {
		t.Helper()
		family, err := familyOf(p.pid)
		if err != nil {
			t.Fatal(err)
		}
		for _, member := range family {
			var set unix.CPUSet
			if err := unix.SchedGetaffinity(member, &set); err != nil {
				t.Fatal(err)
			}
			sets = append(sets, set)
		}
		return sets
	}
	before := cores()
	restore, err := pinFamily(p.pid, measuredCore)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(p.stdin, "\n"); err != nil {
		t.Fatal(err)
	}
	p.hear(t)
	pinned := cores()
	if len(pinned) != 3 || slices.ContainsFunc(pinned, func(s unix.CPUSet) bool { return s.Count() != 1 || s != pinned[0] }) {
		t.Errorf("three are pinned to %v", pinned)
	}
	if err := restore(); err != nil {
		t.Fatal(err)
	}
	if after := cores(); slices.ContainsFunc(after, func(s unix.CPUSet) bool { return s != before[0] }) {
		t.Errorf("freed they may use %v, before %v", after, before)
	}
}

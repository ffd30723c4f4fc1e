package bench

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// A family is a process and all that descend from it and run: Postgres is one, with a process for each connection.

// familyTries is how often a family is read that changes meanwhile.
const familyTries = 20

// familyOf lists the process ids, the eldest first.
func familyOf(pid int) ([]int, error) {
	all, err := os.ReadDir("/proc")
	if err != nil {
		return nil, fmt.Errorf("list processes: %w", err)
	}
	children := map[int][]int{}
	for _, entry := range all {
		child, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		if parent, err := parentOf(child); err == nil { // otherwise it has ended
			children[parent] = append(children[parent], child)
		}
	}
	family := []int{pid}
	for i := 0; i < len(family); i++ {
		family = append(family, children[family[i]]...)
	}
	return family, nil
}

// statOf reads the fields of a process behind its name; the first of them is the third of proc(5).
func statOf(pid int) ([][]byte, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := bytes.Fields(raw[bytes.LastIndexByte(raw, ')')+1:]) // the name stands in brackets and may hold blanks
	if len(fields) < 15 {
		return nil, fmt.Errorf("%d fields in /proc/%d/stat", len(fields), pid)
	}
	return fields, nil
}

func parentOf(pid int) (int, error) {
	fields, err := statOf(pid)
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(fields[1]))
}

// titleOf is how a process calls itself.
func titleOf(pid int) (string, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return "", err
	}
	return strings.TrimSpace(string(bytes.ReplaceAll(raw, []byte{0}, []byte{' '}))), nil
}

// ticksOf adds up fields of a process' stat.
func ticksOf(pid int, fields ...int) (time.Duration, error) {
	stat, err := statOf(pid)
	if err != nil {
		return 0, err
	}
	var ticks int64
	for _, i := range fields {
		n, err := strconv.ParseInt(string(stat[i]), 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / cpuTicks, nil
}

// Places in what statOf gives: the processor time of a process, and of its children that have ended.
const (
	statUser = iota + 11
	statSystem
	statChildrenUser
	statChildrenSystem
)

// familyCPUTime is utime + stime of a family, of those that have ended since the eldest began too, in steps of 10 ms
// for each.
func familyCPUTime(pid int) (time.Duration, error) {
	var errs error
	for range familyTries {
		before, err := familyOf(pid)
		if err != nil {
			return 0, err
		}
		var sum time.Duration
		for _, member := range before {
			used, err := ticksOf(member, statUser, statSystem, statChildrenUser, statChildrenSystem)
			errs = errors.Join(errs, err)
			sum += used
		}
		// Whoever has ended meanwhile would be missing, or be counted twice.
		after, err := familyOf(pid)
		if err != nil {
			return 0, err
		}
		if slices.Equal(before, after) {
			if errs != nil {
				break
			}
			return sum, nil
		}
		errs = nil
	}
	return 0, errors.Join(fmt.Errorf("read the processor time of process %d and its children: they do not stay the same", pid), errs)
}

// fineFamilyTimes is the processor time of each who runs, in nanoseconds.
func fineFamilyTimes(pid int) (map[int]time.Duration, error) {
	family, err := familyOf(pid)
	if err != nil {
		return nil, err
	}
	times := map[int]time.Duration{}
	for _, member := range family {
		used, err := fineCPUTime(member)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		times[member] = used
	}
	return times, nil
}

// pinFamily keeps the family, and whoever is born to it, on one core. restore gives all of them the cores back that the
// eldest had.
func pinFamily(pid, core int) (restore func() error, err error) {
	var own, before, wanted unix.CPUSet
	if err := unix.SchedGetaffinity(0, &own); err != nil {
		return nil, fmt.Errorf("read the affinity: %w", err)
	}
	if err := unix.SchedGetaffinity(pid, &before); err != nil {
		return nil, fmt.Errorf("read the affinity of process %d: %w", pid, err)
	}
	wanted.Set(nthCore(&own, core))
	restore = func() error { return setFamily(pid, &before) }
	if err := setFamily(pid, &wanted); err != nil {
		return nil, errors.Join(err, restore())
	}
	return restore, nil
}

// setFamily begins with the eldest: who is born afterwards has the cores of the parent.
func setFamily(pid int, to *unix.CPUSet) error {
	done := map[int]bool{}
	for range familyTries {
		family, err := familyOf(pid)
		if err != nil {
			return err
		}
		old := maps.Clone(done)
		for _, member := range family {
			if done[member] {
				continue
			}
			if err := setThreads(member, to); err != nil {
				return err
			}
			done[member] = true
		}
		if maps.Equal(old, done) {
			return nil
		}
	}
	return fmt.Errorf("pin process %d: it has new children all the time", pid)
}

func setThreads(pid int, to *unix.CPUSet) error {
	threads, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	if errors.Is(err, os.ErrNotExist) {
		return nil // it has ended
	}
	if err != nil {
		return fmt.Errorf("pin process %d: %w", pid, err)
	}
	for _, thread := range threads {
		id, err := strconv.Atoi(thread.Name())
		if err != nil {
			return fmt.Errorf("pin process %d: %w", pid, err)
		}
		if err := unix.SchedSetaffinity(id, to); err != nil && !errors.Is(err, unix.ESRCH) {
			return fmt.Errorf("pin process %d: %w", pid, err)
		}
	}
	return nil
}

// homeOf is the folder a process works in. It can be opened though the process may see other folders than this one.
func homeOf(pid int) string { return fmt.Sprintf("/proc/%d/cwd", pid) }

// sameDisk reports whether two folders lie on one file system.
func sameDisk(a, b string) (bool, error) {
	var one, other unix.Stat_t
	if err := unix.Stat(a, &one); err != nil {
		return false, fmt.Errorf("look at %s: %w", a, err)
	}
	if err := unix.Stat(b, &other); err != nil {
		return false, fmt.Errorf("look at %s: %w", b, err)
	}
	return one.Dev == other.Dev, nil
}

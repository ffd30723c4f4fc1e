package bench

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// startPinned starts the command on one core, its threads to come included. With fewer than two cores it starts it
// unpinned. It reports whether the process is pinned.
func startPinned(cmd *exec.Cmd, core int) (pinned bool, err error) {
	// An interrupt at the terminal is for the parent, which ends its children in order; if it dies, so do they.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if runtime.NumCPU() < 2 {
		return false, cmd.Start()
	}
	// A child inherits the affinity of the thread that forks it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var before, wanted unix.CPUSet
	if err := unix.SchedGetaffinity(0, &before); err != nil {
		return false, fmt.Errorf("read the affinity: %w", err)
	}
	wanted.Set(nthCore(&before, core))
	if err := unix.SchedSetaffinity(0, &wanted); err != nil {
		return false, fmt.Errorf("pin to core %d: %w", core, err)
	}
	startErr := cmd.Start()
	if err := unix.SchedSetaffinity(0, &before); err != nil {
		return false, fmt.Errorf("unpin: %w", err)
	}
	return true, startErr
}

// nthCore finds the n-th of the cores this process may use: in a container they need not begin at 0.
func nthCore(set *unix.CPUSet, n int) int {
	for core := range 1024 {
		if set.IsSet(core) {
			if n == 0 {
				return core
			}
			n--
		}
	}
	return 0
}

// cpuTicks is the kernel's unit of utime and stime, fixed at 100 Hz for user space on every Linux architecture.
const cpuTicks = 100

// cpuTime is utime + stime of the whole process, in steps of 10 ms.
func cpuTime(pid int) (time.Duration, error) {
	used, err := ticksOf(pid, statUser, statSystem)
	if err != nil {
		return 0, fmt.Errorf("read the processor time: %w", err)
	}
	return used, nil
}

// fineCPUTime adds up what the scheduler has counted for each thread, in nanoseconds: for spans too short for cpuTime.
// A thread that has ended is missing from it.
func fineCPUTime(pid int) (time.Duration, error) {
	folder := fmt.Sprintf("/proc/%d/task", pid)
	threads, err := os.ReadDir(folder)
	if err != nil {
		return 0, fmt.Errorf("read the processor time: %w", err)
	}
	var sum time.Duration
	for _, thread := range threads {
		raw, err := os.ReadFile(folder + "/" + thread.Name() + "/schedstat")
		if os.IsNotExist(err) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("read the processor time: %w", err)
		}
		ran, _, _ := strings.Cut(string(raw), " ")
		n, err := strconv.ParseInt(ran, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the processor time: %w", err)
		}
		sum += time.Duration(n)
	}
	return sum, nil
}

// peakMemory is VmHWM, the most physical memory the process has held, in bytes.
func peakMemory(pid int) (int64, error) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, fmt.Errorf("read the peak memory: %w", err)
	}
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 10, 64)
			if err != nil {
				return 0, fmt.Errorf("read the peak memory: %w", err)
			}
			return kib << 10, nil
		}
	}
	return 0, fmt.Errorf("read the peak memory: no VmHWM in /proc/%d/status", pid)
}

// onRealDisk reports whether the folder lies on something that an fsync can reach.
func onRealDisk(folder string) (bool, error) {
	var fs unix.Statfs_t
	if err := unix.Statfs(folder, &fs); err != nil {
		return false, fmt.Errorf("look at the data folder's disk: %w", err)
	}
	return fs.Type != unix.TMPFS_MAGIC && fs.Type != unix.RAMFS_MAGIC, nil
}

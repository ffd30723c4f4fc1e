//go:build !linux

package bench

import (
	"errors"
	"os/exec"
	"time"
)

var errNeedsLinux = errors.New("bench reads /proc and pins processes to cores: it runs on Linux only")

func startPinned(*exec.Cmd, int) (bool, error) { return false, errNeedsLinux }
func cpuTime(int) (time.Duration, error)       { return 0, errNeedsLinux }
func fineCPUTime(int) (time.Duration, error)   { return 0, errNeedsLinux }
func peakMemory(int) (int64, error)            { return 0, errNeedsLinux }
func onRealDisk(string) (bool, error)          { return false, errNeedsLinux }

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

func parentOf(int) (int, error)                          { return 0, errNeedsLinux }
func titleOf(int) (string, error)                        { return "", errNeedsLinux }
func homeOf(int) string                                  { return "" }
func familyCPUTime(int) (time.Duration, error)           { return 0, errNeedsLinux }
func fineFamilyTimes(int) (map[int]time.Duration, error) { return nil, errNeedsLinux }
func pinFamily(int, int) (func() error, error)           { return nil, errNeedsLinux }
func sameDisk(string, string) (bool, error)              { return false, errNeedsLinux }

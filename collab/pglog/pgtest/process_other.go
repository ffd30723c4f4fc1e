//go:build unix && !linux

package pgtest

import "syscall"

// dieWithParent has no counterpart here: a test process that is killed leaves its server.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// removeSharedMemory leaves the segment of a few bytes to the system.
func removeSharedMemory(string) error { return nil }

// memory is not looked for here.
func memory() string { return "" }

package main

import (
	"errors"
	"log/slog"

	"golang.org/x/sys/windows"
)

// barrier knows nothing of the rights on this system; the system's own words stay.
func barrier(string, use) string { return "" }

func isReadOnly(error) bool { return false }

// isFull reports whether a disk is used up.
func isFull(err error) bool {
	return errors.Is(err, windows.ERROR_DISK_FULL) || errors.Is(err, windows.ERROR_HANDLE_DISK_FULL)
}

// keepToOwner does nothing: on this system a file has the rights of its folder.
func keepToOwner(string, *slog.Logger) {}

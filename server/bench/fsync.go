package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// The disk's part of a durable edit: how long one 4 KiB write and its fsync take.
type diskSpeed struct {
	Folder string       `json:"folder"`
	Which  string       `json:"which"` // whose disk it is
	P50    milliseconds `json:"p50Ms"`
	P99    milliseconds `json:"p99Ms"`
}

const (
	fsyncRounds = 500
	fsyncBytes  = 4096
)

// probeDisk appends 4 KiB to a file of the folder 500 times, each followed by an fsync. which says whose disk it is.
func probeDisk(folder, which string) (diskSpeed, error) {
	path := filepath.Join(folder, "waymark-fsync-probe")
	file, err := os.Create(path)
	if err != nil {
		return diskSpeed{}, fmt.Errorf("probe the disk: %w", err)
	}
	defer func() { _ = file.Close(); _ = os.Remove(path) }()
	var times histogram
	block := make([]byte, fsyncBytes)
	for range fsyncRounds {
		start := time.Now()
		if _, err := file.Write(block); err != nil {
			return diskSpeed{}, fmt.Errorf("probe the disk: %w", err)
		}
		if err := file.Sync(); err != nil {
			return diskSpeed{}, fmt.Errorf("probe the disk: %w", err)
		}
		times.record(time.Since(start))
	}
	return diskSpeed{Folder: folder, Which: which, P50: inMs(times.quantile(0.5)), P99: inMs(times.quantile(0.99))}, nil
}

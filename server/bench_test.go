//go:build linux && services

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"waymark/collab/pglog"
	"waymark/collab/pglog/pgtest"
	"waymark/collab/redisbus/redistest"
)

func TestBench_measures_servers_that_share_a_database(t *testing.T) {
	t.Setenv(asProgram, "1") // what it starts is this program
	db, redis := pgtest.Open(t), redistest.Start(t, redistest.Options{})
	address, figures := db.Database(t), filepath.Join(t.TempDir(), "figures.json")
	// Postgres tells of its transactions once a second, and the CPU is counted in hundredths.
	code, out, failure := command(t, "bench", "-database", address, "-redis", redis.URL(), "-servers", "2", "-dir", ".",
		"-workload", "workshop", "-target", "waymark", "-seconds", "3", "-warmup", "0", "-json", figures)
	if code != 0 {
		t.Fatalf("code %d: %s", code, failure)
	}
	raw, err := os.ReadFile(figures)
	if err != nil {
		t.Fatal(err)
	}
	type latency struct{ Count int }
	var report struct {
		Shared struct{ Unmeasured []string }
		Disk   struct{ Which string }
		Steady []struct {
			Outcome struct {
				ServerCPUSecondsEach, PeakMemoryBytesEach []float64
				PostgresCPUSeconds, RedisCPUSeconds       *float64
				TransactionsPerSecond                     float64
				EditLatencySplit                          struct{ Same, Across latency }
				Missing                                   int
			}
			Audit struct{ Acked, AckedLost, Twice, Expected, Delivered, Mismatched int }
		}
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Shared.Unmeasured) > 0 || report.Disk.Which != "the database's" || len(report.Steady) != 1 {
		t.Fatalf("%s", raw)
	}
	o, a := report.Steady[0].Outcome, report.Steady[0].Audit
	if len(o.ServerCPUSecondsEach) != 2 || len(o.PeakMemoryBytesEach) != 2 || o.PostgresCPUSeconds == nil || *o.PostgresCPUSeconds == 0 ||
		o.RedisCPUSeconds == nil || o.TransactionsPerSecond == 0 || o.EditLatencySplit.Same.Count == 0 || o.EditLatencySplit.Across.Count == 0 {
		t.Errorf("%s", raw)
	}
	if a.Acked == 0 || a.AckedLost+a.Twice+a.Mismatched+o.Missing != 0 || a.Expected != a.Delivered {
		t.Errorf("the log: %+v; %d missing", a, o.Missing)
	}
	if !strings.Contains(out, "edits within a server") || runtime.NumCPU() > 1 && !strings.Contains(out, "Postgres and Redis on the load's core") {
		t.Errorf("%s", out)
	}
	g, err := pglog.OpenGround(t.Context(), address)
	if err != nil {
		t.Fatalf("something is left in the database: %v", err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
}

func TestBench_refuses_a_database_in_memory(t *testing.T) {
	if filesystem, err := os.Stat("/dev/shm"); err != nil || !filesystem.IsDir() {
		t.Fatal("these tests keep their databases in /dev/shm: ", err)
	}
	code, _, failure := command(t, "bench", "-database", pgtest.Database(t), "-servers", "1", "-dir", ".", "-workload", "workshop")
	if code == 0 || !strings.Contains(failure, "kept in memory") {
		t.Errorf("code %d: %s", code, failure)
	}
}

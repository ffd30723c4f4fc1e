//go:build unix

package redisbus_test

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"testing"
	"time"
)

// TestMain fails when a goroutine is left over.
func TestMain(m *testing.M) {
	before := runtime.NumGoroutine()
	code := m.Run()
	// The fuzzer's own goroutines do not end.
	fuzzing := flag.Lookup("test.fuzz").Value.String() != ""
	if code == 0 && !fuzzing && !calm(before) {
		fmt.Fprintf(os.Stderr, "%d goroutines are left over:\n", runtime.NumGoroutine()-before)
		_ = pprof.Lookup("goroutine").WriteTo(os.Stderr, 1)
		code = 1
	}
	os.Exit(code)
}

// calm waits until the goroutines that are ending have ended.
func calm(most int) bool {
	deadline := time.NewTimer(30 * time.Second)
	defer deadline.Stop()
	for runtime.NumGoroutine() > most {
		select {
		case <-deadline.C:
			return false
		default:
			runtime.Gosched()
		}
	}
	return true
}

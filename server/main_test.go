package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asProgram makes the test binary be the program, for tests that need a process of its own.
const asProgram = "RUN_AS_PROGRAM"

// runTests runs them, and ends what they share.
var runTests = (*testing.M).Run

// TestMain fails when the program leaves a goroutine behind.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		code := run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr)
		stop()
		os.Exit(code)
	}
	code := runTests(m)
	if left := leftOver(20 * time.Second); code == 0 && left != "" {
		fmt.Fprintf(os.Stderr, "goroutines are left over:\n%s\n", left)
		code = 1
	}
	os.Exit(code)
}

// leftOver waits until no goroutine runs code of ours any more, and returns the stacks of those that still do.
func leftOver(limit time.Duration) string {
	http.DefaultClient.CloseIdleConnections()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	end := time.After(limit)
	for {
		left := stacks()
		if left == "" {
			return ""
		}
		select {
		case <-tick.C:
		case <-end:
			return left
		}
	}
}

// stacks are those of the goroutines that run code of ours.
func stacks() string {
	var ours []string
	all := make([]byte, 4<<20)
	for _, stack := range strings.Split(string(all[:runtime.Stack(all, true)]), "\n\n") {
		if strings.Contains(stack, "\nwaymark/") && !strings.Contains(stack, "TestMain") {
			ours = append(ours, stack)
		}
	}
	return strings.Join(ours, "\n\n")
}

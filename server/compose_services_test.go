//go:build services

package main

import (
	"os/exec"
	"strconv"
	"testing"

	"waymark/collab/linetest"
)

// What compose.yaml has Redis started with is run, and asked how it is in the words of its health check.
func TestCompose_its_Redis_starts_and_is_well(t *testing.T) {
	t.Parallel()
	redis := readComposition(t, nil).Services["redis"]
	free, err := linetest.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	port := strconv.Itoa(free)
	server := exec.CommandContext(t.Context(), redis.Command[0], append(redis.Command[1:], "--port", port, "--bind", "127.0.0.1")...)
	server.Dir = t.TempDir()
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Wait() }()
	health := redis.HealthCheck.Test
	if len(health) < 3 || health[0] != "CMD" {
		t.Fatalf("health check %q", health)
	}
	await(t, "Redis is well", func() bool {
		select {
		case err := <-ended:
			t.Fatalf("%q ended: %v", redis.Command, err)
		default:
		}
		out, err := exec.CommandContext(t.Context(), health[1], append([]string{"-p", port}, health[2:]...)...).CombinedOutput()
		return err == nil && string(out) == "PONG\n"
	})
}
